/** One call of one model: reads its stream, keeps what came, and tells our time from the platform's. */
import type { Clock } from '../base/clock.ts';
import { type AnySluiceError, isCancellation, SluiceError } from '../base/errors.ts';
import type { TokenUsage } from '../base/task.ts';
import type { LimitReading } from '../quota/limitReading.ts';
import type { ToolCall } from './conversation.ts';
import type { ModelCall, ModelEvent, ModelTransport, StopReason } from './transport.ts';

export interface AttemptResult {
  readonly text: string;
  /** The tools that the model asks to be called, in its order. */
  readonly toolCalls: readonly ToolCall[];
  /** The platform's own word on which model answered. */
  readonly model: string;
  readonly requestId?: string;
  readonly usage?: TokenUsage;
  readonly stop: StopReason | 'cut' | 'cancelled';
  /** From the call to the first text, or the first call of a tool. */
  readonly firstTokenMs?: number;
  /** Time spent waiting for the platform. */
  readonly platformMs: number;
  /** Why the stream was cut. */
  readonly failure?: AnySluiceError;
}

export interface AttemptListener {
  onLimits(readings: readonly LimitReading[]): void;
  onText(text: string): void;
  onToolCall(call: ToolCall): void;
}

/**
 * Throws only when nothing came yet: a failure or a cancel after the first text or call of a tool keeps what
 * came and says so in `stop`. What is thrown is the transport's `SluiceError`, or the signal's reason.
 */
export async function runAttempt(
  deps: { readonly transport: ModelTransport; readonly clock: Clock; readonly listener: AttemptListener },
  call: ModelCall,
  signal: AbortSignal,
): Promise<AttemptResult> {
  const reader = new AttemptReader(call.model, deps.clock, deps.listener);
  try {
    await reader.read(deps.transport, call, signal);
  } catch (error) {
    if (!reader.hasShown) throw error;
    if (isCancellation(error, signal)) return reader.result('cancelled');
    if (!SluiceError.any(error)) throw error;
    return { ...reader.result('cut'), failure: error };
  }
  return reader.result();
}

class AttemptReader {
  readonly #clock: Clock;
  readonly #listener: AttemptListener;
  readonly #startedMs: number;
  #text = '';
  readonly #toolCalls: ToolCall[] = [];
  #model: string;
  #requestId: string | undefined;
  #usage: TokenUsage | undefined;
  #stop: StopReason = 'other';
  #firstTokenMs: number | undefined;
  #platformMs = 0;

  constructor(model: string, clock: Clock, listener: AttemptListener) {
    this.#model = model;
    this.#clock = clock;
    this.#listener = listener;
    this.#startedMs = clock.monotonic();
  }

  get hasShown(): boolean {
    return this.#text !== '' || this.#toolCalls.length > 0;
  }

  async read(transport: ModelTransport, call: ModelCall, signal: AbortSignal): Promise<void> {
    const events = transport.stream(call, signal)[Symbol.asyncIterator]();
    try {
      for (;;) {
        const askedMs = this.#clock.monotonic();
        const next = await events.next().finally(() => {
          this.#platformMs += this.#clock.monotonic() - askedMs;
        });
        if (next.done) return;
        this.#take(next.value);
      }
    } finally {
      await events.return?.();
    }
  }

  #take(event: ModelEvent): void {
    switch (event.kind) {
      case 'start':
        this.#model = event.model;
        this.#requestId = event.requestId;
        this.#listener.onLimits(event.limits);
        return;
      case 'text':
        if (event.text === '') return;
        this.#seeFirst();
        this.#text += event.text;
        this.#listener.onText(event.text);
        return;
      case 'tool-call': {
        const { kind: _kind, ...call } = event;
        this.#seeFirst();
        this.#toolCalls.push(call);
        this.#listener.onToolCall(call);
        return;
      }
      case 'usage':
        this.#usage = event.usage;
        return;
      case 'end':
        this.#stop = event.stop;
    }
  }

  #seeFirst(): void {
    this.#firstTokenMs ??= this.#clock.monotonic() - this.#startedMs;
  }

  /** Usage reported before the end of a stream is not what was used in the end: it counts as unknown. */
  result(stop: AttemptResult['stop'] = this.#stop): AttemptResult {
    const ended = stop !== 'cut' && stop !== 'cancelled';
    return {
      text: this.#text,
      toolCalls: this.#toolCalls,
      model: this.#model,
      stop,
      platformMs: this.#platformMs,
      ...(this.#requestId === undefined ? {} : { requestId: this.#requestId }),
      ...(this.#usage === undefined || !ended ? {} : { usage: this.#usage }),
      ...(this.#firstTokenMs === undefined ? {} : { firstTokenMs: this.#firstTokenMs }),
    };
  }
}
