/** Gives code that a model wrote the form of the code that it takes the place of: indentation, its unit, blank ends. */
import { indentOf, isBlank } from './lines.ts';

/**
 * `before` holds whole lines. Trailing blanks and line ends are not looked at here. `ended`: the answer is whole, so that
 * the blank lines at its end can be as many as there were.
 */
export function keepFormatting(
  before: readonly string[],
  answer: readonly string[],
  ended: boolean,
): string[] {
  const lines = withBase(before, withUnit(before, trimmed(answer)));
  const first = before.findIndex((line) => !isBlank(line));
  if (first < 0 || lines.length === 0) return lines;
  const last = before.findLastIndex((line) => !isBlank(line));
  return [...before.slice(0, first), ...lines, ...(ended ? before.slice(last + 1) : [])];
}

function trimmed(lines: readonly string[]): string[] {
  const first = lines.findIndex((line) => !isBlank(line));
  return first < 0 ? [] : lines.slice(first, lines.findLastIndex((line) => !isBlank(line)) + 1);
}

/** Tabs become spaces or spaces tabs when every indented line of the answer uses the other unit. */
function withUnit(before: readonly string[], lines: readonly string[]): string[] {
  const [ours, theirs] = [unitOf(before), unitOf(lines)];
  if (ours === undefined || theirs === undefined || ours.tabs === theirs.tabs) return [...lines];
  return lines.map((line) => {
    const indent = indentOf(line);
    return convert(indent, theirs.width, ours) + line.slice(indent.length);
  });
}

/** What is left over of a whole unit aligns with something, and stays as spaces. */
function convert(indent: string, theirWidth: number, { tabs, width }: Unit): string {
  if (!tabs) return indent.replace(/\t/g, ' '.repeat(width));
  const depth = Math.floor(indent.length / theirWidth);
  return '\t'.repeat(depth) + ' '.repeat(indent.length - depth * theirWidth);
}

interface Unit {
  readonly tabs: boolean;
  /** Spaces of one step. */
  readonly width: number;
}

/** None when nothing is indented, or when both are used. */
function unitOf(lines: readonly string[]): Unit | undefined {
  const indents = lines.filter((line) => !isBlank(line)).map(indentOf);
  const tabs = indents.some((indent) => indent.startsWith('\t'));
  const spaces = indents.some((indent) => indent.startsWith('  '));
  if (tabs === spaces) return undefined;
  return { tabs, width: tabs ? 4 : stepOf(indents.map(({ length }) => length)) };
}

/** The smallest difference between two lines that follow each other; comments that align by one are not steps. */
function stepOf(widths: readonly number[]): number {
  const steps = widths
    .map((width, index) => Math.abs(width - (widths[index - 1] ?? width)))
    .filter((step) => step > 1);
  const base = Math.min(...widths.filter((width) => width > 1));
  return steps.length > 0 ? Math.min(...steps) : Number.isFinite(base) ? base : 4;
}

/** Models move code to the left margin: it goes back to where the first line was. */
function withBase(before: readonly string[], lines: readonly string[]): string[] {
  const old = before.find((line) => !isBlank(line));
  const [first = ''] = lines;
  if (old === undefined) return [...lines];
  const [ours, theirs] = [indentOf(old), indentOf(first)];
  if (ours === theirs) return [...lines];
  if (ours.startsWith(theirs)) {
    const missing = ours.slice(theirs.length);
    // The selection began inside its first line: only that one has lost its indentation.
    if (theirs === '' && alreadyDeep(before, lines)) return [missing + first, ...lines.slice(1)];
    return lines.map((line) => (isBlank(line) ? line : missing + line));
  }
  const extra = theirs.startsWith(ours) ? theirs.length - ours.length : 0;
  const all = lines.every((line) => isBlank(line) || line.startsWith(theirs.slice(0, extra)));
  return all ? lines.map((line) => line.slice(isBlank(line) ? 0 : extra)) : [...lines];
}

function alreadyDeep(before: readonly string[], lines: readonly string[]): boolean {
  const rest = lines.slice(1);
  return (
    rest.some((line) => !isBlank(line)) &&
    least(rest) >= least(before.slice(before.findIndex((line) => !isBlank(line)) + 1))
  );
}

/** Columns of the least indented line. */
function least(lines: readonly string[]): number {
  return Math.min(...lines.filter((line) => !isBlank(line)).map((line) => indentOf(line).length));
}
