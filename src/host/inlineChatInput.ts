/**
 * The box of an inline chat in which one types. VS Code shows it as an editor on a document of its own (`comment:`), which is
 * found when it opens: so its text, its caret and a hint in it are ours to read and to set.
 */
import * as vscode from 'vscode';

const SCHEME = 'comment';
const MOST_ATTEMPTS = 8;
/** Behind a longer line there is no room for a preview. */
const MOST_TYPED = 60;

/** Whether `document` may be the box of a comment that is being edited; that of a reply names its controller. */
export function isCommentInput({ uri }: vscode.TextDocument): boolean {
  return uri.scheme === SCHEME && uri.authority === '';
}

export class ChatInput {
  readonly #hints: vscode.TextEditorDecorationType;
  #document: vscode.TextDocument | undefined;
  /** What it shall hold before it is there. */
  #draft = '';
  #hint = '';
  #preview = '';

  constructor(hints: vscode.TextEditorDecorationType) {
    this.#hints = hints;
  }

  /** Another box takes its place; it will hold `text`. */
  renew(text: string): void {
    this.#draft = text;
    this.#document = undefined;
  }

  get waiting(): boolean {
    return this.#document === undefined;
  }

  claim(document: vscode.TextDocument): void {
    this.#document = document;
  }

  is(document: vscode.TextDocument | undefined): boolean {
    return document !== undefined && document === this.#document;
  }

  get focused(): boolean {
    return this.is(vscode.window.activeTextEditor?.document);
  }

  get text(): string {
    return this.#document === undefined || this.#document.isClosed ? this.#draft : this.#document.getText();
  }

  /** Whether the caret is on the first line, and on the last. */
  get caret(): { readonly first: boolean; readonly last: boolean } {
    const editor = this.#editor();
    if (editor === undefined) return { first: false, last: false };
    const { line } = editor.selection.active;
    return { first: line === 0, last: line === editor.document.lineCount - 1 };
  }

  async setText(text: string): Promise<void> {
    this.#draft = text;
    const editor = await this.#replace((now) => (now === text ? undefined : now.length), text);
    if (editor === undefined) return;
    const end = editor.document.lineAt(editor.document.lineCount - 1).range.end;
    editor.selection = new vscode.Selection(end, end);
  }

  /** Takes out what was sent; what was typed behind it meanwhile stays. */
  async take(sent: string): Promise<void> {
    this.#draft = '';
    await this.#replace((now) => (now.startsWith(sent) ? sent.length : undefined), '');
  }

  /** VS Code refuses an edit when something was typed at the same time: then it is tried on what is there now. */
  async #replace(
    charsOf: (now: string) => number | undefined,
    text: string,
  ): Promise<vscode.TextEditor | undefined> {
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
      const editor = this.#editor();
      const chars = editor && charsOf(editor.document.getText());
      if (editor === undefined || chars === undefined) return undefined;
      const range = new vscode.Range(new vscode.Position(0, 0), editor.document.positionAt(chars));
      if (await editor.edit((builder) => builder.replace(range, text))) return editor;
    }
    return undefined;
  }

  /** Pale words in the empty box. Unlike all else in a thread they are shown at once. */
  hint(text: string): void {
    if (text === this.#hint) return;
    this.#hint = text;
    this.showHint();
  }

  /** A few pale words behind the hint or what is typed: the box does not wrap them. Empty: none. */
  preview(text: string): void {
    if (text === this.#preview) return;
    this.#preview = text;
    this.showHint();
  }

  showHint(): void {
    const editor = this.#editor();
    if (editor === undefined) return;
    const { document } = editor;
    const end = document.lineAt(document.lineCount - 1).range.end;
    const empty = document.lineCount === 1 && end.character === 0;
    const words = empty ? this.#idleWords() : end.character > MOST_TYPED ? '' : this.#preview;
    const color = new vscode.ThemeColor('input.placeholderForeground');
    const after = { contentText: words, color, ...(empty ? {} : { margin: '0 0 0 2em' }) };
    const shown = words === '' ? [] : [{ range: new vscode.Range(end, end), renderOptions: { after } }];
    editor.setDecorations(this.#hints, shown);
  }

  #idleWords(): string {
    return this.#preview === '' ? this.#hint : `${this.#hint}  ${this.#preview}`;
  }

  #editor(): vscode.TextEditor | undefined {
    const { activeTextEditor, visibleTextEditors } = vscode.window;
    return [activeTextEditor, ...visibleTextEditors].find((editor) => this.is(editor?.document));
  }
}
