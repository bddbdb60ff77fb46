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
 * Inserted and removed lines up to which the shortest edit is looked for: the effort grows with their square (2,000: some
 * 150 ms). Texts further apart have one hunk between what they share at their start and at their end.
 */
const MOST_EDITS = 2_000;

/** `exact`: trailing blanks count as well. */
export function diffLines(before: readonly string[], after: readonly string[], exact = false): LineDiff {
  const [old, next] = numbered(before, after, exact);
  const head = commonStart(old, next);
  const tail = commonEnd(old, next, head);
  const hunks: Hunk[] = [];
  const parts = [before.slice(0, head)];
  let [oldLine, newLine, open] = [head, head, false];
  for (const { count, added, removed } of script(old, next, head, tail)) {
    if (!added && !removed) {
      parts.push(before.slice(oldLine, oldLine + count));
      [oldLine, newLine, open] = [oldLine + count, newLine + count, false];
      continue;
    }
    const id = hunks.length + (open ? 0 : 1);
    const hunk = (open ? hunks.pop() : undefined) ?? { id, oldLine, newLine, oldLines: [], newLines: [] };
    const taken = removed ? before.slice(oldLine, oldLine + count) : [];
    const given = added ? after.slice(newLine, newLine + count) : [];
    hunks.push({ ...hunk, oldLines: [...hunk.oldLines, ...taken], newLines: [...hunk.newLines, ...given] });
    parts.push(given);
    [oldLine, newLine, open] = [oldLine + taken.length, newLine + given.length, true];
  }
  parts.push(before.slice(before.length - tail));
  return { lines: parts.flat(), hunks };
}

interface Step {
  readonly count: number;
  readonly added: boolean;
  readonly removed: boolean;
}

/** Of what is between the common start and end. */
function script(old: readonly number[], next: readonly number[], head: number, tail: number): Step[] {
  const [taken, given] = [old.slice(head, old.length - tail), next.slice(head, next.length - tail)];
  const whole = [
    { count: taken.length, added: false, removed: true },
    { count: given.length, added: true, removed: false },
  ].filter(({ count }) => count > 0);
  if (whole.length < 2) return whole;
  return diffArrays(taken, given, { maxEditLength: MOST_EDITS }) ?? whole;
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
