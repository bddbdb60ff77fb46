/** What the three protocols of the simulated platform have in common. Units: tokens; epoch seconds. */
import * as v from 'valibot';
import type { SimulatedLimits } from './simulatedLimits.ts';

export interface SimulatedMessage {
  readonly role: string;
  readonly text: string;
  /** What a tool gave; absent: this is no result. */
  readonly result?: string;
}

export interface SimulatedTool {
  readonly name: string;
  readonly schema: Readonly<Record<string, unknown>>;
}

export interface SimulatedCall {
  readonly id: string;
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
}

export interface SimulatedRequest {
  readonly model: string;
  readonly system: string;
  readonly messages: readonly SimulatedMessage[];
  readonly tools: readonly SimulatedTool[];
  /** The answer must be a call of a tool. */
  readonly forced: boolean;
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

export type SimulatedStop = 'complete' | 'tool-use' | 'length' | 'refused';

/** What an answer says, and the tool that it asks for. */
export interface SimulatedBody {
  readonly text: string;
  readonly call?: SimulatedCall;
}

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
  call(call: SimulatedCall): string;
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
  whole(
    head: ReplyHead,
    body: SimulatedBody,
    stop: SimulatedStop,
    usage: SimulatedUsage | undefined,
  ): unknown;
  failure(failure: Failure): unknown;
  headers(requestId: string, limits: SimulatedLimits): Record<string, string>;
}

const TextsSchema = v.union([
  v.string(),
  v.array(v.looseObject({ type: v.string(), text: v.optional(v.string(), '') })),
]);

/** A text, or a list of parts of which the texts count. */
export const ContentSchema = v.pipe(
  TextsSchema,
  v.transform((content) => textOf(content)),
);

const PartSchema = v.looseObject({
  type: v.string(),
  text: v.optional(v.string(), ''),
  content: v.optional(TextsSchema),
});

/** Results of tools are parts of a message at Anthropic, and messages of their own (`tool`) in Chat Completions. */
export const MessageSchema = v.pipe(
  v.object({
    role: v.picklist(['user', 'assistant', 'system', 'developer', 'tool']),
    content: v.nullish(v.union([v.string(), v.array(PartSchema)]), ''),
  }),
  v.transform(({ role, content }): SimulatedMessage => {
    const text = textOf(content);
    if (role === 'tool') return { role: 'user', text: '', result: text };
    const results = typeof content === 'string' ? [] : content.filter(({ type }) => type === 'tool_result');
    if (results.length === 0) return { role, text };
    return { role, text, result: results.map(({ content: given = '' }) => textOf(given)).join('\n') };
  }),
);

function textOf(content: string | readonly { readonly text: string }[]): string {
  return typeof content === 'string' ? content : content.map(({ text }) => text).join('\n');
}

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

/** Inputs of tools come in pieces. */
export function halves(text: string): readonly string[] {
  const middle = Math.ceil(text.length / 2);
  return [text.slice(0, middle), text.slice(middle)];
}

export function frame(event: string, data: unknown): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}

export function dataFrame(data: unknown): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}
