/** From sources to what an editor can load. */
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { buildFolder, logFolder, repoRoot } from './paths.ts';
import { run } from './processes.ts';
import { Complaint } from './program.ts';

export async function buildExtension(signal: AbortSignal): Promise<void> {
  const code = await run(process.execPath, ['esbuild.config.mjs'], { cwd: repoRoot }, signal);
  if (code !== 0) throw new Complaint('The extension could not be built; the messages are above.');
}

/** Everything is bundled, so no dependency goes into the package. Builds first, as the manifest asks. */
export async function packageExtension(file: string, signal: AbortSignal): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const logFile = join(logFolder, 'package.log');
  const readme = await readmeForUsers();
  const args = [
    join(repoRoot, 'node_modules/@vscode/vsce/vsce'),
    'package',
    '--no-dependencies',
    '--readme-path',
    relative(repoRoot, readme),
    '--out',
    file,
  ];
  const code = await run(process.execPath, args, { cwd: repoRoot, logFile }, signal);
  if (code !== 0) throw new Complaint(`The extension could not be packaged; see ${logFile}.`);
  const { size } = await stat(file);
  console.log(`${file}: ${Math.round(size / 1000)} kB`);
}

/** What `npm test` has packaged before its tests, for all of them: a rebuild would pull `dist` from under the others. */
const packageVariable = 'SLUICE_TEST_PACKAGE';
let packaged: Promise<string> | undefined;

/** The package that the tests look at, as a path; made once in a run of `npm test`, or in a process that runs alone. */
export function packageForTests(signal: AbortSignal): Promise<string> {
  packaged ??= ownPackage(signal);
  return packaged;
}

async function ownPackage(signal: AbortSignal): Promise<string> {
  const made = process.env[packageVariable];
  if (made !== undefined) return made;
  const file = join(buildFolder, 'sluice.vsix');
  await packageExtension(file, signal);
  process.env[packageVariable] = file;
  return file;
}

/** Pictures and files of the repository are not in the package: no link may lead there. */
async function readmeForUsers(): Promise<string> {
  const file = join(buildFolder, 'README.md');
  const whole = await readFile(join(repoRoot, 'README.md'), 'utf8');
  const withoutPictures = whole.replaceAll(/^!\[[^\]]*\]\([^)]*\)\n+/gm, '');
  await mkdir(buildFolder, { recursive: true });
  await writeFile(file, withoutPictures.replaceAll(/\[([^\]]*)\]\((?!https?:)[^)]*\)/g, '$1'));
  return file;
}
