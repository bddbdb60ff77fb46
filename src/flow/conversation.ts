/**
 * A talk that another program holds through Sluice: its messages go to the model as they are. Units: tokens,
 * characters.
 */
import type { CacheableFacts } from '../cache/strategies.ts';
import { prefixKey } from '../prompt/stablePrefix.ts';
import type { TokenEstimator } from '../prompt/tokenEstimator.ts';
import type { Needs } from '../routing/capabilities.ts';

export interface TextPart {
  readonly kind: 'text';
  readonly text: string;
}

export interface ImagePart {
  readonly kind: 'image';
  /** Such as `image/png`. */
  readonly mime: string;
  readonly base64: string;
}

/** The model asks for a tool to be called. */
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
}

export interface ToolResult {
  /** Of the call that it answers. */
  readonly id: string;
  readonly content: readonly (TextPart | ImagePart)[];
}

export type ChatPart =
  | TextPart
  | ImagePart
  | (ToolCall & { readonly kind: 'tool-call' })
  | (ToolResult & { readonly kind: 'tool-result' });

export interface ToolSpec {
  readonly name: string;
  readonly description: string;
  /** A JSON schema of an object. */
  readonly inputSchema: Readonly<Record<string, unknown>>;
}

export interface TalkMessage {
  readonly role: 'user' | 'assistant';
  readonly parts: readonly ChatPart[];
}

export interface Conversation {
  readonly system: readonly string[];
  /** Oldest first; at least one. */
  readonly messages: readonly TalkMessage[];
  readonly tools: readonly ToolSpec[];
  /** `required`: the answer shall be a call of one of the tools. */
  readonly toolMode: 'auto' | 'required';
  /** The longest answer that the asker wants; absent: as long as the task usually needs. */
  readonly maxOutputTokens?: number;
  /** The asker set parameters of the model (a temperature, say): what comes is good for this one request only. */
  readonly tuned?: boolean;
}

/** Anthropic counts width · height / 750, at most about 1,600 for what it does not scale down (platform.claude.com/docs/en/build-with-claude/vision). */
const IMAGE_TOKENS = 1_600;
/** What a protocol adds around each message or tool; a guess. */
const FRAME_TOKENS = 8;
/** Of a long message the beginning says what is wanted. */
const MOST_ASKED_CHARS = 4_000;

export function textOf(parts: readonly ChatPart[]): string {
  return parts
    .map((part) => (part.kind === 'text' ? part.text : ''))
    .filter((text) => text !== '')
    .join('\n');
}

export function hasImages({ messages }: Conversation): boolean {
  return messages.some(({ parts }) =>
    parts.some((part) =>
      part.kind === 'tool-result' ? part.content.some(({ kind }) => kind === 'image') : part.kind === 'image',
    ),
  );
}

/** A talk in which tools were called needs a model that understands it, whether or not it offers tools now. */
export function needsOf(conversation: Conversation): Needs {
  const called = conversation.messages.some(({ parts }) =>
    parts.some(({ kind }) => kind === 'tool-call' || kind === 'tool-result'),
  );
  return { tools: conversation.tools.length > 0 || called, images: hasImages(conversation) };
}

/**
 * VS Code's own chat puts what the person typed between much that it adds itself: in `<userRequest>` in the Chat view, in
 * `<prompt>` in the editor, in `<userPrompt>` in a notebook (its version 1.139.1). Any other text is given back whole.
 */
const TYPED = /<(userRequest|userPrompt|prompt)>\s*([\s\S]*?)\s*<\/\1>/;

export function typedIn(text: string): string {
  return TYPED.exec(text)?.[2] ?? text;
}

/** What the person typed last. */
export function askedIn({ messages }: Conversation): string {
  const said = messages.filter(({ role }) => role === 'user').map(({ parts }) => textOf(parts));
  const text = said.findLast((one) => TYPED.test(one)) ?? said.findLast((one) => one !== '') ?? '';
  return typedIn(text).slice(0, MOST_ASKED_CHARS);
}

/**
 * What says whether a talk may be answered from the cache. Not with tools: an answer is then one step of a run that
 * changes files and reads the world, its call ids must be new each time, and the same words a minute later stand for
 * another state. Nor with images, whose bytes would have to be hashed, nor with parameters that ask for variety.
 */
export function cacheableFacts(conversation: Conversation): CacheableFacts {
  return { ...needsOf(conversation), tuned: conversation.tuned };
}

/** All that may change the answer of a talk that is cached; each message with its role and the number of its parts. */
export function contentOf({ system, messages, maxOutputTokens = 0 }: Conversation): string[] {
  return [
    `${maxOutputTokens}`,
    `${system.length}`,
    ...system,
    ...messages.flatMap(({ role, parts }) => [
      `${role} ${parts.length}`,
      ...parts.map((part) => textOf([part])),
    ]),
  ];
}

/** The same for all turns of one talk: what it begins with. */
export function talkKey({ system, messages, tools }: Conversation): string {
  const [first] = messages;
  return prefixKey(
    [...system, ...tools.map(({ name }) => name), first === undefined ? '' : textOf(first.parts)].join('\n'),
  );
}

/** It will most likely be asked to go on: with tools it always is, without them when it went on before. */
export function goesOn({ messages, tools }: Conversation): boolean {
  return tools.length > 0 || messages.length > 1;
}

/** Tokens of all that is sent, by the tokenizer's ratio. */
export function conversationTokens(conversation: Conversation, estimator: TokenEstimator): number {
  const { system, messages, tools } = conversation;
  const texts = estimator.estimate(system.join('\n'), '');
  const specs = tools.reduce((sum, tool) => sum + toolTokens(tool, estimator), 0);
  const talk = messages.reduce((sum, { parts }) => sum + messageTokens(parts, estimator), 0);
  return texts + specs + talk;
}

function toolTokens({ name, description, inputSchema }: ToolSpec, estimator: TokenEstimator): number {
  return (
    FRAME_TOKENS +
    estimator.estimate(name + description, '') +
    estimator.estimate(JSON.stringify(inputSchema), 'json')
  );
}

export function messageTokens(
  parts: readonly ChatPart[],
  estimator: Pick<TokenEstimator, 'estimate'>,
): number {
  return parts.reduce((sum, part) => sum + partTokens(part, estimator), FRAME_TOKENS);
}

function partTokens(part: ChatPart, estimator: Pick<TokenEstimator, 'estimate'>): number {
  switch (part.kind) {
    case 'text':
      return estimator.estimate(part.text, '');
    case 'image':
      return IMAGE_TOKENS;
    case 'tool-call':
      return callTokens(part, estimator);
    case 'tool-result':
      return messageTokens(part.content, estimator);
  }
}

export function callTokens({ name, input }: ToolCall, estimator: Pick<TokenEstimator, 'estimate'>): number {
  return estimator.estimate(name + JSON.stringify(input), 'json');
}
