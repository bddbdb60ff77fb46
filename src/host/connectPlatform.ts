/** `Sluice: Connect a Platform…`, `Sluice: Disconnect a Platform…` and `Sluice: Use the Simulated Platform`. */
import * as vscode from 'vscode';
import { isCancellation, SluiceError } from '../base/errors.ts';
import type { Connections, PlatformKind } from './connections.ts';
import { errorWords } from './words.ts';

const t = vscode.l10n.t;

/** Resolves with the id of what was connected. */
export async function connectPlatform(connections: Connections): Promise<string | undefined> {
  const kind = await pickKind(
    connections.kinds,
    connections,
    t('Connect a platform that you already pay for'),
  );
  if (kind === undefined) return undefined;
  const key = await vscode.window.showInputBox({
    title: t('Connect {0}', kind.label),
    prompt: t(
      'The key is kept in VS Code’s secret storage. It is tried once, with a call that costs nothing.',
    ),
    placeHolder: kind.keyHint,
    password: true,
    ignoreFocusOut: true,
    validateInput: (value) => (/\s/.test(value.trim()) ? t('A key has no blanks in it.') : undefined),
  });
  if (key === undefined || key.trim() === '') return undefined;
  return tryKey(connections, kind, key.trim());
}

async function tryKey(
  connections: Connections,
  kind: PlatformKind,
  key: string,
): Promise<string | undefined> {
  const abort = new AbortController();
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: t('Trying the key with {0}…', kind.label),
    cancellable: true,
  };
  try {
    await vscode.window.withProgress(options, (_, token) => {
      token.onCancellationRequested(() =>
        abort.abort(new DOMException('cancelled by the person', 'AbortError')),
      );
      return connections.connect(kind, key, abort.signal);
    });
  } catch (error) {
    if (isCancellation(error, abort.signal)) return undefined;
    if (!SluiceError.any(error)) throw error;
    void tell(connections, `${errorWords(error, () => kind.label)} ${t('Nothing was stored.')}`);
    return undefined;
  }
  void vscode.window.showInformationMessage(t('{0} is connected. Sluice now uses it.', kind.label));
  return kind.id;
}

async function tell(connections: Connections, message: string): Promise<void> {
  const again = t('Try Again');
  const picked = await vscode.window.showErrorMessage(message, again);
  if (picked === again) await connectPlatform(connections);
}

export async function disconnectPlatform(connections: Connections): Promise<string | undefined> {
  const connected = connections.connected;
  if (connected.length === 0) {
    void vscode.window.showInformationMessage(t('No platform is connected; Sluice uses the simulated one.'));
    return undefined;
  }
  const kind = await pickKind(connected, connections, t('Disconnect a platform; its key is deleted'));
  if (kind === undefined) return undefined;
  await connections.disconnect(kind);
  void vscode.window.showInformationMessage(t('{0} is disconnected and its key deleted.', kind.label));
  return kind.id;
}

export async function useSimulatedPlatform(connections: Connections): Promise<void> {
  await connections.useSimulated();
  const kept =
    connections.connected.length > 0
      ? ` ${t('Your connected platforms are kept and not used meanwhile.')}`
      : '';
  void vscode.window.showInformationMessage(
    `${t('Sluice now uses the simulated platform: made-up answers, no cost.')}${kept}`,
  );
}

async function pickKind(
  kinds: readonly PlatformKind[],
  connections: Connections,
  placeHolder: string,
): Promise<PlatformKind | undefined> {
  const connected = new Set(connections.connected.map(({ id }) => id));
  const items = kinds.map((kind) => ({
    label: kind.label,
    description: connected.has(kind.id) ? t('connected') : '',
    detail: kind.models.map(({ label }) => label).join(', '),
    value: kind,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title: 'Sluice',
    placeHolder,
    matchOnDetail: true,
  });
  return picked?.value;
}
