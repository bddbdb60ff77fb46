/** Which file a block of an answer says that it is: by what stands behind its fence, or by a comment in its first line. */
import type { AnswerBlock } from './answerBlocks.ts';
import { isBlank } from './lines.ts';

interface File {
  readonly before: readonly string[];
  readonly fileName?: string;
}

const PATH = /(?:[\w@.~-]+[\\/])*[\w@.-]+\.[A-Za-z]\w{0,9}/;
const FIRST_LINE = new RegExp(
  `^\\s*(?://+|#+|--|;+|%+|/\\*+|<!--)\\s*(?:[Ff]ile(?:name)?:\\s*)?(${PATH.source})\\s*(?:\\*/|-->)?\\s*$`,
);
const INFO = new RegExp(`(?:^|[\\s:="'{(])(${PATH.source})(?:$|[\\s"'})#:])`);

/** `none`: the block names no file, or nobody knows the name of the one that was sent. */
export function namedFile({ info, lines }: AnswerBlock, file: File): 'this' | 'other' | 'none' {
  if (file.fileName === undefined) return 'none';
  const named = INFO.exec(info)?.[1] ?? fileInFirstLine(lines, file);
  if (named === undefined) return 'none';
  return baseName(named) === baseName(file.fileName) ? 'this' : 'other';
}

/** A comment that names this file, which the code did not have, is no part of the code. */
export function withoutFileName(lines: readonly string[], file: File): readonly string[] {
  const named = fileInFirstLine(lines, file);
  if (named === undefined || file.fileName === undefined) return lines;
  if (baseName(named) !== baseName(file.fileName)) return lines;
  return lines.slice(lines.findIndex((line) => !isBlank(line)) + 1);
}

function fileInFirstLine(lines: readonly string[], { before }: File): string | undefined {
  const first = lines.find((line) => !isBlank(line)) ?? '';
  const had = before.some((line) => line.trim() === first.trim());
  return had ? undefined : FIRST_LINE.exec(first)?.[1];
}

function baseName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1).toLowerCase();
}
