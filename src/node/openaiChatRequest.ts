/** Builds a request of OpenAI Chat Completions, for compatible hosts; field names from the types of openai 7.55.0. */
import type OpenAI from 'openai';
import {
  type ChatPart,
  type ImagePart,
  type TextPart,
  type ToolResult,
  textOf,
} from '../flow/conversation.ts';
import type { ChatMessage, ModelCall, ToolOffer } from '../flow/transport.ts';

type Message = OpenAI.ChatCompletionMessageParam;

/** `max_tokens` and a `system` message are what compatible hosts understand best. */
export function chatRequest({ model, system, messages, maxOutputTokens, tools }: ModelCall) {
  const instructions = system === '' ? [] : [{ role: 'system', content: system } as const];
  return {
    model,
    max_tokens: maxOutputTokens,
    stream: true,
    stream_options: { include_usage: true },
    messages: [...instructions, ...messages.flatMap(messagesOf)],
    ...(tools === undefined ? {} : toolsOf(tools)),
  } as const satisfies OpenAI.ChatCompletionCreateParamsStreaming;
}

function toolsOf({ specs, mode }: ToolOffer) {
  const tools = specs.map(({ name, description, inputSchema }) => ({
    type: 'function' as const,
    function: { name, description, parameters: inputSchema },
  }));
  return { tools, ...(mode === 'required' ? { tool_choice: 'required' as const } : {}) };
}

/** Results of tools are messages of their own here, and stand before what was said with them. */
function messagesOf({ role, text, parts }: ChatMessage): Message[] {
  if (parts === undefined) return [{ role, content: text }];
  return role === 'assistant'
    ? assistantMessage(parts)
    : [...parts.flatMap(resultMessages), ...userMessage(parts)];
}

function assistantMessage(parts: readonly ChatPart[]): Message[] {
  const text = textOf(parts);
  const calls = parts
    .filter((part) => part.kind === 'tool-call')
    .map(({ id, name, input }) => ({
      id,
      type: 'function' as const,
      function: { name, arguments: JSON.stringify(input) },
    }));
  if (calls.length === 0) return text === '' ? [] : [{ role: 'assistant', content: text }];
  return [{ role: 'assistant', content: text === '' ? null : text, tool_calls: calls }];
}

function userMessage(parts: readonly ChatPart[]): Message[] {
  const said = parts.filter((part) => part.kind === 'text' || part.kind === 'image');
  if (said.every(({ kind }) => kind === 'text')) {
    const text = textOf(said);
    return text === '' ? [] : [{ role: 'user', content: text }];
  }
  return [{ role: 'user', content: said.map(contentOf) }];
}

/** A result takes text only; its pictures follow as if the person had sent them. */
function resultMessages(part: ChatPart): Message[] {
  if (part.kind !== 'tool-result') return [];
  const images = imagesOf(part);
  const result: Message = { role: 'tool', tool_call_id: part.id, content: textOf(part.content) };
  return images.length === 0 ? [result] : [result, { role: 'user', content: images.map(contentOf) }];
}

function imagesOf({ content }: ToolResult): ImagePart[] {
  return content.filter((part) => part.kind === 'image');
}

function contentOf(part: TextPart | ImagePart): OpenAI.ChatCompletionContentPart {
  return part.kind === 'text'
    ? { type: 'text', text: part.text }
    : { type: 'image_url', image_url: { url: `data:${part.mime};base64,${part.base64}` } };
}
