/** When a failed attempt is worth another one, and after how long. Units: milliseconds. */
import type { AnySluiceError, ErrorCode } from '../base/errors.ts';
import type { Random } from '../base/random.ts';

/** Retries of one model after its first failure. */
export const MOST_RETRIES = 2;

const BACKOFF = { firstMs: 500, maxMs: 8_000 };
/** Nothing came from these; the same call may well succeed a moment later. */
const RETRYABLE: ReadonlySet<ErrorCode> = new Set([
  'rate-limited',
  'overloaded',
  'server-error',
  'network',
  'bad-response',
  'cut-stream',
]);
/** Another model can stand in for these; for the rest (a wrong key, say) the person must know. */
const FALLS_BACK: ReadonlySet<ErrorCode> = new Set([
  ...RETRYABLE,
  'quota-exhausted',
  'timeout',
  'model-not-found',
  'billing',
]);
/** These concern all of the platform's models alike. */
const PLATFORM_WIDE: ReadonlySet<ErrorCode> = new Set(['network', 'timeout', 'billing']);

/** These say that a platform is not doing well; that a limit is used up, or a request is wrong, does not. */
const TROUBLE: ReadonlySet<ErrorCode> = new Set([
  'overloaded',
  'server-error',
  'network',
  'bad-response',
  'cut-stream',
  'timeout',
]);

export const isTrouble = (error: AnySluiceError): boolean => TROUBLE.has(error.code);
export const retryable = (error: AnySluiceError): boolean => RETRYABLE.has(error.code);
export const fallsBack = (error: AnySluiceError): boolean => FALLS_BACK.has(error.code);
export const platformWide = (error: AnySluiceError): boolean => PLATFORM_WIDE.has(error.code);

/** What the platform asked for, else full jitter in [0, min(maxMs, firstMs · 2^attempt)). `attempt` counts from 0. */
export function retryDelayMs(error: AnySluiceError, attempt: number, random: Random): number {
  if (
    (error.code === 'rate-limited' || error.code === 'overloaded') &&
    error.facts.retryAfterMs !== undefined
  ) {
    return error.facts.retryAfterMs;
  }
  return random() * Math.min(BACKOFF.maxMs, BACKOFF.firstMs * 2 ** attempt);
}

/** How long the limits ask to wait; undefined for failures that waiting does not mend. */
export function roomInMs(error: AnySluiceError): number | undefined {
  if (error.code === 'quota-exhausted') return error.facts.retryAfterMs;
  return error.code === 'rate-limited' || error.code === 'overloaded' ? error.facts.retryAfterMs : undefined;
}
