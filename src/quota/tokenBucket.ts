/**
 * One limit as a token bucket that refills continuously. Units: the limit's own for amounts, milliseconds for time.
 * The law: 0 ≤ level ≤ size, whatever is taken, put back or corrected.
 */
import type { Clock } from '../base/clock.ts';

export interface BucketSpec {
  readonly size: number;
  /** Units a millisecond; 0 while the rate is unknown. */
  readonly refillPerMs: number;
}

export class TokenBucket {
  readonly #clock: Clock;
  #spec: BucketSpec;
  #level: number;
  #atMs: number;

  constructor(spec: BucketSpec, clock: Clock, level: number = spec.size) {
    this.#clock = clock;
    this.#spec = spec;
    this.#level = within(level, spec.size);
    this.#atMs = clock.monotonic();
  }

  get spec(): BucketSpec {
    return this.#spec;
  }

  /** What is free now. */
  level(): number {
    const now = this.#clock.monotonic();
    const refilled = this.#level + (now - this.#atMs) * this.#spec.refillPerMs;
    this.#level = within(refilled, this.#spec.size);
    this.#atMs = now;
    return this.#level;
  }

  /**
   * 0 when `amount` is free now; else how long until it is. An amount above the size asks for a full bucket.
   * `Infinity` while the refill rate is unknown.
   */
  waitMs(amount: number): number {
    const missing = Math.min(amount, this.#spec.size) - this.level();
    if (missing <= 0) return 0;
    return this.#spec.refillPerMs > 0
      ? Math.ceil(missing / this.#spec.refillPerMs)
      : Number.POSITIVE_INFINITY;
  }

  /** Takes up to `amount`, never below zero, and says how much it took. */
  take(amount: number): number {
    const taken = Math.max(0, Math.min(amount, this.level()));
    this.#level -= taken;
    return taken;
  }

  /** Puts tokens back, never above the size. */
  put(amount: number): void {
    this.#level = within(this.level() + Math.max(0, amount), this.#spec.size);
  }

  /** The platform's word replaces ours. */
  correct(spec: BucketSpec, level: number): void {
    this.#spec = spec;
    this.#level = within(level, spec.size);
    this.#atMs = this.#clock.monotonic();
  }

  /** 0 when full; `undefined` while the refill rate is unknown. */
  fullInMs(): number | undefined {
    const missing = this.#spec.size - this.level();
    if (missing <= 0) return 0;
    return this.#spec.refillPerMs > 0 ? Math.ceil(missing / this.#spec.refillPerMs) : undefined;
  }
}

function within(level: number, size: number): number {
  return Math.max(0, Math.min(level, size));
}
