/**
 * One limit as a token bucket that refills continuously. Units: the limit's own for amounts, milliseconds for time.
 * The law: 0 ≤ level ≤ size, whatever is taken or put back.
 */
import type { Clock } from '../base/clock.ts';
import type { Level } from './level.ts';

export interface BucketSpec {
  readonly size: number;
  /** Units a millisecond; 0 while the rate is unknown. */
  readonly refillPerMs: number;
}

export class TokenBucket implements Level {
  readonly #clock: Clock;
  readonly #spec: BucketSpec;
  #level: number;
  #atMs: number;

  constructor(spec: BucketSpec, clock: Clock, level: number = spec.size) {
    this.#clock = clock;
    this.#spec = spec;
    this.#level = within(level, spec.size);
    this.#atMs = clock.monotonic();
  }

  get size(): number {
    return this.#spec.size;
  }

  get refillPerMs(): number {
    return this.#spec.refillPerMs;
  }

  level(): number {
    const now = this.#clock.monotonic();
    const refilled = this.#level + (now - this.#atMs) * this.#spec.refillPerMs;
    this.#level = within(refilled, this.#spec.size);
    this.#atMs = now;
    return this.#level;
  }

  waitMs(amount: number): number {
    const missing = Math.min(amount, this.#spec.size) - this.level();
    if (missing <= 0) return 0;
    return this.#spec.refillPerMs > 0
      ? Math.ceil(missing / this.#spec.refillPerMs)
      : Number.POSITIVE_INFINITY;
  }

  take(amount: number): number {
    const taken = Math.max(0, Math.min(amount, this.level()));
    this.#level -= taken;
    return taken;
  }

  put(amount: number): void {
    this.#level = within(this.level() + Math.max(0, amount), this.#spec.size);
  }

  fullInMs(): number | undefined {
    const missing = this.#spec.size - this.level();
    if (missing <= 0) return 0;
    return this.#spec.refillPerMs > 0 ? Math.ceil(missing / this.#spec.refillPerMs) : undefined;
  }
}

function within(level: number, size: number): number {
  return Math.max(0, Math.min(level, size));
}
