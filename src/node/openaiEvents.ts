/** Reads the events of OpenAI's two streams, in order. What a protocol may add later is passed over. */
import * as v from 'valibot';
import type { ModelEvent, StopReason } from '../flow/transport.ts';
import { openaiUsage } from './sdkUsage.ts';

export interface OpenaiReader {
  /** The platform's own word; empty until it said it. */
  readonly model: string;
  /** The platform said that the answer is at its end. */
  readonly complete: boolean;
  readonly stop: StopReason;
  /** Throws valibot's error on an event that lacks what it must have. */
  read(raw: unknown): readonly ModelEvent[];
}

const ChunkSchema = v.object({
  model: v.fallback(v.string(), ''),
  choices: v.optional(
    v.array(
      v.object({
        delta: v.nullish(v.object({ content: v.nullish(v.string()), refusal: v.nullish(v.string()) })),
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
  length: 'length',
  content_filter: 'refused',
};

/** Complete at `finish_reason`: the SDK keeps `[DONE]` to itself, and not every compatible host sends it. */
export class ChatReader implements OpenaiReader {
  #model = '';
  #finish: string | undefined;
  #tier: string | undefined;
  #refused = false;

  get model(): string {
    return this.#model;
  }

  get complete(): boolean {
    return this.#finish !== undefined;
  }

  get stop(): StopReason {
    return this.#refused ? 'refused' : (CHAT_STOPS[this.#finish ?? ''] ?? 'other');
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
      if (finish_reason) this.#finish = finish_reason;
    }
    const counted = openaiUsage(usage, this.#tier);
    if (counted !== undefined) events.push({ kind: 'usage', usage: counted });
    return events;
  }
}

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

  #finish(event: v.InferOutput<typeof EventSchema>): readonly ModelEvent[] {
    const { model, usage, service_tier, status, incomplete_details } = v.parse(
      EnvelopeSchema,
      event,
    ).response;
    this.#model ||= model;
    const reason = incomplete_details?.reason ?? '';
    // Compatible hosts name the event `completed` whatever the status is.
    const whole = event.type === 'response.completed' && (status ?? 'completed') === 'completed';
    this.#stop = whole ? 'complete' : (INCOMPLETE_STOPS[reason] ?? 'other');
    const counted = openaiUsage(usage, service_tier ?? undefined);
    return counted === undefined ? [] : [{ kind: 'usage', usage: counted }];
  }
}

function textOf(event: unknown): readonly ModelEvent[] {
  const { delta } = v.parse(DeltaSchema, event);
  return delta === '' ? [] : [{ kind: 'text', text: delta }];
}
