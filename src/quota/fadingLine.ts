/** How one size follows another: least squares with a memory that fades, and a slope near 0 until much speaks for one. */

/** How sure it is at first that there is no slope: so many observations' worth. */
const SLOPE_TRUST = 20;
const SLOPE_BOUNDS = { least: -0.5, most: 1.5 };

export class FadingLine {
  readonly #fade: number;
  #weight = 0;
  middle = 0;
  #height = 0;
  #spread = 0;
  #together = 0;

  /** Each observation weighs half as much once `halfLife` others have come. */
  constructor(halfLife: number) {
    this.#fade = 2 ** (-1 / halfLife);
  }

  static fromJSON(raw: unknown, halfLife: number): FadingLine | undefined {
    const numbers: readonly unknown[] = Array.isArray(raw) ? raw : [];
    const [weight, middle, height, spread, together] = numbers.filter((value) => Number.isFinite(value));
    if (typeof weight !== 'number' || typeof middle !== 'number' || typeof height !== 'number')
      return undefined;
    if (typeof spread !== 'number' || typeof together !== 'number' || weight < 0 || spread < 0)
      return undefined;
    const line = new FadingLine(halfLife);
    line.#weight = weight;
    line.middle = middle;
    line.#height = height;
    line.#spread = spread;
    line.#together = together;
    return line;
  }

  toJSON(): readonly number[] {
    const numbers = [this.#weight, this.middle, this.#height, this.#spread, this.#together];
    return numbers.map((value) => Number(value.toPrecision(6)));
  }

  get slope(): number {
    const slope = this.#together / (this.#spread + SLOPE_TRUST);
    return Math.min(SLOPE_BOUNDS.most, Math.max(SLOPE_BOUNDS.least, slope));
  }

  learn(at: number, position: number): void {
    this.#weight = this.#weight * this.#fade + 1;
    const before = at - this.middle;
    this.middle += before / this.#weight;
    this.#height += (position - this.#height) / this.#weight;
    this.#spread = this.#spread * this.#fade + before * (at - this.middle);
    this.#together = this.#together * this.#fade + before * (position - this.#height);
  }
}
