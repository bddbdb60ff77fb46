/** The simulated platform's OpenAI Responses; field names from the types of openai 7.55.0. */
import * as v from 'valibot';
import { openaiFailure, openaiHeaders } from './simulatedOpenai.ts';
import {
  ContentSchema,
  type Failure,
  frame,
  halves,
  MaxTokensSchema,
  MessageSchema,
  type ReplyHead,
  type SimulatedBody,
  type SimulatedCall,
  type SimulatedMessage,
  type SimulatedRequest,
  type SimulatedStop,
  type SimulatedUsage,
  type StreamWriter,
  splitSystem,
  type Wire,
} from './simulatedWire.ts';

const CallSchema = v.pipe(
  v.object({ type: v.literal('function_call'), name: v.string(), arguments: v.string() }),
  v.transform((): SimulatedMessage => ({ role: 'assistant', text: '' })),
);
const ResultSchema = v.pipe(
  v.object({ type: v.literal('function_call_output'), output: ContentSchema }),
  v.transform(({ output }): SimulatedMessage => ({ role: 'user', text: '', result: output })),
);

const RequestSchema = v.object({
  model: v.pipe(v.string(), v.minLength(1)),
  max_output_tokens: v.optional(v.nullable(MaxTokensSchema)),
  stream: v.optional(v.boolean(), false),
  instructions: v.optional(v.nullable(ContentSchema)),
  input: v.union([
    v.string(),
    v.pipe(v.array(v.union([CallSchema, ResultSchema, MessageSchema])), v.minLength(1)),
  ]),
  tools: v.optional(
    v.array(v.object({ name: v.string(), parameters: v.record(v.string(), v.unknown()) })),
    [],
  ),
  tool_choice: v.optional(v.string()),
});

export const responsesWire: Wire = {
  name: 'responses',
  parse: (body): SimulatedRequest => {
    const { model, stream, instructions, input, max_output_tokens, tools, tool_choice } = v.parse(
      RequestSchema,
      body,
    );
    const split = splitSystem(typeof input === 'string' ? [{ role: 'user', text: input }] : input);
    return {
      model,
      stream,
      includeUsage: true,
      messages: split.messages,
      tools: tools.map(({ name, parameters }) => ({ name, schema: parameters })),
      forced: tool_choice === 'required',
      system: [instructions ?? '', split.system].filter((text) => text !== '').join('\n'),
      ...(max_output_tokens ? { maxTokens: max_output_tokens } : {}),
    };
  },
  stream: (head) => new ResponsesWriter(head),
  whole: finished,
  failure: openaiFailure,
  headers: openaiHeaders,
};

class ResponsesWriter implements StreamWriter {
  readonly #head: ReplyHead;
  #sequence = 0;
  #text = '';
  #call: SimulatedCall | undefined;

  constructor(head: ReplyHead) {
    this.#head = head;
  }

  open(): string {
    const response = { ...envelope(this.#head), status: 'in_progress', output: [] };
    return (
      this.#frame('response.created', { response }) +
      this.#frame('response.in_progress', { response }) +
      this.#frame('response.output_item.added', {
        output_index: 0,
        item: { ...item(this.#head, '', 'complete'), status: 'in_progress', content: [] },
      }) +
      this.#frame('response.content_part.added', { ...this.#place(), part: part('', 'complete') })
    );
  }

  text(chunk: string): string {
    this.#text += chunk;
    return this.#frame('response.output_text.delta', { ...this.#place(), delta: chunk, logprobs: [] });
  }

  /** Its frames come with the end, behind those of the text. */
  call(call: SimulatedCall): string {
    this.#call = call;
    return '';
  }

  #callFrames(): string {
    const call = this.#call;
    if (call === undefined) return '';
    const place = { output_index: 1, item_id: `fc_${call.id}` };
    const started = { ...callItem(call), status: 'in_progress', arguments: '' };
    const deltas = halves(JSON.stringify(call.input)).map((delta) =>
      this.#frame('response.function_call_arguments.delta', { ...place, delta }),
    );
    return (
      this.#frame('response.output_item.added', { output_index: 1, item: started }) +
      deltas.join('') +
      this.#frame('response.output_item.done', { output_index: 1, item: callItem(call) })
    );
  }

  close(stop: SimulatedStop, usage: SimulatedUsage | undefined): string {
    const head = this.#head;
    const refusal =
      stop === 'refused'
        ? this.#frame('response.refusal.done', { ...this.#place(), refusal: this.#text })
        : '';
    return (
      this.#frame('response.output_text.done', { ...this.#place(), text: this.#text, logprobs: [] }) +
      refusal +
      this.#frame('response.output_item.done', { output_index: 0, item: item(head, this.#text, stop) }) +
      this.#callFrames() +
      this.#frame(stop === 'length' ? 'response.incomplete' : 'response.completed', {
        response: finished(
          head,
          { text: this.#text, ...(this.#call ? { call: this.#call } : {}) },
          stop,
          usage,
        ),
      })
    );
  }

  error(failure: Failure): string {
    const { error } = openaiFailure(failure);
    return this.#frame('response.failed', {
      response: { ...envelope(this.#head), status: 'failed', output: [], error },
    });
  }

  malformed(how: 'not-json' | 'missing-fields'): string {
    if (how === 'missing-fields') return this.#frame('response.output_text.delta', { item_id: 7 });
    return 'event: response.output_text.delta\ndata: {"type":"response.output_te\n\n';
  }

  strange(): string {
    return `${this.#frame('response.sparkle', { shine: 3 })}: a comment\n\n`;
  }

  #place() {
    return { item_id: itemId(this.#head), output_index: 0, content_index: 0 };
  }

  #frame(type: string, fields: Readonly<Record<string, unknown>>): string {
    return frame(type, { type, sequence_number: this.#sequence++, ...fields });
  }
}

function envelope(head: ReplyHead) {
  return {
    id: head.id,
    object: 'response',
    created_at: head.createdS,
    model: head.model,
    error: null,
    incomplete_details: null,
    usage: null,
  };
}

function finished(
  head: ReplyHead,
  { text, call }: SimulatedBody,
  stop: SimulatedStop,
  usage: SimulatedUsage | undefined,
) {
  return {
    ...envelope(head),
    status: stop === 'length' ? 'incomplete' : 'completed',
    incomplete_details: stop === 'length' ? { reason: 'max_output_tokens' } : null,
    output: [item(head, text, stop), ...(call === undefined ? [] : [callItem(call)])],
    usage: usage === undefined ? null : usageFields(usage),
  };
}

function item(head: ReplyHead, text: string, stop: SimulatedStop) {
  return {
    id: itemId(head),
    type: 'message',
    role: 'assistant',
    status: stop === 'length' ? 'incomplete' : 'completed',
    content: [part(text, stop)],
  };
}

function callItem({ id, name, input }: SimulatedCall) {
  const json = JSON.stringify(input);
  return { type: 'function_call', id: `fc_${id}`, call_id: id, name, arguments: json, status: 'completed' };
}

function part(text: string, stop: SimulatedStop) {
  return stop === 'refused'
    ? { type: 'refusal', refusal: text }
    : { type: 'output_text', text, annotations: [], logprobs: [] };
}

function itemId(head: ReplyHead): string {
  return `msg_${head.id}`;
}

function usageFields(usage: SimulatedUsage) {
  const input = usage.input + usage.cacheRead + usage.cacheWrite;
  return {
    input_tokens: input,
    output_tokens: usage.output,
    total_tokens: input + usage.output,
    input_tokens_details: { cached_tokens: usage.cacheRead, cache_write_tokens: usage.cacheWrite },
    output_tokens_details: { reasoning_tokens: usage.reasoning },
  };
}
