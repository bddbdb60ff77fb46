/**
 * Failures that `claude` reports, as our codes. Names and texts measured with 2.1.329; its texts are searched for what
 * only they tell, and never passed on. Units: milliseconds, tokens, HTTP status codes.
 */
import { SluiceError } from '../base/errors.ts';
import type { LimitReading } from '../quota/limitReading.ts';
import type { ClaudeFailure } from './claudeCodeMessages.ts';
import { badResponse, toSluiceError } from './sdkErrors.ts';

export interface ClaudeFailureContext {
  readonly platform: string;
  readonly model: string;
  /** Where the program has its key from; `none` (or empty) means a login. */
  readonly keySource: string;
  /** The window that was said to be used up during this turn. */
  readonly rejected: LimitReading | undefined;
  /** True once text was shown: a broken connection is then a cut stream. */
  readonly streaming: boolean;
  readonly nowMs: number;
  readonly timeoutMs: number;
}

export function claudeError(failure: ClaudeFailure, context: ClaudeFailureContext): SluiceError {
  const { platform, model, keySource, rejected, streaming } = context;
  const { status, name, reason } = failure;
  if (name === 'authentication_failed' || status === 401) {
    const loggedOut = keySource === '' || keySource === 'none';
    return new SluiceError(loggedOut ? 'not-logged-in' : 'invalid-key', { platform });
  }
  if (rejected !== undefined && (status === 429 || reason === 'usage_limit_reached')) {
    const { window = '', fullInMs = 0 } = rejected;
    return new SluiceError('quota-exhausted', { platform, limit: window, retryAfterMs: fullInMs });
  }
  if (name === 'billing_error') return new SluiceError('billing', { platform });
  if (name === 'model_not_found') return new SluiceError('model-not-found', { platform, model });
  if (status !== undefined) return fromStatus(failure, status, context);
  if (streaming) return new SluiceError('cut-stream', { platform });
  return withoutStatus(failure, platform);
}

/** The same table as for the vendors' SDKs. */
function fromStatus(failure: ClaudeFailure, status: number, context: ClaudeFailureContext): SluiceError {
  const { type, waitMs, text } = failure;
  const answer = Object.assign(new Error('claude'), {
    status,
    headers: new Headers(waitMs === undefined ? {} : { 'retry-after-ms': String(Math.ceil(waitMs)) }),
    // A name of Anthropic's, or of the retry notice, shows that the platform itself answered.
    error: type === '' && failure.name === '' ? undefined : { error: { type, message: text } },
  });
  const error = toSluiceError(answer, { ...context, silentMs: context.timeoutMs });
  if (SluiceError.any(error)) return error;
  return badResponse(context.platform, `status ${status}`);
}

const SYSTEM_CODE = /\(([A-Z][A-Z0-9_]{2,40})\)/;
const NOT_THE_PROTOCOL = /without receiving any events|empty or malformed response|JSON Parse error/i;

function withoutStatus({ name, reason, text }: ClaudeFailure, platform: string): SluiceError {
  if (NOT_THE_PROTOCOL.test(text)) {
    return badResponse(platform, /JSON/.test(text) ? 'not JSON' : 'no event');
  }
  const code = SYSTEM_CODE.exec(text)?.[1];
  const lost = reason === 'connection_failed' || /unable to connect|connection/i.test(text) || text === '';
  if (code !== undefined || lost) {
    return new SluiceError('network', { platform, cause: code ?? 'connection-lost' });
  }
  return badResponse(platform, `error ${/^\w{1,40}$/.test(name) ? name : 'without a name'}`);
}
