/** How a hunk is shown beside its new lines: what each was before, and which of its words are new. Columns count from 0. */
import { diffWordsWithSpace } from 'diff/lib/diff/word.js';
import type { Hunk } from './hunks.ts';
import { resemblance } from './resemblance.ts';

export interface LineMark {
  /** Counts from the hunk's first new line; −1 is the line above it, when the hunk only removes. */
  readonly line: number;
  /** The whole line that this one took the place of, when the two have little in common. */
  readonly removed?: string;
  /** Further lines that are gone with it. */
  readonly more: number;
  /** Where the line is like the old one: its new words. */
  readonly words: readonly { readonly from: number; readonly to: number }[];
  /** And the old ones, each in front of the column at which it stood. */
  readonly removedWords: readonly { readonly at: number; readonly text: string }[];
}

/** Comparing words of longer lines takes too long. */
const MOST_CHARS = 400;
const ALIKE = 0.5;
/** More pieces than this read worse than the two lines as a whole. */
const MOST_WORDS = 8;

export function lineMarks({ oldLines, newLines }: Hunk): LineMark[] {
  const none = { words: [], removedWords: [] };
  if (newLines.length === 0) {
    const removed = oldLines.find((line) => line.trim() !== '') ?? '';
    return [{ line: -1, removed, more: oldLines.length - 1, ...none }];
  }
  return newLines.map((line, index) => {
    const old = oldLines[index] ?? '';
    const more = index === newLines.length - 1 ? Math.max(0, oldLines.length - newLines.length) : 0;
    if (old.trim() === '') return { line: index, more, ...none };
    const words = changedWords(old, line);
    return { line: index, more, ...(words ?? { removed: old, ...none }) };
  });
}

/** None when the lines have little in common. */
function changedWords(before: string, after: string): Pick<LineMark, 'words' | 'removedWords'> | undefined {
  if (before.length > MOST_CHARS || after.length > MOST_CHARS) return undefined;
  if (resemblance([before], [after]) < ALIKE) return undefined;
  const words: { from: number; to: number }[] = [];
  const removedWords: { at: number; text: string }[] = [];
  let at = 0;
  for (const { added, removed, value } of diffWordsWithSpace(before, after)) {
    if (removed) {
      if (value.trim() !== '') removedWords.push({ at, text: value });
      continue;
    }
    if (added) words.push({ from: at, to: at + value.length });
    at += value.length;
  }
  return removedWords.length + words.length > MOST_WORDS ? undefined : { words, removedWords };
}
