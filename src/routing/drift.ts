/**
 * Notices when a model behind the same name is no longer what it was: a two-sided cumulative sum (Page 1954) over what
 * it does beyond what was expected of it, in standard deviations. Units: standard deviations, outcomes.
 */

export interface Drift {
  readonly better: boolean;
  /** Outcomes since the sum began to grow: about so long ago it changed. */
  readonly over: number;
}

/** Half a standard deviation is let pass. */
const SLACK = 0.5;
/**
 * One false alarm in 40,000 outcomes of a model that succeeds in 70 %, in 6,000 at 85 %; a fall by 40 points is found
 * after 25 and after 16 (simulated, 200,000 outcomes).
 */
const ALARM = 10;

export class DriftWatch {
  #up = 0;
  #down = 0;
  #upFor = 0;
  #downFor = 0;

  /** The newest outcome was not the last word: its surprise was off by this. */
  correct(by: number): void {
    this.#up = Math.max(0, this.#up + by);
    this.#down = Math.max(0, this.#down - by);
  }

  /** `surprise`: outcome less what was expected, in standard deviations; positive is better. */
  watch(surprise: number): Drift | undefined {
    this.#up = Math.max(0, this.#up + surprise - SLACK);
    this.#down = Math.max(0, this.#down - surprise - SLACK);
    this.#upFor = this.#up === 0 ? 0 : this.#upFor + 1;
    this.#downFor = this.#down === 0 ? 0 : this.#downFor + 1;
    const better = this.#up > ALARM;
    if (!better && this.#down <= ALARM) return undefined;
    const drift = { better, over: better ? this.#upFor : this.#downFor };
    this.#up = 0;
    this.#down = 0;
    return drift;
  }
}
