/** Builds a request of Anthropic Messages; field names from the types of @anthropic-ai/sdk 1.11.0. Unit: tokens. */
import type Anthropic from '@anthropic-ai/sdk';
import type { ChatPart, ImagePart, TextPart } from '../flow/conversation.ts';
import type { ChatMessage, ModelCall, ToolOffer } from '../flow/transport.ts';
import { mergeTurns } from './mergeTurns.ts';

type Block = Anthropic.ContentBlockParam;
type Message = Anthropic.MessageParam;
type Mime = Anthropic.Base64ImageSource['media_type'];

/** Kept for five minutes from its last use, the platform's usual time. */
const KEPT = { cache_control: { type: 'ephemeral' } } as const;
const MIMES: readonly Mime[] = ['image/jpeg', 'image/png', 'image/gif', 'image/webp'];
/**
 * These answer a forced call of a tool with status 400: the Claude API reference in Claude Code 2.1.329 (read
 * 2026-11-20).
 */
const NEVER_FORCED = /^claude-(?:(?:fable|mythos)-5-[1-9]|(?:opus|sonnet)-5-5)/;
const ASKED_FOR_TOOL = 'Answer with a call of one of the tools.';

/** No sampling parameters: `anthropic-version: 2026-10-21` refuses them on every model. */
export function anthropicRequest(call: ModelCall) {
  const { model, messages, maxOutputTokens, prefix, tools } = call;
  // A breakpoint at the end of the prefix; the platform keeps all that is before it.
  const last = prefix?.kept ? Math.min(prefix.messages, messages.length) : undefined;
  return {
    model,
    max_tokens: maxOutputTokens,
    stream: true,
    messages: mergeTurns(messages)
      .map((message) => messageOf(message, message.through === last))
      .filter(({ content }) => content.length > 0),
    ...systemOf(call, last === 0 || (last !== undefined && tools !== undefined)),
    ...(tools === undefined ? {} : toolsOf(tools, model)),
  } as const satisfies Anthropic.MessageCreateParamsStreaming;
}

/** With the tools in front of it, it is what other talks begin with too: then it has a breakpoint of its own. */
function systemOf({ system, model, tools }: ModelCall, kept: boolean) {
  const asked = tools?.mode === 'required' && NEVER_FORCED.test(model) ? ASKED_FOR_TOOL : '';
  const text = [system, asked].filter((one) => one !== '').join('\n\n');
  if (text === '') return {};
  return { system: kept ? [{ type: 'text', text, ...KEPT } as const] : text };
}

function toolsOf({ specs, mode }: ToolOffer, model: string) {
  const tools = specs.map(({ name, description, inputSchema }) => ({
    name,
    description,
    input_schema: { ...inputSchema, type: 'object' } as const,
  }));
  const forced = mode === 'required' && !NEVER_FORCED.test(model);
  return { tools, ...(forced ? { tool_choice: { type: 'any' } as const } : {}) };
}

function messageOf({ role, text, parts }: ChatMessage, kept: boolean): Message {
  if (parts === undefined) {
    return { role, content: kept ? [{ type: 'text', text, ...KEPT }] : text };
  }
  const blocks = parts.flatMap(blocksOf);
  // Results of tools come first in their message: the platform asks for it.
  const ordered = [...blocks.filter(isResult), ...blocks.filter((block) => !isResult(block))];
  return { role, content: kept ? keptAtEnd(ordered) : ordered };
}

function isResult({ type }: Block): boolean {
  return type === 'tool_result';
}

function keptAtEnd(blocks: readonly Block[]): Block[] {
  const last = blocks.length - 1;
  return blocks.map((block, index) => (index === last ? ({ ...block, ...KEPT } as Block) : block));
}

/** The platform refuses empty texts, and what it cannot look at. */
function blocksOf(part: ChatPart): Block[] {
  switch (part.kind) {
    case 'text':
    case 'image':
      return contentOf(part);
    case 'tool-call':
      return [{ type: 'tool_use', id: safeId(part.id), name: part.name, input: part.input }];
    case 'tool-result': {
      const content = part.content.flatMap(contentOf);
      return [{ type: 'tool_result', tool_use_id: safeId(part.id), content }];
    }
  }
}

function contentOf(part: TextPart | ImagePart): (Anthropic.TextBlockParam | Anthropic.ImageBlockParam)[] {
  if (part.kind === 'text') return part.text.trim() === '' ? [] : [{ type: 'text', text: part.text }];
  const mime = MIMES.find((known) => known === part.mime);
  return mime === undefined
    ? [{ type: 'text', text: `(a picture of the kind ${part.mime}, which cannot be shown here)` }]
    : [{ type: 'image', source: { type: 'base64', media_type: mime, data: part.base64 } }];
}

/** A talk may have begun elsewhere, with ids that this platform does not take: letters, digits, `_` and `-` only. */
function safeId(id: string): string {
  return id.replace(/[^\w-]/g, '_');
}
