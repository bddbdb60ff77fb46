/** The simulated platform's OpenAI Chat Completions; field names from the types of openai 7.55.0. */
import * as v from 'valibot';
import { openaiFailure, openaiHeaders } from './simulatedOpenai.ts';
import {
  dataFrame,
  type Failure,
  halves,
  MaxTokensSchema,
  MessageSchema,
  type ReplyHead,
  type SimulatedCall,
  type SimulatedRequest,
  type SimulatedStop,
  type SimulatedUsage,
  type StreamWriter,
  splitSystem,
  type Wire,
} from './simulatedWire.ts';

const RequestSchema = v.object({
  model: v.pipe(v.string(), v.minLength(1)),
  max_tokens: v.optional(MaxTokensSchema),
  max_completion_tokens: v.optional(MaxTokensSchema),
  stream: v.optional(v.boolean(), false),
  stream_options: v.optional(v.object({ include_usage: v.optional(v.boolean(), false) })),
  messages: v.pipe(v.array(MessageSchema), v.minLength(1)),
  tools: v.optional(
    v.array(
      v.object({ function: v.object({ name: v.string(), parameters: v.record(v.string(), v.unknown()) }) }),
    ),
    [],
  ),
  tool_choice: v.optional(v.string()),
});

const STOPS: Readonly<Record<SimulatedStop, string>> = {
  complete: 'stop',
  'tool-use': 'tool_calls',
  length: 'length',
  refused: 'content_filter',
};

export const chatWire: Wire = {
  name: 'chat',
  parse: (body): SimulatedRequest => {
    const request = v.parse(RequestSchema, body);
    const maxTokens = request.max_completion_tokens ?? request.max_tokens;
    return {
      model: request.model,
      stream: request.stream,
      includeUsage: request.stream_options?.include_usage ?? false,
      ...splitSystem(request.messages),
      tools: request.tools.map(({ function: { name, parameters } }) => ({ name, schema: parameters })),
      forced: request.tool_choice === 'required',
      ...(maxTokens === undefined ? {} : { maxTokens }),
    };
  },
  stream: (head) => new ChatWriter(head),
  whole: (head, { text, call }, stop, usage) => ({
    ...envelope(head, 'chat.completion'),
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: text,
          ...(call === undefined ? {} : { tool_calls: [callFields(call, JSON.stringify(call.input))] }),
        },
        finish_reason: STOPS[stop],
      },
    ],
    ...(usage === undefined ? {} : { usage: usageFields(usage) }),
  }),
  failure: openaiFailure,
  headers: openaiHeaders,
};

class ChatWriter implements StreamWriter {
  readonly #head: ReplyHead;

  constructor(head: ReplyHead) {
    this.#head = head;
  }

  open(): string {
    return this.#choice({ role: 'assistant', content: '' }, null);
  }

  text(chunk: string): string {
    return this.#choice({ content: chunk }, null);
  }

  /** Name and id come with the first piece only. */
  call(call: SimulatedCall): string {
    const [first = '', rest = ''] = halves(JSON.stringify(call.input));
    return (
      this.#choice({ tool_calls: [{ index: 0, ...callFields(call, first) }] }, null) +
      this.#choice({ tool_calls: [{ index: 0, function: { arguments: rest } }] }, null)
    );
  }

  close(stop: SimulatedStop, usage: SimulatedUsage | undefined): string {
    const told = this.#head.includeUsage && usage !== undefined;
    return (
      this.#choice({}, STOPS[stop]) +
      (told ? dataFrame({ ...this.#envelope(), choices: [], usage: usageFields(usage) }) : '') +
      'data: [DONE]\n\n'
    );
  }

  error(failure: Failure): string {
    return dataFrame(openaiFailure(failure));
  }

  malformed(how: 'not-json' | 'missing-fields'): string {
    if (how === 'missing-fields') return dataFrame({ ...this.#envelope(), choices: 'none' });
    return 'data: {"choices":[{"delta":{"conte\n\n';
  }

  strange(): string {
    return (
      ': a comment\n\n' +
      dataFrame({ ...this.#envelope(), choices: [], sparkle: true }) +
      this.#choice({ glitter: 1 }, null)
    );
  }

  #choice(delta: Readonly<Record<string, unknown>>, finishReason: string | null): string {
    return dataFrame({ ...this.#envelope(), choices: [{ index: 0, delta, finish_reason: finishReason }] });
  }

  #envelope() {
    return envelope(this.#head, 'chat.completion.chunk');
  }
}

function callFields({ id, name }: SimulatedCall, json: string) {
  return { id, type: 'function', function: { name, arguments: json } };
}

function envelope(head: ReplyHead, object: string) {
  return { id: head.id, object, created: head.createdS, model: head.model };
}

function usageFields(usage: SimulatedUsage) {
  const prompt = usage.input + usage.cacheRead + usage.cacheWrite;
  return {
    prompt_tokens: prompt,
    completion_tokens: usage.output,
    total_tokens: prompt + usage.output,
    prompt_tokens_details: { cached_tokens: usage.cacheRead, cache_write_tokens: usage.cacheWrite },
    completion_tokens_details: { reasoning_tokens: usage.reasoning },
  };
}
