/** The edits that stand in documents, undecided or still growing: starts them, shows them, and finds the one that is meant. */
import * as vscode from 'vscode';
import type { Clock } from '../base/clock.ts';
import { DisposableBag } from '../base/disposable.ts';
import { SluiceError } from '../base/errors.ts';
import type { PlacedHunk } from '../edit/placedHunks.ts';
import { isCommentInput } from './inlineChatInput.ts';
import type { EditPlace, LiveEdit } from './liveEdit.ts';
import { LiveEditDiff } from './liveEditDiff.ts';
import { LiveEditLenses } from './liveEditLenses.ts';
import { LiveEditMarks } from './liveEditMarks.ts';
import { StreamedEdit } from './liveEditStream.ts';

const t = vscode.l10n.t;
const TOLD_FOR_MS = 8_000;

/** Which hunk of which edit; what a lens gives its command. */
export interface HunkAddress {
  readonly edit: number;
  readonly hunk: number;
}

export class LiveEdits implements vscode.Disposable {
  readonly #clock: Clock;
  readonly #owned = new DisposableBag();
  readonly #marks: LiveEditMarks;
  readonly #lenses: LiveEditLenses;
  readonly #diff: LiveEditDiff;
  #edits: readonly StreamedEdit[] = [];
  /** Hunks lost so far, by edit, so that each loss is told once. */
  readonly #told = new WeakMap<StreamedEdit, number>();
  #next = 1;

  constructor(clock: Clock) {
    this.#clock = clock;
    const pending = () => this.#edits;
    this.#marks = this.#owned.add(new LiveEditMarks(pending));
    this.#lenses = this.#owned.add(new LiveEditLenses(pending));
    this.#diff = this.#owned.add(new LiveEditDiff(pending));
    const { workspace, window } = vscode;
    this.#owned.add(workspace.onDidChangeTextDocument((event) => this.#changed(event)));
    this.#owned.add(workspace.onDidSaveTextDocument((document) => this.#saved(document)));
    this.#owned.add(workspace.onDidCloseTextDocument((document) => this.#gone([document.uri])));
    this.#owned.add(workspace.onDidRenameFiles(({ files }) => this.#gone(files.map(({ oldUri }) => oldUri))));
    this.#owned.add(window.tabGroups.onDidChangeTabs(({ closed }) => this.#tabsClosed(closed)));
    this.#owned.add(
      window.onDidChangeVisibleTextEditors(() => {
        this.#marks.draw();
        this.#mark();
      }),
    );
    this.#owned.add(window.onDidChangeActiveTextEditor(() => this.#mark()));
  }

  get pending(): readonly LiveEdit[] {
    return this.#edits;
  }

  /** Throws `not-editable`. */
  start(place: EditPlace): LiveEdit {
    const document = documentAt(place.uri);
    if (document === undefined) throw new SluiceError('not-editable', { why: 'closed' });
    if (isReadOnly(document)) throw new SluiceError('not-editable', { why: 'read-only' });
    if (normal(document.getText(place.range)) !== normal(place.original)) {
      throw new SluiceError('not-editable', { why: 'changed' });
    }
    const id = this.#next;
    this.#next += 1;
    const edit = new StreamedEdit(id, document, place, {
      clock: this.#clock,
      onChange: (changed) => this.#show(changed),
    });
    if (this.#edits.some((other) => overlap(other, edit))) {
      throw new SluiceError('not-editable', { why: 'overlap' });
    }
    this.#edits = [...this.#edits, edit];
    this.#mark();
    return edit;
  }

  /** By a lens, else where the cursor is. Without a hunk there, the cursor goes to the next one, and nothing is decided. */
  async decide(how: 'accept' | 'reject', address: unknown): Promise<void> {
    const meant = isAddress(address) ? this.#at(address) : this.#atCursor();
    if (meant === undefined) return isAddress(address) ? undefined : this.go('next');
    await meant.edit[how](meant.hunk.hunk.id);
    if (!isAddress(address)) this.go('next');
  }

  /** `address`: the edit that is meant; else all in the active editor. */
  async decideAll(how: 'accept' | 'reject', address: unknown): Promise<void> {
    const meant = isAddress(address) ? this.#edits.filter(({ id }) => id === address.edit) : this.#inActive();
    for (const edit of meant) await (how === 'accept' ? edit.acceptAll() : edit.rejectAll());
  }

  /** Goes round at the ends. */
  go(where: 'next' | 'previous'): void {
    const editor = this.#editor();
    const lines = this.#inActive()
      .flatMap(({ hunks }) => hunks.map(({ line }) => line))
      .toSorted((one, other) => one - other);
    if (editor === undefined || lines.length === 0) return;
    const { line } = editor.selection.active;
    const found =
      where === 'next'
        ? (lines.find((at) => at > line) ?? lines[0])
        : (lines.findLast((at) => at < line) ?? lines.at(-1));
    const to = new vscode.Position(Math.min(found ?? 0, editor.document.lineCount - 1), 0);
    editor.selection = new vscode.Selection(to, to);
    editor.revealRange(new vscode.Range(to, to), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  }

  async showDiff(address: unknown): Promise<void> {
    const edit = isAddress(address) ? this.#edits.find(({ id }) => id === address.edit) : this.#inActive()[0];
    if (edit !== undefined) await this.#diff.show(edit.document);
  }

  dispose(): void {
    for (const edit of this.#edits) edit.dispose();
    this.#owned.dispose();
  }

  #inActive(): readonly StreamedEdit[] {
    const document = this.#editor()?.document;
    return this.#edits.filter((edit) => edit.document === document);
  }

  /** The one that keys and the palette mean: from the input of a chat that is the editor with the edits beside it. */
  #editor(): vscode.TextEditor | undefined {
    const { activeTextEditor, visibleTextEditors } = vscode.window;
    if (activeTextEditor === undefined || !isCommentInput(activeTextEditor.document)) return activeTextEditor;
    return visibleTextEditors.find(({ document }) => this.#edits.some((edit) => edit.document === document));
  }

  #at({ edit, hunk }: HunkAddress) {
    const found = this.#edits.find(({ id }) => id === edit);
    const placed = found?.hunks.find((one) => one.hunk.id === hunk);
    return found && placed && { edit: found, hunk: placed };
  }

  #atCursor() {
    const line = this.#editor()?.selection.active.line ?? -1;
    const covers = ({ line: first, hunk }: PlacedHunk) =>
      line >= first && line < first + Math.max(1, hunk.newLines.length);
    for (const edit of this.#inActive()) {
      const hunk = edit.hunks.find(covers);
      if (hunk !== undefined) return { edit, hunk };
    }
    return undefined;
  }

  #changed(event: vscode.TextDocumentChangeEvent): void {
    for (const edit of this.#edits) if (edit.document === event.document) edit.documentChanged(event);
  }

  #saved(document: vscode.TextDocument): void {
    for (const edit of this.#edits) if (edit.document === document) edit.documentSaved();
  }

  #gone(uris: readonly vscode.Uri[]): void {
    const keys = new Set(uris.map(String));
    for (const edit of this.#edits) {
      if (!keys.has(edit.document.uri.toString())) continue;
      this.#tellClosed(edit);
      edit.documentGone();
    }
  }

  /** VS Code keeps a document for some minutes after its last tab was closed. */
  #tabsClosed(closed: readonly vscode.Tab[]): void {
    const open = new Set(
      vscode.window.tabGroups.all
        .flatMap(({ tabs }) => tabs)
        .flatMap(urisOf)
        .map(String),
    );
    this.#gone(closed.flatMap(urisOf).filter((uri) => !open.has(uri.toString())));
  }

  #tellClosed({ hunks, document }: StreamedEdit): void {
    if (hunks.length === 0) return;
    const name = document.uri.path.slice(document.uri.path.lastIndexOf('/') + 1);
    void vscode.window.showWarningMessage(
      t(
        '“{0}” was closed before you decided on {1} changes of Sluice. They are in the file if it was saved, else they are gone.',
        name,
        hunks.length,
      ),
    );
  }

  #show(edit: StreamedEdit): void {
    const told = this.#told.get(edit) ?? 0;
    if (edit.lost > told && !edit.document.isClosed) {
      this.#told.set(edit, edit.lost);
      if (!edit.streaming)
        vscode.window.setStatusBarMessage(
          t('Sluice: you changed proposed lines; they count as yours now.'),
          TOLD_FOR_MS,
        );
    }
    if (edit.ended) this.#edits = this.#edits.filter((one) => one !== edit);
    this.#marks.draw();
    this.#lenses.changed();
    this.#diff.changed(edit.document);
    this.#mark();
  }

  /**
   * Commands and keys of edits are there while one is seen. They do not follow the focus: that is told too late for a key
   * that is pressed at once.
   */
  #mark(): void {
    const { activeTextEditor, visibleTextEditors } = vscode.window;
    const active = activeTextEditor?.document;
    const seen = this.#edits.some(({ document }) =>
      visibleTextEditors.some((one) => one.document === document),
    );
    const set = (key: string, value: boolean) =>
      void vscode.commands.executeCommand('setContext', key, value);
    set('sluice.hasEdits', seen);
    set(
      'sluice.editStreaming',
      // Strictly here: in the input of a chat Escape is the chat's.
      this.#edits.some(({ document, streaming, tried }) => (streaming || tried) && document === active),
    );
  }
}

function documentAt(uri: vscode.Uri): vscode.TextDocument | undefined {
  const key = uri.toString();
  return vscode.workspace.textDocuments.find((one) => one.uri.toString() === key && !one.isClosed);
}

/** What else is read-only shows at the first write: VS Code does not tell before. */
function isReadOnly({ uri, isUntitled }: vscode.TextDocument): boolean {
  if (isUntitled || NOTEBOOK_SCHEMES.has(uri.scheme)) return false;
  return vscode.workspace.fs.isWritableFileSystem(uri.scheme) !== true;
}

/** Cells have no file of their own. */
const NOTEBOOK_SCHEMES = new Set(['vscode-notebook-cell', 'vscode-interactive-input']);

const normal = (text: string): string => text.replace(/\r\n?/g, '\n');

function overlap(one: StreamedEdit, other: StreamedEdit): boolean {
  if (one.document !== other.document) return false;
  return one.lines.first <= other.lines.last && other.lines.first <= one.lines.last;
}

function isAddress(value: unknown): value is HunkAddress {
  return typeof value === 'object' && value !== null && 'edit' in value && 'hunk' in value;
}

function urisOf({ input }: vscode.Tab): vscode.Uri[] {
  if (input instanceof vscode.TabInputText) return [input.uri];
  if (input instanceof vscode.TabInputTextDiff) return [input.original, input.modified];
  return [];
}
