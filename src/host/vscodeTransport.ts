/** VS Code's own language models as a platform. They report no usage and no limits: both stay unknown. */
import * as vscode from 'vscode';
import { SluiceError } from '../base/errors.ts';
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
      const response = await model.sendRequest(messagesOf(call), {}, cancel.token);
      yield { kind: 'start', model: model.id, limits: [] };
      for await (const text of response.text) {
        signal.throwIfAborted();
        said = true;
        yield { kind: 'text', text };
      }
      signal.throwIfAborted();
      yield { kind: 'end', stop: 'complete' };
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

async function selectOthers(selector: vscode.LanguageModelChatSelector) {
  const models = await vscode.lm.selectChatModels(selector);
  return models.filter(({ vendor }) => vendor !== OWN_VENDOR);
}

/** There is no system role: the order comes first. */
function messagesOf({ system, messages }: ModelCall): vscode.LanguageModelChatMessage[] {
  const order = vscode.LanguageModelChatMessage.User(system);
  const said = messages.map(({ role, text }) =>
    role === 'user'
      ? vscode.LanguageModelChatMessage.User(text)
      : vscode.LanguageModelChatMessage.Assistant(text),
  );
  return system === '' ? said : [order, ...said];
}
