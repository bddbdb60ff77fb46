/** The one place that reads VS Code's configuration. */
import * as vscode from 'vscode';
import type { Disposable } from '../base/disposable.ts';
import { Emitter } from '../base/event.ts';
import {
  type ParsedSettings,
  parseSettings,
  type RejectedRow,
  type SettingKey,
  type Settings,
} from '../flow/settings.ts';

export const SECTION = 'sluice';

export class SettingsWatcher implements Disposable {
  readonly #changed = new Emitter<void>();
  readonly #subscriptions: vscode.Disposable;
  /** Read when first asked for: nobody needs a setting while the extension starts. */
  #parsed: ParsedSettings | undefined;

  constructor() {
    const reread = () => {
      this.#parsed = undefined;
      this.#changed.fire();
    };
    this.#subscriptions = vscode.Disposable.from(
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(SECTION)) reread();
      }),
      // Restricted settings of a workspace count from the moment that it is trusted.
      vscode.workspace.onDidGrantWorkspaceTrust(reread),
    );
  }

  get settings(): Settings {
    return this.#now().settings;
  }

  /** Keys whose value is not usable: their default is in force. */
  get rejected(): readonly SettingKey[] {
    return this.#now().rejected;
  }

  /** Rows of lists that were left out; the others are in force. */
  get rejectedRows(): readonly RejectedRow[] {
    return this.#now().rows;
  }

  onChange(listener: () => void): Disposable {
    return this.#changed.on(listener);
  }

  /** Adds a row to a list where the person keeps it: in the workspace's settings if it is there, else in their own. */
  async append(key: 'quota.events', row: unknown): Promise<void> {
    const configuration = vscode.workspace.getConfiguration(SECTION);
    const { globalValue, workspaceValue } = configuration.inspect<unknown>(key) ?? {};
    const [rows, target] =
      workspaceValue === undefined
        ? [globalValue, vscode.ConfigurationTarget.Global]
        : [workspaceValue, vscode.ConfigurationTarget.Workspace];
    await configuration.update(key, [...(Array.isArray(rows) ? rows : []), row], target);
  }

  #now(): ParsedSettings {
    this.#parsed ??= read();
    return this.#parsed;
  }

  dispose(): void {
    this.#subscriptions.dispose();
    this.#changed.dispose();
  }
}

/** The value in force for one folder; null: for the window as a whole. Nothing is known of its type. */
export function folderSetting(key: 'routing.localOnly', folder: vscode.Uri | null): unknown {
  return vscode.workspace.getConfiguration(SECTION, folder).get<unknown>(key);
}

function read(): ParsedSettings {
  const configuration = vscode.workspace.getConfiguration(SECTION, null);
  return parseSettings((key) => configuration.get<unknown>(key));
}
