/** Plays one answer of the simulated platform: pace, pieces and planned mishaps. Units: milliseconds, tokens. */
import type { ServerResponse } from 'node:http';
import { type Clock, delay } from '../base/clock.ts';
import type { Random } from '../base/random.ts';
import type { ModelRow } from '../routing/catalogue.ts';
import { closed, drained, flushed, sendJson, sendText } from './simulatedHttp.ts';
import type { Fault } from './simulatedScript.ts';
import type {
  Failure,
  ReplyHead,
  SimulatedCall,
  SimulatedStop,
  SimulatedUsage,
  StreamWriter,
  Wire,
} from './simulatedWire.ts';

export interface Pace {
  readonly clock: Clock;
  readonly random: Random;
  /** 1: as slow as the model's row says; 0: no delay at all. */
  readonly scale: number;
}

export interface ReplyPlan {
  readonly response: ServerResponse;
  readonly wire: Wire;
  readonly head: ReplyHead;
  readonly row: ModelRow;
  /** One piece is one output token. */
  readonly pieces: readonly string[];
  /** Comes behind the text; its input counts as output too. */
  readonly call?: SimulatedCall;
  readonly callTokens: number;
  readonly stop: SimulatedStop;
  readonly inputTokens: number;
  readonly fault: Fault;
  readonly headers: Readonly<Record<string, string>>;
  /** Told how many pieces went out, as they do. */
  readonly onPieces: (count: number) => void;
}

export interface Refusal {
  readonly response: ServerResponse;
  readonly wire: Wire;
  readonly headers: Readonly<Record<string, string>>;
  /** Aborted when the client is gone. */
  readonly signal: AbortSignal;
}

const HTML_PAGE = '<!doctype html><html><body><h1>Bad gateway</h1></body></html>';

/** Plays a mishap that needs no answer; false when `fault` is not one of them. */
export async function playRefusal(
  { response, wire, headers, signal }: Refusal,
  fault: Fault,
): Promise<boolean> {
  switch (fault.kind) {
    case 'rate-limited':
      refuse(response, wire, 429, 'rate_limit_error', { ...headers, ...retryAfter(fault.retryAfterS) });
      return true;
    case 'overloaded': {
      const status = wire.name === 'messages' ? 529 : 503;
      refuse(response, wire, status, 'overloaded_error', { ...headers, ...retryAfter(fault.retryAfterS) });
      return true;
    }
    case 'server-error':
      refuse(response, wire, fault.status, 'api_error', headers);
      return true;
    case 'http-error':
      sendJson(response, fault.status, wire.failure(failureOf(fault)), headers);
      return true;
    case 'html':
      sendText(response, fault.status, 'text/html', HTML_PAGE, headers);
      return true;
    case 'empty':
      sendText(response, 200, 'text/event-stream', '', headers);
      return true;
    case 'hang':
      if (fault.afterChunks !== undefined) return false;
      await closed(response);
      signal.throwIfAborted();
      return true;
    default:
      return false;
  }
}

function failureOf({
  status,
  type,
  code,
  message,
}: Omit<Failure, 'code'> & { code?: string | undefined }): Failure {
  return { status, type, message, ...(code === undefined ? {} : { code }) };
}

function retryAfter(seconds: number | undefined): Record<string, string> {
  return seconds === undefined ? {} : { 'retry-after': String(seconds) };
}

function refuse(
  response: ServerResponse,
  wire: Wire,
  status: number,
  type: string,
  headers: Readonly<Record<string, string>>,
): void {
  sendJson(response, status, wire.failure({ status, type, message: `Simulated ${type}.` }), headers);
}

/** Sends the whole answer at once, after the time that it takes. */
export async function playWhole(plan: ReplyPlan, pace: Pace, signal: AbortSignal): Promise<void> {
  const { wire, head, pieces, fault, response } = plan;
  const waitMs = firstTokenMs(plan, pace) + (pieces.length * pace.scale * 1000) / plan.row.outputTokensPerS;
  await pause(waitMs, pace, signal);
  if (fault.kind === 'hang') {
    await closed(response);
    return signal.throwIfAborted();
  }
  if (fault.kind === 'cut') return void response.destroy();
  if (fault.kind === 'malformed') {
    return sendText(response, 200, 'application/json', '{"id": "sim', plan.headers);
  }
  const said = { text: pieces.join(''), ...(plan.call === undefined ? {} : { call: plan.call }) };
  const tokens = pieces.length + plan.callTokens;
  sendJson(response, 200, wire.whole(head, said, plan.stop, reportedUsage(plan, tokens)), plan.headers);
  plan.onPieces(tokens);
}

/** Streams the answer. Rejects with the signal's reason when the client left. */
export async function playStream(plan: ReplyPlan, pace: Pace, signal: AbortSignal): Promise<void> {
  const { fault, pieces, response } = plan;
  const writer = plan.wire.stream(plan.head);
  const breakAt = 'afterChunks' in fault && fault.kind !== 'length' ? fault.afterChunks : undefined;
  const shown = breakAt === undefined ? pieces : pieces.slice(0, breakAt);
  response.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-cache',
    ...plan.headers,
  });
  response.flushHeaders();
  await pause(firstTokenMs(plan, pace), pace, signal);
  let unsent = writer.open() + (fault.kind === 'strange-events' ? writer.strange() : '');
  for (const piece of shown) {
    unsent += writer.text(piece);
    plan.onPieces(1);
    const waitMs = pieceMs(plan, pace);
    // Without delays all pieces go out together: the platform is then not what is measured.
    if (waitMs === 0) continue;
    if (!response.write(unsent)) await drained(response);
    unsent = '';
    await pause(waitMs, pace, signal);
  }
  if (breakAt !== undefined) return playBreak(response, writer, { fault, unsent, signal });
  if (plan.call !== undefined) unsent += writer.call(plan.call);
  plan.onPieces(plan.callTokens);
  response.end(unsent + writer.close(plan.stop, reportedUsage(plan, shown.length + plan.callTokens)));
}

interface Break {
  readonly fault: Fault;
  readonly unsent: string;
  readonly signal: AbortSignal;
}

async function playBreak(
  response: ServerResponse,
  writer: StreamWriter,
  { fault, unsent, signal }: Break,
): Promise<void> {
  switch (fault.kind) {
    case 'cut':
      await flushed(response, `${unsent}: cut\n\n`);
      response.destroy();
      return;
    case 'hang':
      await flushed(response, `${unsent}: hang\n\n`);
      await closed(response);
      return signal.throwIfAborted();
    case 'malformed':
      response.end(unsent + writer.malformed(fault.how));
      return;
    case 'error-event': {
      const failure = failureOf({ ...fault, status: 200, message: 'Simulated error.' });
      response.end(unsent + writer.error(failure));
      return;
    }
    default:
      response.end(unsent);
  }
}

export function reportedUsage(plan: Pick<ReplyPlan, 'fault' | 'inputTokens'>, output: number) {
  const { fault } = plan;
  if (fault.kind === 'no-usage') return undefined;
  if (fault.kind === 'usage') return fault;
  const usage: SimulatedUsage = {
    input: plan.inputTokens,
    output,
    cacheRead: 0,
    cacheWrite: 0,
    reasoning: 0,
  };
  return usage;
}

/** Real answers differ by about a third in either direction. */
function jitter(random: Random): number {
  return 0.7 + 0.6 * random();
}

function firstTokenMs({ row, fault }: ReplyPlan, { random, scale }: Pace): number {
  const usualMs = row.firstTokenMs * scale * jitter(random);
  return fault.kind === 'slow-first-token' ? usualMs + fault.delayMs : usualMs;
}

function pieceMs({ row }: ReplyPlan, { random, scale }: Pace): number {
  return ((scale * 1000) / row.outputTokensPerS) * jitter(random);
}

function pause(ms: number, { clock }: Pace, signal: AbortSignal): Promise<void> | void {
  signal.throwIfAborted();
  return ms === 0 ? undefined : delay(ms, clock, signal);
}
