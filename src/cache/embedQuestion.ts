/**
 * A question as a unit vector of 256 hashed features (words, pairs of neighbouring words, letter trigrams), on the
 * device and without a model. Words weigh by how rare they were in the training questions.
 */
import { hashOf, type Word } from './embedWords.ts';

export const DIMENSIONS = 256;
const TRIGRAM_WEIGHT = 0.3;
const PAIR_WEIGHT = 0.5;

/** Rarity of a word, in nats above the commonest; `idf` in verifierModel.ts is one. */
export type Rarity = (stem: string) => number;

export function embed(words: readonly Word[], rarity: Rarity): Float32Array {
  const vector = new Float32Array(DIMENSIONS);
  let before = '';
  for (const { text, stem } of words) {
    const weight = rarity(stem);
    add(vector, `w${stem}`, weight);
    add(vector, `p${before} ${text}`, PAIR_WEIGHT * weight);
    const marked = `^${text}$`;
    for (let at = 0; at + 3 <= marked.length; at++) {
      add(vector, `c${marked.slice(at, at + 3)}`, TRIGRAM_WEIGHT * weight);
    }
    before = text;
  }
  return toUnit(vector);
}

function add(vector: Float32Array, feature: string, weight: number): void {
  const hash = hashOf(feature);
  const at = hash % DIMENSIONS;
  vector[at] = (vector[at] ?? 0) + (hash & 0x8000_0000 ? weight : -weight);
}

function toUnit(vector: Float32Array): Float32Array {
  let squares = 0;
  for (const value of vector) squares += value * value;
  return squares === 0 ? vector : vector.map((value) => value / Math.sqrt(squares));
}

export function cosine(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += (a[at] ?? 0) * (b[at] ?? 0);
  return sum;
}
