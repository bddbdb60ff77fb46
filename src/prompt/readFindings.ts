/** Reads a review: bullets that begin with the lines they are about. Lines count from 1, as in the code that was sent. */

export interface Finding {
  readonly firstLine: number;
  readonly lastLine: number;
  /** Markdown. */
  readonly text: string;
}

export interface Review {
  /** In the order of the answer: worst first. */
  readonly findings: readonly Finding[];
  /** Everything else that was said, as Markdown. */
  readonly rest: string;
}

/** `- Line 3: …`, `2. **Lines 3–5** – …`, `* L3-L5 …`: how models write what they were asked to write. */
const START =
  /^[ \t]{0,3}(?:[-*+]|\d{1,3}[.)])[ \t]+[*_`]{0,3}(?:lines?|L)[ \t]*(\d{1,7})(?:[ \t]*(?:[-–—]|to|and)[ \t]*L?(\d{1,7}))?[*_`]{0,3}[ \t]*[:.,–—-]?[*_`]{0,3}[ \t]*(.*)$/i;
/** Belongs to the bullet above it: indented, or a blank line between its paragraphs. */
const INSIDE = /^(?:[ \t]{2,}\S|\t|[ \t]*$)/;

/** `lines`: how many were sent. A finding about lines that do not exist stays in `rest`. */
export function readFindings(answer: string, lines: number): Review {
  const findings: Finding[] = [];
  const rest: string[] = [];
  let open: string[] | undefined;
  for (const line of answer.split(/\r?\n/)) {
    const [, first, last, text = ''] = START.exec(line) ?? [];
    const range = first === undefined ? undefined : rangeOf(Number(first), Number(last ?? first), lines);
    if (range) {
      open = [text];
      findings.push({ ...range, text: '' });
    } else if (open && INSIDE.test(line)) open.push(line.replace(/^(?: {2,4}|\t)/, ''));
    else {
      open = undefined;
      rest.push(line);
    }
    const current = findings.at(-1);
    if (open && current) findings[findings.length - 1] = { ...current, text: open.join('\n').trim() };
  }
  return { findings: findings.filter(({ text }) => text !== ''), rest: rest.join('\n').trim() };
}

function rangeOf(first: number, last: number, lines: number) {
  if (first < 1 || first > lines) return undefined;
  return { firstLine: first, lastLine: Math.min(lines, Math.max(first, last)) };
}
