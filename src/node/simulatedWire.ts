/** What the three protocols of the simulated platform have in common. Units: tokens; epoch seconds. */
import * as v from 'valibot';
import type { SimulatedLimits } from './simulatedLimits.ts';

export interface SimulatedMessage {
  readonly role: string;
  readonly text: string;
}

export interface SimulatedRequest {
  readonly model: string;
  readonly system: string;
  readonly messages: readonly SimulatedMessage[];
  /** Absent: as much as the model can. */
  readonly maxTokens?: number;
  readonly stream: boolean;
  /** Chat Completions streams tell their usage only when asked. */
  readonly includeUsage: boolean;
}

/** Classes do not overlap; `reasoning` is a part of `output`. */
export interface SimulatedUsage {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly reasoning: number;
}

export type SimulatedStop = 'complete' | 'length' | 'refused';

export interface Failure {
  readonly status: number;
  /** As Anthropic names it; OpenAI has its own names for some. */
  readonly type: string;
  readonly code?: string;
  readonly message: string;
}

export interface ReplyHead {
  readonly id: string;
  readonly model: string;
  readonly createdS: number;
  /** What the first event tells, where the protocol does so; absent: nothing. */
  readonly usage?: SimulatedUsage;
  readonly includeUsage: boolean;
}

/** Writes the frames of one streamed answer, in order. */
export interface StreamWriter {
  open(): string;
  text(chunk: string): string;
  close(stop: SimulatedStop, usage: SimulatedUsage | undefined): string;
  error(failure: Failure): string;
  malformed(how: 'not-json' | 'missing-fields'): string;
  strange(): string;
}

export interface Wire {
  readonly name: 'messages' | 'chat' | 'responses';
  /** Throws valibot's error when `body` is no request of this protocol. */
  parse(body: unknown): SimulatedRequest;
  stream(head: ReplyHead): StreamWriter;
  whole(head: ReplyHead, text: string, stop: SimulatedStop, usage: SimulatedUsage | undefined): unknown;
  failure(failure: Failure): unknown;
  headers(requestId: string, limits: SimulatedLimits): Record<string, string>;
}

const PartSchema = v.looseObject({ type: v.string(), text: v.optional(v.string(), '') });

/** A text, or a list of parts of which the texts count. */
export const ContentSchema = v.pipe(
  v.union([v.string(), v.array(PartSchema)]),
  v.transform((content) =>
    typeof content === 'string' ? content : content.map((part) => part.text).join('\n'),
  ),
);

export const MessageSchema = v.pipe(
  v.object({ role: v.picklist(['user', 'assistant', 'system', 'developer']), content: ContentSchema }),
  v.transform(({ role, content }): SimulatedMessage => ({ role, text: content })),
);

export const MaxTokensSchema = v.pipe(v.number(), v.integer(), v.minValue(1));

/** OpenAI's protocols carry the system's words among the messages. */
export function splitSystem(messages: readonly SimulatedMessage[]): {
  readonly system: string;
  readonly messages: readonly SimulatedMessage[];
} {
  const isSystem = ({ role }: SimulatedMessage) => role === 'system' || role === 'developer';
  return {
    system: messages
      .filter(isSystem)
      .map(({ text }) => text)
      .join('\n'),
    messages: messages.filter((message) => !isSystem(message)),
  };
}

export function frame(event: string, data: unknown): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

export function dataFrame(data: unknown): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}
