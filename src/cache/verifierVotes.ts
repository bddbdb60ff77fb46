/**
 * What a pair of questions is made of, as keys that each have a vote: words of one side, words in place of others, words
 * and neighbours that both have, how they begin. The votes were learned together, so that none is counted twice.
 */
import { hashOf } from './embedWords.ts';
import { type Pairing, substitutionKey } from './verifierAlign.ts';
import type { Analysed } from './verifierFeatures.ts';

export const ASKING = ['what', 'how', 'why', 'who', 'which', 'where', 'when'];
export const AUXILIARY: ReadonlySet<string> = new Set(
  'is are was were do does did can could will would should has have had am may might'.split(' '),
);
const SEED = 9;
/** More words than this differ: how many tells nothing further. */
const MOST_COUNTED = 6;

/** Hashes, each once; the same whichever question comes first. */
export function voteKeys(a: Analysed, b: Analysed, pairing: Pairing): number[] {
  const keys = [...differing(a, b, pairing), ...shared(a, b, pairing), ...beginnings(a, b)];
  return [...new Set(keys)].map((key) => hashOf(key, SEED));
}

function differing(a: Analysed, b: Analysed, { onlyA, onlyB, substituted }: Pairing): string[] {
  const [inA, inB] = [stemsAt(a, onlyA), stemsAt(b, onlyB)];
  const alone = inA.length === 0 || inB.length === 0;
  const most = (count: number) => Math.min(MOST_COUNTED, count);
  return [
    ...[...inA, ...inB].flatMap((stem) => (alone ? [`d${stem}`, `o${stem}`] : [`d${stem}`])),
    ...inA.flatMap((one) => inB.map((other) => substitutionKey(one, other))),
    ...substituted.map((one) => `b${substitutionKey(stemAt(a, one.a), stemAt(b, one.b))}`),
    ...onlyA.map((at) => `c${stemAt(a, at - 1)} ${stemAt(a, at)}`),
    ...onlyB.map((at) => `c${stemAt(b, at - 1)} ${stemAt(b, at)}`),
    `n${most(inA.length + inB.length)}|${most(Math.abs(inA.length - inB.length))}`,
  ];
}

function shared(a: Analysed, b: Analysed, { matched }: Pairing): string[] {
  return [
    ...matched.map((match) => `s${oneOf(stemAt(a, match.a), stemAt(b, match.b))}`),
    ...[...a.pairs].filter((pair) => b.pairs.has(pair)).map((pair) => `g${pair}`),
  ];
}

/** A word that only one of them misspells has the same vote whichever comes first. */
const oneOf = (stem: string, other: string) => (stem < other ? stem : other);

function beginnings(a: Analysed, b: Analysed): string[] {
  const both = (of: (question: Analysed) => string) => [of(a), of(b)].sort().join('|');
  return [
    `a${both(askingWord)}`,
    `f${both((question) => firstWords(question, 2))}`,
    `h${both((question) => firstWords(question, 3))}`,
  ];
}

function askingWord({ words }: Analysed): string {
  const asking = words.find(({ text }) => ASKING.includes(text));
  return asking?.text ?? (AUXILIARY.has(words[0]?.text ?? '') ? 'aux' : '-');
}

const firstWords = ({ words }: Analysed, count: number) =>
  words
    .slice(0, count)
    .map(({ text }) => text)
    .join(' ');
const stemAt = ({ words }: Analysed, at: number) => words[at]?.stem ?? '^';
const stemsAt = (question: Analysed, places: readonly number[]) => places.map((at) => stemAt(question, at));
