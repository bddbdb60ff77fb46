/**
 * A platform for trying Sluice without a key: a loopback server with three made-up models that speaks Anthropic
 * Messages, OpenAI Chat Completions and OpenAI Responses. Nothing it says leaves the machine.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import * as v from 'valibot';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { SluiceError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { type Random, seededRandom } from '../base/random.ts';
import type { ModelRow } from '../routing/catalogue.ts';
import { SIMULATED_MODELS } from '../routing/simulatedModels.ts';
import { messagesWire, parseCountRequest } from './simulatedAnthropic.ts';
import { chatWire } from './simulatedChat.ts';
import {
  answerExchange,
  approximateTokens,
  type Exchange,
  type ExchangeDeps,
  invalid,
} from './simulatedExchange.ts';
import { readJson, sendJson } from './simulatedHttp.ts';
import { Journal, type JournalEntry } from './simulatedJournal.ts';
import { SIMULATED_LIMITS, SimulatedLimits, type SimulatedLimitsConfig } from './simulatedLimits.ts';
import { responsesWire } from './simulatedResponses.ts';
import { parseScript, Script, type ScriptStep } from './simulatedScript.ts';
import { parseSkills, type SimulatedSkill, SimulatedSkills } from './simulatedSkills.ts';
import type { Failure, Wire } from './simulatedWire.ts';

export interface SimulatedPlatformDeps {
  /** The same seed and prompt give the same answer. */
  readonly seed: number;
  readonly clock: Clock;
  readonly log: Log;
  /** For the jitter of latencies; from `seed` when absent. */
  readonly random?: Random;
  readonly script?: readonly ScriptStep[];
  /** How often its models fail; absent: never. */
  readonly skills?: readonly SimulatedSkill[];
  /** 1 (when absent): latencies as in the models' rows; 0: none. */
  readonly latencyScale?: number;
  readonly limits?: SimulatedLimitsConfig;
  /** The three simulated ones when absent; a test gives others their names. */
  readonly models?: readonly ModelRow[];
}

const WIRES: Readonly<Record<string, Wire>> = {
  '/v1/messages': messagesWire,
  '/v1/chat/completions': chatWire,
  '/v1/responses': responsesWire,
};

/** Listens on a random port of 127.0.0.1. Throws `network` when there is none to be had. */
export async function startSimulatedPlatform(deps: SimulatedPlatformDeps): Promise<SimulatedPlatform> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    const cause = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new SluiceError('network', { platform: 'simulated', cause });
  }
  return new SimulatedPlatform(server, deps);
}

export class SimulatedPlatform implements Disposable {
  /** Base address for Anthropic's SDK; OpenAI's takes `openaiUrl`. */
  readonly url: string;
  readonly openaiUrl: string;
  /** Stands for a key: 256 random bits, new at each start. */
  readonly token: string;
  readonly #server: Server;
  readonly #deps: ExchangeDeps;
  readonly #log: Log;
  readonly #journal = new Journal();
  #requestNumber = 0;

  constructor(server: Server, deps: SimulatedPlatformDeps) {
    const { seed, clock, log, random = seededRandom(seed), latencyScale = 1 } = deps;
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    this.url = `http://127.0.0.1:${port}`;
    this.openaiUrl = `${this.url}/v1`;
    this.token = randomBytes(32).toString('hex');
    this.#server = server;
    this.#log = log;
    this.#deps = {
      seed,
      clock,
      pace: { clock, random, scale: latencyScale },
      limits: new SimulatedLimits(deps.limits ?? SIMULATED_LIMITS, clock),
      script: new Script(),
      skills: new SimulatedSkills(),
      models: deps.models ?? SIMULATED_MODELS,
    };
    this.script(deps.script ?? []);
    this.skills(deps.skills ?? []);
    server.on('request', (request, response) => void this.#serve(request, response));
    log.info('simulated platform started', { port });
  }

  /** What was asked so far, oldest first. */
  get requests(): readonly JournalEntry[] {
    return this.#journal.entries;
  }

  /** Resolves when no request is being answered. */
  idle(): Promise<void> {
    return this.#journal.idle();
  }

  /** Connections that are open now. */
  connections(): Promise<number> {
    return new Promise((resolve, reject) =>
      this.#server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
    );
  }

  /** Replaces what is left of the script before. Throws valibot's error on steps that make no sense. */
  script(steps: readonly ScriptStep[]): void {
    this.#deps.script.load(steps);
  }

  /** Replaces what was said before of how often its models fail. Throws valibot's error on what makes no sense. */
  skills(rows: readonly SimulatedSkill[]): void {
    this.#deps.skills.load(rows);
  }

  dispose(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const path = new URL(request.url ?? '/', this.url).pathname;
      await this.#route(request, response, path);
    } catch (error) {
      this.#log.error('simulated platform failed', {
        error: error instanceof Error ? error.name : 'unknown',
      });
      response.destroy();
    }
  }

  async #route(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const wire = WIRES[path] ?? (request.headers['anthropic-version'] ? messagesWire : chatWire);
    if (!this.#authorized(request)) return this.#refuse(response, wire, UNAUTHORIZED);
    const known = `${request.method} ${path}`;
    if (request.method === 'POST' && path in WIRES) return this.#answer(request, response, wire);
    if (known === 'GET /v1/models') return this.#listModels(response, wire);
    if (known === 'POST /v1/messages/count_tokens') return this.#countTokens(request, response);
    if (known === 'POST /simulated/script') return this.#readSteps(request, response, 'script');
    if (known === 'POST /simulated/skills') return this.#readSteps(request, response, 'skills');
    if (known === 'GET /simulated/requests') return sendJson(response, 200, this.requests);
    const message = `Nothing at ${path.slice(0, 100)}.`;
    sendJson(response, 404, wire.failure({ status: 404, type: 'not_found_error', message }));
  }

  #authorized(request: IncomingMessage): boolean {
    const bearer = request.headers.authorization?.replace(/^Bearer /, '');
    const given = Buffer.from(String(bearer ?? request.headers['x-api-key'] ?? ''));
    const right = Buffer.from(this.token);
    return given.length === right.length && timingSafeEqual(given, right);
  }

  async #answer(request: IncomingMessage, response: ServerResponse, wire: Wire): Promise<void> {
    const entry = this.#journal.begin(wire.name);
    const gone = new AbortController();
    response.once('close', () => {
      if (!response.writableFinished) gone.abort();
    });
    const body = await readJson(request);
    const { signal } = gone;
    const exchange: Exchange = { wire, requestId: this.#nextId(), body, response, signal, entry };
    try {
      entry.end(await answerExchange(exchange, this.#deps), response.statusCode);
    } catch (error) {
      entry.end(signal.aborted ? 'cancelled' : 'faulted', response.statusCode);
      if (!signal.aborted) throw error;
    }
  }

  #listModels(response: ServerResponse, wire: Wire): void {
    const entry = this.#journal.begin('models');
    const createdS = Math.floor(this.#deps.clock.now() / 1000);
    const data = this.#deps.models.map(({ name, label, contextTokens, maxOutputTokens }) => ({
      id: name,
      type: 'model',
      object: 'model',
      display_name: label,
      created: createdS,
      created_at: new Date(createdS * 1000).toISOString(),
      owned_by: 'simulated',
      max_input_tokens: contextTokens,
      max_tokens: maxOutputTokens,
    }));
    const list = { object: 'list', data, has_more: false, first_id: data[0]?.id, last_id: data.at(-1)?.id };
    sendJson(response, 200, list, wire.headers(this.#nextId(), this.#deps.limits));
    entry.end('answered', 200);
  }

  async #countTokens(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const entry = this.#journal.begin('count-tokens');
    const body = await readJson(request);
    try {
      sendJson(response, 200, { input_tokens: approximateTokens(parseCountRequest(body)) });
      entry.end('answered', 200);
    } catch (error) {
      if (!v.isValiError(error)) throw error;
      sendJson(response, 400, messagesWire.failure(invalid('The body is not a request of this protocol.')));
      entry.end('refused', 400);
    }
  }

  async #readSteps(
    request: IncomingMessage,
    response: ServerResponse,
    what: 'script' | 'skills',
  ): Promise<void> {
    const body = await readJson(request);
    try {
      if (what === 'script') this.script(parseScript(body));
      else this.skills(parseSkills(body));
      sendJson(response, 200, { ok: true });
    } catch (error) {
      if (!v.isValiError(error)) throw error;
      sendJson(
        response,
        400,
        chatWire.failure(invalid(`The body is not a list of ${what === 'script' ? 'steps' : what}.`)),
      );
    }
  }

  #refuse(response: ServerResponse, wire: Wire, failure: Failure): void {
    this.#journal.begin(wire.name).end('refused', failure.status);
    sendJson(response, failure.status, wire.failure(failure), { 'request-id': this.#nextId() });
  }

  #nextId(): string {
    return `req_sim_${String(++this.#requestNumber).padStart(6, '0')}`;
  }
}

const UNAUTHORIZED: Failure = {
  status: 401,
  type: 'authentication_error',
  message: 'The token of the simulated platform is wrong.',
};
