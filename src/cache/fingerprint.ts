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
  return hash([
    input.modelClass,
    input.promptVersion,
    input.task,
    input.instruction.trim(),
    language,
    strictness === 'exact' ? digests.exact(code) : digests.normalised(code, language),
    ...input.context,
  ]);
}

/** Texts that were hashed lately: comparing a long one with them takes a tenth of hashing it. */
const REMEMBERED = 8;
/** A shorter one is hashed as fast. */
const WORTH_REMEMBERING = 2_048;

interface Digest {
  readonly text: string;
  /** Its language, or `exact`. */
  readonly how: string;
  readonly digest: string;
}

/** Digests of code; the last long texts are not hashed again. */
export class CodeDigests {
  readonly #hash: Hasher;
  readonly #known: Digest[] = [];

  constructor(hash: Hasher) {
    this.#hash = hash;
  }

  exact(code: string): string {
    return this.#of(code, '\0exact', (text) => text);
  }

  normalised(code: string, language: string): string {
    return this.#of(code, language, (text) => normaliseCode(text, language));
  }

  #of(text: string, how: string, normalise: (text: string) => string): string {
    if (text.length < WORTH_REMEMBERING) return this.#hash([normalise(text)]);
    const known = this.#known.find((one) => one.how === how && one.text === text);
    if (known) return known.digest;
    const digest = this.#hash([normalise(text)]);
    this.#known.unshift({ text, how, digest });
    if (this.#known.length > REMEMBERED) this.#known.pop();
    return digest;
  }
}

/**
 * Line endings, trailing blanks and blank lines at the ends change no meaning of code that is only read, so they
 * are not part of the key. Nor is, where the language does not read indentation, what one step of it consists of.
 */
export function normaliseCode(code: string, language = ''): string {
  const lines = code
    .replace(/\r\n?/g, '\n')
    .replace(/[ \t]+$/gm, '')
    .replace(/^\n+|\n+$/g, '');
  return FREE_INDENTATION.has(language) && !SPANS_LINES.test(lines) ? inTabs(lines) : lines;
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
/** What may begin a text that spans lines, or carry a line on: there blanks are a part of it. */
const SPANS_LINES = /`|"""|'''|R"|@"|r#*"|\\$/m;
const LEADING = /^[ \t]+/gm;

/** Each whole step of indentation as one tab, where the whole code is indented in equal steps; else as it is. */
function inTabs(code: string): string {
  const step = stepOf(code);
  if (step === undefined) return code;
  return code.replace(LEADING, (blanks) => '\t'.repeat(blanks.length / step));
}

/** Blanks of one step: the narrowest indentation, when all others are multiples of it. */
function stepOf(code: string): number | undefined {
  let step = Number.POSITIVE_INFINITY;
  const widths = new Set<number>();
  for (const [blanks] of code.matchAll(LEADING)) {
    if (blanks.includes('\t')) return undefined;
    widths.add(blanks.length);
    step = Math.min(step, blanks.length);
  }
  const even = [...widths].every((width) => width % step === 0);
  return widths.size > 0 && even && (step === 2 || step === 4 || step === 8) ? step : undefined;
}
