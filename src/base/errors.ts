/**
 * The one language of expected failures: a code and typed facts. Callers branch on the code, never on text;
 * only the outermost door turns one into words. Units: milliseconds, tokens, HTTP status codes.
 */
export interface ErrorFacts {
  /** The platform asks to wait; `retryAfterMs` is unknown when it did not say how long. */
  'rate-limited': { platform: string; retryAfterMs?: number };
  overloaded: { platform: string; retryAfterMs?: number };
  /** No limit has room; `limit` names the tightest one, `retryAfterMs` when it will have room. */
  'quota-exhausted': { platform: string; limit: string; retryAfterMs: number };
  /** `why` is absent where the platform only said no. `no-consent`: the person did not let VS Code share its models. */
  'invalid-key': { platform: string; why?: 'expired' | 'revoked' | 'not-allowed' | 'no-consent' };
  /** The platform is a program on this machine, and `program` is not it. */
  'program-missing': {
    platform: string;
    program: string;
    why: 'not-found' | 'not-executable' | 'other-program';
  };
  /** The platform's own program runs, but nobody is logged in to it. */
  'not-logged-in': { platform: string };
  billing: { platform: string };
  'context-too-long': { platform: string; tokens?: number; limitTokens?: number };
  'model-not-found': { platform: string; model: string };
  refused: { platform: string };
  network: { platform: string; cause: string };
  timeout: { platform: string; afterMs: number };
  /** The platform answered with something that is not its protocol. */
  'bad-response': { platform: string; detail: string };
  /** The platform refused the request as malformed: a fault of ours or of the settings. */
  'bad-request': { platform: string; detail: string };
  /** The stream ended before the platform said that it was complete. */
  'cut-stream': { platform: string };
  'server-error': { platform: string; status: number };
  /** The person was asked about its cost and said no. */
  'not-approved': { platform: string };
  /** No model may be used: none connected, or every one excluded. */
  'no-model': {
    why:
      | 'none-connected'
      | 'none-allowed'
      | 'none-stronger'
      | 'none-in-vscode'
      | 'none-in-tier'
      | 'none-able'
      | 'none-local'
      | 'none-so-cheap';
  };
  'nothing-to-send': { why: 'no-editor' | 'empty' | 'binary' };
  /** Nothing can be written at this place. `changed`: it no longer holds what was sent. `overlap`: another edit is there. */
  'not-editable': { why: 'read-only' | 'overlap' | 'changed' | 'closed' };
  'storage-unusable': { why: 'not-writable' | 'newer-version' | 'corrupt'; detail: string };
}

export type ErrorCode = keyof ErrorFacts;

/** Found by brand, not by class: each lazily loaded chunk of the bundle has its own copy of this class. */
const BRAND = Symbol.for('sluice.error');

export class SluiceError<C extends ErrorCode = ErrorCode> extends Error {
  readonly code: C;
  readonly facts: ErrorFacts[C];
  readonly [BRAND] = true;

  constructor(code: C, facts: ErrorFacts[C], options?: ErrorOptions) {
    super(code, options);
    this.name = 'SluiceError';
    this.code = code;
    this.facts = facts;
  }

  static any(error: unknown): error is AnySluiceError {
    return typeof error === 'object' && error !== null && BRAND in error;
  }

  static is<C extends ErrorCode>(error: unknown, code: C): error is SluiceError<C> {
    return SluiceError.any(error) && error.code === code;
  }
}

/** A union over the codes, so that `switch (error.code)` narrows `error.facts`. */
export type AnySluiceError = { [C in ErrorCode]: SluiceError<C> }[ErrorCode];

/** True when `error` is what `signal` was aborted with, or the `AbortError` that a library made of it. */
export function isCancellation(error: unknown, signal: AbortSignal): boolean {
  if (!signal.aborted) return false;
  return error === signal.reason || (error instanceof Error && /abort/i.test(error.name));
}
