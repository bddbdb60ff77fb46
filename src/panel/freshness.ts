/** Notices that the extension has stopped sending, which it does every second. Units: milliseconds. */
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';

/** So long an extension host may be busy with other things before its silence is worth a word. */
const OVERDUE_AFTER_MS = 10_000;
/** How often the age that is shown moves on. */
const TICK_MS = 5_000;

export class Freshness {
  readonly #clock: Clock;
  readonly #onOverdue: (ageMs: number) => void;
  #timer: Disposable | undefined;

  constructor(clock: Clock, onOverdue: (ageMs: number) => void) {
    this.#clock = clock;
    this.#onOverdue = onOverdue;
  }

  /** Something came: the silence counts from now. */
  renew(): void {
    this.#timer?.dispose();
    this.#watch(this.#clock.monotonic(), OVERDUE_AFTER_MS);
  }

  #watch(sinceMs: number, delayMs: number): void {
    this.#timer = this.#clock.after(delayMs, () => {
      this.#onOverdue(this.#clock.monotonic() - sinceMs);
      this.#watch(sinceMs, TICK_MS);
    });
  }
}
