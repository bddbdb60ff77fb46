/**
 * OpenAI Responses, and Chat Completions for compatible hosts, through the vendor's SDK; facts about its streams
 * were measured with 7.55.0. Unit: tokens.
 */
import OpenAI from 'openai';
import type { ModelCall, ModelEvent, ModelTransport, PlatformCheck } from '../flow/transport.ts';
import { parseLimitHeaders } from '../quota/limitHeaders.ts';
import type { LimitReading } from '../quota/limitReading.ts';
import type { LimitEndpoint } from '../quota/quotaReplies.ts';
import { chatRequest } from './openaiChatRequest.ts';
import { ChatReader, type OpenaiReader, ResponsesReader } from './openaiEvents.ts';
import { responsesRequest } from './openaiResponsesRequest.ts';
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

const DEFAULT_URL = 'https://api.openai.com/v1';

export interface OpenaiTransportDeps extends SdkTransportDeps {
  /** `responses` for OpenAI itself, `chat` for compatible hosts. */
  readonly api: 'responses' | 'chat';
  /** Where the account's limits can be asked for; absent: nowhere. */
  readonly limits?: LimitEndpoint;
}

export class OpenaiTransport implements ModelTransport {
  readonly #deps: OpenaiTransportDeps;
  readonly #attempts: SdkAttempts;
  readonly #connections = new SdkConnections();
  #sdk: OpenAI | undefined;

  constructor(deps: OpenaiTransportDeps) {
    this.#deps = deps;
    this.#attempts = new SdkAttempts(deps);
  }

  stream(call: ModelCall, signal: AbortSignal): AsyncIterable<ModelEvent> {
    return this.#attempts.stream(call.model, signal, (attempt) => this.#run(call, attempt));
  }

  check(signal: AbortSignal): Promise<PlatformCheck> {
    return this.#attempts.once(signal, async (attempt) => {
      const list = this.#client().models.list({ signal: attempt.signal });
      return readModelList(await list.asResponse(), this.#deps.platform);
    });
  }

  async readLimits(signal: AbortSignal): Promise<readonly LimitReading[]> {
    const { limits, platform, clock } = this.#deps;
    if (limits === undefined) return [];
    return this.#attempts.once(signal, async (attempt) => {
      const url = new URL(limits.path, `${this.#baseUrl}/`).href;
      const response = await this.#client().get(url, { signal: attempt.signal }).asResponse();
      return limits.parse(await readJson(response, platform), clock.now());
    });
  }

  dispose(): void {
    this.#attempts.dispose();
    this.#connections.dispose();
  }

  async *#run(call: ModelCall, attempt: SdkAttempt): AsyncGenerator<ModelEvent> {
    const { platform, api } = this.#deps;
    const { events, response } = await this.#send(call, attempt.signal);
    assertEventStream(response, platform);
    const reader: OpenaiReader = api === 'chat' ? new ChatReader() : new ResponsesReader(response.headers);
    let started = false;
    try {
      for await (const raw of events) {
        attempt.alive();
        const read = reader.read(raw);
        if (!started) {
          started = true;
          yield this.#startOf(reader.model || call.model, response.headers);
        }
        if (reader.complete && !attempt.completed) attempt.complete();
        yield* read;
      }
    } catch (error) {
      // The answer is whole; only counters can be missing.
      if (!reader.complete) throw error;
    }
    if (reader.complete) return yield { kind: 'end', stop: reader.stop };
    attempt.throwIfOver();
    if (!started) throw badResponse(platform, 'no event');
  }

  async #send(call: ModelCall, signal: AbortSignal): Promise<Sent> {
    const client = this.#client();
    const { data, response } =
      this.#deps.api === 'chat'
        ? await client.chat.completions.create(chatRequest(call), { signal }).withResponse()
        : await client.responses.create(responsesRequest(call), { signal }).withResponse();
    return { events: data, response };
  }

  #startOf(model: string, headers: Headers): ModelEvent {
    const requestId = headers.get('x-request-id');
    const limits = parseLimitHeaders((name) => headers.get(name), this.#deps.clock.now());
    return { kind: 'start', model, limits, ...(requestId === null ? {} : { requestId }) };
  }

  get #baseUrl(): string {
    return (this.#deps.baseUrl ?? DEFAULT_URL).replace(/\/+$/, '');
  }

  #client(): OpenAI {
    this.#sdk ??= new OpenAI({
      apiKey: this.#deps.apiKey,
      // Null keeps the SDK from taking these from the environment: they belong to other accounts.
      adminAPIKey: null,
      organization: null,
      project: null,
      webhookSecret: null,
      baseURL: this.#baseUrl,
      maxRetries: 0,
      timeout: NO_SDK_TIMEOUT_MS,
      ...this.#connections.open(this.#baseUrl),
      defaultHeaders: withoutEnvironmentHeaders(process.env.OPENAI_CUSTOM_HEADERS),
      logLevel: 'off',
    });
    return this.#sdk;
  }
}

async function readJson(response: Response, platform: string): Promise<unknown> {
  const text = await response.text();
  if (text.trim() === '') throw badResponse(platform, 'empty body');
  return JSON.parse(text);
}

interface Sent {
  readonly events: AsyncIterable<unknown>;
  readonly response: Response;
}
