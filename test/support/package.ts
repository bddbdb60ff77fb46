/** `npm run package`: the .vsix that a user installs. `--out FILE` says where it goes. */
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { packageExtension } from './buildExtension.ts';
import { repoRoot } from './paths.ts';
import { runProgram } from './program.ts';

await runProgram(async (signal) => {
  const { values } = parseArgs({
    options: { out: { type: 'string', default: join(repoRoot, 'sluice.vsix') } },
  });
  await packageExtension(resolve(values.out), signal);
  return 0;
});
