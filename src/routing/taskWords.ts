/**
 * What a text looks like to something that learns from it: a few measures of its shape, and its words and pairs of
 * words as numbers of buckets, from which no text can be read back. Units: counts.
 */

/** Read no further: what a task is like shows at its beginning, and reading it all would take too long. */
const READ_CHARS = 3_000;
/** Buckets of words; a word's place is its hash. */
export const WORD_BUCKETS = 8_192;
const MOST_TIMES = 8;
export const SHAPE_SIZE = 14;

const TOKEN = /[a-z_][a-z_0-9]*|\d+|[^\sa-z0-9_]/g;
const CONTROL = new Set(
  'if for while return def class function const import else switch try catch async await'.split(' '),
);
const BINDING = new Set(
  'must without only except most least keep preserve never exactly each every should ensure always all'.split(
    ' ',
  ),
);
const COMPARING = new Set(
  'more less than times half twice percent total minimum maximum longest shortest average remaining left per'.split(
    ' ',
  ),
);

export interface TaskWords {
  /** `SHAPE_SIZE` measures, each about −3 … 3. */
  readonly shape: readonly number[];
  /** For each bucket that occurs: bucket · 8 + (times − 1), times at most 8. */
  readonly words: readonly number[];
}

/** `code` adds to the shape only. */
export function taskWords(text: string, code: string): TaskWords {
  const read = text.slice(0, READ_CHARS).toLowerCase();
  const tokens = read.match(TOKEN) ?? [];
  const whole = code === '' ? tokens : [...tokens, ...(codeStart(code).match(TOKEN) ?? [])];
  return { shape: shapeOf(text.length + code.length, whole, read + codeStart(code)), words: sketch(tokens) };
}

/** Of one entry of `words`: its bucket and how often it occurs. */
export function bucketOf(entry: number): number {
  return entry >>> 3;
}

export function timesOf(entry: number): number {
  return (entry & 7) + 1;
}

/** A number for a word, from which it cannot be read back. */
export function wordHash(word: string): number {
  return hash(word, 2_166_136_261) >>> 0;
}

function codeStart(code: string): string {
  return code.slice(0, READ_CHARS).toLowerCase();
}

function sketch(tokens: readonly string[]): number[] {
  const times = new Map<number, number>();
  let before = 0;
  for (const token of tokens) {
    const word = hash(plainNumber(token), 2_166_136_261);
    count(times, word);
    if (before !== 0) count(times, Math.imul(before ^ word, 0x9e3779b1) ^ word);
    before = word;
  }
  return [...times].map(([bucket, seen]) => bucket * 8 + Math.min(seen, MOST_TIMES) - 1);
}

/** Of a number only its length counts. */
function plainNumber(token: string): string {
  const first = token.charCodeAt(0);
  return first >= 48 && first <= 57 ? `#${token.length}` : token;
}

function count(times: Map<number, number>, word: number): void {
  const bucket = ((word ^ (word >>> 15)) >>> 0) % WORD_BUCKETS;
  times.set(bucket, (times.get(bucket) ?? 0) + 1);
}

/** FNV-1a; see http://www.isthe.com/chongo/tech/comp/fnv/. */
function hash(text: string, start: number): number {
  let value = start;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 16_777_619);
  }
  return value | 0;
}

interface Counts {
  words: number;
  letters: number;
  numbers: number;
  questions: number;
  brackets: number;
  equals: number;
  signs: number;
  control: number;
  binding: number;
  comparing: number;
  stops: number;
}

function shapeOf(chars: number, tokens: readonly string[], read: string): number[] {
  const seen = countTokens(tokens);
  const lines = countLines(read);
  const distinct = new Set(tokens).size / Math.max(1, tokens.length);
  const log = Math.log1p;
  return [
    log(chars) / 2 - 3,
    log(seen.words) / 1.5 - 2.7,
    log(lines) - 1,
    log(seen.numbers) - 1.5,
    (8 * seen.numbers) / Math.max(1, tokens.length) - 0.5,
    log(seen.questions) - 0.7,
    log(seen.brackets) - 1,
    log(seen.equals) - 0.7,
    log(seen.signs) / 2 - 0.5,
    log(seen.control) - 0.7,
    log(seen.binding) - 0.5,
    log(seen.comparing) - 0.7,
    4 * (distinct - 0.6),
    seen.letters / Math.max(1, seen.words) - 4.5 + log(seen.stops) / 4,
  ].map((value) => Math.max(-3, Math.min(3, value)));
}

function countTokens(tokens: readonly string[]): Counts {
  const seen: Counts = {
    words: 0,
    letters: 0,
    numbers: 0,
    questions: 0,
    brackets: 0,
    equals: 0,
    signs: 0,
    control: 0,
    binding: 0,
    comparing: 0,
    stops: 0,
  };
  for (const token of tokens) {
    const first = token.charCodeAt(0);
    if (first >= 97 || first === 95) countWord(token, seen);
    else if (first >= 48 && first <= 57) seen.numbers += 1;
    else countSign(token, seen);
  }
  return seen;
}

function countWord(token: string, seen: Counts): void {
  if (token.charCodeAt(0) > 122) return;
  seen.words += 1;
  seen.letters += token.length;
  if (CONTROL.has(token)) seen.control += 1;
  if (BINDING.has(token)) seen.binding += 1;
  if (COMPARING.has(token)) seen.comparing += 1;
}

function countSign(token: string, seen: Counts): void {
  if (token === '?') seen.questions += 1;
  else if (token === '(' || token === '[') seen.brackets += 1;
  else if (token === '=') seen.equals += 1;
  else if (token === '$' || token === '\\') seen.signs += 1;
  else if (token === '%') seen.comparing += 1;
  else if (token === '.' || token === '!') seen.stops += 1;
}

function countLines(read: string): number {
  let lines = 0;
  for (let at = read.indexOf('\n'); at >= 0; at = read.indexOf('\n', at + 1)) lines += 1;
  return lines;
}
