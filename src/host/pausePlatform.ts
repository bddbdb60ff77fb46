/** `Sluice: Pause a Platform…` and `Sluice: Resume a Platform…`. */
import * as vscode from 'vscode';
import type { Connections } from './connections.ts';

const t = vscode.l10n.t;

/** `asked`: an account's id, from a key binding; without one the person picks. Resolves with the id that was changed. */
export async function setPaused(
  connections: Connections,
  paused: boolean,
  asked: unknown,
): Promise<string | undefined> {
  const accounts = connections.accounts.filter((account) => account.paused !== paused);
  if (accounts.length === 0) {
    void vscode.window.showInformationMessage(
      paused ? t('There is no connected platform to pause.') : t('No platform is paused.'),
    );
    return undefined;
  }
  const known = accounts.find(({ id }) => id === asked);
  const id = known?.id ?? (await pick(accounts, paused));
  if (id !== undefined) await connections.pause(id, paused);
  return id;
}

async function pick(
  accounts: readonly { readonly id: string; readonly name: string }[],
  paused: boolean,
): Promise<string | undefined> {
  const items = accounts.map(({ id, name }) => ({ label: name, id }));
  const title = paused ? t('Pause which platform?') : t('Resume which platform?');
  const placeHolder = paused ? t('It is kept with its key, but sent nothing') : t('Sluice may use it again');
  return (await vscode.window.showQuickPick(items, { title, placeHolder }))?.id;
}
