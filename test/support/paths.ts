/** Where things are: the repository, what it builds, and the cache that survives it. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';

export const repoRoot = resolve(import.meta.dirname, '../..');
export const buildFolder = join(repoRoot, '.build');
export const logFolder = join(buildFolder, 'logs');

/** Outside the sources, so that a fresh clone does not install the editor again. */
export function cacheFolder(): string {
  const chosen = process.env.SLUICE_CACHE;
  if (chosen) return resolve(chosen);
  const caches = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  return join(caches, 'sluice');
}

/** Program names that a package may go by; the first found on PATH, as an absolute path. */
export function onPath(...names: readonly string[]): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const endings = process.platform === 'win32' ? ['.exe', '.cmd', ''] : [''];
  const candidates = names.flatMap((name) =>
    folders.flatMap((folder) => endings.map((ending) => join(folder, name + ending))),
  );
  return candidates.find((candidate) => existsSync(candidate));
}

/** The folder with `include/node` of the pinned Node, for building native parts; undefined when npm hoisted none. */
export function nodeHeaders(): string | undefined {
  const name = `node-${process.platform}-${process.arch}`;
  const candidates = [`node_modules/node/node_modules/${name}`, `node_modules/${name}`];
  return candidates
    .map((candidate) => join(repoRoot, candidate))
    .find((candidate) => existsSync(join(candidate, 'include/node/node.h')));
}

/**
 * The environment for a program that must see the pinned Node and nothing of the npm run or the editor
 * around this process: npm would otherwise report the outer Node's version to install scripts.
 */
export function cleanEnvironment(extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const path = `${dirname(process.execPath)}${delimiter}${process.env.PATH ?? ''}`;
  return { ...process.env, ...inheritedVariables(), PATH: path, ...extra };
}

/** The variables that npm and an editor around this process have set, each as undefined, which unsets it. */
export function inheritedVariables(): Record<string, undefined> {
  const names = Object.keys(process.env).filter((name) => inherited.test(name) && !registryAccess.test(name));
  return Object.fromEntries(names.map((name) => [name, undefined]));
}

const inherited = /^(npm_|VSCODE_|ELECTRON_|CODE_SERVER_|NODE_OPTIONS$|PORT$)/;
const registryAccess =
  /^npm_config_(registry|cache|userconfig|globalconfig|cafile|https?_proxy|proxy|noproxy)$/;
