/** How an answer that is still coming stands against the old lines: what is new so far, and what has not been said yet. */

export interface Growing {
  /** The new lines so far, then the old ones that they have not reached. */
  readonly lines: readonly string[];
  /** Which of the new lines differ from the old ones. */
  readonly changed: readonly number[];
  /** Where the old lines begin that are not reached yet. */
  readonly rest: number;
}

/** Lines that an answer may leave out at once, beside twice as many as it has put in since the last equal one. */
const REACH = 12;

/** One pass over the new lines; the exact difference is made at the end. */
export function growing(before: readonly string[], sofar: readonly string[]): Growing {
  const changed: number[] = [];
  const lines: string[] = [];
  let [reached, unknown] = [0, 0];
  sofar.forEach((line, index) => {
    const at = nextEqual(before, line, reached, REACH + 2 * unknown);
    if (at === undefined) {
      lines.push(line);
      changed.push(index);
      unknown += 1;
    } else {
      lines.push(before[at] ?? line);
      [reached, unknown] = [at + 1, 0];
    }
  });
  return { lines: lines.concat(before.slice(reached)), changed, rest: sofar.length };
}

/** Lines that occur everywhere, such as a brace, are only equal to the very next one. */
function nextEqual(before: readonly string[], line: string, from: number, reach: number): number | undefined {
  const wanted = line.trimEnd();
  if (before[from]?.trimEnd() === wanted) return from;
  if (wanted.replace(/\W/g, '').length < 4) return undefined;
  const end = Math.min(before.length, from + reach);
  for (let index = from + 1; index < end; index += 1) if (before[index]?.trimEnd() === wanted) return index;
  return undefined;
}
