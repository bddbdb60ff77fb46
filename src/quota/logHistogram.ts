/**
 * Sizes that were seen, newest weighing most, as a histogram of their logarithms: any quantile of them in one pass, in
 * little room. Positions are natural logarithms; one bin is a ninth of the size wide.
 */

const BINS_PER_E = 12;
/** Positions from e^-6 to e^12 of the usual size. */
const LOWEST = -6;
const BINS = 18 * BINS_PER_E;
/** Weights grow by this much with each observation instead of all others shrinking; then all are scaled at once. */
const RESCALE_ABOVE = 1e9;

/** `[bin, weight, …]`, the newest observation weighing 1. */
export type HistogramState = readonly number[];

export class LogHistogram {
  readonly #weights = new Float64Array(BINS);
  readonly #growth: number;
  #newest = 1;
  #total = 0;

  /** Each observation weighs half as much once `halfLife` others have come. */
  constructor(halfLife: number) {
    this.#growth = 2 ** (1 / halfLife);
  }

  /** A state that cannot be used gives an empty histogram. */
  static fromJSON(raw: unknown, halfLife: number): LogHistogram {
    const histogram = new LogHistogram(halfLife);
    const numbers: readonly unknown[] = Array.isArray(raw) ? raw.slice(0, 2 * BINS) : [];
    const most = 1 / (1 - 1 / histogram.#growth);
    for (let index = 0; index + 1 < numbers.length; index += 2) {
      const [bin, weight] = [numbers[index], numbers[index + 1]];
      if (typeof bin !== 'number' || typeof weight !== 'number') continue;
      if (!Number.isInteger(bin) || bin < 0 || bin >= BINS || !(weight > 0 && weight <= most)) continue;
      histogram.#total += weight - (histogram.#weights[bin] ?? 0);
      histogram.#weights[bin] = weight;
    }
    return histogram;
  }

  /** Weights too small to matter are left out. */
  toJSON(): HistogramState {
    return Array.from(this.#weights).flatMap((weight, bin) => {
      const share = weight / this.#newest;
      return share < LEAST_KEPT ? [] : [bin, Number(share.toPrecision(3))];
    });
  }

  /** How many observations there are, recent ones counting most; at most about 1.44 half-lives. */
  get count(): number {
    return this.#total / this.#newest;
  }

  add(position: number): void {
    this.#newest *= this.#growth;
    const bin = binOf(position);
    this.#weights[bin] = (this.#weights[bin] ?? 0) + this.#newest;
    this.#total += this.#newest;
    if (this.#newest > RESCALE_ABOVE) this.#rescale();
  }

  /** Adds this histogram, moved by `shift` and scaled to `weight` in all, to `sum`. */
  addTo(sum: Float64Array, weight: number, shift: number): void {
    if (this.#total === 0) return;
    const scale = weight / this.#total;
    const whole = Math.floor(shift * BINS_PER_E);
    const part = shift * BINS_PER_E - whole;
    for (let bin = 0; bin < BINS; bin += 1) {
      const share = (this.#weights[bin] ?? 0) * scale;
      if (share === 0) continue;
      spread(sum, bin + whole, share * (1 - part));
      spread(sum, bin + whole + 1, share * part);
    }
  }

  #rescale(): void {
    for (let bin = 0; bin < BINS; bin += 1) this.#weights[bin] = (this.#weights[bin] ?? 0) / this.#newest;
    this.#total /= this.#newest;
    this.#newest = 1;
  }
}

const LEAST_KEPT = 1e-3;

export function emptySum(): Float64Array {
  return new Float64Array(BINS);
}

/** A bell of width `sigma` around `middle`, `weight` in all: what is believed of sizes that were not seen. */
export function addBell(sum: Float64Array, weight: number, sigma: number, middle = 0): void {
  const first = binOf(middle - REACH * sigma);
  const last = binOf(middle + REACH * sigma);
  let total = 0;
  for (let bin = first; bin <= last; bin += 1) total += density(bin, middle, sigma);
  for (let bin = first; bin <= last; bin += 1)
    spread(sum, bin, (weight * density(bin, middle, sigma)) / total);
}

/** In widths of a bell. */
const REACH = 3;

function density(bin: number, middle: number, sigma: number): number {
  return Math.exp(-(((centreOf(bin) - middle) / sigma) ** 2) / 2);
}

/** The position below which the share `level` of the sum lies; between the edges of its bin by proportion. */
export function quantileOf(sum: Float64Array, level: number): number {
  let total = 0;
  for (let bin = 0; bin < BINS; bin += 1) total += sum[bin] ?? 0;
  let left = level * total;
  for (let bin = 0; bin < BINS; bin += 1) {
    const weight = sum[bin] ?? 0;
    if (weight > 0 && left <= weight) return LOWEST + (bin + left / weight) / BINS_PER_E;
    left -= weight;
  }
  return LOWEST + BINS / BINS_PER_E;
}

function spread(sum: Float64Array, bin: number, weight: number): void {
  const within = Math.min(BINS - 1, Math.max(0, bin));
  sum[within] = (sum[within] ?? 0) + weight;
}

function binOf(position: number): number {
  return Math.min(BINS - 1, Math.max(0, Math.floor((position - LOWEST) * BINS_PER_E)));
}

function centreOf(bin: number): number {
  return LOWEST + (bin + 0.5) / BINS_PER_E;
}
