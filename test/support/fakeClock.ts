/** Time that moves only when a test says so. Units: milliseconds. */
import type { Clock } from '../../src/base/clock.ts';
import type { Disposable } from '../../src/base/disposable.ts';

interface Timer {
  readonly dueMs: number;
  readonly callback: () => void;
}

/** Promises that may settle one after the other before time goes on: more than any way through the product takes. */
const MOST_TURNS = 200;

export class FakeClock implements Clock {
  readonly #timers = new Set<Timer>();
  #elapsedMs = 0;
  #wallMs: number;

  constructor(wallMs: number = Date.UTC(2026, 10, 21, 15, 0, 0)) {
    this.#wallMs = wallMs;
  }

  now(): number {
    return this.#wallMs + this.#elapsedMs;
  }

  monotonic(): number {
    return this.#elapsedMs;
  }

  after(delayMs: number, callback: () => void): Disposable {
    const timer = { dueMs: this.#elapsedMs + Math.max(0, delayMs), callback };
    this.#timers.add(timer);
    return { dispose: () => this.#timers.delete(timer) };
  }

  get pending(): number {
    return this.#timers.size;
  }

  /** 0 when nothing is pending. */
  get untilNextMs(): number {
    return (this.#next(Number.POSITIVE_INFINITY)?.dueMs ?? this.#elapsedMs) - this.#elapsedMs;
  }

  /** Runs what comes due, in order. */
  advance(ms: number): void {
    const untilMs = this.#elapsedMs + ms;
    for (let next = this.#next(untilMs); next; next = this.#next(untilMs)) {
      this.#timers.delete(next);
      this.#elapsedMs = Math.max(this.#elapsedMs, next.dueMs);
      next.callback();
    }
    this.#elapsedMs = untilMs;
  }

  /** The person sets the wall clock; durations do not notice. */
  jump(ms: number): void {
    this.#wallMs += ms;
  }

  /** Lets promises settle and due timers run until `promise` is done; throws when nothing more can happen. */
  async until<T>(promise: Promise<T>): Promise<T> {
    let done = false;
    const mark = () => {
      done = true;
    };
    promise.then(mark, mark);
    for (let step = 0; step < 10_000; step += 1) {
      for (let turn = 0; turn < MOST_TURNS && !done; turn += 1) await Promise.resolve();
      if (done) return promise;
      const next = this.#next(Number.POSITIVE_INFINITY);
      if (next) this.advance(next.dueMs - this.#elapsedMs);
    }
    throw new Error('the promise did not settle, and no timer is pending');
  }

  #next(untilMs: number): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.dueMs <= untilMs && (first === undefined || timer.dueMs < first.dueMs)) first = timer;
    }
    return first;
  }
}
