/**
 * What becomes of an edit after it was accepted: undone, changed again, with more or fewer problems than before. Each is
 * looked at for a while, or until its document is closed. Units: milliseconds.
 */
import * as vscode from 'vscode';
import type { Clock } from '../base/clock.ts';
import { type Disposable, DisposableBag } from '../base/disposable.ts';
import { type Span, shiftedSpan } from '../base/span.ts';
import { changedShare } from '../edit/changedShare.ts';
import type { Outcomes } from '../flow/outcomes.ts';
import type { Receipt } from '../flow/request.ts';

/** Most language servers have looked at a change by then. */
const PROBLEMS_AFTER_MS = 5_000;
/** What is changed later is the next piece of work. */
const KEPT_AFTER_MS = 120_000;
const MOST_WATCHED = 20;

export interface AcceptedEdit {
  readonly receipt: Receipt;
  readonly document: vscode.TextDocument;
  /** Of the accepted text, as it stands now. */
  readonly range: vscode.Range;
  /** What stood there before. */
  readonly original: string;
  readonly problemsBefore: number;
  /** It was undone: the text is as it was before. */
  readonly undone?: () => void;
}

export class EditWatch implements Disposable {
  readonly #outcomes: Outcomes;
  readonly #clock: Clock;
  readonly #bag = new DisposableBag();
  readonly #watched = new Set<Watched>();

  constructor(outcomes: Outcomes, clock: Clock) {
    this.#outcomes = outcomes;
    this.#clock = clock;
    this.#bag.add(vscode.workspace.onDidChangeTextDocument((event) => this.#changed(event)));
    this.#bag.add(vscode.workspace.onDidCloseTextDocument((document) => this.#closed(document)));
  }

  watch(edit: AcceptedEdit): void {
    const watched = new Watched(edit, this.#clock.monotonic());
    this.#watched.add(watched);
    const [oldest] = this.#watched;
    if (this.#watched.size > MOST_WATCHED && oldest) this.#end(oldest);
    watched.bag.add(this.#clock.after(PROBLEMS_AFTER_MS, () => this.#countProblems(watched)));
    watched.bag.add(this.#clock.after(KEPT_AFTER_MS, () => this.#end(watched)));
  }

  dispose(): void {
    for (const watched of [...this.#watched]) this.#end(watched);
    this.#bag.dispose();
  }

  #changed({ document, contentChanges, reason }: vscode.TextDocumentChangeEvent): void {
    for (const watched of this.#watched) {
      if (watched.edit.document !== document) continue;
      watched.shift(contentChanges);
      if (reason !== vscode.TextDocumentChangeReason.Undo || !watched.isOriginal) continue;
      const afterMs = this.#clock.monotonic() - watched.sinceMs;
      this.#outcomes.happened(watched.edit.receipt, { kind: 'undone', afterMs });
      watched.edit.undone?.();
      this.#forget(watched);
    }
  }

  #closed(document: vscode.TextDocument): void {
    for (const watched of this.#watched) if (watched.edit.document === document) this.#end(watched);
  }

  #countProblems({ edit, range }: Watched): void {
    const after = vscode.languages
      .getDiagnostics(edit.document.uri)
      .filter(({ severity }) => severity <= vscode.DiagnosticSeverity.Warning)
      .filter((diagnostic) => range.intersection(diagnostic.range) !== undefined).length;
    const before = edit.problemsBefore;
    this.#outcomes.happened(edit.receipt, { kind: 'problems', before, after });
  }

  #end(watched: Watched): void {
    const share = watched.changedShare();
    this.#outcomes.happened(watched.edit.receipt, { kind: 'edited-after', share });
    this.#forget(watched);
  }

  #forget(watched: Watched): void {
    watched.bag.dispose();
    this.#watched.delete(watched);
  }
}

class Watched {
  readonly edit: AcceptedEdit;
  readonly sinceMs: number;
  readonly bag = new DisposableBag();
  readonly #accepted: string;
  #span: Span;
  /** A closed document has no text any more. */
  #newest: string;

  constructor(edit: AcceptedEdit, sinceMs: number) {
    const { document, range } = edit;
    this.edit = edit;
    this.sinceMs = sinceMs;
    this.#accepted = document.getText(range);
    this.#newest = this.#accepted;
    this.#span = { start: document.offsetAt(range.start), end: document.offsetAt(range.end) };
  }

  get range(): vscode.Range {
    const { document } = this.edit;
    return new vscode.Range(document.positionAt(this.#span.start), document.positionAt(this.#span.end));
  }

  get isOriginal(): boolean {
    return this.#newest === this.edit.original;
  }

  shift(changes: readonly vscode.TextDocumentContentChangeEvent[]): void {
    // VS Code reports them from the end of the document to its beginning, each in the text before all of them.
    for (const { rangeOffset: at, rangeLength: removed, text } of changes) {
      this.#span = shiftedSpan(this.#span, { at, removed, added: text.length }, true);
    }
    this.#newest = this.edit.document.getText(this.range);
  }

  changedShare(): number {
    return changedShare(this.#accepted, this.#newest);
  }
}
