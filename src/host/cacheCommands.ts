/** `Sluice: Clear Cache…`, `Sluice: Explain This Cache Hit` and `Sluice: Set Cache Secret…`. */
import * as vscode from 'vscode';
import type { AnswerCache } from '../flow/answerCache.ts';
import type { Receipt } from '../flow/request.ts';
import type { Settings } from '../flow/settings.ts';
import { modelWords } from './receiptRows.ts';
import { CACHE_SECRET } from './redisWords.ts';
import { cacheWords, money, taskName } from './words.ts';

const t = vscode.l10n.t;

/** What can be cleared: everything, what this workspace asked, or one level. */
const PARTS = ['all', 'workspace', 'memory', 'redis', 'disk'] as const;
type Part = (typeof PARTS)[number];

/** A shorter secret is guessed too soon by whoever can read the team's Redis. */
const LEAST_SECRET = 12;

/** `asked`: one of `PARTS`, from a key binding; without one the person picks. Resolves with what was cleared. */
export async function clearCache(cache: AnswerCache, asked: unknown): Promise<Part | undefined> {
  const part = PARTS.find((known) => known === asked) ?? (await pickPart());
  if (part === undefined) return undefined;
  try {
    if (part === 'all') await cache.drop({ kind: 'all' });
    else if (part === 'workspace') await cache.drop({ kind: 'scope', scope: cache.scope });
    else await cache.drop({ kind: 'all' }, part);
  } catch {
    void vscode.window.showWarningMessage(
      t('Not all of the cache could be cleared: a level does not answer. Try again when it does.'),
    );
    return undefined;
  }
  void vscode.window.showInformationMessage(t('Cleared: {0}.', labelOf(part)));
  return part;
}

async function pickPart(): Promise<Part | undefined> {
  const items = PARTS.map((part) => ({ part, label: labelOf(part), description: noteOf(part) }));
  return (await vscode.window.showQuickPick(items, { title: t('Clear which part of the cache?') }))?.part;
}

function labelOf(part: Part): string {
  switch (part) {
    case 'all':
      return t('The whole cache');
    case 'workspace':
      return t('What this workspace asked');
    case 'memory':
      return t('Memory of this window');
    case 'redis':
      return t('Team (Redis)');
    case 'disk':
      return t('Disk');
  }
}

function noteOf(part: Part): string {
  switch (part) {
    case 'all':
    case 'redis':
      return t('for the whole team');
    case 'workspace':
      return t('in all levels');
    case 'memory':
      return t('other levels keep theirs');
    case 'disk':
      return t('for all windows of this machine');
  }
}

/** Says so when `receipt` is none that a cache answered. Resolves with the receipt that was explained. */
export async function explainCacheHit(
  receipt: Receipt | undefined,
  settings: Settings,
): Promise<Receipt | undefined> {
  if (receipt === undefined || receipt.cache === 'none') {
    void vscode.window.showInformationMessage(t('No answer came from the cache in this window yet.'));
    return undefined;
  }
  const fresh = t('Ask Fresh');
  const detail = hitFacts(receipt, settings).join('\n\n');
  const message = `${taskName(receipt.task)}: ${cacheWords(receipt)}`;
  const picked = await vscode.window.showInformationMessage(message, { modal: true, detail }, fresh);
  if (picked === fresh) await vscode.commands.executeCommand('sluice.askFresh');
  return receipt;
}

export function hitFacts(receipt: Receipt, settings: Settings): string[] {
  const { savedUsd, simulated, decision } = receipt;
  return [
    t('First answered by {0}.', modelWords(receipt)),
    savedUsd === undefined
      ? t('Asking again would have cost an amount that is not known.')
      : t('Asking again would have cost {0}.', money(savedUsd, simulated)),
    t(
      'Equal in every part: the models that may answer, Sluice’s prompt, the task, your words, the language ({0}), the code, and all that was sent with it. Line endings, blanks at line ends and the width of an indentation do not count where the language allows it; for an edit every character does.',
      decision.features.language || '–',
    ),
    settings['cache.boundTo'] === 'file'
      ? t('It ends with any change of the file it was about (setting “sluice.cache.boundTo”).')
      : t('It ends when the code that was sent changes (setting “sluice.cache.boundTo”).'),
  ];
}

/** Kept in VS Code's secret storage. Resolves with whether something was changed. */
export async function setCacheSecret(secrets: vscode.SecretStorage): Promise<boolean> {
  const secret = await vscode.window.showInputBox({
    title: t('Secret of the team’s cache'),
    prompt: t(
      'All who share the team’s Redis set the same one. Answers there are then encrypted, and only those are believed. Empty: none.',
    ),
    password: true,
    ignoreFocusOut: true,
    validateInput: (value) =>
      value !== '' && value.length < LEAST_SECRET ? t('At least {0} characters.', LEAST_SECRET) : undefined,
  });
  if (secret === undefined) return false;
  if (secret === '') await secrets.delete(CACHE_SECRET);
  else await secrets.store(CACHE_SECRET, secret);
  return true;
}
