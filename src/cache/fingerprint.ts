/** What makes two requests the same request: SHA-256 over all that may change the answer. */

/** Digest over the parts, each preceded by its length, so that moving a boundary changes the digest. */
export type Hasher = (parts: readonly string[]) => string;

export interface FingerprintInput {
  /** Which models may answer: the connected platforms and the capability asked for. */
  readonly modelClass: string;
  readonly promptVersion: string;
  readonly task: string;
  readonly instruction: string;
  readonly language: string;
  readonly code: string;
  /** `exact`: the answer goes into this very code, nothing of it is normalised. Absent: `normalised`. */
  readonly strictness?: 'normalised' | 'exact' | 'none';
  /** Everything else that the prompt carries: file name, symbol, problems. */
  readonly context: readonly string[];
}

/** The instruction's case and words matter, its surrounding blanks do not. */
export function fingerprint(input: FingerprintInput, hash: Hasher, digests = new CodeDigests(hash)): string {
  const { code, language, strictness = 'normalised' } = input;
  const over = (part: string) =>
    hash([
      input.modelClass,
      input.promptVersion,
      input.task,
      input.instruction.trim(),
      language,
      part,
      ...input.context,
    ]);
  if (strictness === 'exact') return over(digests.exact(code));
  const known = digests.known(code, language);
  return known === undefined
    ? digests.keyOf(over(`~${code}`), () => over(digests.normalised(code, language)))
    : over(known);
}

/** Texts that were looked at lately: comparing with them takes a tenth of looking at one again. */
const REMEMBERED = 16;
/** Requests whose key is known by the digest of what they are as they stand: no code of theirs is normalised again. */
const REMEMBERED_KEYS = 2_048;
/** A shorter text is a part of the key as it is, and hashed with it. */
const WORTH_A_DIGEST = 2_048;

interface Known {
  readonly text: string;
  /** Its language, or `exact`. */
  readonly how: string;
  readonly part: string;
}

/** What stands for code in a key: a short text for itself, a long one's digest. The last texts are not looked at again. */
export class CodeDigests {
  readonly #hash: Hasher;
  readonly #known: Known[] = [];
  /** Keys by digests of requests as they stand, from the oldest on. */
  readonly #keys = new Map<string, string>();

  constructor(hash: Hasher) {
    this.#hash = hash;
  }

  exact(code: string): string {
    return this.#of(code, '\0exact', (text) => text);
  }

  normalised(code: string, language: string): string {
    return this.#of(code, language, (text) => normaliseCode(text, language));
  }

  /** As `normalised`, of a text that was looked at lately. */
  known(text: string, how: string): string | undefined {
    return this.#known.find((one) => one.text.length === text.length && one.how === how && one.text === text)
      ?.part;
  }

  /** The key of the request that has this digest as it stands. */
  keyOf(asItStands: string, make: () => string): string {
    const found = this.#keys.get(asItStands) ?? make();
    this.#keys.set(asItStands, found);
    const [oldest] = this.#keys.size > REMEMBERED_KEYS ? this.#keys.keys() : [];
    if (oldest !== undefined) this.#keys.delete(oldest);
    return found;
  }

  #of(text: string, how: string, normalise: (text: string) => string): string {
    const known = this.known(text, how);
    if (known !== undefined) return known;
    const same = normalise(text);
    const part = same.length < WORTH_A_DIGEST ? `=${same}` : `#${this.#hash([same])}`;
    this.#known.unshift({ text, how, part });
    if (this.#known.length > REMEMBERED) this.#known.pop();
    return part;
  }
}

/**
 * Of code that is only read: where the language allows it, line endings, blanks at line ends and blank lines at both ends
 * are no part of the key, nor is what one step of its indentation consists of, where that means nothing. In other languages,
 * and where a text may span lines, each of these may change the meaning.
 */
export function normaliseCode(code: string, language: string): string {
  const free = FREE_INDENTATION.has(language);
  if (!free && !FREE_LINE_ENDS.has(language)) return code;
  const lines = code.includes('\r') ? code.replace(/\r\n?/g, '\n') : code;
  if (spansLines(lines) || leavesOpen(lines, language))
    return ONE_LINE_ENDING.has(language) ? code.replaceAll('\r\n', '\n') : code;
  return free ? inTabs(trimmed(lines)) : trimmed(lines);
}

/** Without blanks at the end of a line and blank lines at both ends. */
function trimmed(code: string): string {
  const text = hasTrailing(code) ? code.replace(/[ \t]+(?=\n|$)/g, '') : code;
  return text.startsWith('\n') || text.endsWith('\n') ? text.replace(/^\n+|\n+$/g, '') : text;
}

function hasTrailing(code: string): boolean {
  for (let end = code.indexOf('\n'); end >= 0; end = code.indexOf('\n', end + 1))
    if (isBlank(code.charCodeAt(end - 1))) return true;
  return isBlank(code.charCodeAt(code.length - 1));
}

const BLANK = 0x20;
const TAB = 0x09;

function isBlank(sign: number): boolean {
  return sign === BLANK || sign === TAB;
}

/** Languages in which blanks at the beginning of a line mean nothing, outside of texts that span lines. */
const FREE_INDENTATION: ReadonlySet<string> = new Set([
  ...[
    'c',
    'cpp',
    'csharp',
    'css',
    'go',
    'java',
    'javascript',
    'javascriptreact',
    'json',
    'jsonc',
    'kotlin',
    'less',
  ],
  ...['objective-c', 'rust', 'scala', 'scss', 'swift', 'typescript', 'typescriptreact'],
]);
/** Languages that do read it, and in which blanks at the end of a line mean nothing, with the same exception. */
const FREE_LINE_ENDS: ReadonlySet<string> = new Set(['dart', 'python']);
/** Languages to which both line endings are the same, within a text too. */
const ONE_LINE_ENDING: ReadonlySet<string> = new Set([
  ...['go', 'java', 'javascript', 'javascriptreact', 'python', 'rust', 'typescript', 'typescriptreact'],
]);
/**
 * What may begin a text that spans lines, or carry a line on: there blanks are a part of it. With blanks behind it a
 * backslash carries nothing on, which is another meaning too.
 */
const SPANS_LINES = /`|"""|'''|R"|@\$?"|r#*"|\\[ \t]*$/m;
/** Without one of these it finds nothing; to look for them takes a fifth of its time. */
const MAY_SPAN = [
  ...['`', '"""', "'''", 'R"', '@"', '@$"', 'r"', 'r#'],
  ...['\\\n', '\\ ', '\\\t', '\\\u2028', '\\\u2029'],
];
/** Where a plain text may span lines, the signs that begin and end one: in JSX those of an attribute. */
const PLAIN_SPANS: Readonly<Record<string, RegExp>> = {
  javascriptreact: /["']/g,
  rust: /"/g,
  typescriptreact: /["']/g,
};
/** What looks like the end of a text and is none. */
const NO_END = /\\.|'"'/g;

function spansLines(code: string): boolean {
  return (code.endsWith('\\') || MAY_SPAN.some((sign) => code.includes(sign))) && SPANS_LINES.test(code);
}

/** Whether a line ends within a plain text, in a language where it may. */
function leavesOpen(code: string, language: string): boolean {
  const signs = PLAIN_SPANS[language];
  if (signs === undefined) return false;
  const lines = code.replace(NO_END, '').split('\n');
  return lines.some((line) => (line.match(signs)?.length ?? 0) % 2 === 1);
}

/** Each whole step of indentation as one tab, where the whole code is indented in equal steps; else as it is. */
function inTabs(code: string): string {
  const step = stepOf(code);
  if (step === undefined) return code;
  let [tabs, from] = ['', 0];
  for (let at = 0; ; ) {
    const end = afterBlanks(code, at);
    if (end > at) {
      tabs += code.slice(from, at) + '\t'.repeat((end - at) / step);
      from = end;
    }
    at = code.indexOf('\n', end) + 1;
    if (at === 0) return tabs + code.slice(from);
  }
}

/** Blanks of one step: the narrowest indentation, when all others are multiples of it and none has a tab. */
function stepOf(code: string): number | undefined {
  let [step, widths] = [Number.POSITIVE_INFINITY, 0];
  for (let at = 0; ; ) {
    const end = afterBlanks(code, at);
    if (code.charCodeAt(end) === TAB) return undefined;
    // Of bits: a step of 2, 4 or 8 divides all widths when none has a lower bit.
    widths |= end - at;
    if (end > at) step = Math.min(step, end - at);
    at = code.indexOf('\n', end) + 1;
    if (at === 0) break;
  }
  const even = step === 2 || step === 4 || step === 8;
  return even && (widths & (step - 1)) === 0 ? step : undefined;
}

function afterBlanks(code: string, at: number): number {
  let end = at;
  while (code.charCodeAt(end) === BLANK) end += 1;
  return end;
}
