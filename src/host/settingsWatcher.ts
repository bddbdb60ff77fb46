/** The one place that reads VS Code's configuration. */
import * as vscode from 'vscode';
import type { Disposable } from '../base/disposable.ts';
import { Emitter } from '../base/event.ts';
import { type ParsedSettings, parseSettings, type SettingKey, type Settings } from '../flow/settings.ts';

export const SECTION = 'sluice';

export class SettingsWatcher implements Disposable {
  readonly #changed = new Emitter<void>();
  readonly #subscriptions: vscode.Disposable;
  #parsed: ParsedSettings;

  constructor() {
    this.#parsed = read();
    const reread = () => {
      this.#parsed = read();
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
    return this.#parsed.settings;
  }

  /** Keys whose value is not usable: their default is in force. */
  get rejected(): readonly SettingKey[] {
    return this.#parsed.rejected;
  }

  onChange(listener: () => void): Disposable {
    return this.#changed.on(listener);
  }

  dispose(): void {
    this.#subscriptions.dispose();
    this.#changed.dispose();
  }
}

function read(): ParsedSettings {
  const configuration = vscode.workspace.getConfiguration(SECTION);
  return parseSettings((key) => configuration.get<unknown>(key));
}
