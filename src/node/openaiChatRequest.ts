/** Builds a request of OpenAI Chat Completions, for compatible hosts; field names from the types of openai 7.55.0. */
import type OpenAI from 'openai';
import { type ChatPart, type ImagePart, type TextPart, textOf } from '../flow/conversation.ts';
import type { ChatMessage, ModelCall, ToolOffer } from '../flow/transport.ts';
import { mergeTurns } from './mergeTurns.ts';

type Message = OpenAI.ChatCompletionMessageParam;

/** `max_tokens` and a `system` message are what compatible hosts understand best. */
export function chatRequest({ model, system, messages, maxOutputTokens, tools }: ModelCall) {
  const instructions = system === '' ? [] : [{ role: 'system', content: system } as const];
  return {
    model,
    max_tokens: maxOutputTokens,
    stream: true,
    stream_options: { include_usage: true },
    messages: [...instructions, ...mergeTurns(messages).flatMap(messagesOf)],
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
  return role === 'assistant' ? assistantMessage(parts) : [...resultMessages(parts), ...userMessage(parts)];
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

/** A result takes text only; the pictures of all follow as if the person had sent them. */
function resultMessages(parts: readonly ChatPart[]): Message[] {
  const results = parts.filter((part) => part.kind === 'tool-result');
  const images = results.flatMap(({ content }) => content.filter((part) => part.kind === 'image'));
  const messages = results.map(({ id, content }): Message => {
    return { role: 'tool', tool_call_id: id, content: textOf(content) };
  });
  return images.length === 0 ? messages : [...messages, { role: 'user', content: images.map(contentOf) }];
}

function contentOf(part: TextPart | ImagePart): OpenAI.ChatCompletionContentPart {
  return part.kind === 'text'
    ? { type: 'text', text: part.text }
    : { type: 'image_url', image_url: { url: `data:${part.mime};base64,${part.base64}` } };
}
