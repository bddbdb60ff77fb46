/**
 * Notices when a limit passes a threshold: once for each limit and threshold, and again only after the limit has come
 * back. Units: shares in [0, 1], milliseconds.
 */
import type { LimitState } from './limit.ts';

export interface Crossing {
  readonly limit: LimitState;
  /** The highest one that was passed. */
  readonly threshold: number;
  readonly used: number;
}

/** A limit that is back within this time is gone again before anyone has read of it. */
const LEAST_REFILL_MS = 600_000;
/** So far below a threshold a limit must come before it is told again. */
const REARM = 0.05;

export class ThresholdWatch {
  /** The highest threshold that was told, by limit. */
  readonly #told = new Map<string, number>();

  /** `thresholds`: shares used, in any order. The first look tells what is passed already. */
  check(states: readonly LimitState[], thresholds: readonly number[]): Crossing[] {
    const rising = thresholds.toSorted((a, b) => a - b);
    const crossings: Crossing[] = [];
    for (const limit of states) {
      if (!isLong(limit)) continue;
      const key = limitKey(limit);
      const used = 1 - Math.max(0, limit.level) / limit.size;
      const told = this.#told.get(key) ?? 0;
      const passed = rising.findLast((threshold) => used >= threshold) ?? 0;
      if (passed > told) {
        this.#told.set(key, passed);
        crossings.push({ limit, threshold: passed, used });
      } else if (used < told - REARM) this.#told.set(key, passed);
    }
    return crossings;
  }
}

/** Names a limit among all limits of all platforms. */
export function limitKey({ platform, unit, model = '', window = '' }: LimitState): string {
  return [platform, unit, model, window].join('|');
}

/** Used up, it does not come back within minutes. */
export function isLong({ size, refill, refillPerMs, fullInMs }: LimitState): boolean {
  if (size <= 0) return false;
  if (refill === 'never') return true;
  if (refill === 'at-reset') return fullInMs === undefined || fullInMs >= LEAST_REFILL_MS;
  return refillPerMs !== undefined && size / refillPerMs >= LEAST_REFILL_MS;
}
