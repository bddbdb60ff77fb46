/** VS Code's own language models as a platform. They report no usage and no limits: both stay unknown. */
import * as vscode from 'vscode';
import { SluiceError } from '../base/errors.ts';
import type { ChatPart } from '../flow/conversation.ts';
import type { ModelCall, ModelEvent, ModelTransport, PlatformCheck } from '../flow/transport.ts';

/** Our own models come back to us through VS Code: they are left out. */
const OWN_VENDOR = 'sluice';

export class VscodeTransport implements ModelTransport {
  readonly #platform: string;

  constructor(platform: string) {
    this.#platform = platform;
  }

  async check(signal: AbortSignal): Promise<PlatformCheck> {
    const others = await selectOthers({});
    signal.throwIfAborted();
    if (others.length === 0) throw new SluiceError('no-model', { why: 'none-in-vscode' });
    return { models: others.map(({ id }) => id) };
  }

  async *stream(call: ModelCall, signal: AbortSignal): AsyncGenerator<ModelEvent> {
    const [model] = await selectOthers({ id: call.model });
    signal.throwIfAborted();
    if (model === undefined) {
      throw new SluiceError('model-not-found', { platform: this.#platform, model: call.model });
    }
    const cancel = new vscode.CancellationTokenSource();
    const onAbort = () => cancel.cancel();
    let said = false;
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      const response = await model.sendRequest(messagesOf(call), optionsOf(call), cancel.token);
      yield { kind: 'start', model: model.id, limits: [] };
      let called = false;
      for await (const part of response.stream) {
        signal.throwIfAborted();
        const event = eventOf(part);
        called ||= event?.kind === 'tool-call';
        said ||= event !== undefined;
        if (event !== undefined) yield event;
      }
      signal.throwIfAborted();
      yield { kind: 'end', stop: called ? 'tool-use' : 'complete' };
    } catch (error) {
      signal.throwIfAborted();
      throw this.#translate(error, call.model, said);
    } finally {
      signal.removeEventListener('abort', onAbort);
      cancel.dispose();
    }
  }

  dispose(): void {
    return;
  }

  /** Whatever else the other extension throws comes as a plain error; what it says is not passed on. */
  #translate(error: unknown, model: string, said: boolean): SluiceError {
    const platform = this.#platform;
    switch (error instanceof vscode.LanguageModelError ? error.code : '') {
      case 'NotFound':
        return new SluiceError('model-not-found', { platform, model });
      case 'NoPermissions':
        return new SluiceError('invalid-key', { platform, why: 'no-consent' });
      case 'Blocked':
        return new SluiceError('refused', { platform });
      default:
        return said
          ? new SluiceError('cut-stream', { platform })
          : new SluiceError('bad-response', { platform, detail: 'error in its extension' });
    }
  }
}

function optionsOf({ tools }: ModelCall): vscode.LanguageModelChatRequestOptions {
  if (tools === undefined) return {};
  const { Auto, Required } = vscode.LanguageModelChatToolMode;
  return { tools: [...tools.specs], toolMode: tools.mode === 'required' ? Required : Auto };
}

/** What a later VS Code may add is passed over. */
function eventOf(part: unknown): Extract<ModelEvent, { kind: 'text' | 'tool-call' }> | undefined {
  if (part instanceof vscode.LanguageModelTextPart) return { kind: 'text', text: part.value };
  if (!(part instanceof vscode.LanguageModelToolCallPart)) return undefined;
  const { callId: id, name, input } = part;
  return { kind: 'tool-call', id, name, input: { ...input } };
}

async function selectOthers(selector: vscode.LanguageModelChatSelector) {
  const models = await vscode.lm.selectChatModels(selector);
  return models.filter(({ vendor }) => vendor !== OWN_VENDOR);
}

/** There is no system role: the order comes first. */
function messagesOf({ system, messages }: ModelCall): vscode.LanguageModelChatMessage[] {
  const order = vscode.LanguageModelChatMessage.User(system);
  const said = messages.map(({ role, text, parts }) => {
    const content = parts?.flatMap(contentOf) ?? text;
    return role === 'user'
      ? vscode.LanguageModelChatMessage.User(toUser(content))
      : vscode.LanguageModelChatMessage.Assistant(toAssistant(content));
  });
  return system === '' ? said : [order, ...said];
}

type Part = vscode.LanguageModelInputPart;

/** Pictures have no stable form here yet: a model that the router gave one to was named by the person. */
function contentOf(part: ChatPart): Part[] {
  switch (part.kind) {
    case 'text':
      return [new vscode.LanguageModelTextPart(part.text)];
    case 'tool-call':
      return [new vscode.LanguageModelToolCallPart(part.id, part.name, part.input)];
    case 'tool-result': {
      const texts = part.content.flatMap(contentOf);
      return [new vscode.LanguageModelToolResultPart(part.id, texts)];
    }
    case 'image':
      return [];
  }
}

type UserContent = Parameters<typeof vscode.LanguageModelChatMessage.User>[0];
type AssistantContent = Parameters<typeof vscode.LanguageModelChatMessage.Assistant>[0];

function toUser(content: string | Part[]): UserContent {
  if (typeof content === 'string') return content;
  return content.filter((part) => !(part instanceof vscode.LanguageModelToolCallPart)) as UserContent;
}

function toAssistant(content: string | Part[]): AssistantContent {
  if (typeof content === 'string') return content;
  return content.filter((part) => !(part instanceof vscode.LanguageModelToolResultPart)) as AssistantContent;
}
