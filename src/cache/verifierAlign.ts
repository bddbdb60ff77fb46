/** Which words of two questions belong together: equal ones first, then near spellings, then the best stand-ins. */
import type { Word } from './embedWords.ts';
import { NO_MEANING, near, type WordTables } from './verifierTables.ts';

export interface Match {
  /** Places in the two questions. */
  readonly a: number;
  readonly b: number;
}

export interface StandIn extends Match {
  /** Likeness of the two words in [0, 1], of spelling or of company. */
  readonly near: number;
  /** What the training pairs say of this substitution, log-odds. */
  readonly known: number;
  /** The rarer word's rarity, nats. */
  readonly weight: number;
}

export interface Pairing {
  readonly matched: readonly Match[];
  readonly onlyA: readonly number[];
  readonly onlyB: readonly number[];
  /** A stand-in for each word of `onlyA` and `onlyB` that has one. */
  readonly substituted: readonly StandIn[];
}

interface Side {
  readonly words: readonly Word[];
  /** Rarity of each word, nats. */
  readonly weights: readonly number[];
  readonly meanings: readonly Int8Array[];
}

/** Two words spelt as nearly as this are one word misspelt, unless they are short or numbers. */
const SAME_SPELLING = 0.8;

export function align(a: Side, b: Side, tables: WordTables): Pairing {
  const matched: Match[] = [];
  const freeB = new Set(b.words.keys());
  let freeA = [...a.words.keys()];
  for (const same of [sameText, sameStem, nearSpelling]) {
    freeA = freeA.filter((at) => {
      const word = a.words[at];
      for (const other of freeB) {
        const candidate = b.words[other];
        if (word === undefined || candidate === undefined || !same(word, candidate)) continue;
        matched.push({ a: at, b: other });
        freeB.delete(other);
        return false;
      }
      return true;
    });
  }
  const onlyB = [...freeB];
  return { matched, onlyA: freeA, onlyB, substituted: standIns(a, b, freeA, onlyB, tables) };
}

const sameText = (a: Word, b: Word) => a.text === b.text;
const sameStem = (a: Word, b: Word) => a.stem === b.stem;
const nearSpelling = (a: Word, b: Word) =>
  !a.number &&
  !b.number &&
  Math.min(a.text.length, b.text.length) >= 5 &&
  spelling(a.text, b.text) >= SAME_SPELLING;

/** Of what both questions have, nats; of a word that one of them spells in another way, the mean of both. */
export function sharedWeights(a: Side, b: Side, matched: readonly Match[]): number[] {
  return matched.map((match) => ((a.weights[match.a] ?? 0) + (b.weights[match.b] ?? 0)) / 2);
}

function standIns(
  a: Side,
  b: Side,
  onlyA: readonly number[],
  onlyB: readonly number[],
  tables: WordTables,
): StandIn[] {
  const all: StandIn[] = [];
  for (const inA of onlyA) {
    for (const inB of onlyB) {
      const word = a.words[inA];
      const other = b.words[inB];
      if (word === undefined || other === undefined) continue;
      const company = near(a.meanings[inA] ?? NO_MEANING, b.meanings[inB] ?? NO_MEANING);
      all.push({
        a: inA,
        b: inB,
        near: Math.max(0, company, spelling(word.stem, other.stem)),
        known: tables.hint(substitutionKey(word.stem, other.stem)),
        weight: Math.max(a.weights[inA] ?? 0, b.weights[inB] ?? 0),
      });
    }
  }
  all.sort((x, y) => y.near + y.known - x.near - x.known);
  const usedA = new Set<number>();
  const usedB = new Set<number>();
  return all.filter((one) => {
    if (usedA.has(one.a) || usedB.has(one.b)) return false;
    usedA.add(one.a);
    usedB.add(one.b);
    return true;
  });
}

export function substitutionKey(a: string, b: string): string {
  return a < b ? `x${a} ${b}` : `x${b} ${a}`;
}

/** Share of letter pairs in common (Dice), in [0, 1]. */
export function spelling(a: string, b: string): number {
  const pairs = new Map<string, number>();
  for (let at = 0; at + 2 <= a.length; at++) {
    const pair = a.slice(at, at + 2);
    pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
  }
  let both = 0;
  for (let at = 0; at + 2 <= b.length; at++) {
    const pair = b.slice(at, at + 2);
    const left = pairs.get(pair) ?? 0;
    if (left > 0) {
      both++;
      pairs.set(pair, left - 1);
    }
  }
  return (2 * both) / Math.max(1, a.length + b.length - 2);
}
