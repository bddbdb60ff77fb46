/**
 * Finer differences between two questions for the verifier: what keeps its order, what stands in the same slot, how well
 * each word is covered by any of the other question's. Every number is the same whichever question comes first.
 */
import { cosine } from './embedQuestion.ts';
import { type Pairing, sharedWeights } from './verifierAlign.ts';
import type { Analysed } from './verifierFeatures.ts';
import { NO_MEANING, near, type WordTables } from './verifierTables.ts';

/** Rarer than this is content, in nats. */
const CONTENT_NATS = 4;
/** Only the beginning of a long question is spelt out. */
const MOST_LETTERS = 200;

/** In a fixed order; a change of it needs new trees. */
export function details(a: Analysed, b: Analysed, pairing: Pairing, tables: WordTables): number[] {
  return [
    ...ordered(a, b),
    ...smallFirst(placeOfHeaviest(a, pairing.onlyA), placeOfHeaviest(b, pairing.onlyB)),
    ...slots(a, b, pairing),
    ...covered(a, b),
    cosine(meaningOf(a, pairing.onlyA, tables), meaningOf(b, pairing.onlyB, tables)),
    ...content(a, b, pairing),
    ...smallFirst(a.sentences, b.sentences),
    ...smallFirst(Math.min(MOST_LETTERS, a.form.length), Math.min(MOST_LETTERS, b.form.length)),
    pairing.onlyA.length + pairing.onlyB.length === 0 ? 1 : 0,
  ];
}

function ordered(a: Analysed, b: Analysed): number[] {
  const [lettersA, lettersB] = [a.form.slice(0, MOST_LETTERS), b.form.slice(0, MOST_LETTERS)];
  return [
    inOrder(a, b) / Math.max(1e-9, a.weight, b.weight),
    1 - edits(lettersA, lettersB) / Math.max(1, lettersA.length, lettersB.length),
    jaccard(wordTriples(a), wordTriples(b)),
    jaccard(letterFours(lettersA), letterFours(lettersB)),
  ];
}

/** Weight of the heaviest common subsequence of words. */
function inOrder(a: Analysed, b: Analysed): number {
  let before = new Float64Array(b.words.length + 1);
  a.words.forEach(({ stem }, i) => {
    const row = new Float64Array(b.words.length + 1);
    b.words.forEach((other, j) => {
      row[j + 1] =
        other.stem === stem
          ? (before[j] ?? 0) + (a.weights[i] ?? 0)
          : Math.max(before[j + 1] ?? 0, row[j] ?? 0);
    });
    before = row;
  });
  return before[b.words.length] ?? 0;
}

/** Levenshtein's distance. */
function edits(a: string, b: string): number {
  let before = Uint16Array.from({ length: b.length + 1 }, (_, at) => at);
  let row = new Uint16Array(b.length + 1);
  for (let i = 1; i <= a.length; i++) {
    row[0] = i;
    const letter = a.charCodeAt(i - 1);
    for (let j = 1; j <= b.length; j++) {
      const replaced = (before[j - 1] ?? 0) + (letter === b.charCodeAt(j - 1) ? 0 : 1);
      row[j] = Math.min((before[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, replaced);
    }
    [before, row] = [row, before];
  }
  return before[b.length] ?? 0;
}

/** Where the heaviest of the words stands, from 0 to 1; below 0: there is none. */
function placeOfHeaviest({ words, weights }: Analysed, places: readonly number[]): number {
  let heaviest = -1;
  for (const at of places) if (heaviest < 0 || (weights[at] ?? 0) > (weights[heaviest] ?? 0)) heaviest = at;
  return heaviest < 0 ? -0.2 : heaviest / Math.max(1, words.length - 1);
}

/** Words in place of others: how much of them stands between the same neighbours. */
function slots(a: Analysed, b: Analysed, { matched, substituted }: Pairing): number[] {
  const other = new Map(matched.map((match) => [match.a, match.b]));
  let [all, unlike, whole] = [0, 0, 0];
  for (const one of substituted) {
    const first = one.a === 0 && one.b === 0;
    const last = one.a === a.words.length - 1 && one.b === b.words.length - 1;
    const sides =
      Number(first || other.get(one.a - 1) === one.b - 1) +
      Number(last || other.get(one.a + 1) === one.b + 1);
    all += sides * one.weight;
    unlike += sides * one.weight * (1 - one.near);
    whole += sides === 2 ? 1 : 0;
  }
  return [all, unlike, whole];
}

/** How much of each question the other one's words stand for, and the heaviest word that none does. */
function covered(a: Analysed, b: Analysed): number[] {
  const [ofA, ofB] = [coverage(a, b), coverage(b, a)];
  return [...smallFirst(ofA.share, ofB.share), ...smallFirst(ofA.heaviest, ofB.heaviest)];
}

function coverage(of: Analysed, by: Analysed): { share: number; heaviest: number } {
  let [sum, heaviest] = [0, 0];
  of.words.forEach(({ stem }, at) => {
    const meaning = of.meanings[at] ?? NO_MEANING;
    let best = 0;
    by.words.forEach((other, place) => {
      const like = other.stem === stem ? 1 : near(meaning, by.meanings[place] ?? NO_MEANING);
      if (like > best) best = like;
    });
    const weight = of.weights[at] ?? 0;
    sum += weight * best;
    heaviest = Math.max(heaviest, weight * (1 - best));
  });
  return { share: sum / Math.max(1e-9, of.weight), heaviest };
}

function meaningOf({ meanings, weights }: Analysed, places: readonly number[], tables: WordTables) {
  return tables.meaning(
    places.map((at) => meanings[at] ?? NO_MEANING),
    places.map((at) => weights[at] ?? 0),
  );
}

/** Content that is in one of them only, and the share of it that is in both; of neighbouring words too. */
function content(a: Analysed, b: Analysed, { onlyA, onlyB, matched }: Pairing): number[] {
  const of = (weights: readonly number[]) =>
    weights.reduce((sum, weight) => sum + Math.max(0, weight - CONTENT_NATS), 0);
  const inA = of(onlyA.map((at) => a.weights[at] ?? 0));
  const inB = of(onlyB.map((at) => b.weights[at] ?? 0));
  const both = of(sharedWeights(a, b, matched));
  return [...smallFirst(inA, inB), both / Math.max(1e-9, both + inA + inB), sharedPairs(a, b)];
}

/** Share of the neighbouring words in common, each pair by its rarer word. */
function sharedPairs(a: Analysed, b: Analysed): number {
  const [inA, inB] = [pairWeights(a), pairWeights(b)];
  let [both, all] = [0, 0];
  for (const [pair, weight] of inA) {
    all += weight;
    if (inB.has(pair)) both += weight;
  }
  for (const [pair, weight] of inB) if (!inA.has(pair)) all += weight;
  return all === 0 ? 1 : both / all;
}

function pairWeights({ words, weights }: Analysed): Map<string, number> {
  const pairs = new Map<string, number>();
  for (let at = 1; at < words.length; at++) {
    pairs.set(`${words[at - 1]?.stem} ${words[at]?.stem}`, Math.max(weights[at - 1] ?? 0, weights[at] ?? 0));
  }
  return pairs;
}

function wordTriples({ words }: Analysed): Set<string> {
  const triples = new Set<string>();
  for (let at = 2; at < words.length; at++) {
    triples.add(`${words[at - 2]?.stem} ${words[at - 1]?.stem} ${words[at]?.stem}`);
  }
  return triples;
}

function letterFours(text: string): Set<string> {
  const fours = new Set<string>();
  for (let at = 0; at + 4 <= text.length; at++) fours.add(text.slice(at, at + 4));
  return fours;
}

export function smallFirst(x: number, y: number): [number, number] {
  return x < y ? [x, y] : [y, x];
}

export function jaccard(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let both = 0;
  for (const one of a) if (b.has(one)) both++;
  return both / Math.max(1, a.size + b.size - both);
}
