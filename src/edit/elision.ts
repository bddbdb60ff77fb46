/** Places where a model wrote “… existing code …” instead of the code: found, and filled where that is certain. */
import { isBlank } from './lines.ts';

const LEADERS = /^(?:\/\/+|\/\*+|\*|#+|--|;+|%+|<!--|\{\s*\/\*|\(\*|"""|''')?\s*/;
const TRAILERS = /\s*(?:\*\/\s*\}?|-->|\*\)|"""|''')?$/;
const DOTS = /^(?:\.{3,}|…)/;
const DOTS_AT_END = /(?:\.{3,}|…)$/;
const KEPT =
  /\b(?:existing|unchanged|rest|remaining|remainder|previous|same|other|omitted|as before|as above|keep|more)\b/i;
/** Without dots, only a comment that says nothing else. */
const SENTENCES = [
  /^(?:the )?(?:rest|remainder) of (?:the |your |this )?[\w ]{0,40}(?:(?:is|are|remains?|stays?) )?(?:the same|unchanged|as before|omitted|here)?$/i,
  /^(?:the )?(?:rest|everything else|other \w+|remaining \w+) (?:is |are |remains? |stays? )?(?:the same|unchanged|as before|omitted|here)$/i,
  /^(?:the )?(?:existing|unchanged|previous|remaining|same) (?:code|implementation|methods?|functions?|logic|lines|imports|content)(?: (?:here|unchanged|as before|above|below|omitted|goes here|remains))*$/i,
];

/** Whether this line stands for others. `isPython`: a bare `...` is a body there. */
export function isElision(line: string, isPython = false): boolean {
  const text = line.trim();
  if (text === '…') return true;
  if (/^\.{3,}$/.test(text)) return !isPython;
  const leader = LEADERS.exec(text)?.[0].trim() ?? '';
  const said = text.slice(LEADERS.exec(text)?.[0].length).replace(TRAILERS, '').trim();
  if (leader === '') return DOTS.test(said) && DOTS_AT_END.test(said) && KEPT.test(said);
  if (/^(?:\.{3,}|…)+$/.test(said)) return true;
  if (DOTS.test(said) || DOTS_AT_END.test(said) || /^[([].*[)\]]$/.test(said))
    return isShort(said) && (DOTS.test(said) || KEPT.test(said));
  return SENTENCES.some((sentence) => sentence.test(said.replace(/[.!]$/, '')));
}

const isShort = (said: string): boolean => said.length <= 100;

/** Those that the old text does not have as well. */
export function elisionsIn(before: readonly string[], lines: readonly string[], isPython = false): number[] {
  const had = new Set(before.map((line) => line.trim()));
  return lines.flatMap((line, index) => (isElision(line, isPython) && !had.has(line.trim()) ? [index] : []));
}

/**
 * The answer with the old lines in the place of its elisions. None when it is not certain which: the lines around must be
 * found in the old text once, in order, and nothing of what is filled in may stand elsewhere in the answer.
 */
export function fillElisions(
  before: readonly string[],
  lines: readonly string[],
  elisions: readonly number[],
): string[] | undefined {
  const said = new Set(lines.filter((line) => isTelling(line)).map((line) => line.trim()));
  const filled: string[] = [];
  let [taken, reached] = [0, 0];
  for (const at of elisions) {
    const from = endOfMatch(before, lines.slice(taken, at), reached);
    const next = elisions.find((other) => other > at) ?? lines.length;
    const to = startOfMatch(before, lines.slice(at + 1, next), reached);
    if (from === undefined || to === undefined || to <= from) return undefined;
    const missing = before.slice(from, to);
    if (missing.some((line) => isTelling(line) && said.has(line.trim()))) return undefined;
    filled.push(...lines.slice(taken, at), ...between(lines[at - 1], missing, lines[at + 1]));
    [taken, reached] = [at + 1, to];
  }
  return [...filled, ...lines.slice(taken)];
}

/** Blank lines that the answer has around its elision are not put in twice. */
function between(above = 'none', lines: readonly string[], below = 'none'): readonly string[] {
  const first = isBlank(above) ? lines.findIndex((line) => !isBlank(line)) : 0;
  const last = isBlank(below) ? lines.findLastIndex((line) => !isBlank(line)) : lines.length - 1;
  return first < 0 ? [] : lines.slice(first, last + 1);
}

const isTelling = (line: string): boolean => line.replace(/\W/g, '').length >= 4;

/** Behind the last of `above`; the start of the text when there is nothing above. */
function endOfMatch(before: readonly string[], above: readonly string[], from: number): number | undefined {
  const context = above.filter((line) => !isBlank(line)).slice(-MOST_CONTEXT);
  if (context.length === 0) return from;
  const found = matches(before, context, from, 'end');
  return found === undefined ? undefined : found + 1;
}

/** At the first of `below`; the end of the text when there is nothing below. */
function startOfMatch(before: readonly string[], below: readonly string[], from: number): number | undefined {
  const context = below.filter((line) => !isBlank(line)).slice(0, MOST_CONTEXT);
  if (context.length === 0) return before.length;
  return matches(before, context, from, 'start');
}

const MOST_CONTEXT = 3;

/** The one place at which as few lines of the context as make it the only one are found, counted from its near end. */
function matches(
  before: readonly string[],
  context: readonly string[],
  from: number,
  near: 'start' | 'end',
): number | undefined {
  const old = before.flatMap((line, index) =>
    index < from || isBlank(line) ? [] : [{ text: line.trim(), index }],
  );
  for (let length = 1; length <= context.length; length += 1) {
    const wanted = (near === 'end' ? context.slice(-length) : context.slice(0, length)).map((line) =>
      line.trim(),
    );
    const starts = old.flatMap((_, start) =>
      wanted.every((text, offset) => old[start + offset]?.text === text) ? [start] : [],
    );
    if (starts.length === 0) return undefined;
    const [only] = starts;
    if (starts.length === 1 && only !== undefined)
      return old[near === 'end' ? only + length - 1 : only]?.index;
  }
  return undefined;
}
