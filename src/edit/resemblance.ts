/** How much one piece of code is like another, in [0, 1]. */

/** Words of code, and each sign on its own. */
function words(lines: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [word] of lines.join('\n').matchAll(/[\p{L}\p{N}_$]+|[^\s\p{L}\p{N}_$]/gu)) {
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return counts;
}

/** What both have, twice, over all that they have (Dice); signs count for a quarter of a word. */
export function resemblance(one: readonly string[], other: readonly string[]): number {
  const [ours, theirs] = [words(one), words(other)];
  const [total, otherTotal] = [weightOf(ours), weightOf(theirs)];
  if (total === 0 || otherTotal === 0) return 0;
  let common = 0;
  for (const [word, count] of ours) common += weight(word) * Math.min(count, theirs.get(word) ?? 0);
  return (2 * common) / (total + otherTotal);
}

const weight = (word: string): number => (/[\p{L}\p{N}_$]/u.test(word) ? 1 : 0.25);

function weightOf(counts: ReadonlyMap<string, number>): number {
  let sum = 0;
  for (const [word, count] of counts) sum += weight(word) * count;
  return sum;
}
