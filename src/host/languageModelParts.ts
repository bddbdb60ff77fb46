/** Turns VS Code's messages, tools and options into a conversation of ours. */
import * as vscode from 'vscode';
import {
  type ChatPart,
  type Conversation,
  type ImagePart,
  type TalkMessage,
  type TextPart,
  textOf,
} from '../flow/conversation.ts';

/** What a request for text comes with. */
export interface ChatInput {
  readonly messages: readonly vscode.LanguageModelChatRequestMessage[];
  readonly options: vscode.ProvideLanguageModelChatResponseOptions;
}

/** Parameters by which an asker wants other words each time, with the value at which each does nothing. */
const VARIETY: Readonly<Record<string, number>> = {
  temperature: 0,
  top_p: 1,
  presence_penalty: 0,
  frequency_penalty: 0,
  n: 1,
};

export function conversationOf({ messages, options }: ChatInput): Conversation {
  const { Assistant, User } = vscode.LanguageModelChatMessageRole;
  // VS Code's own chat has a third role, which has no stable name yet.
  const isSystem = ({ role }: vscode.LanguageModelChatRequestMessage) => role !== User && role !== Assistant;
  const firstSaid = messages.findIndex((message) => !isSystem(message));
  const head = firstSaid < 0 ? messages : messages.slice(0, firstSaid);
  const { modelOptions = {}, tools = [], toolMode } = options;
  const most = modelOptions.max_tokens ?? modelOptions.max_output_tokens;
  return {
    system: head.map(({ content }) => textOf(partsOf(content))).filter((text) => text !== ''),
    messages: messages.slice(head.length).map(({ role, content }): TalkMessage => {
      return { role: role === Assistant ? 'assistant' : 'user', parts: partsOf(content) };
    }),
    tools: tools.map(({ name, description, inputSchema = EMPTY_SCHEMA }) => {
      return { name, description, inputSchema: { ...inputSchema } };
    }),
    toolMode: toolMode === vscode.LanguageModelChatToolMode.Required ? 'required' : 'auto',
    ...(typeof most === 'number' && most > 0 ? { maxOutputTokens: Math.floor(most) } : {}),
    ...(Object.entries(VARIETY).some(([name, none]) => (modelOptions[name] ?? none) !== none)
      ? { tuned: true }
      : {}),
  };
}

const EMPTY_SCHEMA = { type: 'object', properties: {} };

/** What a later VS Code may add, and what is no text or picture, is passed over. */
export function partsOf(content: readonly unknown[]): ChatPart[] {
  return content.flatMap((part): ChatPart[] => {
    if (part instanceof vscode.LanguageModelToolCallPart) {
      const { callId: id, name, input } = part;
      return [{ kind: 'tool-call', id, name, input: { ...input } }];
    }
    if (part instanceof vscode.LanguageModelToolResultPart) {
      return [{ kind: 'tool-result', id: part.callId, content: part.content.flatMap(contentOf) }];
    }
    return contentOf(part);
  });
}

function contentOf(part: unknown): (TextPart | ImagePart)[] {
  if (part instanceof vscode.LanguageModelTextPart) return [{ kind: 'text', text: part.value }];
  if (part instanceof vscode.LanguageModelPromptTsxPart) {
    return [{ kind: 'text', text: JSON.stringify(part.value) }];
  }
  if (!isData(part)) return [];
  const { mimeType: mime, data } = part;
  if (mime.startsWith('image/'))
    return [{ kind: 'image', mime, base64: Buffer.from(data).toString('base64') }];
  const readable = mime.startsWith('text/') || /[/+]json$/.test(mime);
  return readable ? [{ kind: 'text', text: new TextDecoder().decode(data) }] : [];
}

interface DataPart {
  readonly mimeType: string;
  readonly data: Uint8Array;
}

/** `LanguageModelDataPart` is stable only in versions of VS Code that are newer than the oldest one supported. */
function isData(part: unknown): part is DataPart {
  if (typeof part !== 'object' || part === null || !('mimeType' in part && 'data' in part)) return false;
  return typeof part.mimeType === 'string' && part.data instanceof Uint8Array;
}
