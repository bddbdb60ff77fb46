/** `Sluice: Manage Platforms…`: try again, rename, pause, resume or remove what is connected. */
import * as vscode from 'vscode';
import { SluiceError } from '../base/errors.ts';
import type { Account } from './accounts.ts';
import type { Connections } from './connections.ts';
import { isCancelled, trialWords, withCancel } from './connectPlatform.ts';
import { errorWords } from './errorWords.ts';
import { modelItems, useItems } from './modelWords.ts';
import { kindOf } from './platformKinds.ts';

const t = vscode.l10n.t;

type Action = 'models' | 'elsewhere' | 'try' | 'rename' | 'pause' | 'resume' | 'remove';

/** Resolves with the id of what was changed. */
export async function managePlatforms(connections: Connections): Promise<string | undefined> {
  const account = await pickAccount(connections);
  if (account === undefined) return undefined;
  const action = await pickAction(account);
  if (action === undefined) return undefined;
  await ACTIONS[action](connections, account);
  return account.id;
}

async function pickAccount({ accounts }: Connections): Promise<Account | undefined> {
  if (accounts.length === 0) {
    void vscode.window.showInformationMessage(t('No platform is connected; Sluice uses the simulated one.'));
    return undefined;
  }
  const items = accounts.map((account) => ({
    label: account.name,
    description: account.paused ? t('paused') : '',
    detail: [kindOf(account.kind)?.label ?? account.kind, account.baseUrl ?? '']
      .filter((part) => part !== '')
      .join(' · '),
    value: account,
  }));
  const picked = await vscode.window.showQuickPick(items, { title: t('Sluice: Connected Platforms') });
  return picked?.value;
}

async function pickAction(account: Account): Promise<Action | undefined> {
  const elsewhere = {
    label: t('Used Outside Sluice…'),
    detail: t('What your own Claude Code sessions on this machine used'),
    value: 'elsewhere' as const,
  };
  const items: { label: string; detail: string; value: Action }[] = [
    { label: t('Models…'), detail: t('Price, context, and where the facts come from'), value: 'models' },
    {
      label: t('Try It'),
      detail: t('A call that costs next to nothing; reads its models anew'),
      value: 'try',
    },
    { label: t('Rename…'), detail: t('What Sluice shows for it'), value: 'rename' },
    account.paused
      ? { label: t('Resume'), detail: t('Let Sluice use it again'), value: 'resume' }
      : { label: t('Pause'), detail: t('Keep it and its key, but send it nothing'), value: 'pause' },
    ...(account.kind === 'claude-code' && !account.paused ? [elsewhere] : []),
    { label: t('Remove'), detail: t('Forget it and delete its key'), value: 'remove' },
  ];
  const picked = await vscode.window.showQuickPick(items, { title: account.name });
  return picked?.value;
}

const ACTIONS: Readonly<Record<Action, (connections: Connections, account: Account) => Promise<void>>> = {
  models: showModels,
  elsewhere: showUsedElsewhere,
  try: tryAgain,
  rename: async (connections, account) => {
    const name = await vscode.window.showInputBox({
      title: t('Rename {0}', account.name),
      value: account.name,
    });
    if (name !== undefined && name.trim() !== '') await connections.rename(account.id, name.trim());
  },
  pause: async (connections, account) => {
    await connections.pause(account.id, true);
    void vscode.window.showInformationMessage(t('{0} is paused.', account.name));
  },
  resume: async (connections, account) => {
    await connections.pause(account.id, false);
    void vscode.window.showInformationMessage(t('{0} is in use again.', account.name));
  },
  remove: async (connections, account) => {
    await connections.remove(account.id);
    void vscode.window.showInformationMessage(t('{0} is removed and its key deleted.', account.name));
  },
};

/** To choose one is to want to correct what is known of it. */
async function showModels(connections: Connections, account: Account): Promise<void> {
  const rows = connections.modelsOf(account);
  if (rows.length === 0) {
    void vscode.window.showInformationMessage(
      t('Sluice knows no model of {0}. Name one in “sluice.models”.', account.name),
    );
    return;
  }
  const picked = await vscode.window.showQuickPick(modelItems(rows), {
    title: t('Models of {0}', account.name),
    placeHolder: t('USD in / out for a million tokens. Choose a model to correct what is known of it.'),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  if (picked !== undefined)
    await vscode.commands.executeCommand('workbench.action.openSettings', 'sluice.models');
}

/** The windows of a subscription. */
const FIVE_HOURS_MS = 5 * 3_600_000;
const SEVEN_DAYS_MS = 7 * 24 * 3_600_000;

async function showUsedElsewhere(connections: Connections, account: Account): Promise<void> {
  const read = (signal: AbortSignal) =>
    Promise.all(
      [FIVE_HOURS_MS, SEVEN_DAYS_MS].map((windowMs) => connections.usedElsewhere(account, windowMs, signal)),
    );
  const found = await orWords(account, () => withCancel(t('Reading Claude Code’s transcripts…'), read));
  if (found === undefined) return;
  const [now = [], week = []] = found;
  if (week.length === 0) {
    void vscode.window.showInformationMessage(t('Nothing was used outside Sluice in the last seven days.'));
    return;
  }
  const items = [...useItems(t('last 5 hours'), now), ...useItems(t('last 7 days'), week)];
  await vscode.window.showQuickPick(items, { title: t('{0}: Used Outside Sluice', account.name) });
}

async function tryAgain(connections: Connections, account: Account): Promise<void> {
  const trial = await orWords(account, () =>
    withCancel(t('Trying {0}…', account.name), (signal) => connections.retry(account, signal)),
  );
  if (trial !== undefined) void vscode.window.showInformationMessage(trialWords(account.name, trial));
}

/** What the platform did wrong is told; undefined then, and when the person cancelled. */
async function orWords<T>(account: Account, work: () => Thenable<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (isCancelled(error)) return undefined;
    if (!SluiceError.any(error)) throw error;
    void vscode.window.showErrorMessage(errorWords(error, () => account.name));
    return undefined;
  }
}
