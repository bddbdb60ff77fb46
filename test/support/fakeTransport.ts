/** A platform in the same process: says what a test scripted, and remembers what it was asked. */
import type { Clock } from '../../src/base/clock.ts';
import { delay } from '../../src/base/clock.ts';
import type { AnySluiceError } from '../../src/base/errors.ts';
import type { TokenUsage } from '../../src/base/task.ts';
import type { ToolCall } from '../../src/flow/conversation.ts';
import type {
  ModelCall,
  ModelEvent,
  ModelTransport,
  PlatformCheck,
  StopReason,
} from '../../src/flow/transport.ts';
import type { LimitReading } from '../../src/quota/limitReading.ts';

export interface Reply {
  readonly texts?: readonly string[];
  readonly toolCalls?: readonly ToolCall[];
  readonly usage?: Partial<TokenUsage>;
  readonly limits?: readonly LimitReading[];
  /** Thrown before the first text. */
  readonly failsWith?: AnySluiceError;
  /** Thrown after the last text. */
  readonly breaksWith?: AnySluiceError;
  readonly stop?: StopReason;
  /** Time before the first text and between texts. */
  readonly everyMs?: number;
  readonly model?: string;
}

const USAGE: TokenUsage = { input: 100, output: 50, cacheRead: 0, cacheWrite: 0, reasoning: 0 };

export class FakeTransport implements ModelTransport {
  readonly calls: ModelCall[] = [];
  aborted = 0;
  disposed = false;
  readonly #clock: Clock;
  readonly #replies: Reply[];

  /** Replies are used in turn; the last one stays. */
  constructor(clock: Clock, replies: readonly Reply[] = [{}]) {
    this.#clock = clock;
    this.#replies = [...replies];
  }

  async *stream(call: ModelCall, signal: AbortSignal): AsyncIterable<ModelEvent> {
    this.calls.push(call);
    const reply = (this.#replies.length > 1 ? this.#replies.shift() : this.#replies[0]) ?? {};
    const onAbort = () => {
      this.aborted += 1;
    };
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      yield* this.#events(call, reply, signal);
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  async check(): Promise<PlatformCheck> {
    return { models: [] };
  }

  dispose(): void {
    this.disposed = true;
  }

  async *#events(call: ModelCall, reply: Reply, signal: AbortSignal): AsyncIterable<ModelEvent> {
    if (reply.failsWith) throw reply.failsWith;
    yield { kind: 'start', model: reply.model ?? call.model, requestId: 'req_1', limits: reply.limits ?? [] };
    for (const text of reply.texts ?? ['an ', 'answer']) {
      if (reply.everyMs !== undefined) await delay(reply.everyMs, this.#clock, signal);
      signal.throwIfAborted();
      yield { kind: 'text', text };
    }
    for (const call of reply.toolCalls ?? []) yield { kind: 'tool-call', ...call };
    if (reply.breaksWith) throw reply.breaksWith;
    yield { kind: 'usage', usage: { ...USAGE, ...reply.usage } };
    yield { kind: 'end', stop: reply.stop ?? 'complete' };
  }
}
