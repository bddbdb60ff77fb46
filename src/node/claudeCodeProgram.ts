/** Finds the person's own `claude` program: by its path in the settings, else on PATH. Units: milliseconds. */
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { basename, delimiter, dirname, isAbsolute, join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { type ErrorFacts, SluiceError } from '../base/errors.ts';
import { runClaude } from './claudeCodeCommand.ts';

export interface FindClaudeDeps {
  /** Names the platform in errors. */
  readonly platform: string;
  /** From the settings: a path, a name to look for on PATH, or empty for `claude`. */
  readonly path: string;
  readonly env: NodeJS.ProcessEnv;
  readonly clock: Clock;
}

export interface ClaudeProgram {
  readonly path: string;
  /** Such as `2.1.329`. */
  readonly version: string;
}

/** It takes 10 ms; a cold disk has 380 MB to read. */
const VERSION_TIMEOUT_MS = 10_000;

/** What 2.1.329 prints: `2.1.329 (Claude Code)`. */
const VERSION = /^(\d+\.\d+\.\d+)\S* \(Claude Code\)/;

/** Where installers put it; an editor that was not started from a terminal may not have them on its PATH. */
const HOME_FOLDERS = ['.local/bin', '.claude/local'] as const;
const MAC_FOLDERS = ['/opt/homebrew/bin', '/usr/local/bin'] as const;

/** Throws `program-missing`, or the signal's reason. */
export async function findClaude(deps: FindClaudeDeps, signal: AbortSignal): Promise<ClaudeProgram> {
  const { env, clock } = deps;
  const wanted = expandHome(deps.path.trim(), env) || 'claude';
  const path = await locate(wanted, deps);
  const command = { program: path, args: ['--version'], env, clock, timeoutMs: VERSION_TIMEOUT_MS };
  const { stdout } = await runClaude(command, signal);
  const version = VERSION.exec(stdout.trim())?.[1];
  if (version === undefined) throw missing(deps, path, 'other-program');
  return { path, version };
}

async function locate(wanted: string, deps: FindClaudeDeps): Promise<string> {
  const named = basename(wanted) === wanted;
  const candidates = named ? onPath(wanted, deps.env) : [wanted];
  let found = false;
  for (const candidate of candidates) {
    const state = await stateOf(candidate);
    if (state === 'executable') return candidate;
    // On PATH a shell passes over what it cannot run; a path in the settings is meant.
    found ||= state === 'other' && !named;
  }
  throw missing(deps, wanted, found ? 'not-executable' : 'not-found');
}

function onPath(name: string, env: NodeJS.ProcessEnv): string[] {
  const home = homeOf(env);
  const folders = [
    ...(env.PATH ?? env.Path ?? '').split(delimiter).filter(isAbsolute),
    ...(home === undefined ? [] : HOME_FOLDERS.map((folder) => join(home, folder))),
    ...(process.platform === 'darwin' ? MAC_FOLDERS : []),
  ];
  if (process.platform !== 'win32') return folders.map((folder) => join(folder, name));
  // npm's `claude.cmd` only starts this program, and only a shell could start the former.
  const behindShim = join('node_modules', '@anthropic-ai', 'claude-code', 'bin', 'claude.exe');
  return folders.flatMap((folder) => [join(folder, `${name}.exe`), join(folder, behindShim)]);
}

async function stateOf(path: string): Promise<'executable' | 'other' | 'absent'> {
  try {
    if (!(await stat(path)).isFile()) return 'other';
  } catch {
    return 'absent';
  }
  try {
    await access(path, constants.X_OK);
    return 'executable';
  } catch {
    return 'other';
  }
}

function missing(
  { platform }: FindClaudeDeps,
  program: string,
  why: ErrorFacts['program-missing']['why'],
): SluiceError {
  return new SluiceError('program-missing', { platform, program, why });
}

function expandHome(path: string, env: NodeJS.ProcessEnv): string {
  const home = homeOf(env);
  return home !== undefined && /^~[/\\]/.test(path) ? join(home, path.slice(2)) : path;
}

function homeOf(env: NodeJS.ProcessEnv): string | undefined {
  const home = env.HOME ?? env.USERPROFILE;
  return home !== undefined && isAbsolute(home) && dirname(home) !== '' ? home : undefined;
}
