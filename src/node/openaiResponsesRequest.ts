/** Builds a request of OpenAI Responses; field names from the types of openai 7.55.0. */
import type OpenAI from 'openai';
import { type ChatPart, type ImagePart, type TextPart, textOf } from '../flow/conversation.ts';
import type { ChatMessage, ModelCall, ToolOffer } from '../flow/transport.ts';
import { mergeTurns } from './mergeTurns.ts';

type Item = OpenAI.Responses.ResponseInputItem;
type Content = OpenAI.Responses.ResponseInputText | OpenAI.Responses.ResponseInputImage;

const BREAKPOINT = { prompt_cache_breakpoint: { mode: 'explicit' } } as const;

/** No answer is kept on the platform; of the prompt its cache keeps the stable prefix. */
export function responsesRequest(call: ModelCall): OpenAI.Responses.ResponseCreateParamsStreaming {
  const { model, system, messages, maxOutputTokens, prefix, tools } = call;
  const marked = prefix?.kept && prefix.writesCost ? Math.min(prefix.messages, messages.length) : undefined;
  const instructions = system === '' || marked === 0 ? {} : { instructions: system };
  const developer = system === '' || marked !== 0 ? [] : [developerMessage(system)];
  const input = mergeTurns(messages).flatMap((message) => itemsOf(message, message.through === marked));
  return {
    model,
    max_output_tokens: maxOutputTokens,
    stream: true,
    store: false,
    input: [...developer, ...input],
    ...instructions,
    ...(tools === undefined ? {} : toolsOf(tools)),
    ...(prefix === undefined ? {} : { prompt_cache_key: prefix.key }),
    // Else the platform keeps each prompt up to its end, and charges a quarter more for it.
    ...(prefix?.writesCost ? { prompt_cache_options: { mode: 'explicit' } } : {}),
  };
}

/** Schemas of other people's tools seldom meet what `strict` asks for. */
function toolsOf({ specs, mode }: ToolOffer) {
  const tools = specs.map(({ name, description, inputSchema }) => ({
    type: 'function' as const,
    name,
    description,
    parameters: inputSchema,
    strict: false,
  }));
  return { tools, ...(mode === 'required' ? { tool_choice: 'required' as const } : {}) };
}

/** `instructions` can bear no breakpoint; a developer message in their place can. */
function developerMessage(text: string): Item {
  return { role: 'developer', content: [{ type: 'input_text', text, ...BREAKPOINT }] };
}

/** A breakpoint is for what was sent; an answer bears none. */
function itemsOf({ role, text, parts }: ChatMessage, marked: boolean): Item[] {
  if (parts !== undefined) return role === 'assistant' ? answerItems(parts) : sentItems(parts, marked);
  if (role === 'assistant' || !marked) return [{ role, content: text }];
  return [{ role, content: [{ type: 'input_text', text, ...BREAKPOINT }] }];
}

function answerItems(parts: readonly ChatPart[]): Item[] {
  return parts.flatMap((part): Item[] => {
    if (part.kind === 'text' && part.text !== '') return [{ role: 'assistant', content: part.text }];
    if (part.kind !== 'tool-call') return [];
    const { id, name, input } = part;
    return [{ type: 'function_call', call_id: id, name, arguments: JSON.stringify(input) }];
  });
}

/** Results of tools are items of their own, before what was said with them. */
function sentItems(parts: readonly ChatPart[], marked: boolean): Item[] {
  const said = parts.filter((part) => part.kind === 'text' || part.kind === 'image').map(contentOf);
  const results = parts.filter((part) => part.kind === 'tool-result');
  const atResult = marked && said.length === 0;
  const items = results.map(({ id, content }, index): Item => {
    const plain = content.every(({ kind }) => kind === 'text');
    const last = atResult && index === results.length - 1;
    const output = plain && !last ? textOf(content) : withBreakpoint(content.map(contentOf), last);
    return { type: 'function_call_output', call_id: id, output };
  });
  return said.length === 0 ? items : [...items, { role: 'user', content: withBreakpoint(said, marked) }];
}

function withBreakpoint(content: readonly Content[], marked: boolean): Content[] {
  const last = content.length - 1;
  return content.map((part, index) => (marked && index === last ? { ...part, ...BREAKPOINT } : part));
}

function contentOf(part: TextPart | ImagePart): Content {
  return part.kind === 'text'
    ? { type: 'input_text', text: part.text }
    : { type: 'input_image', detail: 'auto', image_url: `data:${part.mime};base64,${part.base64}` };
}
