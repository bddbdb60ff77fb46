/** VS Code for the browser: the `code-server` package, installed once into the cache. Units: milliseconds. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { closeApiGate } from './apiGate.ts';
import { cacheFolder, cleanEnvironment, nodeHeaders } from './paths.ts';
import { run } from './processes.ts';
import { withProcessLock } from './processLock.ts';
import { Complaint } from './program.ts';
import { compilerNeeds, ensureSystem } from './systemPackages.ts';

/** Brings VS Code 1.139.1; compiled for the Node that runs this. */
const codeServerVersion = '4.139.1';
const state = JSON.stringify({ codeServer: codeServerVersion, nodeAbi: process.versions.modules, gate: 1 });
/** Compiled by the last of the install scripts; npm passes without it when scripts are off. */
const nativePart =
  'node_modules/code-server/lib/vscode/node_modules/@vscode/spdlog/build/Release/spdlog.node';
const installTimeoutMs = 20 * 60_000;
const progressEveryMs = 20_000;

/** The `entry.js` of a complete installation, made now if there is none. */
export async function ensureCodeServer(signal: AbortSignal): Promise<string> {
  const folder = join(cacheFolder(), `code-server-${codeServerVersion}`);
  const entry = join(folder, 'node_modules/code-server/out/node/entry.js');
  if (await complete(folder)) return entry;
  if (process.platform === 'win32')
    throw new Complaint('code-server does not run on Windows; install VS Code.');
  await ensureSystem(compilerNeeds, signal);
  const lock = {
    file: join(cacheFolder(), 'install.lock'),
    timeoutMs: installTimeoutMs,
    onWait: () => console.log('Another process is installing VS Code for the browser; waiting for it …'),
  };
  await withProcessLock(
    lock,
    async () => ((await complete(folder)) ? undefined : install(folder, signal)),
    signal,
  );
  return entry;
}

/** The stamp is written last, so an interrupted installation is none. */
async function complete(folder: string): Promise<boolean> {
  const stamp = await readFile(join(folder, 'complete.json'), 'utf8').catch(() => '');
  return stamp === state;
}

async function install(folder: string, signal: AbortSignal): Promise<void> {
  console.log(`Installing VS Code for the browser (code-server ${codeServerVersion}) into ${folder}`);
  console.log('  once; it takes two to four minutes …');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const manifest = {
    private: true,
    dependencies: { 'code-server': codeServerVersion },
    allowScripts: { 'code-server': true, argon2: true },
  };
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
  await npmInstall(folder, signal);
  await closeApiGate(join(folder, 'node_modules/code-server'));
  await writeFile(join(folder, 'complete.json'), state);
}

async function npmInstall(folder: string, signal: AbortSignal): Promise<void> {
  const logFile = join(folder, 'install.log');
  const headers = nodeHeaders();
  const env = cleanEnvironment(headers === undefined ? {} : { npm_config_nodedir: headers });
  const startedAt = performance.now();
  const progress = setInterval(() => {
    console.log(`  … ${Math.round((performance.now() - startedAt) / 1000)} s`);
  }, progressEveryMs);
  try {
    const args = ['install', '--no-fund', '--no-audit', '--foreground-scripts'];
    const code = await run('npm', args, { cwd: folder, env, logFile }, signal);
    if (code !== 0 || !existsSync(join(folder, nativePart))) {
      throw new Complaint(`code-server could not be installed; npm's messages are in ${logFile}.`);
    }
  } finally {
    clearInterval(progress);
  }
  console.log(`  installed in ${Math.round((performance.now() - startedAt) / 1000)} s`);
}
