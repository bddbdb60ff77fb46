/** Starting other programs so that they are certain to end with this one. Units: milliseconds. */
import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { until } from './until.ts';

export interface ProcessOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Where both outputs go; the terminal when absent. */
  readonly logFile?: string;
}

/** A program with everything that it starts. */
export interface ProcessGroup {
  readonly pid: number;
  readonly running: boolean;
  /** Resolves with the exit code; null after a signal. */
  readonly exited: Promise<number | null>;
  /** Asks the whole group to end, and after `graceMs` ends it. */
  stop(): Promise<void>;
}

const graceMs = 5_000;
const groups = new Set<number>();
process.on('exit', () => {
  for (const pid of groups) signalGroup(pid, 'SIGKILL');
});

/** In a process group of its own: a Ctrl-C in the terminal does not reach it, `stop` does. */
export function startGroup(command: string, args: readonly string[], options: ProcessOptions): ProcessGroup {
  const child = spawnWith(command, args, options, true);
  const exited = exitOf(child);
  const pid = child.pid ?? 0;
  if (pid > 0) groups.add(pid);
  return {
    pid,
    get running() {
      return pid > 0 && !ended(child);
    },
    exited,
    stop: async () => {
      if (!groups.delete(pid)) return;
      signalGroup(pid, 'SIGTERM');
      // Only the program itself is waited for: a group with an unreaped child never looks empty.
      await until({ what: 'a program to end', timeoutMs: graceMs }, () => ended(child)).catch(
        () => undefined,
      );
      signalGroup(pid, 'SIGKILL');
      await exited.catch(() => null);
    },
  };
}

/** Runs a program to its end. Throws the signal's reason after ending it when aborted. */
export async function run(
  command: string,
  args: readonly string[],
  options: ProcessOptions,
  signal: AbortSignal,
): Promise<number | null> {
  signal.throwIfAborted();
  const group = startGroup(command, args, options);
  const stop = (): void => void group.stop();
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await group.exited;
  } finally {
    signal.removeEventListener('abort', stop);
    await group.stop();
    signal.throwIfAborted();
  }
}

function spawnWith(
  command: string,
  args: readonly string[],
  { cwd, env, logFile }: ProcessOptions,
  detached: boolean,
): ChildProcess {
  if (logFile !== undefined) mkdirSync(dirname(logFile), { recursive: true });
  const log = logFile === undefined ? undefined : openSync(logFile, 'a');
  const stdio: StdioOptions = log === undefined ? ['ignore', 'inherit', 'inherit'] : ['ignore', log, log];
  try {
    return spawn(command, args, { cwd, env: env ?? process.env, stdio, detached });
  } finally {
    if (log !== undefined) closeSync(log);
  }
}

function ended({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

function exitOf(child: ChildProcess): Promise<number | null> {
  const exited = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', resolve);
  });
  exited.catch(() => null);
  return exited;
}

/** A group that is gone already is what was wanted. */
function signalGroup(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(-pid, signal);
  } catch {
    return false;
  }
}
