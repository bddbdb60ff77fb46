/**
 * How many tokens a text will be, without a tokenizer in the way: characters by a ratio for each language, learned
 * from exact counts, times a factor for each model, learned from what its platform reported. Units: tokens.
 */
import { record } from '../base/unknown.ts';

/**
 * cl100k_base on 11.7 million characters of code in twelve languages and English Markdown has 3.8 characters a token; from
 * 3.1 for JSON to 4.2 for JavaScript (measured 2026-11-21, gpt-tokenizer 4).
 */
const PRIOR_CHARS_PER_TOKEN = 3.8;
/** Weight of the newest observation; about the last ten count. */
const WEIGHT = 0.2;
/** A short text says little about a ratio. */
const LEAST_TOKENS = 20;
/** One absurd report must not make every later estimate absurd. */
const FACTOR_BOUNDS = { least: 0.25, most: 4 };
const RATIO_BOUNDS = { least: 0.25, most: 100 };

/** After this many exact counts a language's ratio is known well enough. */
const CALIBRATIONS = 20;
/** Models and languages that are remembered; the one that was longest not learned of goes first. */
const MOST_KNOWN = 200;
const LONGEST_KEY = 300;
const STATE_VERSION = 1;

/** Counts by the real tokenizer, somewhere where it stops nobody. */
export type ExactCount = (text: string) => Promise<number>;

/** What was learned, as it is stored: value and number of observations by language and by model. */
export interface EstimatorState {
  readonly version: number;
  readonly charsPerToken: Readonly<Record<string, Learned>>;
  readonly factors: Readonly<Record<string, Learned>>;
}

type Learned = readonly [value: number, observations: number];

export class TokenEstimator {
  readonly #count: ExactCount;
  readonly #charsPerToken = new Map<string, Learned>();
  readonly #factors = new Map<string, Learned>();
  #calibrating = false;

  constructor(count: ExactCount) {
    this.#count = count;
  }

  /** `raw`: what `toJSON` gave, as it came back from a store; what cannot be used of it is forgotten. */
  static fromJSON(raw: unknown, count: ExactCount): TokenEstimator {
    const estimator = new TokenEstimator(count);
    const { version, charsPerToken, factors } = record(raw);
    if (version !== STATE_VERSION) return estimator;
    restore(estimator.#charsPerToken, charsPerToken, RATIO_BOUNDS);
    restore(estimator.#factors, factors, FACTOR_BOUNDS);
    return estimator;
  }

  toJSON(): EstimatorState {
    return {
      version: STATE_VERSION,
      charsPerToken: Object.fromEntries(this.#charsPerToken),
      factors: Object.fromEntries(this.#factors),
    };
  }

  /** Without `model` the count of the tokenizer itself. */
  estimate(text: string, language: string, model?: string): number {
    const [ratio] = this.#charsPerToken.get(language) ?? [PRIOR_CHARS_PER_TOKEN];
    return Math.ceil((text.length / ratio) * (model === undefined ? 1 : this.factor(model)));
  }

  /** Tokens of `model` for one of the tokenizer; `start` until something was learned. */
  factor(model: string, start = 1): number {
    return this.#factors.get(model)?.[0] ?? start;
  }

  /** Learns a language's ratio from this text, one text at a time. Rejects with what the tokenizer rejects with. */
  async calibrate(text: string, language: string): Promise<void> {
    const [, done] = this.#charsPerToken.get(language) ?? [0, 0];
    if (this.#calibrating || done >= CALIBRATIONS) return;
    this.#calibrating = true;
    try {
      this.#learnRatio(text, language, await this.#count(text));
    } finally {
      this.#calibrating = false;
    }
  }

  #learnRatio(text: string, language: string, tokens: number): void {
    const [before, done] = this.#charsPerToken.get(language) ?? [PRIOR_CHARS_PER_TOKEN, 0];
    const seen = tokens < LEAST_TOKENS ? before : clamp(text.length / tokens, RATIO_BOUNDS);
    remember(this.#charsPerToken, language, [before + WEIGHT * (seen - before), done + 1]);
  }

  /**
   * `reported` by the platform for a prompt that was estimated, without a model, as `estimated`. `start` counts as the
   * first observation where it is known.
   */
  learnFactor(model: string, estimated: number, reported: number, start?: number): void {
    if (!(estimated >= LEAST_TOKENS && reported >= LEAST_TOKENS)) return;
    const seen = clamp(reported / estimated, FACTOR_BOUNDS);
    const [before, done] = this.#factors.get(model) ?? (start === undefined ? [seen, 0] : [start, 1]);
    const weight = Math.max(WEIGHT, 1 / (done + 1));
    remember(this.#factors, model, [before + weight * (seen - before), done + 1]);
  }
}

interface Bounds {
  readonly least: number;
  readonly most: number;
}

function clamp(value: number, { least, most }: Bounds): number {
  return Math.min(most, Math.max(least, value));
}

function remember(known: Map<string, Learned>, key: string, learned: Learned): void {
  known.delete(key);
  known.set(key, learned);
  const oldest = known.keys().next();
  if (known.size > MOST_KNOWN && !oldest.done) known.delete(oldest.value);
}

function restore(known: Map<string, Learned>, raw: unknown, { least, most }: Bounds): void {
  for (const [key, learned] of Object.entries(record(raw)).slice(-MOST_KNOWN)) {
    const [value, observations]: readonly unknown[] = Array.isArray(learned) ? learned : [];
    if (typeof value !== 'number' || typeof observations !== 'number' || key.length > LONGEST_KEY) continue;
    if (value >= least && value <= most && Number.isInteger(observations) && observations > 0) {
      known.set(key, [value, observations]);
    }
  }
}
