/** `Sluice: Forget What Was Learned`: asks once, then nothing that was learned of models is left, in no window. */
import * as vscode from 'vscode';
import type { LazyLearning } from '../flow/lazyLearning.ts';

const t = vscode.l10n.t;

/** Resolves with whether it was forgotten. `sure`: another command has asked already. */
export async function forgetLearned(learning: Pick<LazyLearning, 'forget'>, sure: boolean): Promise<boolean> {
  const forget = t('Forget');
  const detail = t('Models are then chosen as on the first day. Usage, limits and answers stay.');
  const title = t('Forget what was learned of models?');
  const answer = sure
    ? forget
    : await vscode.window.showWarningMessage(title, { modal: true, detail }, forget);
  if (answer !== forget) return false;
  await learning.forget();
  void vscode.window.showInformationMessage(t('Sluice forgot what it had learned of models.'));
  return true;
}
