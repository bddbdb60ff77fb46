/** Pairs of questions from a file of `{a, b, same}` lines, plain or gzipped, with what follows from them. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { hashOf, sameForm } from '../../src/cache/embedWords.ts';

export interface QuestionPair {
  readonly a: string;
  readonly b: string;
  readonly same: boolean;
}

/** Pairs that are equal but for case, blanks and punctuation count as same, whatever their label. */
export function readPairs(path: string): QuestionPair[] {
  const bytes = readFileSync(path);
  const text = (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString('utf8');
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const { a, b, same } = JSON.parse(line) as { a: string; b: string; same: number | boolean };
      return { a, b, same: Boolean(same) || sameForm(a) === sameForm(b) };
    });
}

/** Sets of questions that are joined by pairs. */
export class Groups {
  readonly #parents = new Map<string, string>();

  constructor(pairs: readonly QuestionPair[]) {
    for (const { a, b } of pairs) this.#parents.set(this.of(a), this.of(b));
  }

  of(question: string): string {
    let root = sameForm(question);
    for (
      let next = this.#parents.get(root);
      next !== undefined && next !== root;
      next = this.#parents.get(root)
    ) {
      root = next;
    }
    return root;
  }
}

/** What the file says of two questions: `same` follows from chains of same pairs too. */
export class Truth {
  readonly #same: Groups;
  readonly #different = new Set<string>();

  constructor(pairs: readonly QuestionPair[]) {
    this.#same = new Groups(pairs.filter(({ same }) => same));
    for (const { a, b, same } of pairs) if (!same) this.#different.add(pairKey(a, b));
  }

  /** Questions of one group have one answer. */
  groupOf(question: string): string {
    return this.#same.of(question);
  }

  of(a: string, b: string): 'same' | 'different' | 'unlabelled' {
    if (this.#same.of(a) === this.#same.of(b)) return 'same';
    return this.#different.has(pairKey(a, b)) ? 'different' : 'unlabelled';
  }
}

function pairKey(a: string, b: string): string {
  return [sameForm(a), sameForm(b)].sort().join('\n');
}

/** Splits by shares; pairs that share a question, even through others, stay together. */
export function split(
  pairs: readonly QuestionPair[],
  shares: readonly number[],
  seed: number,
): QuestionPair[][] {
  const groups = new Groups(pairs);
  const parts = shares.map((): QuestionPair[] => []);
  for (const pair of pairs) {
    let at = hashOf(groups.of(pair.a), seed) / 2 ** 32;
    let part = 0;
    while (part < shares.length - 1 && at >= (shares[part] ?? 0)) at -= shares[part++] ?? 0;
    parts[part]?.push(pair);
  }
  return parts;
}
