/**
 * Word vectors from the company that words keep: positive pointwise mutual information within a question, and between the
 * two questions of a same pair, reduced to a few numbers by subspace iteration. (Levy and Goldberg, NIPS 2014.)
 */
import { seededRandom } from '../../src/base/random.ts';
import { hashOf, wordsOf } from '../../src/cache/embedWords.ts';
import { MEANING } from '../../src/cache/verifierTables.ts';
import type { QuestionPair } from './questionPairs.ts';

const WINDOW = 8;
const LEAST_COUNT = 3;
const ROUNDS = 6;
/** Context counts to this power, so that rare words do not look telling. */
const SMOOTHING = 0.75;

interface Sparse {
  readonly rows: number[];
  readonly columns: number[];
  readonly values: number[];
}

/** Packed vectors by hash of the stem; of words that share a place the commonest has it. */
export function wordMeanings(pairs: readonly QuestionPair[], rows: number): Int8Array {
  const stems = pairs.map(({ a, b }) => [a, b].map((question) => wordsOf(question).map(({ stem }) => stem)));
  const vocabulary = commonest(stems.flat(2));
  const ids = new Map(vocabulary.map((word, id) => [word, id]));
  const company = companyOf(pairs, stems, ids);
  const { vectors, strengths } = principal(company, vocabulary.length);
  const packed = new Int8Array(rows * MEANING);
  const taken = new Set<number>();
  vocabulary.forEach((word, id) => {
    const row = hashOf(word, 4) % rows;
    if (taken.has(row)) return;
    taken.add(row);
    const vector = strengths.map((strength, k) => (vectors[id * MEANING + k] ?? 0) * Math.sqrt(strength));
    const largest = Math.max(...vector.map(Math.abs), 1e-12);
    vector.forEach((value, k) => {
      packed[row * MEANING + k] = Math.round((127 * value) / largest);
    });
  });
  return packed;
}

function commonest(words: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts]
    .filter(([, count]) => count >= LEAST_COUNT)
    .sort(([, x], [, y]) => y - x)
    .map(([word]) => word);
}

function companyOf(
  pairs: readonly QuestionPair[],
  stems: readonly (readonly (readonly string[])[])[],
  ids: ReadonlyMap<string, number>,
): Sparse {
  const size = ids.size;
  const counts = new Map<number, number>();
  const add = (from: number | undefined, to: number | undefined, weight: number) => {
    if (from === undefined || to === undefined) return;
    counts.set(from * size + to, (counts.get(from * size + to) ?? 0) + weight);
  };
  pairs.forEach(({ same }, at) => {
    const sides = (stems[at] ?? []).map((words) => words.map((word) => ids.get(word)));
    for (const side of sides) {
      side.forEach((id, place) => {
        for (let other = Math.max(0, place - WINDOW); other <= place + WINDOW; other++) {
          if (other !== place) add(id, side[other], 1 / Math.abs(place - other) + 0.3);
        }
      });
    }
    if (!same) return;
    for (const one of sides[0] ?? []) {
      for (const other of sides[1] ?? []) {
        add(one, other, 1);
        add(other, one, 1);
      }
    }
  });
  return information(counts, size);
}

function information(counts: ReadonlyMap<number, number>, size: number): Sparse {
  const totals = new Float64Array(size);
  for (const [key, count] of counts)
    totals[Math.floor(key / size)] = (totals[Math.floor(key / size)] ?? 0) + count;
  const smoothed = totals.map((total) => total ** SMOOTHING);
  const all = smoothed.reduce((sum, value) => sum + value, 0);
  const sparse: Sparse = { rows: [], columns: [], values: [] };
  for (const [key, count] of counts) {
    const [row, column] = [Math.floor(key / size), key % size];
    const value = Math.log(count / (totals[row] ?? 1) / ((smoothed[column] ?? 1) / all));
    if (value <= 0) continue;
    sparse.rows.push(row);
    sparse.columns.push(column);
    sparse.values.push(value);
  }
  return sparse;
}

function principal(matrix: Sparse, size: number): { vectors: Float64Array; strengths: number[] } {
  const random = seededRandom(5);
  let vectors = Float64Array.from({ length: size * MEANING }, () => random() - 0.5);
  let strengths: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const next = new Float64Array(size * MEANING);
    matrix.values.forEach((value, at) => {
      const to = (matrix.rows[at] ?? 0) * MEANING;
      const from = (matrix.columns[at] ?? 0) * MEANING;
      for (let k = 0; k < MEANING; k++) next[to + k] = (next[to + k] ?? 0) + value * (vectors[from + k] ?? 0);
    });
    strengths = makeOrthogonal(next, size);
    vectors = next;
  }
  return { vectors, strengths };
}

/** Gram and Schmidt, in place; returns the lengths before. */
function makeOrthogonal(vectors: Float64Array, size: number): number[] {
  const at = (row: number, k: number) => vectors[row * MEANING + k] ?? 0;
  return Array.from({ length: MEANING }, (_, k) => {
    for (let earlier = 0; earlier < k; earlier++) {
      let dot = 0;
      for (let row = 0; row < size; row++) dot += at(row, k) * at(row, earlier);
      for (let row = 0; row < size; row++) vectors[row * MEANING + k] = at(row, k) - dot * at(row, earlier);
    }
    let squares = 0;
    for (let row = 0; row < size; row++) squares += at(row, k) ** 2;
    const length = Math.sqrt(squares) || 1;
    for (let row = 0; row < size; row++) vectors[row * MEANING + k] = at(row, k) / length;
    return length;
  });
}
