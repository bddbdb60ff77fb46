/** Hears, from the start of the window, of which documents anybody tells problems. */
import * as vscode from 'vscode';
import type { Clock } from '../base/clock.ts';
import { type Disposable, DisposableBag } from '../base/disposable.ts';
import { ServerSpeech } from '../flow/serverSpeech.ts';

export class ServerWatch implements Disposable {
  readonly speech: ServerSpeech;
  readonly #owned = new DisposableBag();

  constructor(clock: Clock) {
    this.speech = new ServerSpeech(clock);
    const { languages, workspace } = vscode;
    // Of a large workspace all that is told at once would take long.
    for (const document of workspace.textDocuments)
      if (languages.getDiagnostics(document.uri).length > 0) this.#told(document);
    this.#owned.add(languages.onDidChangeDiagnostics(({ uris }) => this.#hear(uris)));
    this.#owned.add(workspace.onDidCloseTextDocument(({ uri }) => this.speech.closed(uri.toString())));
  }

  dispose(): void {
    this.#owned.dispose();
  }

  /** Of a file that is not open nobody asks. */
  #hear(uris: readonly vscode.Uri[]): void {
    const told = new Set(uris.map(String));
    for (const document of vscode.workspace.textDocuments)
      if (told.has(document.uri.toString())) this.#told(document);
  }

  #told({ uri, languageId }: vscode.TextDocument): void {
    this.speech.told(uri.toString(), languageId);
  }
}
