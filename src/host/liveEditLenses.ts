/** Accept and reject above each hunk. Only after the stream: a lens moves the text below it. */
import * as vscode from 'vscode';
import type { PlacedHunk } from '../edit/placedHunks.ts';
import type { StreamedEdit } from './liveEditStream.ts';
import type { HunkAddress } from './liveEdits.ts';

const t = vscode.l10n.t;

export class LiveEditLenses implements vscode.Disposable, vscode.CodeLensProvider {
  readonly #edits: () => readonly StreamedEdit[];
  readonly #changes = new vscode.EventEmitter<void>();
  readonly #provider: vscode.Disposable;
  readonly onDidChangeCodeLenses = this.#changes.event;

  constructor(edits: () => readonly StreamedEdit[]) {
    this.#edits = edits;
    this.#provider = vscode.languages.registerCodeLensProvider('*', this);
  }

  changed(): void {
    this.#changes.fire();
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    return this.#edits()
      .filter((edit) => edit.document === document)
      .flatMap((edit) => edit.hunks.flatMap((hunk, index) => lensesOf(edit, hunk, index === 0)));
  }

  dispose(): void {
    this.#provider.dispose();
    this.#changes.dispose();
  }
}

function lensesOf(edit: StreamedEdit, { hunk, line }: PlacedHunk, first: boolean): vscode.CodeLens[] {
  const at = Math.min(line, edit.document.lineCount - 1);
  const address: HunkAddress = { edit: edit.id, hunk: hunk.id };
  const lens = (command: string, title: string) =>
    new vscode.CodeLens(new vscode.Range(at, 0, at, 0), { command, title, arguments: [address] });
  const own = [
    lens('sluice.acceptHunk', `$(check) ${t('Accept')}`),
    lens('sluice.rejectHunk', `$(discard) ${t('Reject')}`),
  ];
  if (!first) return own;
  const count = edit.hunks.length;
  const all =
    count === 1
      ? []
      : [
          lens('sluice.acceptAllEdits', t('Accept All {0}', count)),
          lens('sluice.rejectAllEdits', t('Reject All')),
        ];
  return [...own, ...all, lens('sluice.showEditDiff', t('Show Diff'))];
}
