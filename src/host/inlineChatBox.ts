/**
 * The box in the editor that holds one chat: a comment thread with the input on top, where it stays at its line, and the
 * turns below it, newest first. Units: milliseconds.
 *
 * What VS Code does, seen in 1.139: changes of a thread are sent after 100 ms without another one, so new text is shown
 * at most every 130 ms. A thread gets the focus when it is opened with one comment that is being edited. Once somebody has
 * clicked on a comment, each later draw takes the focus there, out of the code as well; only a new thread forgets that.
 */
import * as vscode from 'vscode';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { type Throttled, throttle } from '../base/throttle.ts';
import { ChatInput } from './inlineChatInput.ts';

const t = vscode.l10n.t;

const SHOWN_EVERY_MS = 130;
/** An input that has not got the focus by then does not get it: the turns are shown anyhow. */
const FOCUS_WITHIN_MS = 1_000;
/** Who clicks into the code is seen there at once; who clicks on a comment is not seen anywhere. */
const SEEN_WITHIN_MS = 300;

export interface ChatBoxDeps {
  readonly controller: vscode.CommentController;
  readonly hints: vscode.TextEditorDecorationType;
  readonly clock: Clock;
}

export interface ChatBoxPlace {
  readonly uri: vscode.Uri;
  readonly range: vscode.Range;
}

export class ChatBox implements Disposable {
  readonly input: ChatInput;
  readonly #deps: ChatBoxDeps;
  readonly #draws: Throttled;
  #thread: vscode.CommentThread | undefined;
  #comment: vscode.Comment | undefined;
  #turns: readonly vscode.Comment[] = [];
  #label = '';
  /** While it runs, the input stands alone in its thread and waits for the focus. */
  #alone: Disposable | undefined;
  /** When the input lost the focus to something that is not known yet. */
  #leftMs: number | undefined;
  /** Somebody may have clicked on a comment of this thread. */
  #clicked = false;

  constructor(deps: ChatBoxDeps) {
    this.#deps = deps;
    this.input = new ChatInput(deps.hints);
    this.#draws = throttle(() => this.#draw(), SHOWN_EVERY_MS, deps.clock);
  }

  holds(what: unknown): boolean {
    return what !== undefined && (what === this.#thread || what === this.#comment);
  }

  /** A new thread takes the place of the one there is; `text` is in its input. */
  open({ uri, range }: ChatBoxPlace, text: string, focus: boolean): void {
    const former = this.#thread;
    this.input.renew(text);
    this.#comment = inputComment(text);
    this.#leftMs = undefined;
    this.#clicked = false;
    this.#alone?.dispose();
    this.#alone = focus ? this.#deps.clock.after(FOCUS_WITHIN_MS, () => this.focused()) : undefined;
    const comments = focus ? [this.#comment] : [this.#comment, ...this.#turns];
    const thread = this.#deps.controller.createCommentThread(uri, range, comments);
    thread.canReply = false;
    thread.label = this.#label;
    thread.collapsibleState = vscode.CommentThreadCollapsibleState.Expanded;
    this.#thread = thread;
    former?.dispose();
  }

  /** The input has the focus. */
  focused(): void {
    if (this.#leftMs !== undefined) this.#clicked = true;
    this.#leftMs = undefined;
    this.input.showHint();
    if (this.#alone === undefined) return;
    this.#alone.dispose();
    this.#alone = undefined;
    if (this.#turns.length > 0) this.#draws.request();
  }

  left(): void {
    this.#leftMs = this.#deps.clock.monotonic();
  }

  /** A button of ours took the focus: that is no click on a comment. */
  excused(): void {
    this.#leftMs = undefined;
  }

  /** The person is in the code. */
  codeTouched(): void {
    if (this.#leftMs === undefined) return;
    if (this.#deps.clock.monotonic() - this.#leftMs > SEEN_WITHIN_MS) this.#clicked = true;
    this.#leftMs = undefined;
  }

  /** Whether drawing could take the focus from where it is. */
  get grabs(): boolean {
    return this.#clicked || this.#leftMs !== undefined;
  }

  show(turns: readonly vscode.Comment[]): void {
    this.#turns = turns;
    if (this.#alone === undefined) this.#draws.request();
  }

  setLabel(label: string): void {
    if (label === this.#label) return;
    this.#label = label;
    if (this.#thread !== undefined) this.#thread.label = label;
  }

  dispose(): void {
    this.#alone?.dispose();
    this.#draws.dispose();
    this.#thread?.dispose();
    this.#thread = undefined;
  }

  #draw(): void {
    if (this.#thread === undefined || this.#comment === undefined || this.#alone !== undefined) return;
    this.#thread.comments = [this.#comment, ...this.#turns];
  }
}

function inputComment(body: string): vscode.Comment {
  return {
    author: { name: t('You') },
    body,
    mode: vscode.CommentMode.Editing,
    contextValue: 'input',
    label: t('Enter sends, Shift+Enter makes a new line, Escape stops or closes'),
  };
}
