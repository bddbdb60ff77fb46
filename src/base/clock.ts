/** Time as an argument. Units: milliseconds. */
import type { Disposable } from './disposable.ts';

export interface Clock {
  /** Wall clock, milliseconds since the Unix epoch; may jump when the person changes it. */
  now(): number;
  /** Never goes backwards; the origin is arbitrary. For durations and refills. */
  monotonic(): number;
  /** Runs `callback` once after `delayMs`; disposing cancels it. */
  after(delayMs: number, callback: () => void): Disposable;
}

/** Longest delay that a host timer takes (2^31 − 1 ms); a longer one would fire at once. */
const MAX_TIMER_MS = 2_147_483_647;

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, Math.min(Math.max(0, delayMs), MAX_TIMER_MS));
    return { dispose: () => clearTimeout(timer) };
  },
};

/** Resolves after `delayMs`; rejects with the signal's reason as soon as it is aborted. */
export function delay(delayMs: number, clock: Clock, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const onAbort = () => {
      timer.dispose();
      reject(signal.reason);
    };
    const timer = clock.after(delayMs, () => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    });
    signal.addEventListener('abort', onAbort, { once: true });
  });
}
