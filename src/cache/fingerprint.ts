/** What makes two requests the same request: SHA-256 over all that may change the answer. */

/** Hex digest over the parts, each preceded by its length, so that moving a boundary changes the digest. */
export type Hasher = (parts: readonly string[]) => string;

export interface FingerprintInput {
  /** Which models may answer: the connected platforms and the capability asked for. */
  readonly modelClass: string;
  readonly promptVersion: string;
  readonly task: string;
  readonly instruction: string;
  readonly language: string;
  readonly code: string;
  /** The answer goes into this very code: nothing of it is normalised. */
  readonly exact?: boolean;
  /** Everything else that the prompt carries: file name, symbol, problems. */
  readonly context: readonly string[];
}

/**
 * Line endings, trailing blanks and blank lines at the ends change no meaning of code that is only read, so they
 * are not part of the key. Indentation is.
 */
export function normaliseCode(code: string): string {
  return code
    .replace(/\r\n?/g, '\n')
    .replace(/[ \t]+$/gm, '')
    .replace(/^\n+|\n+$/g, '');
}

/** The instruction's case and words matter, its surrounding blanks do not. */
export function fingerprint(input: FingerprintInput, hash: Hasher): string {
  return hash([
    input.modelClass,
    input.promptVersion,
    input.task,
    input.instruction.trim(),
    input.language,
    input.exact ? input.code : normaliseCode(input.code),
    ...input.context,
  ]);
}
