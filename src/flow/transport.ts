/** How the core speaks with a platform; implemented at the edges over the vendors' SDKs. */
import type { Disposable } from '../base/disposable.ts';
import type { TokenUsage } from '../base/task.ts';
import type { LimitReading } from '../quota/limitReading.ts';
import type { ChatPart, ToolCall, ToolSpec } from './conversation.ts';

export interface ChatMessage {
  readonly role: 'user' | 'assistant';
  /** All of it, or of `parts` the texts. */
  readonly text: string;
  /** Present where there is more than text: then they are the message. */
  readonly parts?: readonly ChatPart[];
}

/** What the model may call. */
export interface ToolOffer {
  readonly specs: readonly ToolSpec[];
  readonly mode: 'auto' | 'required';
}

/** The beginning of the prompt that later calls will repeat word for word. */
export interface StablePrefix {
  /** Names it to the platform; made of the prefix alone, so that it says nothing of anyone's code. */
  readonly key: string;
  /** Messages that belong to it, after the system prompt; 0: the system prompt alone. */
  readonly messages: number;
  /** It is long enough for this model's prompt cache: ask the platform to keep it. */
  readonly kept: boolean;
  /** The platform charges for what it keeps: nothing after the prefix shall be kept. */
  readonly writesCost: boolean;
}

export interface ModelCall {
  /** The name that the platform knows. */
  readonly model: string;
  readonly system: string;
  readonly messages: readonly ChatMessage[];
  readonly maxOutputTokens: number;
  readonly tools?: ToolOffer;
  /** Absent: the platform's prompt cache is left to itself. */
  readonly prefix?: StablePrefix;
}

/** Why the platform stopped. An answer is whole when it is `complete`, or ends in calls of tools: `tool-use`. */
export type StopReason = 'complete' | 'tool-use' | 'length' | 'refused' | 'other';

export type ModelEvent =
  /** Sent once, before any text: `model` is the platform's own word on which model answers. */
  | {
      readonly kind: 'start';
      readonly model: string;
      readonly requestId?: string;
      readonly limits: readonly LimitReading[];
    }
  | { readonly kind: 'text'; readonly text: string }
  /** One whole call, once its input has been read to its end. */
  | (ToolCall & { readonly kind: 'tool-call' })
  /** Cumulative: the newest one replaces the earlier ones. */
  | { readonly kind: 'usage'; readonly usage: TokenUsage }
  /** Sent once, last. A stream that ends without it was cut: `cut-stream` is thrown instead. */
  | { readonly kind: 'end'; readonly stop: StopReason };

/** What a cheap test call found out. */
export interface PlatformCheck {
  /** Names that the platform lists, when it lists any. */
  readonly models: readonly string[];
}

/** What one model was used for. */
export interface ModelUse {
  readonly model: string;
  readonly requests: number;
  readonly usage: TokenUsage;
}

export interface ModelTransport extends Disposable {
  /**
   * One attempt without any retry. Aborting `signal` closes the connection, and the iteration rejects with the
   * signal's reason. Throws `SluiceError` (see its codes) for everything that a platform or network can do.
   */
  stream(call: ModelCall, signal: AbortSignal): AsyncIterable<ModelEvent>;
  /** Says whether address and key are good, without spending tokens. Throws as `stream` does. */
  check(signal: AbortSignal): Promise<PlatformCheck>;
  /** Asks what is left of the account's limits, where the platform can be asked. Throws as `stream` does. */
  readLimits?(signal: AbortSignal): Promise<readonly LimitReading[]>;
  /** What this account was used for outside Sluice in the last `windowMs`, where its program leaves a record. */
  usedElsewhere?(windowMs: number, signal: AbortSignal): Promise<readonly ModelUse[]>;
}
