/** A Bloom filter over cache keys: says for sure what a level does not hold, and nearly always what it may hold. */

const BITS_PER_KEY = 10;
/** The best number for ten bits a key: one wrong yes in a hundred. */
const PROBES = 7;
const LEAST_BITS = 8_192;

export class BloomFilter {
  readonly bits: Uint8Array;
  readonly #size: number;

  /** `bits`: of a filter that was made elsewhere with the same size. */
  constructor(bits: Uint8Array) {
    this.bits = bits;
    this.#size = bits.length * 8;
  }

  /** For so many keys; more make it say yes more often. */
  static forKeys(keys: number): BloomFilter {
    return new BloomFilter(new Uint8Array(Math.ceil(Math.max(LEAST_BITS, keys * BITS_PER_KEY) / 8)));
  }

  add(key: string): void {
    for (const at of positionsOf(key, this.#size)) {
      const byte = at >>> 3;
      this.bits[byte] = (this.bits[byte] ?? 0) | (0x80 >>> (at & 7));
    }
  }

  /** False: it was never added. */
  mayHave(key: string): boolean {
    let { hash, step } = hashesOf(key);
    for (let probe = 0; probe < PROBES; probe += 1) {
      const at = placeOf(hash, this.#size);
      if (((this.bits[at >>> 3] ?? 0) & (0x80 >>> (at & 7))) === 0) return false;
      hash = (hash + step) >>> 0;
      step = (step + probe) >>> 0;
    }
    return true;
  }
}

/** Bits as Redis numbers them: the highest of a byte first. */
export function positionsOf(key: string, size: number): number[] {
  let { hash, step } = hashesOf(key);
  return Array.from({ length: PROBES }, (_, probe) => {
    const at = placeOf(hash, size);
    hash = (hash + step) >>> 0;
    step = (step + probe) >>> 0;
    return at;
  });
}

/** The remainder; of a power of two in whole numbers, where `%` would be one of doubles. */
function placeOf(hash: number, size: number): number {
  return (size & (size - 1)) === 0 ? hash & (size - 1) : hash % size;
}

/** Two FNV-1a hashes over the code units, mixed; the second is odd. */
function hashesOf(key: string): { readonly hash: number; readonly step: number } {
  let one = 0x811c9dc5;
  let two = 0x1b873593;
  for (let index = 0; index < key.length; index += 1) {
    const code = key.charCodeAt(index);
    one = Math.imul(one ^ code, 0x01000193);
    two = Math.imul(two ^ code, 0x85ebca6b);
  }
  one ^= one >>> 15;
  two ^= two >>> 13;
  return { hash: one >>> 0, step: (two | 1) >>> 0 };
}
