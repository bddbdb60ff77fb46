/** Reads one answer out of what `claude` writes: the first attempt's, to its end and no further. Unit: tokens. */
import * as v from 'valibot';
import { SluiceError } from '../base/errors.ts';
import type { ModelEvent, StopReason } from '../flow/transport.ts';
import type { LimitReading } from '../quota/limitReading.ts';
import { anthropicStop } from './anthropicStops.ts';
import { claudeError } from './claudeCodeErrors.ts';
import { readLimitEvent, rejectedWindow } from './claudeCodeLimits.ts';
import type { ClaudeFailure, ClaudeMessage } from './claudeCodeMessages.ts';
import { badResponse } from './sdkErrors.ts';
import {
  type AnthropicCounters,
  anthropicUsage,
  mergeAnthropicCounters,
  readAnthropicCounters,
} from './sdkUsage.ts';

export interface TurnContext {
  readonly platform: string;
  readonly model: string;
  readonly keySource: string;
  readonly timeoutMs: number;
  /** What earlier turns told of the limits: the program tells this turn's only at its end. */
  readonly limits: readonly LimitReading[];
  readonly now: () => number;
}

const StartSchema = v.object({
  message: v.object({ model: v.pipe(v.string(), v.minLength(1)), usage: v.optional(v.unknown()) }),
});
const BlockSchema = v.object({ delta: v.object({ type: v.string(), text: v.fallback(v.string(), '') }) });
const DeltaSchema = v.object({
  delta: v.object({ stop_reason: v.nullish(v.string()) }),
  usage: v.optional(v.unknown()),
});
const EventSchema = v.looseObject({ type: v.string() });

export class ClaudeTurn {
  readonly #context: TurnContext;
  #keySource: string;
  #started = false;
  #shown = false;
  #counters: AnthropicCounters | undefined;
  #stop: StopReason | undefined;
  #rejected: LimitReading | undefined;

  constructor(context: TurnContext) {
    this.#context = context;
    this.#keySource = context.keySource;
  }

  /** True once text was handed on. */
  get streaming(): boolean {
    return this.#shown;
  }

  /** Throws what the attempt failed with; a turn that threw or gave `end` is over. */
  read(message: ClaudeMessage): readonly ModelEvent[] {
    switch (message.kind) {
      case 'init':
        this.#keySource = message.keySource;
        return [];
      case 'limits':
        this.#rejected ??= rejectedWindow(readLimitEvent(message.info, this.#context.now()));
        return [];
      case 'event':
        return this.#readEvent(message.event);
      case 'retry':
      case 'failure':
        throw this.#error(message.failure);
      case 'result':
        if (message.failed) throw this.#error(message.failure);
        throw this.#broken('a result without an answer');
      default:
        return [];
    }
  }

  #readEvent(raw: unknown): readonly ModelEvent[] {
    const event = v.parse(EventSchema, raw);
    switch (event.type) {
      case 'message_start':
        return this.#start(v.parse(StartSchema, event).message);
      case 'content_block_delta': {
        const { type, text } = v.parse(BlockSchema, event).delta;
        if (type !== 'text_delta' || text === '') return [];
        if (!this.#started) throw this.#broken('no message_start');
        this.#shown = true;
        return [{ kind: 'text', text }];
      }
      case 'message_delta': {
        const { delta, usage } = v.parse(DeltaSchema, event);
        if (typeof delta.stop_reason === 'string') this.#stop = anthropicStop(delta.stop_reason);
        return usage === undefined ? [] : this.#count(usage);
      }
      case 'message_stop':
        return this.#finish();
      default:
        return [];
    }
  }

  #start({ model, usage }: { readonly model: string; readonly usage?: unknown }): readonly ModelEvent[] {
    // The program begins again on its own: what was shown cannot be taken back.
    if (this.#shown) throw new SluiceError('cut-stream', { platform: this.#context.platform });
    const counted = this.#count(usage);
    if (this.#started) return counted;
    this.#started = true;
    return [{ kind: 'start', model, limits: this.#context.limits }, ...counted];
  }

  #finish(): readonly ModelEvent[] {
    if (!this.#started) throw this.#broken('no message_start');
    if (this.#stop !== undefined) return [{ kind: 'end', stop: this.#stop }];
    // It closes a broken answer as well; without text the reason follows.
    if (this.#shown) throw new SluiceError('cut-stream', { platform: this.#context.platform });
    return [];
  }

  #count(raw: unknown): readonly ModelEvent[] {
    this.#counters = mergeAnthropicCounters(this.#counters, readAnthropicCounters(raw));
    const usage = anthropicUsage(this.#counters);
    return usage === undefined ? [] : [{ kind: 'usage', usage }];
  }

  #error(failure: ClaudeFailure): SluiceError {
    const { platform, model, timeoutMs, now } = this.#context;
    return claudeError(failure, {
      platform,
      model,
      timeoutMs,
      nowMs: now(),
      keySource: this.#keySource,
      rejected: this.#rejected,
      streaming: this.#shown,
    });
  }

  #broken(detail: string): SluiceError {
    const { platform } = this.#context;
    return this.#shown ? new SluiceError('cut-stream', { platform }) : badResponse(platform, detail);
  }
}
