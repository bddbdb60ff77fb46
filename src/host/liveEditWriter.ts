/** Writes into one document: one change at a time, all of them one undo step, told apart from what others change. */
import * as vscode from 'vscode';
import { type LineChange, type LineEnd, type TextChange, textChange } from '../edit/lines.ts';

/** `moved`: somebody else was faster, so the change must be made anew. `refused`: the document takes nothing. */
export type Written = 'written' | 'moved' | 'refused';

export class LiveEditWriter {
  readonly document: vscode.TextDocument;
  readonly #onOthers: (changes: readonly TextChange[]) => void;
  /** What was told while a change of ours was on its way: which of it is ours is known when that has arrived. */
  #waiting: vscode.TextDocumentChangeEvent[] | undefined;
  #written = false;
  /** Whether others have changed the document since our first change. */
  othersWrote = false;

  /** `onOthers` gets changes in an order in which they can be followed one by one. */
  constructor(document: vscode.TextDocument, onOthers: (changes: readonly TextChange[]) => void) {
    this.document = document;
    this.#onOthers = onOthers;
  }

  /** An editor can write without an undo step of its own; without one, each change is a step. */
  get visible(): boolean {
    return this.#editor() !== undefined;
  }

  get hasWritten(): boolean {
    return this.#written;
  }

  /** The owner passes on every change of the document. */
  changed(event: vscode.TextDocumentChangeEvent): void {
    if (event.contentChanges.length === 0) return;
    if (this.#waiting === undefined) this.#tell(event);
    else this.#waiting.push(event);
  }

  /** Must not be called while it runs. `commit` is called before anything that others changed meanwhile is told. */
  async write(changes: readonly LineChange[], commit: () => void): Promise<Written> {
    const waiting: vscode.TextDocumentChangeEvent[] = [];
    this.#waiting = waiting;
    const applied = await this.#apply(changes);
    this.#waiting = undefined;
    // VS Code applies a change to the version that we knew or not at all: the first that was told is ours.
    const own = applied ? waiting.shift() : undefined;
    if (own !== undefined) {
      this.#written = true;
      commit();
    }
    for (const event of waiting) this.#tell(event);
    if (own !== undefined) return 'written';
    return waiting.length > 0 && !this.document.isClosed ? 'moved' : 'refused';
  }

  async #apply(changes: readonly LineChange[]): Promise<boolean> {
    const edits = changes.map((change) => editOf(this.document, change));
    const editor = this.#editor();
    if (editor !== undefined) {
      const options = { undoStopBefore: !this.#written, undoStopAfter: false };
      const build = (builder: vscode.TextEditorEdit) => {
        for (const { range, text } of edits) builder.replace(range, text);
      };
      return editor.edit(build, options).then(
        (applied) => applied,
        // The editor was closed between the look and the call.
        () => false,
      );
    }
    const edit = new vscode.WorkspaceEdit();
    for (const { range, text } of edits) edit.replace(this.document.uri, range, text);
    return vscode.workspace.applyEdit(edit);
  }

  #editor(): vscode.TextEditor | undefined {
    return vscode.window.visibleTextEditors.find(({ document }) => document === this.document);
  }

  #tell({ contentChanges }: vscode.TextDocumentChangeEvent): void {
    if (this.#written) this.othersWrote = true;
    const changes = contentChanges
      .map(({ range: { start, end }, text }) => ({
        startLine: start.line,
        startColumn: start.character,
        endLine: end.line,
        endColumn: end.character,
        text,
      }))
      // All of them speak of the text before: from bottom to top each can be followed on its own.
      .toSorted((one, other) => other.startLine - one.startLine || other.startColumn - one.startColumn);
    this.#onOthers(changes);
  }
}

export function editOf(document: vscode.TextDocument, change: LineChange) {
  const lineEnd: LineEnd = document.eol === vscode.EndOfLine.CRLF ? '\r\n' : '\n';
  const lengthOf = (line: number) => document.lineAt(line).text.length;
  const { startLine, startColumn, endLine, endColumn, text } = textChange(
    { lineCount: document.lineCount, lengthOf },
    change,
    lineEnd,
  );
  return { range: new vscode.Range(startLine, startColumn, endLine, endColumn), text };
}

/** At most as many lines as there are. */
export function linesFrom(document: vscode.TextDocument, from: number, count: number): string[] {
  const to = Math.min(document.lineCount, from + count);
  return Array.from({ length: Math.max(0, to - from) }, (_, index) => document.lineAt(from + index).text);
}
