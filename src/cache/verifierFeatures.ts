/**
 * How two questions differ, as numbers for the verifier: what they share, what only one of them says, which word stands
 * in for which, and in which order. Every number is the same, to its last digit, whichever question comes first.
 */
import { cosine, embed } from './embedQuestion.ts';
import { sameForm, type Word, wordsOf } from './embedWords.ts';
import { align, type Pairing, sharedWeights } from './verifierAlign.ts';
import { details, jaccard, smallFirst } from './verifierDetails.ts';
import { signsOf } from './verifierSymbols.ts';
import type { WordTables } from './verifierTables.ts';
import { ASKING, AUXILIARY, voteKeys } from './verifierVotes.ts';

export interface Analysed {
  readonly words: readonly Word[];
  /** Rarity of each word, nats. */
  readonly weights: readonly number[];
  readonly weight: number;
  readonly vector: Float32Array;
  /** Of each word. */
  readonly meanings: readonly Int8Array[];
  readonly meaning: Float32Array;
  /** The question without case, blanks and punctuation. */
  readonly form: string;
  /** Of `verifierSymbols.ts`. */
  readonly signs: readonly string[];
  readonly sentences: number;
  readonly trigrams: ReadonlySet<string>;
  readonly pairs: ReadonlySet<string>;
}

const NEGATIONS = new Set(['not', 'no', 'never', 'without', 'none', 'nor', 'neither', 'nothing', 'nobody']);
const PERSONS = new Set(['i', 'my', 'me', 'you', 'your', 'we', 'he', 'she', 'his', 'her']);

export function analyse(question: string, tables: WordTables): Analysed {
  const words = wordsOf(question);
  const weights = words.map(({ stem }) => tables.rarity(stem));
  const meanings = words.map(({ stem }) => tables.vector(stem));
  const trigrams = new Set<string>();
  const pairs = new Set<string>();
  words.forEach(({ text, stem }, at) => {
    const marked = ` ${text} `;
    for (let from = 0; from + 3 <= marked.length; from++) trigrams.add(marked.slice(from, from + 3));
    if (at > 0) pairs.add(`${words[at - 1]?.stem} ${stem}`);
  });
  return {
    words,
    weights,
    weight: weights.reduce((sum, one) => sum + one, 0),
    vector: embed(words, tables.rarity),
    meanings,
    meaning: tables.meaning(meanings, weights),
    form: sameForm(question),
    signs: signsOf(question),
    sentences: question.match(/[.?!]+(?=\s|$)/g)?.length ?? 0,
    trigrams,
    pairs,
  };
}

/**
 * The two as they are compared, whichever was named first: sums, and words that could be paired in several ways, then come
 * out the same. Those of one form stay as they came; nobody scores them.
 */
export function inFormOrder(a: Analysed, b: Analysed): [Analysed, Analysed] {
  return a.form <= b.form ? [a, b] : [b, a];
}

/** In a fixed order; a change of it needs new trees. */
export function features(one: Analysed, other: Analysed, tables: WordTables): number[] {
  const [a, b] = inFormOrder(one, other);
  const pairing = align(a, b, tables);
  return [
    ...overlaps(a, b),
    ...leftovers(a, b, pairing),
    ...standIns(pairing),
    ...kinds(a, b),
    ...order(pairing),
    ...learned(a, b, pairing, tables),
    ...details(a, b, pairing, tables),
    total(voteKeys(a, b, pairing).map((key) => tables.vote(key))),
  ];
}

function overlaps(a: Analysed, b: Analysed): number[] {
  const shorter = Math.min(a.words.length, b.words.length);
  const longer = Math.max(a.words.length, b.words.length);
  return [
    cosine(a.vector, b.vector),
    cosine(a.meaning, b.meaning),
    jaccard(a.trigrams, b.trigrams),
    jaccard(a.pairs, b.pairs),
    jaccard(textsOf(a), textsOf(b)),
    shorter,
    longer,
    shorter / Math.max(1, longer),
    Math.min(a.weight, b.weight) / Math.max(1e-9, a.weight, b.weight),
    Math.max(a.weight, b.weight),
    sameAtEnds(a, b, 1),
    sameAtEnds(a, b, -1),
  ];
}

/** What only one of the two says: the weight of it, the heaviest words, names, numbers. */
function leftovers(a: Analysed, b: Analysed, { onlyA, onlyB, matched }: Pairing): number[] {
  const sideA = onlyA.map((at) => a.weights[at] ?? 0).sort((x, y) => y - x);
  const sideB = onlyB.map((at) => b.weights[at] ?? 0).sort((x, y) => y - x);
  const sumA = total(sideA);
  const sumB = total(sideB);
  const inBoth = sharedWeights(a, b, matched);
  const shared = total(inBoth);
  const heaviest = Math.max(0, ...inBoth);
  return [
    ...smallFirst(sumA, sumB),
    ...smallFirst(sideA[0] ?? 0, sideB[0] ?? 0),
    ...smallFirst(sideA[1] ?? 0, sideB[1] ?? 0),
    ...smallFirst(sumA / Math.max(1e-9, a.weight), sumB / Math.max(1e-9, b.weight)),
    ...smallFirst(onlyA.length, onlyB.length),
    shared,
    heaviest,
    shared / Math.max(1e-9, shared + sumA + sumB),
    ...smallFirst(namesOf(a, onlyA), namesOf(b, onlyB)),
    ...smallFirst(numbersOf(a, onlyA), numbersOf(b, onlyB)),
  ];
}

/** How well the words of one side that are not in the other are stood in for. */
function standIns({ substituted }: Pairing): number[] {
  const near = substituted.map(({ near }) => near);
  const known = substituted.map(({ known }) => known);
  const unexplained = substituted.reduce((sum, { weight, near }) => sum + weight * (1 - near), 0);
  return [
    substituted.length,
    Math.min(1, ...near),
    near.length === 0 ? 1 : total(near) / near.length,
    Math.min(2, ...known),
    total(known),
    unexplained,
    substituted.reduce((most, { weight, near }) => Math.max(most, weight * (1 - near)), 0),
  ];
}

function kinds(a: Analysed, b: Analysed): number[] {
  const askA = askingOf(a);
  const askB = askingOf(b);
  return [
    Math.min(askA, askB),
    Math.max(askA, askB),
    Math.abs(count(a, NEGATIONS) - count(b, NEGATIONS)),
    Math.abs(count(a, PERSONS) - count(b, PERSONS)),
    ...smallFirst(a.words.filter(({ name }) => name).length, b.words.filter(({ name }) => name).length),
    ...smallFirst(
      a.words.filter(({ number }) => number).length,
      b.words.filter(({ number }) => number).length,
    ),
  ];
}

/** Share of neighbours that kept their order, and the longest jump of a shared word, as read along either question. */
function order({ matched }: Pairing): number[] {
  const alongA = moves(matched.toSorted((x, y) => x.a - y.a).map(({ b }) => b));
  const alongB = moves(matched.toSorted((x, y) => x.b - y.b).map(({ a }) => a));
  return [...smallFirst(alongA.kept, alongB.kept), ...smallFirst(alongA.jump, alongB.jump)];
}

function moves(places: readonly number[]): { kept: number; jump: number } {
  let [kept, jump] = [0, 0];
  for (let at = 1; at < places.length; at++) {
    const step = (places[at] ?? 0) - (places[at - 1] ?? 0);
    if (step > 0) kept++;
    jump = Math.max(jump, Math.abs(step - 1));
  }
  return { kept: places.length < 2 ? 1 : kept / (places.length - 1), jump };
}

/** What the words of the difference meant in the training pairs. */
function learned(a: Analysed, b: Analysed, pairing: Pairing, tables: WordTables): number[] {
  const said = differenceKeys(a, b, pairing).map((key) => tables.hint(key));
  return [total(said), Math.min(0, ...said), Math.max(0, ...said)];
}

/** The words of the difference, as keys of the table of hints. */
export function differenceKeys(a: Analysed, b: Analysed, { onlyA, onlyB }: Pairing): string[] {
  return [...onlyA.map((at) => `d${a.words[at]?.stem}`), ...onlyB.map((at) => `d${b.words[at]?.stem}`)];
}

function askingOf({ words }: Analysed): number {
  for (const { text } of words) {
    const at = ASKING.indexOf(text);
    if (at >= 0) return at + 2;
  }
  return AUXILIARY.has(words[0]?.text ?? '') ? 1 : 0;
}

function sameAtEnds(a: Analysed, b: Analysed, side: 1 | -1): number {
  const [inA, inB] = side === 1 ? [a.words, b.words] : [a.words.toReversed(), b.words.toReversed()];
  let same = 0;
  while (same < Math.min(inA.length, inB.length) && inA[same]?.stem === inB[same]?.stem) same++;
  return same / Math.max(1, Math.min(inA.length, inB.length));
}

const textsOf = ({ words }: Analysed) => new Set(words.map(({ text }) => text));
const namesOf = ({ words }: Analysed, at: readonly number[]) => at.filter((one) => words[one]?.name).length;
const numbersOf = ({ words }: Analysed, at: readonly number[]) =>
  at.filter((one) => words[one]?.number).length;
const count = ({ words }: Analysed, set: ReadonlySet<string>) =>
  words.filter(({ text }) => set.has(text)).length;
const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
