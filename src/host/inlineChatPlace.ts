/** What an inline chat is about: a stretch of one document that stays on its code while the document changes. */
import * as vscode from 'vscode';
import type { Clock } from '../base/clock.ts';
import { type Span, shiftedSpan } from '../base/span.ts';
import type { CodeContext } from '../flow/request.ts';
import { type CodePlace, codeOf, symbolAt } from './editorContext.ts';
import { localOnlyFor } from './localOnly.ts';

/** Lines in front of the code and behind it that go along for reading, and the most characters of each. */
const AROUND_LINES = 20;
const AROUND_CHARS = 2_000;

/** Where a chat shall be opened. */
export interface ChatPlace {
  readonly uri: vscode.Uri;
  /** Empty: the symbol around it, else its line. */
  readonly range: vscode.Range;
  /** It was opened for what the editor reports here. */
  readonly fix?: boolean;
}

export class ChatTarget {
  readonly document: vscode.TextDocument;
  /** For an empty range the symbol is looked for; until it is known, the line counts. Never rejects. */
  readonly found: Promise<void>;
  #span: Span;
  /** Where the chat was opened. */
  #anchor: Span;
  #symbol: string | undefined;
  #growing = 0;

  constructor(document: vscode.TextDocument, range: vscode.Range, clock: Clock, signal: AbortSignal) {
    this.document = document;
    this.#anchor = this.#spanOf(range.isEmpty ? lineAt(document, range.start) : range);
    this.#span = this.#anchor;
    this.found = range.isEmpty ? this.#find(range.start, clock, signal) : Promise.resolve();
  }

  get range(): vscode.Range {
    return this.#rangeOf(this.#span);
  }

  /** The box stands below its end. */
  get anchor(): vscode.Range {
    return this.#rangeOf(this.#anchor);
  }

  /** As far as whole lines go: what a change replaces. */
  get wholeLines(): vscode.Range {
    const { start, end } = this.range;
    const last = end.character === 0 && end.line > start.line ? end.line - 1 : end.line;
    return new vscode.Range(start.line, 0, last, this.document.lineAt(last).text.length);
  }

  get symbol(): string | undefined {
    return this.#symbol;
  }

  changed(changes: readonly vscode.TextDocumentContentChangeEvent[]): void {
    // VS Code reports them from the end of the document to its beginning, each in the text before all of them.
    for (const { rangeOffset: at, rangeLength: removed, text } of changes) {
      const change = { at, removed, added: text.length };
      this.#span = shiftedSpan(this.#span, change, this.#growing > 0);
      this.#anchor = shiftedSpan(this.#anchor, change, this.#growing > 0);
    }
  }

  /** While `work` runs, what is inserted at the end belongs to the code: we write it. */
  async growing<T>(work: () => Promise<T>): Promise<T> {
    this.#growing += 1;
    try {
      return await work();
    } finally {
      this.#growing -= 1;
    }
  }

  /** An edit gets whole lines and what stands around them. Throws `nothing-to-send`. */
  code(edit: boolean, maxChars: number): CodeContext {
    const range = edit ? this.wholeLines : this.range;
    const place: CodePlace = { range, ...(this.#symbol === undefined ? {} : { symbol: this.#symbol }) };
    const blank = this.document.getText(range).trim() === '' && this.document.getText().trim() !== '';
    const code = blank ? blankCode(this.document) : codeOf(this.document, place, maxChars);
    if (!edit && !range.isSingleLine) return code;
    const { before, after } = around(this.document, range);
    return { ...code, ...(before === '' ? {} : { before }), ...(after === '' ? {} : { after }) };
  }

  /** What stands above and below the whole lines of the code: for checks, never sent. */
  get rest(): { readonly above: string; readonly below: string } {
    const text = this.document.getText();
    const { start, end } = this.wholeLines;
    return {
      above: text.slice(0, this.document.offsetAt(start)),
      below: text.slice(this.document.offsetAt(end)),
    };
  }

  async #find(position: vscode.Position, clock: Clock, signal: AbortSignal): Promise<void> {
    const version = this.document.version;
    const place = await symbolAt(this.document, position, clock, signal).catch((error: unknown) => {
      if (!signal.aborted) throw error;
      return undefined;
    });
    if (place === undefined || this.document.version !== version) return;
    this.#span = this.#spanOf(place.range);
    this.#symbol = place.symbol;
  }

  #rangeOf({ start, end }: Span): vscode.Range {
    return new vscode.Range(this.document.positionAt(start), this.document.positionAt(end));
  }

  #spanOf({ start, end }: vscode.Range): Span {
    return { start: this.document.offsetAt(start), end: this.document.offsetAt(end) };
  }
}

/** Something may be written on an empty line: its surroundings say what about. */
function blankCode(document: vscode.TextDocument): CodeContext {
  const name = document.uri.path.slice(document.uri.path.lastIndexOf('/') + 1);
  return {
    language: document.languageId,
    text: '',
    ...(document.isUntitled ? {} : { fileName: name }),
    problems: [],
    cutChars: 0,
    ...localOnlyFor(document.uri),
  };
}

function around(document: vscode.TextDocument, range: vscode.Range): { before: string; after: string } {
  const first = Math.max(0, range.start.line - AROUND_LINES);
  const behind = Math.min(document.lineCount - 1, range.end.line + AROUND_LINES);
  const before = document.getText(new vscode.Range(first, 0, range.start.line, 0));
  const after =
    range.end.line >= document.lineCount - 1
      ? ''
      : document.getText(
          new vscode.Range(range.end.line + 1, 0, behind, document.lineAt(behind).text.length),
        );
  return { before: before.slice(-AROUND_CHARS).trimEnd(), after: after.slice(0, AROUND_CHARS).trimEnd() };
}

function lineAt(document: vscode.TextDocument, position: vscode.Position): vscode.Range {
  return document.lineAt(document.validatePosition(position).line).range;
}
