/** Times of whole answers, with quantiles. Units: milliseconds, 1 ms … 1 hour. */
import histogram from 'hdr-histogram-js/dist/Int32Histogram.js';

const HIGHEST_MS = 3_600_000;
const SIGNIFICANT_DIGITS = 2;
/** Upper bounds of the bars that the dashboard draws; the last bar is open. */
const BAR_BOUNDS_MS = [50, 100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600];

export interface LatencySummary {
  readonly count: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly bins: readonly { readonly upToMs?: number; readonly count: number }[];
}

export class LatencyHistogram {
  readonly #histogram = new histogram.default(1, HIGHEST_MS, SIGNIFICANT_DIGITS);
  readonly #bars = new Array<number>(BAR_BOUNDS_MS.length + 1).fill(0);

  record(ms: number): void {
    const bounded = Math.min(HIGHEST_MS, Math.max(1, Math.round(ms)));
    this.#histogram.recordValue(bounded);
    const bar = BAR_BOUNDS_MS.findIndex((bound) => ms <= bound);
    const at = bar === -1 ? BAR_BOUNDS_MS.length : bar;
    this.#bars[at] = (this.#bars[at] ?? 0) + 1;
  }

  summary(): LatencySummary {
    return {
      count: this.#histogram.totalCount,
      p50Ms: this.#histogram.getValueAtPercentile(50),
      p95Ms: this.#histogram.getValueAtPercentile(95),
      p99Ms: this.#histogram.getValueAtPercentile(99),
      bins: this.#bars.map((count, index) => {
        const upToMs = BAR_BOUNDS_MS[index];
        return upToMs === undefined ? { count } : { upToMs, count };
      }),
    };
  }
}
