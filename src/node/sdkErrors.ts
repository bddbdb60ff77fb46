/**
 * Every failure of a platform's SDK as one of our codes, for all platforms alike. Neither a platform's words nor
 * the SDK's error are passed on: they may quote the key or the prompt. Names: platform.claude.com/docs/en/api/errors,
 * platform.openai.com/docs/guides/error-codes (20 Nov 2026). Units: milliseconds, tokens, HTTP status codes.
 */
import * as v from 'valibot';
import { type ErrorCode, type ErrorFacts, SluiceError } from '../base/errors.ts';
import { isRecord, record } from '../base/unknown.ts';
import { retryAfterMs } from '../quota/limitHeaders.ts';

export interface FailureContext {
  readonly platform: string;
  /** The model that was asked; empty where none was. */
  readonly model: string;
  /** Since the platform's last sign of life. */
  readonly silentMs: number;
  /** Wall clock, for `Retry-After` dates. */
  readonly nowMs: number;
  /** True once the platform's first event came: a broken connection is then a cut stream. */
  readonly streaming: boolean;
}

type Kind = Extract<
  ErrorCode,
  | 'rate-limited'
  | 'overloaded'
  | 'invalid-key'
  | 'billing'
  | 'context-too-long'
  | 'model-not-found'
  | 'refused'
  | 'bad-request'
  | 'server-error'
>;

/** Names (`code`, `details.error_code`, `type`) that say more than the status. */
const BY_EXACT_NAME: Readonly<Record<string, Kind>> = {
  insufficient_quota: 'billing',
  billing_error: 'billing',
  billing_not_active: 'billing',
  billing_hard_limit_reached: 'billing',
  enforced_spend_limit_reached: 'billing',
  contract_spend_limit_reached: 'billing',
  linked_organization_spend_limit_reached: 'billing',
  invalid_api_key: 'invalid-key',
  authentication_error: 'invalid-key',
  permission_error: 'invalid-key',
  model_not_found: 'model-not-found',
  model_decommissioned: 'model-not-found',
  context_length_exceeded: 'context-too-long',
  string_above_max_length: 'context-too-long',
  request_too_large: 'context-too-long',
  overloaded_error: 'overloaded',
  server_is_overloaded: 'overloaded',
  slow_down: 'overloaded',
  rate_limit_error: 'rate-limited',
  rate_limit_exceeded: 'rate-limited',
  content_policy_violation: 'refused',
};

const BY_STATUS: Readonly<Record<number, Kind>> = {
  401: 'invalid-key',
  402: 'billing',
  403: 'invalid-key',
  404: 'model-not-found',
  408: 'server-error',
  413: 'context-too-long',
  429: 'rate-limited',
  503: 'overloaded',
  529: 'overloaded',
};

/** For an error in the middle of a stream, where there is no status any more. */
const BY_TYPE: Readonly<Record<string, Kind>> = {
  not_found_error: 'model-not-found',
  invalid_request_error: 'bad-request',
};

/** A refusal that is not in the protocol's JSON is the work of something else: a proxy, a wrong address. */
const STATUS_BELIEVED_ALONE: readonly number[] = [401, 402, 408, 413, 429];

const BodySchema = v.fallback(
  v.object({
    type: v.fallback(v.string(), ''),
    code: v.fallback(v.union([v.string(), v.pipe(v.number(), v.transform(String))]), ''),
    param: v.fallback(v.string(), ''),
    message: v.fallback(v.string(), ''),
    details: v.fallback(v.object({ error_code: v.fallback(v.string(), '') }), { error_code: '' }),
  }),
  { type: '', code: '', param: '', message: '', details: { error_code: '' } },
);

type Body = v.InferOutput<typeof BodySchema>;

const FailureSchema = v.object({
  status: v.fallback(v.number(), 0),
  /** Present only when the platform answered. */
  headers: v.instance(Headers),
  /** Anthropic's SDK keeps the whole body here, OpenAI's only its `error`. */
  error: v.optional(v.unknown()),
});

/** What to throw instead of `error`. What is no failure of platform or network comes back as it is: a bug. */
export function toSluiceError(error: unknown, context: FailureContext): unknown {
  if (SluiceError.any(error) || !(error instanceof Error)) return error;
  const { platform, streaming } = context;
  if (error instanceof SyntaxError) return badResponse(platform, 'not JSON');
  if (v.isValiError(error))
    return badResponse(platform, `unexpected ${v.getDotPath(error.issues[0]) ?? 'shape'}`);
  if (/response with no body/.test(error.message)) return badResponse(platform, 'empty body');
  const answer = v.safeParse(FailureSchema, error);
  if (answer.success) return fromAnswer(answer.output, context);
  const cause = networkCause(error);
  if (isTimeout(error, cause)) return new SluiceError('timeout', { platform, afterMs: context.silentMs });
  if (cause === undefined && !isConnectionError(error)) return error;
  return streaming
    ? new SluiceError('cut-stream', { platform })
    : new SluiceError('network', { platform, cause: cause ?? 'unknown' });
}

export function badResponse(platform: string, detail: string): SluiceError<'bad-response'> {
  return new SluiceError('bad-response', { platform, detail });
}

function fromAnswer(failure: v.InferOutput<typeof FailureSchema>, context: FailureContext): SluiceError {
  const { error } = failure;
  const body = v.parse(BodySchema, isRecord(record(error).error) ? record(error).error : error);
  const status = failure.status === 0 ? statusIn(body) : failure.status;
  const isForeign = error === undefined && status < 500;
  if (isForeign && !STATUS_BELIEVED_ALONE.includes(status)) {
    return badResponse(context.platform, `status ${status} without a known error`);
  }
  return build(kindOf(status, body), status, body, failure.headers, context);
}

function kindOf(status: number, body: Body): Kind {
  const exact =
    BY_EXACT_NAME[body.details.error_code] ?? BY_EXACT_NAME[body.code] ?? BY_EXACT_NAME[body.type];
  if (exact !== undefined) return exact;
  if (status === 400 || status === 422) return kindOfBadRequest(body.message);
  return (
    BY_STATUS[status] ??
    BY_TYPE[body.type] ??
    (status >= 400 && status < 500 ? 'bad-request' : 'server-error')
  );
}

/** Some platforms say these only in words. */
function kindOfBadRequest(message: string): Kind {
  if (lengthIn(message) !== undefined || OVERFLOW.test(message)) return 'context-too-long';
  if (/api.key.{0,20}(not valid|invalid|expired)/i.test(message)) return 'invalid-key';
  if (/credit balance is too low/i.test(message)) return 'billing';
  if (/not a valid model|model .{0,80}(not found|does not exist)/i.test(message)) return 'model-not-found';
  return 'bad-request';
}

function build(
  kind: Kind,
  status: number,
  body: Body,
  headers: Headers,
  { platform, model, nowMs }: FailureContext,
): SluiceError {
  const waitMs = retryAfterMs((name) => headers.get(name), nowMs);
  const wait = waitMs === undefined ? {} : { retryAfterMs: waitMs };
  switch (kind) {
    case 'rate-limited':
    case 'overloaded':
      return new SluiceError(kind, { platform, ...wait });
    case 'context-too-long':
      return new SluiceError(kind, { platform, ...lengthIn(body.message) });
    case 'model-not-found':
      return new SluiceError(kind, { platform, model });
    case 'bad-request':
      return new SluiceError(kind, { platform, detail: identifiers(status, body) });
    case 'invalid-key':
      return new SluiceError(kind, { platform, ...refusalOf(status, body) });
    case 'server-error':
      return new SluiceError(kind, { platform, status: status >= 400 ? status : 500 });
    default:
      return new SluiceError(kind, { platform });
  }
}

/** Read from the platform's words, which are not passed on: whether the key was good once, or is good for other things. */
function refusalOf(status: number, { type, code, message }: Body): Pick<ErrorFacts['invalid-key'], 'why'> {
  const told = `${code} ${message}`;
  if (/expired/i.test(told)) return { why: 'expired' };
  if (/revoked|disabled|deactivated|deleted/i.test(told)) return { why: 'revoked' };
  return status === 403 || type === 'permission_error' ? { why: 'not-allowed' } : {};
}

const OVERFLOW =
  /prompt is too long|maximum context length|context (window|limit|length)|input tokens exceed/i;

/** Wordings of Anthropic (twice) and OpenAI (twice); group 1 is what was sent, group 2 what fits, or the reverse. */
const LENGTHS: readonly { readonly pattern: RegExp; readonly sentFirst: boolean }[] = [
  { pattern: /too long: (\d+) tokens > (\d+)/i, sentFirst: true },
  { pattern: /exceed context limit: (\d+)(?: \+ \d+)? > (\d+)/i, sentFirst: true },
  { pattern: /maximum context length is (\d+) tokens\D+(\d+) tokens/i, sentFirst: false },
  { pattern: /limit of (\d+) tokens\D+(\d+) tokens/i, sentFirst: false },
];

function lengthIn(message: string): { tokens: number; limitTokens: number } | undefined {
  for (const { pattern, sentFirst } of LENGTHS) {
    const match = pattern.exec(message);
    if (match === null) continue;
    const [first, second] = [Number(match[1]), Number(match[2])];
    return sentFirst ? { tokens: first, limitTokens: second } : { tokens: second, limitTokens: first };
  }
  return undefined;
}

/** Only names out of the protocol: a platform's sentence may quote what was sent. */
function identifiers(status: number, { type, code, param }: Body): string {
  const names = [type, code, param].filter((name) => /^[\w.[\]-]{1,80}$/.test(name));
  return [`status ${status}`, ...names].join(' ');
}

/** Some hosts put a status into the body of an error in the middle of a stream. */
function statusIn({ code }: Body): number {
  return /^[45]\d\d$/.test(code) ? Number(code) : 0;
}

function isTimeout(error: Error, cause: string | undefined): boolean {
  return /TIMEOUT|ETIMEDOUT/.test(cause ?? '') || /timed out/i.test(error.message);
}

function isConnectionError(error: Error): boolean {
  return /^(connection error|terminated|fetch failed|other side closed)/i.test(error.message);
}

/** Node's codes for wrong arguments are bugs of ours. */
const NETWORK_CODE = /^(?!ERR_INVALID_ARG)[A-Z][A-Z0-9_]+$/;

/** The system's or undici's code, such as ECONNREFUSED, ENOTFOUND, CERT_HAS_EXPIRED, UND_ERR_SOCKET. */
function networkCause(error: unknown): string | undefined {
  let current = error;
  for (let depth = 0; depth < 6 && current instanceof Error; depth++) {
    if ('code' in current && typeof current.code === 'string' && NETWORK_CODE.test(current.code)) {
      return current.code;
    }
    current = current instanceof AggregateError ? current.errors[0] : current.cause;
  }
  return undefined;
}
