/** The real `claude` program, unmodified from npm, installed once into the cache. Units: milliseconds. */
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder, cleanEnvironment } from './paths.ts';
import { run } from './processes.ts';
import { withProcessLock } from './processLock.ts';
import { Complaint } from './program.ts';

export const CLAUDE_VERSION = '2.1.329';

const PACKAGE = '@anthropic-ai/claude-code';
const INSTALL_TIMEOUT_MS = 10 * 60_000;

/** `SLUICE_CLAUDE` names another one, for example an older version. */
export async function ensureClaude(signal: AbortSignal): Promise<string> {
  const chosen = process.env.SLUICE_CLAUDE;
  if (chosen) return chosen;
  const folder = join(cacheFolder(), `claude-code-${CLAUDE_VERSION}`);
  const lock = {
    file: join(cacheFolder(), 'claude-install.lock'),
    timeoutMs: INSTALL_TIMEOUT_MS,
    onWait: () => console.log('Another process is installing Claude Code; waiting for it …'),
  };
  await mkdir(cacheFolder(), { recursive: true });
  return (
    (await installed(folder)) ??
    (await withProcessLock(lock, async () => (await installed(folder)) ?? install(folder, signal), signal))
  );
}

/** The program itself is in the package for this system; the other one only links to it. */
async function installed(folder: string): Promise<string | undefined> {
  if (!existsSync(join(folder, 'complete'))) return undefined;
  const scope = join(folder, 'node_modules/@anthropic-ai');
  const name = process.platform === 'win32' ? 'claude.exe' : 'claude';
  const programs = (await readdir(scope)).map((entry) => join(scope, entry, name));
  return programs.find((program) => existsSync(program));
}

async function install(folder: string, signal: AbortSignal): Promise<string> {
  console.log(`Installing Claude Code ${CLAUDE_VERSION} (380 MB) into ${folder}, once …`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const manifest = { private: true, dependencies: { [PACKAGE]: CLAUDE_VERSION } };
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
  const logFile = join(folder, 'install.log');
  const args = ['install', '--no-fund', '--no-audit', '--ignore-scripts'];
  const code = await run('npm', args, { cwd: folder, env: cleanEnvironment(), logFile }, signal);
  if (code === 0) await writeFile(join(folder, 'complete'), CLAUDE_VERSION);
  const program = await installed(folder);
  if (program === undefined) {
    throw new Complaint(`Claude Code could not be installed; npm's messages are in ${logFile}.`);
  }
  return program;
}
