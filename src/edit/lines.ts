/** Text as lines without their ends, and a change of some lines as one change of text. Lines and columns count from 0. */

export type LineEnd = '\n' | '\r\n';

/** At least one line: the empty text has one, which is empty. */
export function linesOf(text: string): string[] {
  return text.split(/\r\n|\r|\n/);
}

/** The end that most lines of `text` have; `\n` when it has only one line. */
export function lineEndOf(text: string): LineEnd {
  const windows = text.split('\r\n').length - 1;
  return windows > 0 && windows * 2 >= text.split('\n').length - 1 ? '\r\n' : '\n';
}

export const isBlank = (line: string): boolean => line.trim() === '';

export const indentOf = (line: string): string => /^[ \t]*/.exec(line)?.[0] ?? '';

/** Lines `from` up to, not including, `to` give way to `lines`. */
export interface LineChange {
  readonly from: number;
  readonly to: number;
  readonly lines: readonly string[];
}

/** The text between two places gives way to `text`. */
export interface TextChange {
  readonly startLine: number;
  readonly startColumn: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly text: string;
}

/** What `textChange` must know of the text before the change. */
export interface LineLengths {
  readonly lineCount: number;
  lengthOf(line: number): number;
}

/** Line ends are touched only where the number of lines changes; at the end of the text, the one before goes along. */
export function textChange(
  { lineCount, lengthOf }: LineLengths,
  { from, to, lines }: LineChange,
  lineEnd: LineEnd,
): TextChange {
  const joined = lines.join(lineEnd);
  if (to > from && lines.length > 0) {
    return { startLine: from, startColumn: 0, endLine: to - 1, endColumn: lengthOf(to - 1), text: joined };
  }
  if (to < lineCount) {
    const text = lines.length === 0 ? '' : joined + lineEnd;
    return { startLine: from, startColumn: 0, endLine: to, endColumn: 0, text };
  }
  const end = { endLine: lineCount - 1, endColumn: lengthOf(lineCount - 1) };
  if (from === 0) return { startLine: 0, startColumn: 0, ...end, text: joined };
  const start = { startLine: from - 1, startColumn: lengthOf(from - 1) };
  return { ...start, ...end, text: lines.length === 0 ? '' : lineEnd + joined };
}

/** The one change between the lines that both have at the start and those at the end; none when they are equal. */
export function smallestChange(before: readonly string[], after: readonly string[]): LineChange | undefined {
  const head = commonStart(before, after);
  if (head === before.length && head === after.length) return undefined;
  const tail = commonEnd(before, after, head);
  return { from: head, to: before.length - tail, lines: after.slice(head, after.length - tail) };
}

export function commonStart<T>(before: readonly T[], after: readonly T[]): number {
  const most = Math.min(before.length, after.length);
  let count = 0;
  while (count < most && before[count] === after[count]) count += 1;
  return count;
}

/** Counts none of the first `taken`. */
export function commonEnd<T>(before: readonly T[], after: readonly T[], taken: number): number {
  const most = Math.min(before.length, after.length) - taken;
  let count = 0;
  while (count < most && before[before.length - 1 - count] === after[after.length - 1 - count]) count += 1;
  return count;
}
