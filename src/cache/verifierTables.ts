/** What the training questions taught about single words, packed into small hashed tables. */
import { hashOf, type Word } from './embedWords.ts';

export interface PackedTables {
  /** Rarity by hash of the stem, 1/16 nat each. */
  readonly rarity: Uint8Array;
  /** Log-odds of 'same' by hash of a difference or a substitution, 1/32 each. */
  readonly hints: Int8Array;
  /** Word vectors by hash of the stem, `MEANING` numbers each. */
  readonly meanings: Int8Array;
}

export const MEANING = 16;
export const RARITY_STEP = 1 / 16;
export const HINT_STEP = 1 / 32;

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

  /** Cosine of the two words' vectors, in [-1, 1]. */
  near(a: string, b: string): number {
    const [x, y] = [this.#vector(a), this.#vector(b)];
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

  /** Unit vector of the words' vectors, each by its rarity. */
  meaning(words: readonly Word[], weights: readonly number[]): Float32Array {
    const sum = new Float32Array(MEANING);
    words.forEach(({ stem }, word) => {
      const vector = this.#vector(stem);
      for (let at = 0; at < MEANING; at++)
        sum[at] = (sum[at] ?? 0) + (vector[at] ?? 0) * (weights[word] ?? 0);
    });
    const length = Math.hypot(...sum);
    return length === 0 ? sum : sum.map((value) => value / length);
  }

  #vector(stem: string): Int8Array {
    const { meanings } = this.#packed;
    const at = (hashOf(stem, 4) % (meanings.length / MEANING)) * MEANING;
    return meanings.subarray(at, at + MEANING);
  }
}
