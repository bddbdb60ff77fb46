/**
 * Code of an answer that grows in a new, unsaved file beside the one it was asked about, with its receipt as a lens on
 * the first line. Units: milliseconds.
 */
import * as vscode from 'vscode';
import type { Clock } from '../base/clock.ts';
import { type Disposable, DisposableBag } from '../base/disposable.ts';
import { type Throttled, throttle } from '../base/throttle.ts';
import { answerParts } from '../edit/answerBlocks.ts';
import type { Receipt } from '../flow/request.ts';
import { receiptLine } from './receiptRows.ts';

const t = vscode.l10n.t;
const REDRAW_MS = 150;

/** The longest block: models put the command that runs a test in a block of its own. */
export function codeOf(answer: string, ended: boolean): string {
  const blocks = answerParts(answer, ended).blocks.map(({ lines }) => lines.join('\n'));
  return blocks.reduce((longest, block) => (block.length > longest.length ? block : longest), '');
}

export interface BesideFile {
  /** Where it is to be saved; absent: nowhere in particular. */
  readonly uri?: vscode.Uri;
  readonly language: string;
}

/** Writes are never two at a time, and none comes after `end`. */
export class GrowingFile implements Disposable {
  readonly #file: BesideFile;
  readonly #draw: Throttled;
  #document: vscode.TextDocument | undefined;
  #text = '';
  #writing: Promise<void> = Promise.resolve();
  #disposed = false;

  constructor(file: BesideFile, clock: Clock) {
    this.#file = file;
    this.#draw = throttle(() => void this.#queue(), REDRAW_MS, clock);
  }

  /** The code so far, as a whole. */
  grow(text: string): void {
    if (text === this.#text) return;
    this.#text = text;
    this.#draw.request();
  }

  /** Resolves with the document when the whole text stands in it; without one when it was closed meanwhile. */
  async end(text: string): Promise<vscode.TextDocument | undefined> {
    this.#draw.dispose();
    this.#text = text;
    await this.#queue();
    this.#disposed = true;
    return this.#document?.isClosed ? undefined : this.#document;
  }

  dispose(): void {
    this.#disposed = true;
    this.#draw.dispose();
  }

  #queue(): Promise<void> {
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  async #write(): Promise<void> {
    if (this.#disposed || this.#text === '') return;
    this.#document ??= await this.#open();
    const document = this.#document;
    if (document.isClosed) return;
    const [before, after] = [document.getText(), `${this.#text}\n`];
    if (before === after) return;
    const edit = new vscode.WorkspaceEdit();
    const end = document.lineAt(document.lineCount - 1).range.end;
    const grown = before === '' || after.startsWith(before.trimEnd());
    const from = grown ? document.positionAt(before.trimEnd().length) : new vscode.Position(0, 0);
    edit.replace(
      document.uri,
      new vscode.Range(from, end),
      grown ? after.slice(before.trimEnd().length) : after,
    );
    await vscode.workspace.applyEdit(edit);
  }

  async #open(): Promise<vscode.TextDocument> {
    const { uri, language } = this.#file;
    const opening =
      uri === undefined
        ? vscode.workspace.openTextDocument({ language })
        : vscode.workspace.openTextDocument(uri);
    const document = await opening;
    await vscode.window.showTextDocument(document, {
      viewColumn: vscode.ViewColumn.Beside,
      preserveFocus: true,
      preview: false,
    });
    return document;
  }
}

/** One lens a document: what the code in it cost, and what can be asked next. */
export class ReceiptLenses implements Disposable {
  readonly #bag = new DisposableBag();
  readonly #changed = this.#bag.add(new vscode.EventEmitter<void>());
  readonly #receipts = new Map<
    vscode.TextDocument,
    { readonly receipt: Receipt; readonly stronger: () => void }
  >();

  constructor() {
    const provider: vscode.CodeLensProvider = {
      onDidChangeCodeLenses: this.#changed.event,
      provideCodeLenses: (document) => this.#lenses(document),
    };
    this.#bag.add(vscode.languages.registerCodeLensProvider({ scheme: 'untitled' }, provider));
    this.#bag.add(
      vscode.workspace.onDidCloseTextDocument((document) => void this.#receipts.delete(document)),
    );
  }

  show(document: vscode.TextDocument, receipt: Receipt, stronger: () => void): void {
    this.#receipts.set(document, { receipt, stronger });
    this.#changed.fire();
  }

  /** The document in which this was written. */
  receiptOf(document: vscode.TextDocument): Receipt | undefined {
    return this.#receipts.get(document)?.receipt;
  }

  askStronger(uri: unknown): void {
    for (const [document, { stronger }] of this.#receipts)
      if (document.uri.toString() === String(uri)) stronger();
  }

  dispose(): void {
    this.#bag.dispose();
  }

  #lenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const known = this.#receipts.get(document);
    if (known === undefined) return [];
    const top = new vscode.Range(0, 0, 0, 0);
    const { id } = known.receipt;
    return [
      new vscode.CodeLens(top, {
        title: receiptLine(known.receipt),
        tooltip: t('Show why this model answered'),
        command: 'sluice.showLastDecision',
        arguments: [id],
      }),
      new vscode.CodeLens(top, {
        title: t('Ask Stronger'),
        command: 'sluice.rewriteStronger',
        arguments: [document.uri.toString()],
      }),
    ];
  }
}
