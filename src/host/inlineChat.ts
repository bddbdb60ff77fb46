/** `Sluice: Inline Chat`: the chats of this window, which one a key or a button means, and what VS Code tells them. */
import * as vscode from 'vscode';
import { DisposableBag } from '../base/disposable.ts';
import { SluiceError } from '../base/errors.ts';
import type { Platforms } from '../flow/platforms.ts';
import type { Receipt } from '../flow/request.ts';
import type { Quota } from '../quota/quota.ts';
import { EditWatch } from './editWatch.ts';
import { errorWords } from './errorWords.ts';
import { PromptHistory } from './inlineChatHistory.ts';
import { isCommentInput } from './inlineChatInput.ts';
import { chooseModel } from './inlineChatModels.ts';
import { parseOpening } from './inlineChatOpening.ts';
import type { ChatPlace } from './inlineChatPlace.ts';
import { ChatSession, type ChatSessionDeps } from './inlineChatSession.ts';
import { type RunTests, TestRuns } from './testRuns.ts';

const t = vscode.l10n.t;

/** The menus and keys in package.json look for it. */
const CONTROLLER = 'sluice.inlineChat';
const MOST_OPEN = 20;
/** A document that is renamed, or gets another language, is closed and opened again. */
const GONE_AFTER_MS = 1_000;

type ChatAction = 'copy' | 'stop' | 'again' | 'fresh' | 'stronger' | 'good' | 'bad' | 'accept' | 'reject';

export interface InlineChatDeps
  extends Omit<ChatSessionDeps, 'controller' | 'hints' | 'history' | 'labelOf' | 'watch' | 'tests'> {
  readonly platforms: Platforms;
  readonly quota: Quota;
  readonly state: vscode.Memento;
  readonly runTests: RunTests;
}

export class InlineChat implements vscode.Disposable {
  readonly #deps: InlineChatDeps;
  readonly #owned = new DisposableBag();
  readonly #session: ChatSessionDeps;
  /** The one used last comes first. */
  #sessions: readonly ChatSession[] = [];
  #inFocus: ChatSession | undefined;
  #caret = '';

  constructor(deps: InlineChatDeps) {
    this.#deps = deps;
    const controller = this.#owned.add(vscode.comments.createCommentController(CONTROLLER, t('Sluice')));
    const hints = this.#owned.add(vscode.window.createTextEditorDecorationType({}));
    const { labelOf } = deps.platforms;
    const history = new PromptHistory(deps.state);
    const watch = this.#owned.add(new EditWatch(deps.outcomes, deps.clock));
    const tests = this.#owned.add(new TestRuns(deps));
    this.#session = { ...deps, controller, hints, history, labelOf, watch, tests };
    this.#listen();
  }

  /** Resolves with the receipt when `send` is asked for, else when the input is there. */
  async open(argument: unknown): Promise<Receipt | undefined> {
    const { place, instruction, form, task, send = false } = parseOpening(argument);
    const session = place === undefined ? await this.#here() : await this.#at(place);
    if (session === undefined) return undefined;
    this.#use(session);
    if (form !== undefined) session.choices.form = form;
    session.choices.task = task;
    const { input } = session.box;
    let focused: Promise<void> | undefined;
    // One who types already goes on typing.
    if (!input.focused) focused = session.focus(send ? '' : (instruction ?? input.text));
    else if (!send && instruction !== undefined) await input.setText(instruction);
    const receipt = send ? await session.send(instruction ?? '') : undefined;
    await focused;
    return receipt;
  }

  /** The chat that one is in, or the one at the selection of the active editor. */
  async #here(): Promise<ChatSession | undefined> {
    const editor = vscode.window.activeTextEditor;
    const focused = this.#of(editor?.document);
    if (focused !== undefined) return focused;
    if (editor !== undefined) return this.#at({ uri: editor.document.uri, range: editor.selection });
    const nothing = new SluiceError('nothing-to-send', { why: 'no-editor' });
    void vscode.window.showInformationMessage(errorWords(nothing, String));
    return undefined;
  }

  async #at(place: ChatPlace): Promise<ChatSession> {
    const covering = () => this.#sessions.find((one) => one.covers(place));
    const known = covering();
    if (known !== undefined) return known;
    const document = await vscode.workspace.openTextDocument(place.uri);
    // Asked for twice at once, the first one may be there by now.
    return covering() ?? this.#create(document, place);
  }

  /** Enter: sends what is in the input that has the focus. */
  async enter(how: { readonly stronger?: boolean } = {}): Promise<Receipt | undefined> {
    const session = this.#focused();
    // The input is not one that this host sees: VS Code itself knows its text, and hands it to the button below it.
    if (session === undefined) return vscode.commands.executeCommand('editor.action.submitComment');
    return session.send(session.box.input.text, how);
  }

  /** A button below the input; VS Code has put its text into the comment, and taken the input away. */
  async submit(comment: unknown, how: { readonly stronger?: boolean } = {}): Promise<Receipt | undefined> {
    const session = this.#sessions.find((one) => one.holds(comment));
    if (session === undefined) return this.enter(how);
    this.#use(session);
    return session.send(bodyOf(comment), { ...how, boxGone: true });
  }

  /** Escape: what runs is stopped; with nothing running, the chat is closed. */
  async escape(): Promise<void> {
    const session = this.#focused() ?? this.#sessions[0];
    if (session?.running === true) session.cancel();
    else await this.close(undefined);
  }

  /** The focus goes back to the code, whose selection is as it was. */
  async close(thread: unknown): Promise<void> {
    const session = this.#meant(thread);
    if (session === undefined) return;
    this.#end(session);
    await vscode.commands.executeCommand('workbench.action.focusActiveEditorGroup');
  }

  async recall(direction: 'earlier' | 'later'): Promise<void> {
    const session = this.#focused();
    const { first, last } = session?.box.input.caret ?? { first: false, last: false };
    if (session !== undefined && (direction === 'earlier' ? first : last)) return session.recall(direction);
    await vscode.commands.executeCommand(direction === 'earlier' ? 'cursorUp' : 'cursorDown');
  }

  toggleForm(thread: unknown): void {
    this.#meant(thread)?.toggleForm();
  }

  async chooseModel(thread: unknown): Promise<void> {
    const session = this.#meant(thread);
    if (session !== undefined) await chooseModel(this.#deps, session);
  }

  async act(action: ChatAction, comment: unknown) {
    const session = this.#meant(comment);
    const turn = session?.turnOf(comment);
    if (session === undefined || turn === undefined) return undefined;
    if (action === 'copy') {
      await vscode.env.clipboard.writeText(turn.state.text);
      return undefined;
    }
    if (action === 'good' || action === 'bad') turn.find(action, this.#deps.outcomes);
    // The button is drawn anew and loses the focus: it goes to where one types, and where Escape is heard.
    const focused = session.focus();
    switch (action) {
      case 'stop':
        session.cancel();
        return undefined;
      case 'good':
      case 'bad':
        await focused;
        return undefined;
      case 'accept':
      case 'reject':
        await turn.live?.[action === 'accept' ? 'acceptAll' : 'rejectAll']();
        await focused;
        return undefined;
      default: {
        const receipt = await session.again(turn, action);
        await focused;
        return receipt;
      }
    }
  }

  dispose(): void {
    for (const session of this.#sessions) session.dispose();
    this.#sessions = [];
    this.#owned.dispose();
  }

  #create(document: vscode.TextDocument, place: ChatPlace): ChatSession {
    const session = new ChatSession(this.#session, document, place);
    this.#sessions = [session, ...this.#sessions];
    const oldest = this.#sessions.findLast(({ running }) => !running);
    if (this.#sessions.length > MOST_OPEN && oldest !== undefined && oldest !== session) this.#end(oldest);
    return session;
  }

  #end(session: ChatSession): void {
    this.#sessions = this.#sessions.filter((other) => other !== session);
    session.dispose();
  }

  #use(session: ChatSession): void {
    this.#sessions = [session, ...this.#sessions.filter((other) => other !== session)];
  }

  #focused(): ChatSession | undefined {
    return this.#of(vscode.window.activeTextEditor?.document);
  }

  /** The chat whose input `document` is. */
  #of(document: vscode.TextDocument | undefined): ChatSession | undefined {
    return this.#sessions.find(({ box }) => box.input.is(document));
  }

  /** By a thread, a comment or a receipt; without one by the focus, else the one used last. */
  #meant(what: unknown): ChatSession | undefined {
    return this.#sessions.find((one) => one.holds(what)) ?? this.#focused() ?? this.#sessions[0];
  }

  #listen(): void {
    const { workspace, window } = vscode;
    for (const listener of [
      workspace.onDidOpenTextDocument((document) => this.#opened(document)),
      workspace.onDidChangeTextDocument((event) => this.#changed(event)),
      workspace.onDidCloseTextDocument((document) => this.#closed(document)),
      workspace.onDidRenameFiles(({ files }) => this.#renamed(files)),
      window.onDidChangeActiveTextEditor((editor) => this.#focusMoved(editor)),
      window.onDidChangeTextEditorSelection((event) => this.#selected(event)),
    ]) {
      this.#owned.add(listener);
    }
  }

  #opened(document: vscode.TextDocument): void {
    if (!isCommentInput(document)) return;
    const text = document.getText();
    const waiting = this.#sessions.filter(({ box }) => box.input.waiting);
    (waiting.find(({ box }) => box.input.text === text) ?? waiting[0])?.box.input.claim(document);
  }

  #changed({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
    if (contentChanges.length === 0) return;
    if (isCommentInput(document)) this.#of(document)?.inputChanged();
    for (const session of this.#sessions)
      if (session.document === document) session.codeChanged(contentChanges);
  }

  #closed(document: vscode.TextDocument): void {
    if (!this.#sessions.some((session) => session.document === document)) return;
    const check = () => {
      const reopened = openDocument(document.uri);
      for (const session of this.#sessions.filter((one) => one.document === document)) {
        if (reopened === undefined) this.#end(session);
        else session.moved(reopened);
      }
    };
    this.#owned.add(this.#deps.clock.after(GONE_AFTER_MS, check));
  }

  #renamed(files: readonly { readonly oldUri: vscode.Uri; readonly newUri: vscode.Uri }[]): void {
    for (const { oldUri, newUri } of files) {
      for (const session of this.#sessions) {
        if (session.document.uri.toString() !== oldUri.toString()) continue;
        void vscode.workspace.openTextDocument(newUri).then((document) => session.moved(document));
      }
    }
  }

  #focusMoved(editor: vscode.TextEditor | undefined): void {
    const focused = this.#of(editor?.document);
    const former = this.#inFocus;
    this.#inFocus = focused;
    if (former !== focused) former?.box.left();
    focused?.inputFocused();
    if (focused !== undefined) this.#use(focused);
    this.#markCaret(focused);
  }

  #selected({ textEditor, kind }: vscode.TextEditorSelectionChangeEvent): void {
    if (isCommentInput(textEditor.document)) this.#markCaret(this.#of(textEditor.document));
    if (kind === undefined) return;
    for (const session of this.#sessions) {
      if (session.document === textEditor.document)
        session.codeTouched(kind === vscode.TextEditorSelectionChangeKind.Mouse);
    }
  }

  /** The arrow keys walk through earlier prompts on the first and the last line only. */
  #markCaret(session: ChatSession | undefined): void {
    const { first, last } = session?.box.input.caret ?? { first: false, last: false };
    const caret = `${first} ${last}`;
    if (caret === this.#caret) return;
    this.#caret = caret;
    void vscode.commands.executeCommand('setContext', 'sluice.inlineChatFirstLine', first);
    void vscode.commands.executeCommand('setContext', 'sluice.inlineChatLastLine', last);
  }
}

function openDocument(uri: vscode.Uri): vscode.TextDocument | undefined {
  const key = uri.toString();
  return vscode.workspace.textDocuments.find((one) => one.uri.toString() === key && !one.isClosed);
}

function bodyOf(comment: unknown): string {
  const body = typeof comment === 'object' && comment !== null && 'body' in comment ? comment.body : '';
  if (typeof body === 'string') return body;
  return body instanceof vscode.MarkdownString ? body.value : '';
}
