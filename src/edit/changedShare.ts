/** How much of a text was changed afterwards. */
import { diffLines } from './hunks.ts';
import { isBlank, linesOf } from './lines.ts';

/** Share in [0, 1] of the lines of `before`, blank ones apart, that `after` does not have any more, or has changed. */
export function changedShare(before: string, after: string): number {
  const lines = linesOf(before);
  const said = lines.filter((line) => !isBlank(line)).length;
  if (said === 0) return before === after ? 0 : 1;
  const gone = diffLines(lines, linesOf(after)).hunks.flatMap(({ oldLines }) => oldLines);
  return gone.filter((line) => !isBlank(line)).length / said;
}
