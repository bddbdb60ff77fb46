/**
 * How long to wait for each of many answers, with one timer for all: a timer for each takes a quarter of what Redis takes
 * to answer (10 of 40 µs, measured 2026-11-27). Units: milliseconds.
 */
import type { Clock } from './clock.ts';
import type { Disposable } from './disposable.ts';

export class Slow extends Error {}

/** Somebody who waits. */
interface Waiting {
  readonly untilMs: number;
  readonly giveUp: (why: Slow) => void;
  /** Answered, or given up. */
  over: boolean;
}

/** A process that stood still finds the time over before it has read what came meanwhile. */
const LAST_TURN_MS = 1;

export class Patience implements Disposable {
  readonly #clock: Clock;
  #waiting: Waiting[] = [];
  #timer: Disposable | undefined;
  #timerAtMs = Number.POSITIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `giveUp` hears that it took longer, unless what is given back was handed to `ended` before. */
  begin(ms: number, giveUp: (why: Slow) => void): Waiting {
    const untilMs = this.#clock.monotonic() + ms;
    const waiting = { untilMs, giveUp, over: false };
    // Most end in the order in which they began. A set would be laid out anew each time its only one ends.
    while (this.#waiting.at(-1)?.over) this.#waiting.pop();
    this.#waiting.push(waiting);
    if (untilMs < this.#timerAtMs) this.#wakeAt(untilMs);
    return waiting;
  }

  /** False: it was given up already. */
  ended(waiting: Waiting): boolean {
    const first = !waiting.over;
    waiting.over = true;
    return first;
  }

  /** Whoever still waits is still told. */
  dispose(): void {
    if (this.#waiting.every(({ over }) => over)) this.#timer?.dispose();
  }

  #wakeAt(atMs: number): void {
    this.#timer?.dispose();
    this.#timerAtMs = atMs;
    this.#timer = this.#clock.after(atMs - this.#clock.monotonic(), () => {
      this.#timer = this.#clock.after(LAST_TURN_MS, () => this.#judge(atMs));
    });
  }

  /** The timer is left running when nobody waits any longer: it is cheaper to let it end than to stop it. */
  #judge(atMs: number): void {
    this.#timerAtMs = Number.POSITIVE_INFINITY;
    let next = Number.POSITIVE_INFINITY;
    const open = this.#waiting.filter(({ over }) => !over);
    const late = open.filter(({ untilMs }) => untilMs <= atMs);
    this.#waiting = open.filter(({ untilMs }) => untilMs > atMs);
    for (const { untilMs } of this.#waiting) next = Math.min(next, untilMs);
    for (const waiting of late) if (this.ended(waiting)) waiting.giveUp(new Slow('no answer in time'));
    // Whoever gave up may wait for something else by now.
    if (next < this.#timerAtMs) this.#wakeAt(next);
  }
}
