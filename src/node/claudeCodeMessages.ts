/**
 * What `claude --output-format stream-json` writes, one JSON object a line; shapes measured with 2.1.329. Kinds and
 * fields that are not known are passed over. Units: milliseconds, HTTP status codes.
 */
import * as v from 'valibot';

/** What went wrong, in the program's words; the texts may quote anything and are only searched, never shown. */
export interface ClaudeFailure {
  readonly status?: number;
  /** As Anthropic names it, such as `overloaded_error`. */
  readonly type: string;
  /** As the program names it, such as `authentication_failed`. */
  readonly name: string;
  /** More exactly, such as `connection_failed`. */
  readonly reason: string;
  readonly text: string;
  /** What the platform asked to wait. */
  readonly waitMs?: number;
}

export type ClaudeMessage =
  | { readonly kind: 'init'; readonly keySource: string }
  /** An event of Anthropic Messages, as the platform sent it. */
  | { readonly kind: 'event'; readonly event: unknown }
  /** The first attempt failed; a second one would be made after a wait. */
  | { readonly kind: 'retry'; readonly failure: ClaudeFailure }
  | { readonly kind: 'failure'; readonly failure: ClaudeFailure }
  | { readonly kind: 'limits'; readonly info: unknown }
  | { readonly kind: 'result'; readonly failed: boolean; readonly failure: ClaudeFailure }
  /** The conversation so far is forgotten. */
  | { readonly kind: 'reset' }
  | { readonly kind: 'reply'; readonly id: string; readonly ok: boolean; readonly body: unknown }
  | { readonly kind: 'other' };

const Text = v.fallback(v.string(), '');
const Status = v.fallback(v.nullish(v.number()), undefined);

const HeadSchema = v.looseObject({
  type: v.string(),
  subtype: v.fallback(v.optional(v.string()), undefined),
});
const EventSchema = v.object({ event: v.looseObject({ type: v.string() }) });
const InitSchema = v.object({ apiKeySource: Text });
const RetrySchema = v.object({
  error_status: Status,
  error: Text,
  retry_delay_ms: v.fallback(v.pipe(v.number(), v.minValue(0)), 0),
});
const AssistantSchema = v.object({
  error: Text,
  api_error_status: Status,
  api_error_type: Text,
  api_error: Text,
  message: v.fallback(
    v.object({
      stop_reason: Text,
      content: v.fallback(v.array(v.looseObject({ text: Text })), []),
    }),
    { stop_reason: '', content: [] },
  ),
});
const ResultSchema = v.object({
  is_error: v.fallback(v.boolean(), false),
  api_error_status: Status,
  api_error_type: Text,
  api_error: Text,
  result: Text,
});
const LimitsSchema = v.object({ rate_limit_info: v.unknown() });
const ReplySchema = v.object({
  response: v.object({ subtype: v.string(), request_id: v.string(), response: v.optional(v.unknown()) }),
});

/** A wait that the program chose by itself is below this on its first retry (measured: 510 to 620 ms). */
const LEAST_ASKED_WAIT_MS = 1_000;

const OTHER: ClaudeMessage = { kind: 'other' };

/** Undefined when the line is no message of this protocol. */
export function readClaudeLine(line: string): ClaudeMessage | undefined {
  try {
    const head = v.parse(HeadSchema, JSON.parse(line));
    return readers[head.type]?.(head, head.subtype) ?? OTHER;
  } catch (error) {
    if (error instanceof SyntaxError || v.isValiError(error)) return undefined;
    throw error;
  }
}

type Read = (raw: unknown, subtype: string | undefined) => ClaudeMessage | undefined;

const readers: Readonly<Record<string, Read>> = {
  stream_event: (raw) => ({ kind: 'event', event: v.parse(EventSchema, raw).event }),
  system: (raw, subtype) => {
    if (subtype === 'init') return { kind: 'init', keySource: v.parse(InitSchema, raw).apiKeySource };
    return subtype === 'api_retry' ? { kind: 'retry', failure: retryFailure(raw) } : undefined;
  },
  assistant: (raw) => {
    const { error, message, ...fields } = v.parse(AssistantSchema, raw);
    // A refusal is also in the events, as the end of the answer.
    if (error === '' || message.stop_reason === 'refusal') return undefined;
    const text = message.content.map((part) => part.text).join('\n');
    return { kind: 'failure', failure: failureOf(fields, error, text) };
  },
  rate_limit_event: (raw) => ({ kind: 'limits', info: v.parse(LimitsSchema, raw).rate_limit_info }),
  conversation_reset: () => ({ kind: 'reset' }),
  control_response: (raw) => {
    const { subtype, request_id: id, response } = v.parse(ReplySchema, raw).response;
    return { kind: 'reply', id, ok: subtype === 'success', body: response };
  },
  result: (raw) => {
    const { is_error: failed, result, ...fields } = v.parse(ResultSchema, raw);
    return { kind: 'result', failed, failure: failureOf(fields, '', result) };
  },
};

function retryFailure(raw: unknown): ClaudeFailure {
  const { error_status: status, error: name, retry_delay_ms: waitMs } = v.parse(RetrySchema, raw);
  return {
    ...(status == null ? {} : { status }),
    ...(waitMs < LEAST_ASKED_WAIT_MS ? {} : { waitMs }),
    type: '',
    name,
    reason: '',
    text: '',
  };
}

interface ApiFields {
  readonly api_error_status?: number | null | undefined;
  readonly api_error_type: string;
  readonly api_error: string;
}

function failureOf(
  { api_error_status: status, api_error_type: type, api_error: reason }: ApiFields,
  name: string,
  text: string,
): ClaudeFailure {
  return { ...(status == null ? {} : { status }), type, name, reason, text };
}
