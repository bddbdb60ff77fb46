/** The simulated platform's Anthropic Messages; field names from the types of @anthropic-ai/sdk 1.11.0. */
import * as v from 'valibot';
import {
  ContentSchema,
  type Failure,
  frame,
  halves,
  MaxTokensSchema,
  MessageSchema,
  type ReplyHead,
  type SimulatedCall,
  type SimulatedRequest,
  type SimulatedStop,
  type SimulatedUsage,
  type StreamWriter,
  type Wire,
} from './simulatedWire.ts';

const RequestSchema = v.object({
  model: v.pipe(v.string(), v.minLength(1)),
  max_tokens: MaxTokensSchema,
  stream: v.optional(v.boolean(), false),
  system: v.optional(ContentSchema, ''),
  messages: v.pipe(v.array(MessageSchema), v.minLength(1)),
  tools: v.optional(
    v.array(v.object({ name: v.string(), input_schema: v.record(v.string(), v.unknown()) })),
    [],
  ),
  tool_choice: v.optional(v.object({ type: v.string() })),
});

const CountSchema = v.object({
  system: RequestSchema.entries.system,
  messages: RequestSchema.entries.messages,
});

const STOPS: Readonly<Record<SimulatedStop, string>> = {
  complete: 'end_turn',
  'tool-use': 'tool_use',
  length: 'max_tokens',
  refused: 'refusal',
};

export const messagesWire: Wire = {
  name: 'messages',
  parse: (body): SimulatedRequest => {
    const { max_tokens, tools, tool_choice, ...request } = v.parse(RequestSchema, body);
    return {
      ...request,
      maxTokens: max_tokens,
      includeUsage: true,
      tools: tools.map(({ name, input_schema }) => ({ name, schema: input_schema })),
      forced: tool_choice?.type === 'any',
    };
  },
  stream: (head) => new MessagesWriter(head),
  whole: (head, { text, call }, stop, usage) => ({
    ...message(head),
    content: [{ type: 'text', text }, ...(call === undefined ? [] : [{ type: 'tool_use', ...call }])],
    stop_reason: STOPS[stop],
    ...(usage === undefined ? {} : { usage: usageFields(usage) }),
  }),
  failure: failureBody,
  headers: (requestId, limits) => ({ 'request-id': requestId, ...limits.anthropicHeaders() }),
};

/** The texts that `/v1/messages/count_tokens` counts. Throws valibot's error when `body` is no such request. */
export function parseCountRequest(body: unknown): readonly string[] {
  const { system, messages } = v.parse(CountSchema, body);
  return [system, ...messages.map(({ text }) => text)];
}

class MessagesWriter implements StreamWriter {
  readonly #head: ReplyHead;
  #block = 0;

  constructor(head: ReplyHead) {
    this.#head = head;
  }

  open(): string {
    const { usage } = this.#head;
    const start = { ...message(this.#head), ...(usage === undefined ? {} : { usage: usageFields(usage) }) };
    return (
      frame('message_start', { type: 'message_start', message: start }) +
      frame('content_block_start', {
        type: 'content_block_start',
        index: 0,
        content_block: { type: 'text', text: '' },
      }) +
      frame('ping', { type: 'ping' })
    );
  }

  text(chunk: string): string {
    return frame('content_block_delta', {
      type: 'content_block_delta',
      index: 0,
      delta: { type: 'text_delta', text: chunk },
    });
  }

  call({ id, name, input }: SimulatedCall): string {
    const ended = this.#stopBlock();
    const index = ++this.#block;
    const content_block = { type: 'tool_use', id, name, input: {} };
    const deltas = halves(JSON.stringify(input)).map((partial_json) =>
      frame('content_block_delta', {
        type: 'content_block_delta',
        index,
        delta: { type: 'input_json_delta', partial_json },
      }),
    );
    return (
      ended +
      frame('content_block_start', { type: 'content_block_start', index, content_block }) +
      deltas.join('')
    );
  }

  #stopBlock(): string {
    return frame('content_block_stop', { type: 'content_block_stop', index: this.#block });
  }

  close(stop: SimulatedStop, usage: SimulatedUsage | undefined): string {
    return (
      this.#stopBlock() +
      frame('message_delta', {
        type: 'message_delta',
        delta: { stop_reason: STOPS[stop], stop_sequence: null },
        ...(usage === undefined ? {} : { usage: usageFields(usage) }),
      }) +
      frame('message_stop', { type: 'message_stop' })
    );
  }

  error(failure: Failure): string {
    return frame('error', failureBody(failure));
  }

  malformed(how: 'not-json' | 'missing-fields'): string {
    if (how === 'missing-fields')
      return frame('content_block_delta', { type: 'content_block_delta', index: 0 });
    return 'event: content_block_delta\ndata: {"type":"content_block_delta","delta":{"te\n\n';
  }

  strange(): string {
    return (
      frame('sparkle', { type: 'sparkle', shine: 3 }) +
      frame('content_block_delta', {
        type: 'content_block_delta',
        index: 0,
        delta: { type: 'glitter_delta', glitter: 1 },
      }) +
      `data: ${JSON.stringify({ type: 'an event without an event line' })}\n\n`
    );
  }
}

function message(head: ReplyHead) {
  return {
    id: head.id,
    type: 'message',
    role: 'assistant',
    model: head.model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
  };
}

function usageFields(usage: SimulatedUsage) {
  return {
    input_tokens: usage.input,
    cache_read_input_tokens: usage.cacheRead,
    cache_creation_input_tokens: usage.cacheWrite,
    output_tokens: usage.output,
    output_tokens_details: { thinking_tokens: usage.reasoning },
  };
}

function failureBody({ type, code, message: text }: Failure) {
  const details = code === undefined ? {} : { details: { error_code: code } };
  return { type: 'error', error: { type, message: text, ...details } };
}
