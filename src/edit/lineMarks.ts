/** How a hunk is shown beside its new lines: what each was before, and which of its words are new. Columns count from 0. */
import { diffWordsWithSpace } from 'diff/lib/diff/word.js';
import type { Hunk } from './hunks.ts';
import { resemblance } from './resemblance.ts';

export interface LineMark {
  /** Counts from the hunk's first new line; −1 is the line above it, when the hunk only removes. */
  readonly line: number;
  /** What the line took the place of; `more` further lines are gone with it. */
  readonly removed?: string;
  readonly more: number;
  /** Empty when the line is another one altogether. */
  readonly words: readonly { readonly from: number; readonly to: number }[];
}

/** Comparing words of longer lines takes too long. */
const MOST_CHARS = 400;
const ALIKE = 0.4;

export function lineMarks({ oldLines, newLines }: Hunk): LineMark[] {
  const told = oldLines.filter((line) => line.trim() !== '');
  const [firstTold] = told;
  if (newLines.length === 0) {
    return [{ line: -1, removed: firstTold ?? '', more: oldLines.length - 1, words: [] }];
  }
  return newLines.map((line, index) => {
    const old = oldLines[index];
    const last = index === newLines.length - 1;
    const more = last ? Math.max(0, oldLines.length - newLines.length) : 0;
    if (old === undefined || old.trim() === '') return { line: index, more, words: [] };
    return { line: index, removed: old, more, words: newWords(old, line) };
  });
}

function newWords(before: string, after: string): { from: number; to: number }[] {
  if (before.length > MOST_CHARS || after.length > MOST_CHARS) return [];
  if (resemblance([before], [after]) < ALIKE) return [];
  const words: { from: number; to: number }[] = [];
  let at = 0;
  for (const { added, removed, value } of diffWordsWithSpace(before, after)) {
    if (removed) continue;
    if (added) words.push({ from: at, to: at + value.length });
    at += value.length;
  }
  return words;
}
