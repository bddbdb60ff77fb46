/**
 * `npm start`: an editor with Sluice in it and something to try it on. Desktop VS Code where there is one, the
 * same workbench in the browser otherwise; `--browser` asks for that. `--smoke [--out DIR]` tries it by itself.
 */
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { buildExtension } from './buildExtension.ts';
import { startCodeServer } from './codeServer.ts';
import { desktopExecutable } from './desktop.ts';
import { buildFolder, inheritedVariables, repoRoot } from './paths.ts';
import { run } from './processes.ts';
import { Complaint, runProgram } from './program.ts';
import { copySampleInto } from './sampleWorkspace.ts';
import { runSmoke } from './smoke.ts';

const options = {
  smoke: { type: 'boolean', default: false },
  out: { type: 'string', default: join(buildFolder, 'smoke') },
  browser: { type: 'boolean', default: false },
} as const;

/** A profile of its own, so that it neither joins a running editor nor sees other extensions. */
async function startDesktop(executable: string, folder: string, signal: AbortSignal): Promise<number> {
  const profile = join(buildFolder, 'desktop');
  const args = [
    folder,
    `--extensionDevelopmentPath=${repoRoot}`,
    `--user-data-dir=${join(profile, 'user')}`,
    `--extensions-dir=${join(profile, 'extensions')}`,
    '--new-window',
    '--skip-welcome',
    '--disable-workspace-trust',
  ];
  console.log('Opening desktop VS Code; Ctrl-C here closes it.');
  const env = { ...process.env, ...inheritedVariables() };
  return (await run(executable, args, { cwd: repoRoot, env }, signal)) ?? 0;
}

/** What only tests hold still. */
const asShipped = {
  'sluice.routing.explorePercent': undefined,
  'workbench.quickOpen.closeOnFocusLost': undefined,
};

async function startBrowser(folder: string, signal: AbortSignal): Promise<number> {
  const server = await startCodeServer(
    { name: 'start', extensionFolders: [repoRoot], settings: asShipped, keepWhenIdle: true },
    signal,
  );
  const url = new URL(server.origin);
  url.searchParams.set('folder', folder);
  console.log(`\nVS Code with Sluice in it, until Ctrl-C:\n\n  ${url.href}\n`);
  try {
    await server.ended(signal);
    throw new Complaint(`The editor ended by itself; see ${server.logFile}.`);
  } finally {
    await server.stop();
  }
}

await runProgram(async (signal) => {
  const { values } = parseArgs({ options });
  await buildExtension(signal);
  if (values.smoke) return runSmoke(resolve(values.out), signal);
  const folder = await copySampleInto(buildFolder);
  const desktop = values.browser ? undefined : desktopExecutable();
  return desktop === undefined ? startBrowser(folder, signal) : startDesktop(desktop, folder, signal);
});
