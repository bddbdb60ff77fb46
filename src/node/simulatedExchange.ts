/** One request to the simulated platform, from its body to its last byte. Units: tokens, milliseconds. */
import type { ServerResponse } from 'node:http';
import * as v from 'valibot';
import type { Clock } from '../base/clock.ts';
import type { ModelRow } from '../routing/catalogue.ts';
import { simulatedAnswer } from './simulatedAnswer.ts';
import { sendJson } from './simulatedHttp.ts';
import type { OpenEntry, Outcome } from './simulatedJournal.ts';
import type { SimulatedLimits } from './simulatedLimits.ts';
import { readPrompt } from './simulatedPrompt.ts';
import {
  type Pace,
  playRefusal,
  playStream,
  playWhole,
  type ReplyPlan,
  reportedUsage,
} from './simulatedReply.ts';
import type { Fault, Script } from './simulatedScript.ts';
import {
  drawOf,
  type Flaw,
  type FlawedAnswer,
  flawedAnswer,
  type SimulatedSkills,
} from './simulatedSkills.ts';
import { scriptedCall, simulatedCall, textsOf } from './simulatedTools.ts';
import type { Failure, SimulatedCall, SimulatedRequest, SimulatedStop, Wire } from './simulatedWire.ts';

export interface ExchangeDeps {
  readonly seed: number;
  readonly clock: Clock;
  readonly pace: Pace;
  readonly limits: SimulatedLimits;
  readonly script: Script;
  readonly skills: SimulatedSkills;
  readonly models: readonly ModelRow[];
}

export interface Exchange {
  readonly wire: Wire;
  readonly requestId: string;
  /** The parsed JSON; undefined when the body was none. */
  readonly body: unknown;
  readonly response: ServerResponse;
  /** Aborted when the client is gone. */
  readonly signal: AbortSignal;
  readonly entry: Pick<OpenEntry, 'note'>;
}

type Finished = Exclude<Outcome, 'running' | 'cancelled'>;

const REFUSAL = 'Simulated refusal: this request was refused on demand.';

/** Rough: real tokenizers make a token of about four characters of English or code. */
export function approximateTokens(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + Math.ceil(text.length / 4), 0);
}

/** Cuts a text into pieces of the size of a token. Their sum is the text. */
export function pieces(text: string): string[] {
  return text.match(/\s*[^\s]{1,5}|\s+/g) ?? [];
}

/** Answers one request for text. Rejects with the signal's reason when the client leaves. */
export async function answerExchange(exchange: Exchange, deps: ExchangeDeps): Promise<Finished> {
  const { wire, body, entry } = exchange;
  const request = parse(wire, body);
  if (request === undefined) {
    return refuse(exchange, deps, invalid('The body is not a request of this protocol.'));
  }
  const { model, stream: streamed } = request;
  entry.note({ model, streamed });
  const fault = deps.script.next({ wire: wire.name, model });
  const headers = wire.headers(exchange.requestId, deps.limits);
  if (await playRefusal({ ...exchange, headers }, fault)) return 'faulted';
  const row = deps.models.find(({ name }) => name === model);
  if (row === undefined) return refuse(exchange, deps, unknownModel(model));
  const inputTokens = approximateTokens(textsOf(request));
  entry.note({ inputTokens });
  if (inputTokens > row.contextTokens) return refuse(exchange, deps, tooLong(inputTokens, row));
  const composed = compose(request, row, fault, deps);
  if (composed.flaw !== undefined) entry.note({ flaw: composed.flaw });
  const waitMs = deps.limits.admit(inputTokens + composed.shown.length + composed.callTokens);
  if (waitMs > 0) return refuse(exchange, deps, LIMITED, waitMs);
  return send(exchange, deps, { request, row, inputTokens, fault, ...composed });
}

interface Composed {
  readonly request: SimulatedRequest;
  readonly row: ModelRow;
  readonly shown: readonly string[];
  readonly call?: SimulatedCall;
  readonly callTokens: number;
  readonly stop: SimulatedStop;
  readonly inputTokens: number;
  readonly fault: Fault;
}

async function send(exchange: Exchange, deps: ExchangeDeps, composed: Composed): Promise<Finished> {
  const { wire, requestId, response, signal, entry } = exchange;
  const { request, row, shown, stop, inputTokens, fault, call, callTokens } = composed;
  const usage = reportedUsage({ fault, inputTokens }, 1);
  let sent = 0;
  const plan: ReplyPlan = {
    response,
    wire,
    row,
    pieces: shown,
    stop,
    callTokens,
    ...(call === undefined ? {} : { call }),
    inputTokens,
    fault,
    head: {
      id: requestId.replace('req', 'sim'),
      model: row.name,
      createdS: Math.floor(deps.clock.now() / 1000),
      includeUsage: request.includeUsage,
      ...(usage === undefined ? {} : { usage }),
    },
    headers: wire.headers(requestId, deps.limits),
    onPieces: (count) => {
      sent += count;
      entry.note({ outputTokens: sent });
    },
  };
  const play = request.stream ? playStream : playWhole;
  try {
    await play(plan, deps.pace, signal);
  } finally {
    deps.limits.giveBack(shown.length + callTokens - sent);
  }
  return fault.kind === 'none' ? 'answered' : 'faulted';
}

type Written = Pick<Composed, 'shown' | 'call' | 'callTokens' | 'stop'> & { readonly flaw?: Flaw };

function compose(
  request: SimulatedRequest,
  row: ModelRow,
  fault: Fault,
  { seed, skills }: Pick<ExchangeDeps, 'seed' | 'skills'>,
): Written {
  if (fault.kind === 'refusal') return { shown: pieces(REFUSAL), stop: 'refused', callTokens: 0 };
  const call = fault.kind === 'call-tool' ? scriptedCall(fault) : ruledCall(request, fault, seed);
  if (call !== undefined) {
    return { shown: [], call, callTokens: pieces(JSON.stringify(call.input)).length, stop: 'tool-use' };
  }
  const flaw = fault.kind === 'none' ? flawOf(request, row, seed, skills) : undefined;
  const right = fault.kind === 'say' ? fault.text : simulatedAnswer(request, row, seed);
  const { text, stop: early }: FlawedAnswer =
    flaw === undefined ? { text: right } : flawedAnswer(right, flaw);
  const all = pieces(text);
  const asked = Math.min(request.maxTokens ?? row.maxOutputTokens, row.maxOutputTokens);
  const room = fault.kind === 'length' ? Math.min(asked, fault.afterChunks) : asked;
  const stop = all.length > room ? 'length' : (early ?? 'complete');
  return { shown: all.slice(0, room), stop, callTokens: 0, ...(flaw === undefined ? {} : { flaw }) };
}

function flawOf(
  request: SimulatedRequest,
  { name }: ModelRow,
  seed: number,
  skills: SimulatedSkills,
): Flaw | undefined {
  const { system, messages } = request;
  const said = messages.map(({ text }) => text).join('\n');
  return skills.flaw(name, readPrompt(request).task, drawOf(`${seed}\n${name}\n${system}\n${said}`));
}

/** A script that plays something else is not disturbed. */
function ruledCall(request: SimulatedRequest, fault: Fault, seed: number): SimulatedCall | undefined {
  return fault.kind === 'none' || fault.kind === 'usage' ? simulatedCall(request, seed) : undefined;
}

function parse(wire: Wire, body: unknown): SimulatedRequest | undefined {
  try {
    return wire.parse(body);
  } catch (error) {
    if (v.isValiError(error)) return undefined;
    throw error;
  }
}

/** Seconds are rounded up, so that waiting as long as told is enough. */
function refuse(exchange: Exchange, deps: ExchangeDeps, failure: Failure, waitMs?: number): Finished {
  const { wire, requestId, response } = exchange;
  const wait = waitMs === undefined ? {} : { 'retry-after': String(Math.ceil(waitMs / 1000)) };
  sendJson(response, failure.status, wire.failure(failure), {
    ...wire.headers(requestId, deps.limits),
    ...wait,
  });
  return 'refused';
}

const LIMITED: Failure = {
  status: 429,
  type: 'rate_limit_error',
  message: 'The simulated limits are used up for now.',
};

export function invalid(message: string): Failure {
  return { status: 400, type: 'invalid_request_error', message };
}

function unknownModel(model: string): Failure {
  return { status: 404, type: 'not_found_error', message: `model: ${model}` };
}

function tooLong(tokens: number, { contextTokens }: ModelRow): Failure {
  return {
    status: 400,
    type: 'context_error',
    message: `prompt is too long: ${tokens} tokens > ${contextTokens} maximum`,
  };
}
