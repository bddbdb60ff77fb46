/** Reads the events of OpenAI's two streams, in order. What a protocol may add later is passed over. */
import * as v from 'valibot';
import type { ModelEvent, StopReason } from '../flow/transport.ts';
import { openaiUsage } from './sdkUsage.ts';
import { parseToolInput } from './toolInput.ts';

export interface OpenaiReader {
  /** The platform's own word; empty until it said it. */
  readonly model: string;
  /** The platform said that the answer is at its end. */
  readonly complete: boolean;
  readonly stop: StopReason;
  /** Throws valibot's error on an event that lacks what it must have. */
  read(raw: unknown): readonly ModelEvent[];
}

const ToolDeltaSchema = v.object({
  index: v.fallback(v.number(), 0),
  id: v.nullish(v.string()),
  function: v.nullish(v.object({ name: v.nullish(v.string()), arguments: v.nullish(v.string()) })),
});

const ChunkSchema = v.object({
  model: v.fallback(v.string(), ''),
  choices: v.optional(
    v.array(
      v.object({
        delta: v.nullish(
          v.object({
            content: v.nullish(v.string()),
            refusal: v.nullish(v.string()),
            tool_calls: v.nullish(v.array(ToolDeltaSchema)),
          }),
        ),
        finish_reason: v.nullish(v.string()),
      }),
    ),
    [],
  ),
  usage: v.optional(v.unknown()),
  service_tier: v.fallback(v.nullish(v.string()), undefined),
});

const CHAT_STOPS: Readonly<Record<string, StopReason>> = {
  stop: 'complete',
  tool_calls: 'tool-use',
  length: 'length',
  content_filter: 'refused',
};

/** Complete at `finish_reason`: the SDK keeps `[DONE]` to itself, and not every compatible host sends it. */
export class ChatReader implements OpenaiReader {
  #model = '';
  #finish: string | undefined;
  #tier: string | undefined;
  #refused = false;
  /** By the index that the host gives them: their pieces may come mixed. */
  readonly #tools = new Map<number, WrittenCall>();

  get model(): string {
    return this.#model;
  }

  get complete(): boolean {
    return this.#finish !== undefined;
  }

  /** Some hosts say `stop` after calls of tools as well. */
  get stop(): StopReason {
    if (this.#refused) return 'refused';
    const stop = CHAT_STOPS[this.#finish ?? ''] ?? 'other';
    return stop === 'complete' && this.#tools.size > 0 ? 'tool-use' : stop;
  }

  read(raw: unknown): readonly ModelEvent[] {
    const { model, choices, usage, service_tier } = v.parse(ChunkSchema, raw);
    this.#model ||= model;
    this.#tier = service_tier ?? this.#tier;
    const events: ModelEvent[] = [];
    for (const { delta, finish_reason } of choices) {
      if (delta?.refusal) this.#refused = true;
      const text = delta?.content || delta?.refusal || '';
      if (text !== '') events.push({ kind: 'text', text });
      for (const piece of delta?.tool_calls ?? []) this.#write(piece);
      if (finish_reason && this.#finish === undefined) {
        this.#finish = finish_reason;
        for (const call of this.#tools.values()) events.push(...callOf(call, this.#finish === 'length'));
      }
    }
    const counted = openaiUsage(usage, this.#tier);
    if (counted !== undefined) events.push({ kind: 'usage', usage: counted });
    return events;
  }

  #write({ index, id, function: piece }: v.InferOutput<typeof ToolDeltaSchema>): void {
    const before = this.#tools.get(index) ?? { id: '', name: '', json: '' };
    this.#tools.set(index, {
      id: before.id || (id ?? ''),
      name: before.name || (piece?.name ?? ''),
      json: before.json + (piece?.arguments ?? ''),
    });
  }
}

interface WrittenCall {
  readonly id: string;
  readonly name: string;
  readonly json: string;
}

/** Throws valibot's error on an input that is no JSON object, unless the length limit cut it. */
function callOf({ id, name, json }: WrittenCall, cut: boolean): readonly ModelEvent[] {
  const input = parseToolInput(json);
  if (input === undefined && cut) return [];
  return [{ kind: 'tool-call', ...v.parse(CallSchema, { id, name, input }) }];
}

const CallSchema = v.object({
  id: v.pipe(v.string(), v.minLength(1)),
  name: v.pipe(v.string(), v.minLength(1)),
  input: v.record(v.string(), v.unknown()),
});

const EventSchema = v.looseObject({ type: v.string() });
const DeltaSchema = v.object({ delta: v.string() });
const EnvelopeSchema = v.object({
  response: v.object({
    model: v.fallback(v.string(), ''),
    usage: v.optional(v.unknown()),
    service_tier: v.fallback(v.nullish(v.string()), undefined),
    error: v.optional(v.unknown()),
    status: v.fallback(v.nullish(v.string()), undefined),
    incomplete_details: v.fallback(v.nullish(v.object({ reason: v.nullish(v.string()) })), undefined),
  }),
});

const CallItemSchema = v.object({
  item: v.object({
    type: v.literal('function_call'),
    call_id: v.string(),
    name: v.string(),
    arguments: v.string(),
    status: v.nullish(v.string()),
  }),
});

const INCOMPLETE_STOPS: Readonly<Record<string, StopReason>> = {
  max_output_tokens: 'length',
  content_filter: 'refused',
};

/** A failure that comes as an event; `sdkErrors` reads it like one that comes as a status. */
class FailedResponse extends Error {
  readonly headers: Headers;
  readonly error: unknown;

  constructor(headers: Headers, error: unknown) {
    super('failed response');
    this.headers = headers;
    this.error = error;
  }
}

export class ResponsesReader implements OpenaiReader {
  readonly #headers: Headers;
  #model = '';
  #stop: StopReason | undefined;
  #refused = false;
  #called = false;

  constructor(headers: Headers) {
    this.#headers = headers;
  }

  get model(): string {
    return this.#model;
  }

  get complete(): boolean {
    return this.#stop !== undefined;
  }

  get stop(): StopReason {
    return this.#refused ? 'refused' : (this.#stop ?? 'other');
  }

  read(raw: unknown): readonly ModelEvent[] {
    const event = v.parse(EventSchema, raw);
    switch (event.type) {
      case 'response.created':
        this.#model = v.parse(EnvelopeSchema, event).response.model;
        return [];
      case 'response.output_text.delta':
        return textOf(event);
      case 'response.output_item.done':
        return this.#item(event);
      case 'response.refusal.delta':
        this.#refused = true;
        return textOf(event);
      case 'response.refusal.done':
        this.#refused = true;
        return [];
      case 'response.completed':
      case 'response.incomplete':
        return this.#finish(event);
      case 'response.failed':
        throw new FailedResponse(this.#headers, v.parse(EnvelopeSchema, event).response.error);
      default:
        return [];
    }
  }

  /** A call that the length limit cut is marked as incomplete. */
  #item(event: v.InferOutput<typeof EventSchema>): readonly ModelEvent[] {
    if (!v.is(CallItemSchema, event)) return [];
    const { call_id, name, arguments: json, status } = event.item;
    this.#called = true;
    return callOf({ id: call_id, name, json }, status === 'incomplete');
  }

  #finish(event: v.InferOutput<typeof EventSchema>): readonly ModelEvent[] {
    const { model, usage, service_tier, status, incomplete_details } = v.parse(
      EnvelopeSchema,
      event,
    ).response;
    this.#model ||= model;
    const reason = incomplete_details?.reason ?? '';
    // Compatible hosts name the event `completed` whatever the status is.
    const completed = event.type === 'response.completed' && (status ?? 'completed') === 'completed';
    const whole = this.#called ? 'tool-use' : 'complete';
    this.#stop = completed ? whole : (INCOMPLETE_STOPS[reason] ?? 'other');
    const counted = openaiUsage(usage, service_tier ?? undefined);
    return counted === undefined ? [] : [{ kind: 'usage', usage: counted }];
  }
}

function textOf(event: unknown): readonly ModelEvent[] {
  const { delta } = v.parse(DeltaSchema, event);
  return delta === '' ? [] : [{ kind: 'text', text: delta }];
}
