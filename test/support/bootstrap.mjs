/**
 * Makes a fresh clone runnable, then hands over to a TypeScript entry under the pinned Node.
 * Runs on Node 18 or newer with nothing installed, so it imports nothing but Node's own modules.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const windows = process.platform === 'win32';
const pinnedNode = join(root, 'node_modules/node/bin', windows ? 'node.exe' : 'node');

const entries = {
  start: 'test/support/start.ts',
  test: 'test/support/runTests.ts',
  bench: 'test/bench/main.ts',
  package: 'test/support/package.ts',
};

/** A package that belongs to another operating system may be absent; anything else must be there as locked. */
function installedAsLocked() {
  const installed = readLock(join(root, 'node_modules/.package-lock.json'));
  const locked = readLock(join(root, 'package-lock.json'));
  if (locked === undefined) fail('package-lock.json is missing or broken, so the dependencies are unknown.');
  if (installed === undefined || !existsSync(pinnedNode)) return false;
  return Object.entries(locked).every(([path, entry]) => {
    if (path === '') return true;
    const found = installed[path];
    return found === undefined ? entry.optional === true : found.version === entry.version;
  });
}

function readLock(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

function installDependencies() {
  console.log('Installing the dependencies of package-lock.json (npm ci) …');
  const npm = spawnSync('npm', ['ci', '--no-fund', '--no-audit', '--loglevel=error'], {
    cwd: root,
    stdio: 'inherit',
    shell: windows,
  });
  if (npm.error !== undefined)
    fail(`npm could not be started (${npm.error.message}). Install Node.js with npm.`);
  if (npm.status !== 0) fail('npm ci failed; its own messages are above.');
  if (existsSync(pinnedNode)) return;
  fail(`${pinnedNode} is missing although npm ci passed. Is npm set to ignore install scripts?`);
}

function handOver(entry, args) {
  const path = `${dirname(pinnedNode)}${delimiter}${process.env.PATH ?? ''}`;
  const child = spawn(pinnedNode, [join(root, entry), ...args], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, PATH: path },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => fail(`The pinned Node could not be started: ${error.message}`));
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
}

function fail(message) {
  console.error(message);
  process.exit(1);
}

const [name, ...args] = process.argv.slice(2);
const entry = entries[name];
if (entry === undefined) fail(`Say what to run: ${Object.keys(entries).join(', ')}.`);
if (!existsSync(join(root, entry))) fail(`${entry} is missing.`);
if (!installedAsLocked()) installDependencies();
handOver(entry, args);
