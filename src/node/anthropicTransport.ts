/** Anthropic Messages through the vendor's SDK; facts about its streams were measured with 1.11.0. Unit: tokens. */
import Anthropic from '@anthropic-ai/sdk';
import type { ModelCall, ModelEvent, ModelTransport, PlatformCheck } from '../flow/transport.ts';
import { parseLimitHeaders } from '../quota/limitHeaders.ts';
import { AnthropicReader } from './anthropicEvents.ts';
import { anthropicRequest } from './anthropicRequest.ts';
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

const DEFAULT_URL = 'https://api.anthropic.com';

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
      .messages.create(anthropicRequest(call), { signal: attempt.signal })
      .withResponse();
    assertEventStream(response, platform);
    let started = false;
    const reader = new AnthropicReader(platform);
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

/** The SDK adds `/v1/…` itself; people paste addresses with and without it. */
function baseUrlOf(url: string): string {
  return url.replace(/\/+$/, '').replace(/\/v1$/, '');
}
