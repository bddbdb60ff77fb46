/**
 * The most that was asked for in any minute of the last hour: what a limit that refills within minutes must be ready
 * for. Any unit for amounts; milliseconds.
 */
const MINUTE_MS = 60_000;
const MINUTES = 60;
/** Before so many minutes were watched nothing is said. */
const LEAST_WATCHED = 5;

export class RecentPeak {
  /** Sums by minute: a ring, each place with the minute that it holds. */
  readonly #sums: { minute: number; amount: number }[] = [];
  #firstMs: number | undefined;

  add(amount: number, atMs: number): void {
    this.#firstMs ??= atMs;
    const minute = Math.floor(atMs / MINUTE_MS);
    const place = minute % MINUTES;
    const held = this.#sums[place];
    if (held?.minute === minute) held.amount += amount;
    else this.#sums[place] = { minute, amount };
  }

  /** Someone watches from `atMs` on, even if nothing is asked for. */
  watch(atMs: number): void {
    this.#firstMs ??= atMs;
  }

  /** Undefined while too little was watched. */
  amount(nowMs: number): number | undefined {
    if (this.#firstMs === undefined || nowMs - this.#firstMs < LEAST_WATCHED * MINUTE_MS) return undefined;
    const oldest = Math.floor(nowMs / MINUTE_MS) - MINUTES;
    return this.#sums.reduce(
      (most, { minute, amount }) => (minute > oldest ? Math.max(most, amount) : most),
      0,
    );
  }
}
