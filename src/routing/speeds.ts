/**
 * How fast each model answers, learned from its answers: the time to its first token, and for each token after it.
 * Notices a model that has clearly become slower or faster behind its name. Units: milliseconds; inside their natural
 * logarithms, because times are skewed.
 */
import { isNumber, record } from '../base/unknown.ts';
import type { ModelInfo } from './catalogue.ts';
import { DriftWatch } from './drift.ts';

/** One whole answer. */
export interface AnswerTimes {
  /** Absent: nobody saw it. */
  readonly firstTokenMs?: number;
  readonly totalMs: number;
  readonly outputTokens: number;
}

export const SPEED_MEASURES = ['first-token', 'token'] as const;

export type SpeedMeasure = (typeof SPEED_MEASURES)[number];

export interface SpeedChange {
  readonly modelKey: string;
  readonly measure: SpeedMeasure;
  /** Usual times before and since. */
  readonly beforeMs: number;
  readonly afterMs: number;
  readonly atMs: number;
}

/** Times are the median of so many answers, the newest ones. */
const LATEST = 20;
/** What the catalogue says is worth so many answers. */
const LISTED_WORTH = 2;
/** Answers after which the usual time of a model, and how much it varies, follow new ones slowly. */
const MEMORY = 100;
/** A model must be known by so many answers before it can be said to have changed. */
const LEAST_KNOWN = 12;
/** A twelfth more or less is nothing that varies; one odd answer counts for no more than three deviations. */
const LEAST_DEVIATION = 0.08;
const MOST_SURPRISE = 3;
/**
 * Smaller changes are not worth a word. Longer prompts make the first token later too, so it must change more. Where times
 * vary by a third, a model that takes twice as long for a token is told after 7 answers (nine times in ten within 16),
 * three times as long after 5; of 200,000 answers without a change none was told as one (simulated).
 */
const CLEAR: Readonly<Record<SpeedMeasure, number>> = { 'first-token': 2, token: 1.5 };
/** Of shorter answers the time for each token says little. */
const LEAST_TOKENS = 20;
/** Where a whole answer comes at once. */
const LEAST_MS = 0.01;
const MOST_MODELS = 60;
const VERSION = 1;

/** One measure of one model. */
class Pace {
  #latest: number[] = [];
  #mean = 0;
  #variance = 0;
  #seen = 0;
  #drift = new DriftWatch();

  /** Returns the usual times before and since when it has changed. */
  learn(ms: number, clear: number): Pick<SpeedChange, 'beforeMs' | 'afterMs'> | undefined {
    const value = Math.log(Math.max(LEAST_MS, ms));
    const known = this.#seen >= LEAST_KNOWN;
    const deviation = Math.max(LEAST_DEVIATION, Math.sqrt(this.#variance));
    const surprise = clamp((this.#mean - value) / deviation, MOST_SURPRISE);
    const drift = known ? this.#drift.watch(surprise) : undefined;
    this.#latest = [...this.#latest, value].slice(-LATEST);
    const change = drift && this.#changed(drift.over, clear);
    if (change !== undefined) return change;
    this.#seen += 1;
    const counted = known ? this.#mean - surprise * deviation : value;
    this.#count(counted, 1 / Math.min(this.#seen, MEMORY));
    return undefined;
  }

  /** `listedMs`: what the catalogue says. */
  expect(listedMs: number): number {
    const seen = this.#latest.length;
    if (seen === 0) return listedMs;
    const listed = LISTED_WORTH * Math.log(Math.max(LEAST_MS, listedMs));
    return Math.exp((seen * median(this.#latest) + listed) / (seen + LISTED_WORTH));
  }

  toJSON() {
    return { latest: this.#latest, mean: this.#mean, variance: this.#variance, seen: this.#seen };
  }

  static fromJSON(raw: unknown): Pace {
    const pace = new Pace();
    const { latest, mean, variance, seen } = record(raw);
    if (!Array.isArray(latest) || !latest.every(isNumber) || !isNumber(mean)) return pace;
    if (!isNumber(variance) || variance < 0 || !isNumber(seen) || seen < latest.length) return pace;
    pace.#latest = latest.slice(-LATEST);
    pace.#mean = mean;
    pace.#variance = variance;
    pace.#seen = seen;
    return pace;
  }

  #count(value: number, weight: number): void {
    const difference = value - this.#mean;
    this.#mean += weight * difference;
    this.#variance = (1 - weight) * (this.#variance + weight * difference ** 2);
  }

  /** When it is clear, what was before no longer counts; how much the times vary stays known. */
  #changed(over: number, clear: number): Pick<SpeedChange, 'beforeMs' | 'afterMs'> | undefined {
    const newest = this.#latest.slice(-over);
    const [before, after] = [this.#mean, median(newest)];
    if (Math.abs(after - before) < Math.log(clear)) return undefined;
    this.#latest = newest;
    this.#mean = after;
    this.#seen = newest.length;
    return { beforeMs: Math.exp(before), afterMs: Math.exp(after) };
  }
}

type Paces = Readonly<Record<SpeedMeasure, Pace>>;

export class Speeds {
  /** The one used last comes last. */
  readonly #models = new Map<string, Paces>();
  readonly #changes = new Map<string, SpeedChange>();

  /** The newest of each model and measure. */
  get changes(): readonly SpeedChange[] {
    return [...this.#changes.values()];
  }

  /** Until an answer of so many tokens is whole; while nothing was learned, as the catalogue says. */
  answerMs({ key, firstTokenMs, outputTokensPerS }: ModelSpeed, outputTokens: number): number {
    const paces = this.#models.get(key);
    const listedMs = 1_000 / outputTokensPerS;
    const first = paces?.['first-token'].expect(firstTokenMs) ?? firstTokenMs;
    return first + outputTokens * (paces?.token.expect(listedMs) ?? listedMs);
  }

  learn(modelKey: string, { firstTokenMs, totalMs, outputTokens }: AnswerTimes, atMs: number): void {
    if (firstTokenMs === undefined) return;
    const paces = this.#models.get(modelKey) ?? { 'first-token': new Pace(), token: new Pace() };
    this.#models.delete(modelKey);
    this.#models.set(modelKey, paces);
    const oldest = this.#models.keys().next();
    if (this.#models.size > MOST_MODELS && !oldest.done) this.#models.delete(oldest.value);
    const note = (measure: SpeedMeasure, ms: number) => {
      const change = paces[measure].learn(ms, CLEAR[measure]);
      if (change !== undefined)
        this.#changes.set(`${measure} ${modelKey}`, { modelKey, measure, atMs, ...change });
    };
    note('first-token', firstTokenMs);
    if (outputTokens >= LEAST_TOKENS) note('token', Math.max(0, totalMs - firstTokenMs) / (outputTokens - 1));
  }

  toJSON() {
    return { version: VERSION, models: Object.fromEntries(this.#models), changes: this.changes };
  }

  /** `raw`: what `toJSON` gave, as it came back from a store; what cannot be used of it is forgotten. */
  static fromJSON(raw: unknown): Speeds {
    const speeds = new Speeds();
    const { version, models, changes } = record(raw);
    if (version !== VERSION) return speeds;
    for (const [key, paces] of Object.entries(record(models)).slice(-MOST_MODELS)) {
      const { 'first-token': first, token } = record(paces);
      speeds.#models.set(key, { 'first-token': Pace.fromJSON(first), token: Pace.fromJSON(token) });
    }
    for (const change of Array.isArray(changes) ? changes.flatMap(parseChange) : [])
      speeds.#changes.set(`${change.measure} ${change.modelKey}`, change);
    return speeds;
  }
}

type ModelSpeed = Pick<ModelInfo, 'key' | 'firstTokenMs' | 'outputTokensPerS'>;

function parseChange(raw: unknown): SpeedChange[] {
  const { modelKey, measure: named, beforeMs, afterMs, atMs } = record(raw);
  const measure = SPEED_MEASURES.find((one) => one === named);
  if (typeof modelKey !== 'string' || measure === undefined) return [];
  if (!isNumber(beforeMs) || !isNumber(afterMs) || !isNumber(atMs)) return [];
  return [{ modelKey, measure, beforeMs, afterMs, atMs }];
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low = 0, high = 0] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  return (low + high) / 2;
}

function clamp(value: number, most: number): number {
  return Math.max(-most, Math.min(most, value));
}
