/** What differs between two texts, as hunks of whole lines that can be taken or left one by one. Lines count from 0. */
import { diffArrays } from 'diff/lib/diff/array.js';
import { commonEnd, commonStart } from './lines.ts';

export interface Hunk {
  /** Counts from 1 in the order of the text; stays the same as long as the hunk lives. */
  readonly id: number;
  readonly oldLine: number;
  readonly oldLines: readonly string[];
  readonly newLine: number;
  readonly newLines: readonly string[];
}

export interface LineDiff {
  /** The new text. A line that differs from the old one in its trailing blanks only is the old one. */
  readonly lines: readonly string[];
  readonly hunks: readonly Hunk[];
}

/**
 * Inserted and removed lines up to which the shortest edit is looked for, not counting lines that only one text has: the
 * effort grows with their square (1,500: some 150 ms). Texts further apart have one hunk between what they share at their
 * start and at their end.
 */
const MOST_EDITS = 1_500;

/** `exact`: trailing blanks count as well. */
export function diffLines(before: readonly string[], after: readonly string[], exact = false): LineDiff {
  const hunks: Hunk[] = [];
  const parts: (readonly string[])[] = [];
  let [oldLine, newLine] = [0, 0];
  for (const run of equalRuns(...numbered(before, after, exact))) {
    const [oldLines, newLines] = [before.slice(oldLine, run.old), after.slice(newLine, run.next)];
    if (oldLines.length + newLines.length > 0) {
      hunks.push({ id: hunks.length + 1, oldLine, oldLines, newLine, newLines });
    }
    parts.push(newLines, before.slice(run.old, run.old + run.count));
    [oldLine, newLine] = [run.old + run.count, run.next + run.count];
  }
  return { lines: parts.flat(), hunks };
}

/** `count` lines that are equal in both texts. */
interface Run {
  readonly old: number;
  readonly next: number;
  readonly count: number;
}

/** From top to bottom; the last one is at the end of both texts, and may be empty, as any may that follow each other. */
function* equalRuns(old: readonly number[], next: readonly number[]): Iterable<Run> {
  const head = commonStart(old, next);
  const tail = commonEnd(old, next, head);
  yield { old: 0, next: 0, count: head };
  yield* runsBetween(old.slice(head, old.length - tail), next.slice(head, next.length - tail), head);
  yield { old: old.length - tail, next: next.length - tail, count: tail };
}

/** A line that only one text has is equal to none: the shortest edit is looked for among the others. */
function* runsBetween(old: readonly number[], next: readonly number[], offset: number): Iterable<Run> {
  const [kept, given] = [indexesOfShared(old, next), indexesOfShared(next, old)];
  const numbersAt = (all: readonly number[], indexes: readonly number[]) =>
    indexes.map((index) => all[index]);
  const steps = diffArrays(numbersAt(old, kept), numbersAt(next, given), { maxEditLength: MOST_EDITS }) ?? [];
  let [atOld, atNext] = [0, 0];
  for (const { count, added, removed } of steps) {
    for (let index = 0; index < count && !added && !removed; index += 1) {
      const [oldLine, newLine] = [kept[atOld + index] ?? 0, given[atNext + index] ?? 0];
      yield { old: offset + oldLine, next: offset + newLine, count: 1 };
    }
    if (!added) atOld += count;
    if (!removed) atNext += count;
  }
}

function indexesOfShared(lines: readonly number[], other: readonly number[]): number[] {
  const known = new Set(other);
  return lines.flatMap((line, index) => (known.has(line) ? [index] : []));
}

/** Equal lines get equal numbers, so that each line is read once. */
function numbered(before: readonly string[], after: readonly string[], exact: boolean): [number[], number[]] {
  const numbers = new Map<string, number>();
  const numberOf = (line: string) => {
    const key = exact ? line : line.trimEnd();
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, numbers.size);
    return numbers.size - 1;
  };
  return [before.map(numberOf), after.map(numberOf)];
}

/** The old text with those hunks taken that `taken` names, whatever the order in which they were. */
export function withHunks(
  before: readonly string[],
  hunks: readonly Hunk[],
  taken: (id: number) => boolean,
): string[] {
  const parts: (readonly string[])[] = [];
  let at = 0;
  for (const { id, oldLine, oldLines, newLines } of hunks) {
    parts.push(before.slice(at, oldLine), taken(id) ? newLines : oldLines);
    at = oldLine + oldLines.length;
  }
  parts.push(before.slice(at));
  return parts.flat();
}

/** How many changes, and lines that come and go with them. */
export function sizeOf(hunks: readonly Hunk[]) {
  const count = (of: (hunk: Hunk) => number) => hunks.reduce((sum, hunk) => sum + of(hunk), 0);
  return {
    hunks: hunks.length,
    addedLines: count(({ newLines }) => newLines.length),
    removedLines: count(({ oldLines }) => oldLines.length),
  };
}
