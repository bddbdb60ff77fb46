/**
 * One limit as a window: what is used stays used until the window ends, and then all of it is back at once. The law:
 * 0 ≤ level ≤ size, whatever is taken or put back. Units: the limit's own for amounts, milliseconds.
 */
import type { Clock } from '../base/clock.ts';
import type { Level } from './level.ts';

export interface WindowSpec {
  readonly size: number;
  /** Time from now to the end of the window; absent while unknown. */
  readonly resetInMs?: number;
}

export class WindowLevel implements Level {
  readonly size: number;
  readonly #clock: Clock;
  #level: number;
  /** On the monotonic clock. */
  #resetAtMs: number | undefined;

  constructor({ size, resetInMs }: WindowSpec, clock: Clock, level: number = size) {
    this.size = size;
    this.#clock = clock;
    this.#level = within(level, size);
    this.#resetAtMs = resetInMs === undefined ? undefined : clock.monotonic() + resetInMs;
  }

  /** A window does not refill bit by bit. */
  get refillPerMs(): number {
    return 0;
  }

  level(): number {
    if (this.#resetAtMs !== undefined && this.#clock.monotonic() >= this.#resetAtMs) {
      // When the next window ends only the platform knows.
      this.#resetAtMs = undefined;
      this.#level = this.size;
    }
    return this.#level;
  }

  /** An amount above the size asks for a whole window. `Infinity` while its end is unknown. */
  waitMs(amount: number): number {
    if (Math.min(amount, this.size) <= this.level()) return 0;
    return this.#untilReset() ?? Number.POSITIVE_INFINITY;
  }

  take(amount: number): number {
    const taken = Math.max(0, Math.min(amount, this.level()));
    this.#level -= taken;
    return taken;
  }

  put(amount: number): void {
    this.#level = within(this.level() + Math.max(0, amount), this.size);
  }

  /** 0 when full; else until the end of the window, `undefined` while that is unknown. */
  fullInMs(): number | undefined {
    return this.level() >= this.size ? 0 : this.#untilReset();
  }

  #untilReset(): number | undefined {
    return this.#resetAtMs === undefined ? undefined : Math.ceil(this.#resetAtMs - this.#clock.monotonic());
  }
}

function within(level: number, size: number): number {
  return Math.max(0, Math.min(level, size));
}
