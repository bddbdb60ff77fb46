/**
 * Turns on VS Code's own chat without a sign-in, by enabling its bundled extension, after saying what that means. The
 * memory was measured in VS Code 1.139.1 (2026-11-20): 470 to 500 MiB.
 */
import * as vscode from 'vscode';

const t = vscode.l10n.t;

const CHAT = 'GitHub.copilot-chat';
const INSTALL = 'workbench.extensions.installExtension';
const OPEN_CHAT = 'workbench.action.chat.open';

export type EnableOutcome = 'already-on' | 'enabled' | 'declined' | 'failed';

/** What of VS Code it uses; a test has its own. */
export interface EnableDeps {
  readonly isOn: () => boolean;
  /** Resolves with whether the person agrees. */
  readonly ask: (message: string, detail: string, yes: string) => Promise<boolean>;
  /** Resolves when it runs. */
  readonly enable: () => PromiseLike<void>;
  /** Shows it with buttons, and resolves with the one that was chosen. */
  readonly tell: (message: string, button?: string) => Promise<boolean>;
  readonly openChat: () => Promise<void>;
}

export async function enableVscodeChat(deps: EnableDeps = real()): Promise<EnableOutcome> {
  if (deps.isOn()) {
    await offerChat(deps, t('VS Code’s chat is already on. Pick “Sluice Auto” in its model picker.'));
    return 'already-on';
  }
  const agreed = await deps.ask(
    t('Turn on VS Code’s own chat with Sluice?'),
    [
      t(
        'The Chat view, inline chat and terminal chat are then answered by the model that you pick, such as “Sluice Auto”.',
      ),
      t(
        'No sign-in is needed: the bundled extension “GitHub Copilot Chat” is enabled. It takes about 500 MB of memory.',
      ),
      t(
        'By itself VS Code also asks for titles of chats, progress messages and summaries, from the model that its settings “chat.utilityModel” and “chat.utilitySmallModel” name. Those that come to Sluice go to your cheapest model and are shown in the dashboard.',
      ),
      t('To turn it off again, disable “GitHub Copilot Chat” in the Extensions view.'),
    ].join('\n\n'),
    t('Turn On'),
  );
  if (!agreed) return 'declined';
  try {
    await deps.enable();
  } catch (error) {
    await deps.tell(
      t(
        'VS Code’s chat could not be turned on ({0}). Look for “GitHub Copilot Chat” in the Extensions view, enable it there, then pick “Sluice Auto” in the Chat view.',
        error instanceof Error ? error.message : String(error),
      ),
    );
    return 'failed';
  }
  await offerChat(deps, t('VS Code’s chat is on. Pick “Sluice Auto” in the model picker of the Chat view.'));
  return 'enabled';
}

async function offerChat(deps: EnableDeps, message: string): Promise<void> {
  if (await deps.tell(message, t('Open Chat'))) await deps.openChat();
}

/** A question asked before the extension runs would end in a sign-in. Also resolves when the person has waited enough. */
async function running(token: vscode.CancellationToken): Promise<void> {
  const listening: vscode.Disposable[] = [];
  try {
    await new Promise<void>((resolve) => {
      const look = () => {
        if (vscode.extensions.getExtension(CHAT) !== undefined) resolve();
      };
      listening.push(
        vscode.extensions.onDidChange(look),
        token.onCancellationRequested(() => resolve()),
      );
      look();
    });
    await vscode.extensions.getExtension(CHAT)?.activate();
  } finally {
    for (const one of listening) one.dispose();
  }
}

function real(): EnableDeps {
  return {
    isOn: () => vscode.extensions.getExtension(CHAT) !== undefined,
    ask: async (message, detail, yes) =>
      (await vscode.window.showInformationMessage(message, { modal: true, detail }, yes)) === yes,
    enable: () =>
      vscode.window.withProgress(
        {
          location: vscode.ProgressLocation.Notification,
          title: t('Turning on VS Code’s chat…'),
          cancellable: true,
        },
        async (_progress, token) => {
          await vscode.commands.executeCommand(INSTALL, CHAT, { enable: true });
          await running(token);
        },
      ),
    tell: async (message, button) => {
      const buttons = button === undefined ? [] : [button];
      return (await vscode.window.showInformationMessage(message, ...buttons)) !== undefined;
    },
    openChat: async () => {
      await vscode.commands.executeCommand(OPEN_CHAT);
    },
  };
}
