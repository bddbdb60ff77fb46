/** Anthropic Messages through the vendor's SDK; facts about its streams were measured with 1.11.0. Unit: tokens. */
import Anthropic from '@anthropic-ai/sdk';
import * as v from 'valibot';
import type { ModelCall, ModelEvent, ModelTransport, PlatformCheck, StopReason } from '../flow/transport.ts';
import { parseLimitHeaders } from '../quota/limitHeaders.ts';
import { anthropicStop } from './anthropicStops.ts';
import {
  assertEventStream,
  NO_SDK_TIMEOUT_MS,
  type SdkAttempt,
  SdkAttempts,
  type SdkTransportDeps,
  withoutEnvironmentHeaders,
} from './sdkAttempt.ts';
import { SdkConnections } from './sdkConnections.ts';
import { badResponse } from './sdkErrors.ts';
import { readModelList } from './sdkModels.ts';
import {
  type AnthropicCounters,
  anthropicUsage,
  mergeAnthropicCounters,
  readAnthropicCounters,
} from './sdkUsage.ts';

const DEFAULT_URL = 'https://api.anthropic.com';

const EventSchema = v.looseObject({ type: v.string() });
const StartSchema = v.object({
  message: v.object({ model: v.pipe(v.string(), v.minLength(1)), usage: v.optional(v.unknown()) }),
});
const TextSchema = v.object({
  delta: v.union([
    v.object({ type: v.literal('text_delta'), text: v.string() }),
    v.pipe(
      v.object({ type: v.pipe(v.string(), v.notValue('text_delta')) }),
      v.transform(() => ({ text: '' })),
    ),
  ]),
});
const DeltaSchema = v.object({
  delta: v.object({ stop_reason: v.nullish(v.string()) }),
  usage: v.optional(v.unknown()),
});

export class AnthropicTransport implements ModelTransport {
  readonly #deps: SdkTransportDeps;
  readonly #attempts: SdkAttempts;
  readonly #connections = new SdkConnections();
  #sdk: Anthropic | undefined;

  constructor(deps: SdkTransportDeps) {
    this.#deps = deps;
    this.#attempts = new SdkAttempts(deps);
  }

  stream(call: ModelCall, signal: AbortSignal): AsyncIterable<ModelEvent> {
    return this.#attempts.stream(call.model, signal, (attempt) => this.#run(call, attempt));
  }

  check(signal: AbortSignal): Promise<PlatformCheck> {
    return this.#attempts.once(signal, async (attempt) => {
      const list = this.#client().models.list({ limit: 1000 }, { signal: attempt.signal });
      return readModelList(await list.asResponse(), this.#deps.platform);
    });
  }

  dispose(): void {
    this.#attempts.dispose();
    this.#connections.dispose();
  }

  async *#run(call: ModelCall, attempt: SdkAttempt): AsyncGenerator<ModelEvent> {
    const { platform, clock } = this.#deps;
    const { data, response } = await this.#client()
      .messages.create(requestOf(call), { signal: attempt.signal })
      .withResponse();
    assertEventStream(response, platform);
    let started = false;
    const reader = new EventReader();
    for await (const raw of data) {
      attempt.alive();
      const event = reader.read(raw);
      if (event === undefined) continue;
      if (event.kind !== 'start') {
        if (!started) throw badResponse(platform, 'no message_start');
        if (event.kind === 'end') attempt.complete();
        yield event;
        continue;
      }
      started = true;
      const get = (name: string) => response.headers.get(name);
      // Hosts that only speak the protocol name it as most do.
      const requestId = get('request-id') ?? get('x-request-id');
      yield {
        kind: 'start',
        model: event.model,
        limits: parseLimitHeaders(get, clock.now()),
        ...(requestId === null ? {} : { requestId }),
      };
      if (event.usage !== undefined) yield { kind: 'usage', usage: event.usage };
    }
    attempt.throwIfOver();
    if (!started) throw badResponse(platform, 'no event');
  }

  #client(): Anthropic {
    const baseURL = baseUrlOf(this.#deps.baseUrl ?? DEFAULT_URL);
    this.#sdk ??= new Anthropic({
      apiKey: this.#deps.apiKey,
      webhookKey: null,
      baseURL,
      maxRetries: 0,
      timeout: NO_SDK_TIMEOUT_MS,
      ...this.#connections.open(baseURL),
      defaultHeaders: withoutEnvironmentHeaders(process.env.ANTHROPIC_CUSTOM_HEADERS),
      // The SDK would write events that it cannot read, answers among them, to the console.
      logLevel: 'off',
      openTelemetry: false,
    });
    return this.#sdk;
  }
}

type ReadEvent =
  | { readonly kind: 'start'; readonly model: string; readonly usage?: ReturnType<typeof anthropicUsage> }
  | Exclude<ModelEvent, { readonly kind: 'start' }>;

/** Reads one stream's events in order; what the protocol may add later is passed over. */
class EventReader {
  #counters: AnthropicCounters | undefined;
  #stop: StopReason = 'other';

  /** Throws valibot's error on an event that lacks what it must have. */
  read(raw: unknown): ReadEvent | undefined {
    const event = v.parse(EventSchema, raw);
    switch (event.type) {
      case 'message_start': {
        const { model, usage } = v.parse(StartSchema, event).message;
        return { kind: 'start', model, usage: this.#count(usage) };
      }
      case 'content_block_delta': {
        const { text } = v.parse(TextSchema, event).delta;
        return text === '' ? undefined : { kind: 'text', text };
      }
      case 'message_delta': {
        const { delta, usage } = v.parse(DeltaSchema, event);
        if (typeof delta.stop_reason === 'string') this.#stop = anthropicStop(delta.stop_reason);
        const counted = usage === undefined ? undefined : this.#count(usage);
        return counted === undefined ? undefined : { kind: 'usage', usage: counted };
      }
      case 'message_stop':
        return { kind: 'end', stop: this.#stop };
      default:
        return undefined;
    }
  }

  #count(usage: unknown) {
    this.#counters = mergeAnthropicCounters(this.#counters, readAnthropicCounters(usage));
    return anthropicUsage(this.#counters);
  }
}

/** No sampling parameters: `anthropic-version: 2026-10-21` refuses them on every model. */
function requestOf(call: ModelCall) {
  const { model, system, messages, maxOutputTokens, prefix } = call;
  // One breakpoint, at the end of the prefix; the platform keeps all that is before it.
  const last = prefix?.kept ? Math.min(prefix.messages, messages.length) : undefined;
  return {
    model,
    max_tokens: maxOutputTokens,
    stream: true,
    messages: messages.map(({ role, text }, index) => ({
      role,
      content: index + 1 === last ? [keptBlock(text)] : text,
    })),
    ...(system === '' ? {} : { system: last === 0 ? [keptBlock(system)] : system }),
  } as const;
}

/** For five minutes from its last use, the platform's usual time. */
function keptBlock(text: string) {
  return { type: 'text', text, cache_control: { type: 'ephemeral' } } as const;
}

/** The SDK adds `/v1/…` itself; people paste addresses with and without it. */
function baseUrlOf(url: string): string {
  return url.replace(/\/+$/, '').replace(/\/v1$/, '');
}
