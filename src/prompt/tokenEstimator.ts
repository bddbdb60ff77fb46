/**
 * How many tokens a text will be, without a tokenizer in the way: characters by a ratio for each language, learned
 * from exact counts, times a factor for each model, learned from what its platform reported. Units: tokens.
 */

/** o200k_base on varied TypeScript has 4.3 characters a token (measured 2026-11-20, gpt-tokenizer 4). */
const PRIOR_CHARS_PER_TOKEN = 4.3;
/** Weight of the newest observation; about the last ten count. */
const WEIGHT = 0.2;
/** A short text says little about a ratio. */
const LEAST_TOKENS = 20;
/** One absurd report must not make every later estimate absurd. */
const FACTOR_BOUNDS = { least: 0.25, most: 4 };

/** After this many exact counts a language's ratio is known well enough. */
const CALIBRATIONS = 20;

/** Counts by the real tokenizer, somewhere where it stops nobody. */
export type ExactCount = (text: string) => Promise<number>;

export class TokenEstimator {
  readonly #count: ExactCount;
  readonly #charsPerToken = new Map<string, number>();
  readonly #factors = new Map<string, number>();
  readonly #calibrated = new Map<string, number>();
  #calibrating = false;

  constructor(count: ExactCount) {
    this.#count = count;
  }

  /** Without `model` the count of the tokenizer itself. */
  estimate(text: string, language: string, model?: string): number {
    const ratio = this.#charsPerToken.get(language) ?? PRIOR_CHARS_PER_TOKEN;
    const factor = (model === undefined ? undefined : this.#factors.get(model)) ?? 1;
    return Math.ceil((text.length / ratio) * factor);
  }

  /** Learns a language's ratio from this text, one text at a time. Rejects with what the tokenizer rejects with. */
  async calibrate(text: string, language: string): Promise<void> {
    const done = this.#calibrated.get(language) ?? 0;
    if (this.#calibrating || done >= CALIBRATIONS) return;
    this.#calibrating = true;
    try {
      this.#learnRatio(text, language, await this.#count(text));
      this.#calibrated.set(language, done + 1);
    } finally {
      this.#calibrating = false;
    }
  }

  #learnRatio(text: string, language: string, tokens: number): void {
    if (tokens < LEAST_TOKENS) return;
    const before = this.#charsPerToken.get(language) ?? PRIOR_CHARS_PER_TOKEN;
    this.#charsPerToken.set(language, before + WEIGHT * (text.length / tokens - before));
  }

  /** `reported` by the platform for a prompt that was estimated, without a model, as `estimated`. */
  learnFactor(model: string, estimated: number, reported: number): void {
    if (estimated < LEAST_TOKENS || reported < LEAST_TOKENS) return;
    const { least, most } = FACTOR_BOUNDS;
    const seen = Math.min(most, Math.max(least, reported / estimated));
    const before = this.#factors.get(model) ?? seen;
    this.#factors.set(model, before + WEIGHT * (seen - before));
  }
}
