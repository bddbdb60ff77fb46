/** What the training questions taught about single words, packed into small hashed tables. */
import { hashOf } from './embedWords.ts';

export interface PackedTables {
  /** Rarity by hash of the stem, 1/16 nat each. */
  readonly rarity: Uint8Array;
  /** Log-odds of 'same' by hash of a difference or a substitution, 1/32 each. */
  readonly hints: Int8Array;
  /** Word vectors by hash of the stem, `MEANING` numbers each. */
  readonly meanings: Int8Array;
  /** Log-odds of 'same' by hash of what a pair shares or not, learned together; 1/32 each. */
  readonly votes: Int8Array;
}

export const MEANING = 16;
export const RARITY_STEP = 1 / 16;
export const HINT_STEP = 1 / 32;
export const VOTE_STEP = 1 / 32;

export class WordTables {
  readonly #packed: PackedTables;

  constructor(packed: PackedTables) {
    this.#packed = packed;
  }

  readonly rarity = (stem: string): number => {
    const { rarity } = this.#packed;
    return (rarity[hashOf(stem, 1) % rarity.length] ?? 0) * RARITY_STEP;
  };

  hint(key: string): number {
    const { hints } = this.#packed;
    return (hints[hashOf(key, 2) % hints.length] ?? 0) * HINT_STEP;
  }

  /** `hash`: of the key, with the seed of `verifierVotes.ts`. */
  vote(hash: number): number {
    const { votes } = this.#packed;
    return (votes[hash % votes.length] ?? 0) * VOTE_STEP;
  }

  /** Unit vector of the words' vectors, each by its rarity. */
  meaning(vectors: readonly Int8Array[], weights: readonly number[]): Float32Array {
    const sum = new Float32Array(MEANING);
    vectors.forEach((vector, word) => {
      for (let at = 0; at < MEANING; at++)
        sum[at] = (sum[at] ?? 0) + (vector[at] ?? 0) * (weights[word] ?? 0);
    });
    const length = Math.hypot(...sum);
    return length === 0 ? sum : sum.map((value) => value / length);
  }

  /** Of one word. */
  vector(stem: string): Int8Array {
    const { meanings } = this.#packed;
    const at = (hashOf(stem, 4) % (meanings.length / MEANING)) * MEANING;
    return meanings.subarray(at, at + MEANING);
  }
}

/** Of a word that there is none of. */
export const NO_MEANING = new Int8Array();

/** Cosine of two words' vectors, in [-1, 1]. */
export function near(x: Int8Array, y: Int8Array): number {
  let dot = 0;
  let xx = 0;
  let yy = 0;
  for (let at = 0; at < MEANING; at++) {
    const [p, q] = [x[at] ?? 0, y[at] ?? 0];
    dot += p * q;
    xx += p * p;
    yy += q * q;
  }
  return xx * yy === 0 ? 0 : dot / Math.sqrt(xx * yy);
}
