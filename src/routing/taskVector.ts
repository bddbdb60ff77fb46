/** A task's features as one sparse vector; what is common to all tasks weighs little. */
import type { TaskFeatures } from './features.ts';
import { bucketOf, SHAPE_SIZE, timesOf, WORD_BUCKETS } from './taskWords.ts';
import type { SparseVector } from './textRidge.ts';

const EDITOR_FEATURES = 11;
const DENSE = SHAPE_SIZE + EDITOR_FEATURES;
export const VECTOR_SIZE = WORD_BUCKETS + DENSE;
/** How much a measure weighs beside the words; chosen by cross-validation on GSM8K and MMLU outcomes. */
const DENSE_SCALE = 0.07;
/** Before anything was seen the measures are about standard: mean 0, variance 1; worth so many tasks. */
const STANDARD_WORTH = 10;
const FARTHEST = 3;

/** Learns which words are rare and what is usual of each measure. */
export class TaskVectors {
  readonly #tasksWith = new Float64Array(WORD_BUCKETS);
  readonly #sum = new Float64Array(DENSE);
  readonly #squares = new Float64Array(DENSE).fill(STANDARD_WORTH);
  #tasks = 0;

  see(features: TaskFeatures): void {
    this.#tasks += 1;
    for (const entry of features.words ?? []) {
      const bucket = bucketOf(entry);
      this.#tasksWith[bucket] = (this.#tasksWith[bucket] ?? 0) + 1;
    }
    for (const [index, value] of measures(features).entries()) {
      this.#sum[index] = (this.#sum[index] ?? 0) + value;
      this.#squares[index] = (this.#squares[index] ?? 0) + value * value;
    }
  }

  of(features: TaskFeatures): SparseVector {
    const words = features.words ?? [];
    const at = new Uint16Array(words.length + DENSE);
    const value = new Float32Array(words.length + DENSE);
    const used = this.#words(words, at, value);
    const seen = this.#tasks + STANDARD_WORTH;
    for (const [index, measure] of measures(features).entries()) {
      const mean = (this.#sum[index] ?? 0) / seen;
      const deviation = Math.sqrt(Math.max(1e-6, (this.#squares[index] ?? 0) / seen - mean * mean));
      const standard = Math.max(-FARTHEST, Math.min(FARTHEST, (measure - mean) / deviation));
      at[used + index] = WORD_BUCKETS + index;
      value[used + index] = standard * DENSE_SCALE;
    }
    return { at: at.subarray(0, used + DENSE), value: value.subarray(0, used + DENSE) };
  }

  /** Words that were seen in one task only tell nothing. All together have length 1. */
  #words(words: readonly number[], at: Uint16Array, value: Float32Array): number {
    let used = 0;
    let square = 0;
    for (const entry of words) {
      const bucket = bucketOf(entry);
      const tasksWith = this.#tasksWith[bucket] ?? 0;
      if (tasksWith < 2) continue;
      const weight = (1 + Math.log(timesOf(entry))) * (Math.log((this.#tasks + 1) / (tasksWith + 1)) + 1);
      at[used] = bucket;
      value[used] = weight;
      square += weight * weight;
      used += 1;
    }
    const scale = 1 / Math.sqrt(square || 1);
    for (let k = 0; k < used; k += 1) value[k] = (value[k] ?? 0) * scale;
    return used;
  }
}

function measures(features: TaskFeatures): number[] {
  const log = Math.log1p;
  const { shape = [], errors = 0, symbols = 0, testsNear, publicApi, turnsBefore = 0 } = features;
  return [
    ...(shape.length === SHAPE_SIZE ? shape : new Array<number>(SHAPE_SIZE).fill(0)),
    log(features.inputTokens) / 2 - 3,
    log(features.codeLines) / 2 - 1.5,
    features.nesting / 4,
    log(features.instructionWords) - 2,
    log(features.hardWords),
    log(features.constraints),
    log(features.problems),
    log(errors),
    log(symbols),
    turnsBefore === 0 ? 0 : 1,
    flag(testsNear) + 2 * flag(publicApi),
  ];
}

function flag(value: boolean | undefined): number {
  if (value === undefined) return 0;
  return value ? 0.5 : -0.5;
}
