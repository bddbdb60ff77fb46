/** Times of whole answers, with quantiles of the latest ones. Units: milliseconds. */

/** Quantiles are exact over so many: a model that became slower shows soon. */
const WINDOW = 1_000;
/** Upper bounds of the bars that the dashboard draws; the last bar is open. */
const BAR_BOUNDS_MS = [50, 100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600];

export interface LatencySummary {
  /** Of all; the bins too. */
  readonly count: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly bins: readonly { readonly upToMs?: number; readonly count: number }[];
}

export class LatencyHistogram {
  readonly #latest: number[] = [];
  readonly #bars = new Array<number>(BAR_BOUNDS_MS.length + 1).fill(0);
  #count = 0;

  record(ms: number): void {
    this.#latest[this.#count % WINDOW] = Math.max(1, Math.round(ms));
    this.#count += 1;
    const bar = BAR_BOUNDS_MS.findIndex((bound) => ms <= bound);
    const at = bar === -1 ? BAR_BOUNDS_MS.length : bar;
    this.#bars[at] = (this.#bars[at] ?? 0) + 1;
  }

  summary(): LatencySummary {
    const sorted = this.#latest.toSorted((a, b) => a - b);
    const quantile = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
    return {
      count: this.#count,
      p50Ms: quantile(0.5),
      p95Ms: quantile(0.95),
      p99Ms: quantile(0.99),
      bins: this.#bars.map((count, index) => {
        const upToMs = BAR_BOUNDS_MS[index];
        return upToMs === undefined ? { count } : { upToMs, count };
      }),
    };
  }
}
