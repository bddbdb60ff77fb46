/** The outermost door of a command-line program: signals become an AbortSignal, errors become words. */
import { constants } from 'node:os';

/** Expected: its message is all that the person needs. Anything else is printed with its stack. */
export class Complaint extends Error {
  override readonly name = 'Complaint';
}

class Interrupted extends Error {
  readonly signal: NodeJS.Signals;

  constructor(signal: NodeJS.Signals) {
    super(`Stopped by ${signal}.`);
    this.signal = signal;
  }
}

/** Runs `work`, whose number is the exit code. A signal aborts it, so that it can stop what it started. */
export async function runProgram(work: (signal: AbortSignal) => Promise<number>): Promise<void> {
  const controller = new AbortController();
  const stop = (signal: NodeJS.Signals): void => controller.abort(new Interrupted(signal));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  process.exit(await exitCode(work, controller.signal));
}

async function exitCode(
  work: (signal: AbortSignal) => Promise<number>,
  signal: AbortSignal,
): Promise<number> {
  try {
    return await work(signal);
  } catch (error) {
    const reason: unknown = signal.aborted ? signal.reason : error;
    if (reason instanceof Interrupted) return 128 + constants.signals[reason.signal];
    console.error(reason instanceof Complaint ? reason.message : reason);
    return 1;
  }
}

/** Never resolves; rejects with the signal's reason. For racing with what knows no signals. */
export function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    if (signal.aborted) reject(signal.reason);
  });
}
