/** Reads one stream of Anthropic Messages; facts about its events were measured with 1.11.0 of the SDK. Unit: tokens. */
import * as v from 'valibot';
import type { ModelEvent, StopReason } from '../flow/transport.ts';
import { anthropicStop } from './anthropicStops.ts';
import { badResponse } from './sdkErrors.ts';
import {
  type AnthropicCounters,
  anthropicUsage,
  mergeAnthropicCounters,
  readAnthropicCounters,
} from './sdkUsage.ts';
import { parseToolInput } from './toolInput.ts';

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
const ToolStartSchema = v.object({
  content_block: v.object({ type: v.literal('tool_use'), id: v.string(), name: v.string() }),
});
const ToolDeltaSchema = v.object({
  delta: v.object({ type: v.literal('input_json_delta'), partial_json: v.string() }),
});
const DeltaSchema = v.object({
  delta: v.object({ stop_reason: v.nullish(v.string()) }),
  usage: v.optional(v.unknown()),
});

/** What is read of one event; the start lacks what only the response's headers say. */
export type ReadEvent =
  | { readonly kind: 'start'; readonly model: string; readonly usage?: ReturnType<typeof anthropicUsage> }
  | Exclude<ModelEvent, { readonly kind: 'start' }>;

/** Reads one stream's events in order; what the protocol may add later is passed over. */
export class AnthropicReader {
  readonly #platform: string;
  #counters: AnthropicCounters | undefined;
  #stop: StopReason = 'other';
  /** The call that is being read: the protocol sends one block after the other. */
  #tool: { readonly id: string; readonly name: string; json: string } | undefined;
  #unreadable = false;

  constructor(platform: string) {
    this.#platform = platform;
  }

  /** Throws valibot's error on an event that lacks what it must have. */
  read(raw: unknown): ReadEvent | undefined {
    const event = v.parse(EventSchema, raw);
    switch (event.type) {
      case 'message_start': {
        const { model, usage } = v.parse(StartSchema, event).message;
        return { kind: 'start', model, usage: this.#count(usage) };
      }
      case 'content_block_start':
        this.#tool = startedTool(event);
        return undefined;
      case 'content_block_stop':
        return this.#endTool();
      case 'content_block_delta': {
        if (this.#tool !== undefined && v.is(ToolDeltaSchema, event)) {
          this.#tool.json += event.delta.partial_json;
          return undefined;
        }
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
        // A call that ran into the length limit is no fault of the platform's.
        if (this.#unreadable && this.#stop !== 'length') throw badResponse(this.#platform, 'tool input');
        return { kind: 'end', stop: this.#stop };
      default:
        return undefined;
    }
  }

  #endTool(): ReadEvent | undefined {
    const tool = this.#tool;
    this.#tool = undefined;
    if (tool === undefined) return undefined;
    const input = parseToolInput(tool.json);
    if (input === undefined) this.#unreadable = true;
    return input && { kind: 'tool-call', id: tool.id, name: tool.name, input };
  }

  #count(usage: unknown) {
    this.#counters = mergeAnthropicCounters(this.#counters, readAnthropicCounters(usage));
    return anthropicUsage(this.#counters);
  }
}

function startedTool(event: unknown) {
  if (!v.is(ToolStartSchema, event)) return undefined;
  const { id, name } = event.content_block;
  return { id, name, json: '' };
}
