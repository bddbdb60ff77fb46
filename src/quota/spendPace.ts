/** Whether money goes faster than the window that it must last for. Units: milliseconds, parts of a limit in [0, 1]. */
import type { LimitState } from './limit.ts';

/** Spending is uneven: before so much of it is gone, nothing is said. */
const LEAST_SPENT = 0.2;
/** A little ahead is no haste. */
const LEAST_TIMES = 1.25;

export interface Pace {
  /** How many times as fast as the window passes. */
  readonly times: number;
  /** What is left of the money for each part of the time that is left, below 1. */
  readonly kept: number;
}

/** Undefined while it lasts, and for what is no window of money or has not begun. */
export function spendPace({
  unit,
  size,
  level,
  refill,
  windowMs = 0,
  fullInMs = 0,
}: LimitState): Pace | undefined {
  if (unit !== 'usd' || refill !== 'at-reset' || size <= 0 || windowMs <= 0 || fullInMs <= 0)
    return undefined;
  const timeLeft = Math.min(1, fullInMs / windowMs);
  const left = Math.max(0, Math.min(1, level / size));
  const times = (1 - left) / Math.max(1 - timeLeft, 1e-3);
  if (1 - left < LEAST_SPENT || times < LEAST_TIMES) return undefined;
  return { times, kept: Math.min(1, left / timeLeft) };
}
