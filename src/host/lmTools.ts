/** Tools that a model or a person can call in VS Code's chat; what they say is loaded with the first call. */
import * as vscode from 'vscode';
import { type Disposable, DisposableBag } from '../base/disposable.ts';
import { once } from '../base/once.ts';
import type { ParticipantDeps } from './participantChat.ts';

/** As in `contributes.languageModelTools`. */
export const QUOTA_TOOL = 'sluice_quota';
export const CONTEXT_TOOL = 'sluice_context';

export function registerLmTools(deps: ParticipantDeps): Disposable {
  const bag = new DisposableBag();
  const tools = once(async () => {
    const { LmToolAnswers } = await import('./lmToolAnswers.ts');
    return new LmToolAnswers(deps);
  });
  bag.add(
    vscode.lm.registerTool(QUOTA_TOOL, {
      prepareInvocation: async () => (await tools()).prepareQuota(),
      invoke: async () => (await tools()).quota(),
    }),
  );
  bag.add(
    vscode.lm.registerTool<unknown>(CONTEXT_TOOL, {
      prepareInvocation: async () => (await tools()).prepareContext(),
      invoke: async ({ input }, token) => (await tools()).context(input, token),
    }),
  );
  return bag;
}
