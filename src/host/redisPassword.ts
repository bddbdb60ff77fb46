/** `Sluice: Set Redis Password…`: kept in VS Code's secret storage, never in a setting. */
import * as vscode from 'vscode';
import { REDIS_PASSWORD } from './redisWords.ts';

const t = vscode.l10n.t;

/** Resolves with whether something was changed. */
export async function setRedisPassword(secrets: vscode.SecretStorage): Promise<boolean> {
  const password = await vscode.window.showInputBox({
    title: t('Password of the team’s Redis'),
    prompt: t('It is kept in VS Code’s secret storage. Empty: none.'),
    password: true,
    ignoreFocusOut: true,
  });
  if (password === undefined) return false;
  if (password === '') await secrets.delete(REDIS_PASSWORD);
  else await secrets.store(REDIS_PASSWORD, password);
  return true;
}
