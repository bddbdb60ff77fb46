/** Shows a document beside what it would be with every undecided hunk rejected. */
import * as vscode from 'vscode';
import type { StreamedEdit } from './liveEditStream.ts';
import { linesFrom } from './liveEditWriter.ts';

const t = vscode.l10n.t;
const SCHEME = 'sluice-before';

export class LiveEditDiff implements vscode.Disposable, vscode.TextDocumentContentProvider {
  readonly #edits: () => readonly StreamedEdit[];
  readonly #changes = new vscode.EventEmitter<vscode.Uri>();
  readonly #provider: vscode.Disposable;
  readonly onDidChange = this.#changes.event;

  constructor(edits: () => readonly StreamedEdit[]) {
    this.#edits = edits;
    this.#provider = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    const document = vscode.workspace.textDocuments.find((one) => one.uri.toString() === uri.query);
    return document === undefined ? '' : linesBefore(document, this.#edits()).join('\n');
  }

  async show(document: vscode.TextDocument): Promise<void> {
    const name = document.uri.path.slice(document.uri.path.lastIndexOf('/') + 1);
    const title = t('{0}: before ↔ with the changes of Sluice', name);
    await vscode.commands.executeCommand('vscode.diff', beforeUri(document), document.uri, title);
  }

  changed(document: vscode.TextDocument): void {
    this.#changes.fire(beforeUri(document));
  }

  dispose(): void {
    this.#provider.dispose();
    this.#changes.dispose();
  }
}

/** With the document's path, so that VS Code finds its language. */
function beforeUri({ uri }: vscode.TextDocument): vscode.Uri {
  return vscode.Uri.from({ scheme: SCHEME, path: uri.path.replace(/^(?!\/)/, '/'), query: uri.toString() });
}

/** The lines as they would be with every undecided hunk rejected. */
function linesBefore(document: vscode.TextDocument, edits: readonly StreamedEdit[]): string[] {
  const lines = linesFrom(document, 0, document.lineCount);
  const hunks = edits
    .filter((edit) => edit.document === document)
    .flatMap((edit) => edit.hunks)
    .toSorted((one, other) => other.line - one.line);
  for (const { line, hunk } of hunks) lines.splice(line, hunk.newLines.length, ...hunk.oldLines);
  return lines;
}
