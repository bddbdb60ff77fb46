/** `Sluice: Connect a Platform…` and `Sluice: Use the Simulated Platform`. */
import * as vscode from 'vscode';
import { isCancellation, SluiceError } from '../base/errors.ts';
import type { Connections, NewAccount } from './connections.ts';
import { errorWords } from './errorWords.ts';
import { PLATFORM_KINDS, type PlatformKind } from './platformKinds.ts';
import type { TrialReport } from './platformTrial.ts';

const t = vscode.l10n.t;

/** Says whether a program on this machine answers at an address. */
export type Probe = (baseUrl: string) => Promise<boolean>;

/** Resolves with the id of what was connected. */
export async function connectPlatform(connections: Connections, probe: Probe): Promise<string | undefined> {
  const kind = await pickKind(connections, probe);
  if (kind === undefined) return undefined;
  const account = await askFor(kind);
  return account && tryAccount(connections, account);
}

async function askFor(kind: PlatformKind): Promise<NewAccount | undefined> {
  const baseUrl = kind.asksUrl ? await askUrl(kind) : undefined;
  if (kind.asksUrl && baseUrl === undefined) return undefined;
  const key = kind.key === 'none' ? '' : await askKey(kind);
  return key === undefined ? undefined : { kind, key, ...(baseUrl === undefined ? {} : { baseUrl }) };
}

async function askUrl(kind: PlatformKind): Promise<string | undefined> {
  const typed = await vscode.window.showInputBox({
    title: t('Connect {0}', kind.label),
    prompt: t('The address up to and including its version, such as http://127.0.0.1:8000/v1'),
    placeHolder: 'https://host/v1',
    ignoreFocusOut: true,
    validateInput: (value) => (isHttp(value) ? undefined : t('An address begins with http:// or https://')),
  });
  return typed === undefined ? undefined : typed.trim().replace(/\/+$/, '');
}

function isHttp(value: string): boolean {
  return /^https?:$/.test(URL.parse(value.trim())?.protocol ?? '');
}

async function askKey(kind: PlatformKind): Promise<string | undefined> {
  const key = await vscode.window.showInputBox({
    title: t('Connect {0}', kind.label),
    prompt: t(
      'The key is kept in VS Code’s secret storage. It is tried once, with a call that costs next to nothing.',
    ),
    placeHolder: kind.keyHint,
    password: true,
    ignoreFocusOut: true,
    validateInput: (value) => (/\s/.test(value.trim()) ? t('A key has no blanks in it.') : undefined),
  });
  const trimmed = key?.trim();
  return trimmed === '' && kind.key === 'required' ? undefined : trimmed;
}

async function tryAccount(connections: Connections, account: NewAccount): Promise<string | undefined> {
  const { kind } = account;
  try {
    const { id, name, trial } = await withCancel(t('Trying {0}…', kind.label), (signal) =>
      connections.connect(account, signal),
    );
    void vscode.window.showInformationMessage(trialWords(name, trial));
    return id;
  } catch (error) {
    if (isCancelled(error)) return undefined;
    if (!SluiceError.any(error)) throw error;
    void offerAgain(
      connections,
      account,
      `${errorWords(error, () => kind.label)} ${t('Nothing was stored.')}`,
    );
    return undefined;
  }
}

/** Runs `work` under a progress notification that can be cancelled. */
export function withCancel<T>(title: string, work: (signal: AbortSignal) => Promise<T>): Thenable<T> {
  const abort = new AbortController();
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return vscode.window.withProgress(options, async (_, token) => {
    token.onCancellationRequested(() => abort.abort(new Cancelled()));
    try {
      return await work(abort.signal);
    } catch (error) {
      throw isCancellation(error, abort.signal) ? new Cancelled() : error;
    }
  });
}

class Cancelled extends DOMException {
  constructor() {
    super('cancelled by the person', 'AbortError');
  }
}

export function isCancelled(error: unknown): boolean {
  return error instanceof Cancelled;
}

async function offerAgain(connections: Connections, account: NewAccount, message: string): Promise<void> {
  const again = t('Try Again');
  const picked = await vscode.window.showErrorMessage(message, again);
  if (picked !== again) return;
  const next = await askFor(account.kind);
  if (next) await tryAccount(connections, next);
}

export function trialWords(name: string, trial: TrialReport): string {
  const yes = (works: boolean) => (works ? t('yes') : t('no'));
  if (trial.model === undefined) {
    return t('{0} is connected, but Sluice knows none of its models. Name one in “sluice.models”.', name);
  }
  return t(
    '{0} is connected: {1} models to choose from; streaming {2}, usage {3}, limits {4}.',
    name,
    trial.models,
    yes(trial.streams),
    yes(trial.usage),
    yes(trial.limits > 0),
  );
}

export async function useSimulatedPlatform(connections: Connections): Promise<void> {
  await connections.useSimulated();
  const kept =
    connections.accounts.length > 0
      ? ` ${t('Your connected platforms are kept and not used meanwhile.')}`
      : '';
  void vscode.window.showInformationMessage(
    `${t('Sluice now uses the simulated platform: made-up answers, no cost.')}${kept}`,
  );
}

async function pickKind(connections: Connections, probe: Probe): Promise<PlatformKind | undefined> {
  const items = PLATFORM_KINDS.map(async (kind) => {
    const found = kind.local && kind.baseUrl !== undefined && (await probe(kind.baseUrl));
    const connected = connections.accounts.some((account) => account.kind === kind.id);
    const marks = [found ? t('found') : '', connected ? t('connected') : ''].filter((mark) => mark !== '');
    return { label: kind.label, description: marks.join(', '), detail: kind.detail, value: kind };
  });
  const picked = await vscode.window.showQuickPick(Promise.all(items), {
    title: t('Sluice: Connect a Platform'),
    placeHolder: t('What do you already pay for, or run?'),
    matchOnDetail: true,
  });
  return picked?.value;
}
