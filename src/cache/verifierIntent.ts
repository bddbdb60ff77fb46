/**
 * What an instruction asks of the code at hand, reduced to the words that matter: two instructions that reduce to the same
 * words in the same order ask for the same. Whatever is not known to be a filler or a synonym counts as it stands.
 */
import { stemOf, writtenOut } from './embedWords.ts';
import {
  AFTER_A_NAME,
  FILLERS,
  NUMBER_WORDS,
  PHRASES,
  POINTING,
  PROPER_WORDS,
  SAME_STEMS,
  SELECTED_NOUNS,
} from './verifierLexicon.ts';

export interface Intent {
  /** Canonical words in their order; verbs of doing come first. */
  readonly words: readonly string[];
}

const TOKEN =
  /`[^`]+`|"[^"]+"|[\p{L}_$][\p{L}\p{M}\p{N}_$]*(?:[./][\p{L}_$][\p{L}\p{M}\p{N}_$]*)*(?:\+\+|#)?|\p{N}+(?:[.,:]\p{N}+)*|[<>=!+*&|^%~\-/]+/gu;
/** May stand at the end as well as at the beginning. */
const MOVABLE = new Set(['explain', 'ascend', 'descend', 'jest', 'vitest']);

export function intentOf(instruction: string): Intent {
  const marks: string[] = [];
  const plain = [...writtenOut(instruction).matchAll(TOKEN)]
    .map(([token]) => tokenText(token, marks))
    .filter((token) => token !== '-')
    .join(' ');
  const phrased = PHRASES.reduce(
    (text, [from, to]) => text.replace(from, to).replace(/\s+/g, ' ').trim(),
    plain,
  );
  const words = canonical(
    phrased.split(' ').filter((word) => word !== ''),
    marks,
  );
  return {
    words: [
      ...words.filter((word) => MOVABLE.has(word)).sort(),
      ...words.filter((word) => !MOVABLE.has(word)),
    ],
  };
}

/** 1 when both ask for the same, else the share of words in common, times 0.9. */
export function intentLikeness(a: Intent, b: Intent): number {
  if (a.words.length === 0 || b.words.length === 0) return 0;
  if (a.words.join(' ') === b.words.join(' ')) return 1;
  const [inA, inB] = [new Set(a.words), new Set(b.words)];
  const both = [...inA].filter((word) => inB.has(word)).length;
  return (0.9 * both) / (inA.size + inB.size - both);
}

/** Lower case, but names out of code and quotations become marks, which no rule touches. */
function tokenText(token: string, marks: string[]): string {
  const lower = token.toLowerCase();
  const fromCode =
    /^[`"]/.test(token) ||
    /[_$]|[\p{L}]\.[\p{L}]/u.test(token) ||
    /^\p{L}+\p{N}/u.test(token) ||
    (/\p{Ll}\p{Lu}/u.test(token) && !PROPER_WORDS.has(lower));
  if (!fromCode) return lower;
  marks.push(token.replace(/^[`"]|[`"]$/g, ''));
  return `§${marks.length - 1}`;
}

function canonical(words: readonly string[], marks: readonly string[]): string[] {
  const kept: string[] = [];
  words.forEach((word, at) => {
    const mark = /^§(\d+)$/.exec(word)?.[1];
    if (mark !== undefined) kept.push(`§${marks[Number(mark)]}`);
    else if (!isFiller(words, at, kept)) {
      const stem = NUMBER_WORDS.get(word) ?? stemOf(word);
      const same = SAME_STEMS.get(stem) ?? stem;
      if (kept.at(-1) !== same) kept.push(same);
    }
  });
  return kept;
}

function isFiller(words: readonly string[], at: number, before: readonly string[]): boolean {
  const word = words[at] ?? '';
  const next = words[at + 1];
  if (SELECTED_NOUNS.has(word) && POINTING.has(words[at - 1] ?? '')) return true;
  if (word === 'a' || word === 'i') return next !== undefined && !AFTER_A_NAME.has(next);
  // What is added is always some; what is removed is not.
  if (word === 'some') return before.includes('add');
  return FILLERS.has(word);
}
