/**
 * How a platform has been doing just now, from the attempts of this window: which part of them failed, and how long
 * answers take beside what is usual there. What is older counts half after ten minutes. Units: milliseconds of the
 * monotonic clock; shares in [0, 1].
 */

export interface Attempt {
  readonly failed: boolean;
  /** Its time, and what the catalogue expects for so long an answer; absent: nothing came, or nobody counted it. */
  readonly tookMs?: number;
  readonly expectedMs?: number;
}

export interface Trouble {
  /** Share of the newest attempts that failed; 0 below what is worth a word. */
  readonly failed: number;
  /** Answers take so many times as long as usual; 1 below what is worth a word. */
  readonly slower: number;
  /** What a token of the platform counts beside its price, 1…`MOST_FACTOR`. */
  readonly factor: number;
}

/** A platform in trouble never counts more than twice its price: one that is that much dearer is not preferred to it. */
export const MOST_FACTOR = 2;
/** Time alone never makes it more than this. */
const MOST_FOR_TIME = 1.5;
const HALF_LIFE_MS = 10 * 60_000;
/** As if so many attempts had gone well before: one failure says little. */
const GOOD_BEFORE = 3;
const LEAST_FAILED = 0.2;
const LEAST_SLOWER = 1.5;
/** So many answers say what is usual, and so many what is now. */
const LEAST_USUAL = 10;
const LEAST_NOW = 3;
/** Weights of the newest answer in either. */
const NEWEST_USUAL = 0.02;
const NEWEST_NOW = 0.3;

export const NO_TROUBLE: Trouble = { failed: 0, slower: 1, factor: 1 };

export class PlatformHealth {
  #tries = 0;
  #failures = 0;
  #atMs = 0;
  #answers = 0;
  /** Logarithms of time taken over time expected. */
  #usual = 0;
  #now = 0;
  #recent = 0;

  note({ failed, tookMs = 0, expectedMs = 0 }: Attempt, nowMs: number): void {
    this.#fade(nowMs);
    this.#tries += 1;
    if (failed) this.#failures += 1;
    if (failed || tookMs <= 0 || expectedMs <= 0) return;
    const ratio = Math.log(tookMs / expectedMs);
    this.#answers += 1;
    this.#recent += 1;
    // A plain mean until there is enough to fade.
    this.#usual += Math.max(NEWEST_USUAL, 1 / this.#answers) * (ratio - this.#usual);
    this.#now += Math.max(NEWEST_NOW, 1 / this.#answers) * (ratio - this.#now);
  }

  trouble(nowMs: number): Trouble {
    this.#fade(nowMs);
    const share = this.#failures / (this.#tries + GOOD_BEFORE);
    const failed = share >= LEAST_FAILED ? share : 0;
    const known = this.#answers >= LEAST_USUAL && this.#recent >= LEAST_NOW;
    const times = known ? Math.exp(this.#now - this.#usual) : 1;
    const slower = times >= LEAST_SLOWER ? times : 1;
    if (failed === 0 && slower === 1) return NO_TROUBLE;
    // Who fails so often is asked so many times until there is an answer.
    const factor = Math.min(MOST_FACTOR, Math.min(MOST_FOR_TIME, slower) / Math.max(1 - failed, 0.1));
    return { failed, slower, factor };
  }

  #fade(nowMs: number): void {
    const kept = 0.5 ** (Math.max(0, nowMs - this.#atMs) / HALF_LIFE_MS);
    this.#atMs = Math.max(this.#atMs, nowMs);
    this.#tries *= kept;
    this.#failures *= kept;
    this.#recent *= kept;
  }
}
