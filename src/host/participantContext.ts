/**
 * What goes along with a question to `@sluice`: the files, selections and pictures that the person attached, or the
 * selection in the editor; and the talk so far. Units: characters.
 */
import * as vscode from 'vscode';
import type { Clock } from '../base/clock.ts';
import { SluiceError } from '../base/errors.ts';
import type { TaskType } from '../base/task.ts';
import type { ChatPart, ImagePart } from '../flow/conversation.ts';
import type { CodeContext, RouteRequest, Turn } from '../flow/request.ts';
import type { Settings } from '../flow/settings.ts';
import { buildPrompt } from '../prompt/buildPrompt.ts';
import { codeContext, cutAtLine } from './editorContext.ts';
import { localOnlyFor, localOnlySomewhere } from './localOnly.ts';
import { PARTICIPANT } from './participant.ts';

const t = vscode.l10n.t;
const CHARS_PER_KB = 1_024;
const MOST_IMAGES = 5;
/** Earlier turns: the newest four, and of each answer the beginning. */
const MOST_TURNS = 4;
const MOST_TURN_CHARS = 8_000;

export interface ChatAsked {
  readonly request: vscode.ChatRequest;
  readonly context: vscode.ChatContext;
  readonly task: TaskType;
  readonly settings: Settings;
  readonly clock: Clock;
}

export interface ChatRequestWithNotices {
  readonly request: RouteRequest;
  /** What was left out, in words. */
  readonly notices: readonly string[];
}

/** Throws `nothing-to-send` when the task needs code and there is none, or nothing was asked. */
export async function chatRequest(asked: ChatAsked, signal: AbortSignal): Promise<ChatRequestWithNotices> {
  const { request, context, task, settings, clock } = asked;
  const maxChars = settings['request.maxSelectionKilobytes'] * CHARS_PER_KB;
  const { code, more, images, notices, ...sources } = await attached(request.references, maxChars);
  const here = code ?? (await selected(task, maxChars, clock, signal));
  if (here === undefined && task !== 'question')
    throw new SluiceError('nothing-to-send', { why: 'no-editor' });
  const prompt = request.prompt.trim();
  if (task === 'question' && prompt === '') throw new SluiceError('nothing-to-send', { why: 'empty' });
  const instruction = [prompt, ...more].filter((text) => text !== '').join('\n\n');
  const history = turnsOf(context);
  // What was answered about a folder stays with it also when it goes along with a later question.
  const stays = here?.localOnly ?? sources.localOnly ?? saidHere(context);
  const local = stays === undefined ? {} : { localOnly: stays };
  const shared = { task, priority: 'medium', freshness: 'cached', ...local } as const;
  const cut =
    here !== undefined && here.cutChars > 0 ? [t('The code was too long: only its beginning was sent.')] : [];
  if (images.length > 0) {
    const conversation = withImages({ task, instruction, history }, here, images);
    return { request: { ...shared, instruction: '', conversation }, notices: [...notices, ...cut] };
  }
  return {
    request: { ...shared, instruction, ...(here === undefined ? {} : { code: here }), history },
    notices: [...notices, ...cut],
  };
}

/** A plain question takes the selection along when there is one, and no more than that. */
async function selected(
  task: TaskType,
  maxChars: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<CodeContext | undefined> {
  const editor = vscode.window.activeTextEditor;
  if (task === 'question' && (editor === undefined || editor.selection.isEmpty)) return undefined;
  return codeContext(maxChars, clock, signal);
}

interface Attached {
  readonly code: CodeContext | undefined;
  /** Further files, as blocks of text. */
  readonly more: readonly string[];
  readonly images: readonly ImagePart[];
  readonly notices: readonly string[];
  /** Something of it is from a folder of which nothing may leave this machine. */
  readonly localOnly?: true;
}

/** The first one is what the task is about; all together are no longer than `maxChars`. */
async function attached(
  references: readonly vscode.ChatPromptReference[],
  maxChars: number,
): Promise<Attached> {
  const found: {
    readonly file: string;
    readonly language: string;
    readonly text: string;
    readonly cut: number;
  }[] = [];
  const images: ImagePart[] = [];
  let left = maxChars;
  let skipped = 0;
  let local: { readonly localOnly?: true } = {};
  // The last one in the prompt comes first in the list.
  for (const { value } of [...references].reverse()) {
    const image = await imageOf(value);
    if (image !== undefined) {
      local = { ...local, ...localOnlySomewhere() };
      if (images.length < MOST_IMAGES) images.push(image);
      else skipped += 1;
      continue;
    }
    const source = await sourceOf(value);
    if (source === undefined || left <= 0) {
      skipped += 1;
      continue;
    }
    local = { ...local, ...source.local };
    const text = cutAtLine(source.text, left);
    left -= text.length;
    found.push({ ...source, text, cut: source.text.length - text.length });
  }
  const [first, ...others] = found;
  return {
    ...local,
    code: first && {
      language: first.language,
      text: first.text,
      ...(first.file === '' ? {} : { fileName: first.file }),
      problems: [],
      cutChars: first.cut,
    },
    more: others.map(({ file, language, text }) => buildPrompt(blockOf(file, language, text)).user),
    images,
    notices: skipped === 0 ? [] : [t('{0} of the attachments could not be sent along.', skipped)],
  };
}

function blockOf(file: string, language: string, code: string) {
  const named = file === '' ? {} : { fileName: file };
  return {
    task: 'question',
    instruction: t('Also attached:'),
    language,
    code,
    problems: [],
    ...named,
  } as const;
}

async function sourceOf(value: unknown) {
  if (typeof value === 'string')
    return value === '' ? undefined : { file: '', language: '', text: value, local: localOnlySomewhere() };
  const uri = value instanceof vscode.Location ? value.uri : value;
  if (!(uri instanceof vscode.Uri)) return undefined;
  try {
    const document = await vscode.workspace.openTextDocument(uri);
    const text = document.getText(value instanceof vscode.Location ? value.range : undefined);
    const file = uri.path.slice(uri.path.lastIndexOf('/') + 1);
    return { file, language: document.languageId, text, local: localOnlyFor(uri) };
  } catch {
    // A folder, a binary file, or a file that is gone: told with the others that could not be sent.
    return undefined;
  }
}

/** A pasted picture has no stable type yet: it says its kind and gives its bytes when asked. */
async function imageOf(value: unknown): Promise<ImagePart | undefined> {
  if (typeof value !== 'object' || value === null || !('mimeType' in value && 'data' in value))
    return undefined;
  const { mimeType: mime, data } = value;
  if (typeof mime !== 'string' || !mime.startsWith('image/') || typeof data !== 'function') return undefined;
  const bytes: unknown = await data.call(value);
  if (!(bytes instanceof Uint8Array)) return undefined;
  return { kind: 'image', mime, base64: Buffer.from(bytes).toString('base64') };
}

/** As the results of earlier turns say: see `ParticipantChat`. */
function saidHere({ history }: vscode.ChatContext): true | undefined {
  const results = history.map((turn) => (turn instanceof vscode.ChatResponseTurn ? turn.result : {}));
  return results.some(({ metadata }) => metadata?.localOnly === true) ? true : undefined;
}

/** What was said to `@sluice` and what it said, oldest first. */
function turnsOf({ history }: vscode.ChatContext): Turn[] {
  const turns: Turn[] = [];
  for (const [index, turn] of history.entries()) {
    const next = history[index + 1];
    if (!(turn instanceof vscode.ChatRequestTurn) || !(next instanceof vscode.ChatResponseTurn)) continue;
    if (turn.participant !== PARTICIPANT || turn.command === 'quota' || turn.command === 'why') continue;
    const answer = next.response
      .map((part) => (part instanceof vscode.ChatResponseMarkdownPart ? part.value.value : ''))
      .join('');
    const asked = turn.prompt.trim() === '' ? (turn.command ?? '') : turn.prompt;
    if (asked !== '' && answer.trim() !== '') turns.push({ asked, answer: answer.slice(0, MOST_TURN_CHARS) });
  }
  return turns.slice(-MOST_TURNS);
}

type Said = Pick<RouteRequest, 'task' | 'instruction'> & { readonly history: readonly Turn[] };

function withImages(
  { task, instruction, history }: Said,
  code: CodeContext | undefined,
  images: readonly ImagePart[],
) {
  const { language = '', text = '', problems = [], fileName } = code ?? {};
  const named = fileName === undefined ? {} : { fileName };
  const prompt = buildPrompt({ task, instruction, language, code: text, problems, ...named });
  const words = (said: string): ChatPart => ({ kind: 'text', text: said });
  return {
    system: [prompt.system],
    messages: [
      ...history.flatMap(({ asked, answer }) => [
        { role: 'user', parts: [words(asked)] } as const,
        { role: 'assistant', parts: [words(answer)] } as const,
      ]),
      { role: 'user', parts: [words(prompt.user), ...images] } as const,
    ],
    tools: [],
    toolMode: 'auto',
  } as const;
}
