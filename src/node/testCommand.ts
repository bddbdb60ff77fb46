/**
 * Runs the person's own test command and says how it ended; what it prints goes nowhere. One that is ended before its time
 * takes with it all processes that it started, where the system knows groups of them; what one leaves behind that ends by
 * itself is the person's own. Units: milliseconds.
 */
import { spawn } from 'node:child_process';
import process from 'node:process';
import { type Clock, delay } from '../base/clock.ts';

export type TestRun =
  | { readonly kind: 'ended'; readonly exitCode: number }
  | { readonly kind: 'timed-out' }
  /** There is no such program, or no such folder. */
  | { readonly kind: 'not-started' };

export interface TestOrder {
  readonly command: string;
  readonly folder: string;
  readonly limitMs: number;
}

/** What a shell exits with when it finds no such program, or may not run it. */
const NOT_FOUND = new Set([126, 127]);
const KILLED = 1;

/** Rejects only with the signal's reason. */
export async function runTestCommand(order: TestOrder, clock: Clock, signal: AbortSignal): Promise<TestRun> {
  signal.throwIfAborted();
  const { command, folder, limitMs } = order;
  // No system can be told of such a command.
  if (command.includes('\0')) return { kind: 'not-started' };
  const grouped = process.platform !== 'win32';
  const child = spawn(command, { cwd: folder, shell: true, stdio: 'ignore', detached: grouped });
  const over = new AbortController();
  const ended = new Promise<TestRun>((resolve) => {
    child.once('error', () => resolve({ kind: 'not-started' }));
    child.once('exit', (code) =>
      resolve(
        code !== null && NOT_FOUND.has(code)
          ? { kind: 'not-started' }
          : { kind: 'ended', exitCode: code ?? KILLED },
      ),
    );
  });
  const late = delay(limitMs, clock, AbortSignal.any([signal, over.signal])).then(
    (): TestRun => ({ kind: 'timed-out' }),
  );
  try {
    return await Promise.race([ended, late]);
  } finally {
    over.abort(new DOMException('the tests are over', 'AbortError'));
    late.catch((error: unknown) => error);
    if (child.exitCode === null && child.pid !== undefined) end(child.pid, grouped);
  }
}

function end(pid: number, grouped: boolean): void {
  try {
    process.kill(grouped ? -pid : pid, 'SIGKILL');
  } catch (error) {
    const gone = error instanceof Error && 'code' in error && error.code === 'ESRCH';
    if (!gone) throw error;
  }
}
