/**
 * What one chat shows in the editor, below its line: a comment thread with nothing but the input, and below it another one
 * with the turns, newest first, so that neither moves when an answer grows. Units: milliseconds.
 *
 * What VS Code does, seen in 1.139: changes of a thread are sent after 100 ms without another one, so new text is shown
 * at most every 130 ms. Every draw of a thread takes the focus to the comment that was clicked last, out of the code as
 * well, and nobody is told of such a click. The arrow keys go from the input to the other comments of its thread unless it
 * was added behind another one, where it takes the focus with each draw. Hence two threads: the input's says nothing
 * that changes and is drawn only to get the focus; the other one is made anew once the person has been in the code.
 */
import * as vscode from 'vscode';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { type Throttled, throttle } from '../base/throttle.ts';
import { ChatInput } from './inlineChatInput.ts';

const t = vscode.l10n.t;

const SHOWN_EVERY_MS = 130;
/** Each draw renders the whole talk: who types in the code meanwhile shall not feel it. */
const SHOWN_AWAY_EVERY_MS = 500;
/** In a window that is not in front the focus may never come. */
const FOCUS_WITHIN_MS = 5_000;

export interface ChatBoxDeps {
  readonly controller: vscode.CommentController;
  readonly hints: vscode.TextEditorDecorationType;
  readonly clock: Clock;
}

export interface ChatBoxPlace {
  readonly uri: vscode.Uri;
  readonly range: vscode.Range;
}

/** What the box is to show now, and where. */
export interface ChatBoxOwner {
  place(): ChatBoxPlace;
  comments(): readonly vscode.Comment[];
}

export class ChatBox implements Disposable {
  readonly input: ChatInput;
  readonly #deps: ChatBoxDeps;
  readonly #owner: ChatBoxOwner;
  readonly #draws: Throttled;
  readonly #drawsAway: Throttled;
  #inputThread: vscode.CommentThread | undefined;
  #inputComment: vscode.Comment | undefined;
  #talkThread: vscode.CommentThread | undefined;
  #title = '';
  #focusCame: (() => void) | undefined;
  /** The input had the focus, and something else has it now. */
  #left = false;
  /** A comment of the talk may have been clicked: a draw would take the focus to it, out of the code. */
  #grabs = false;
  /** The same, out of the input. */
  #grabsInput = false;

  constructor(deps: ChatBoxDeps, owner: ChatBoxOwner) {
    this.#deps = deps;
    this.#owner = owner;
    this.input = new ChatInput(deps.hints);
    this.#draws = throttle(() => this.#draw(), SHOWN_EVERY_MS, deps.clock);
    this.#drawsAway = throttle(() => this.#draw(), SHOWN_AWAY_EVERY_MS, deps.clock);
  }

  holds(what: unknown): boolean {
    if (what === undefined) return false;
    return [this.#inputThread, this.#inputComment, this.#talkThread].includes(
      what as vscode.CommentThread & vscode.Comment,
    );
  }

  /** A new input with `text` takes the place of the one there is, and the focus. Resolves when it has it. */
  open(text: string): Promise<void> {
    const former = this.#inputThread;
    const { uri, range } = this.#owner.place();
    this.input.renew(text);
    this.#inputComment = inputComment(text);
    const keys = keysComment();
    this.#inputThread = this.#thread(uri, inputRange(range), [keys], 'input', this.#title);
    this.#inputThread.comments = [keys, this.#inputComment];
    former?.dispose();
    // Of two boxes at one line the newer one stands below.
    this.renewTalk();
    return this.#focusToCome();
  }

  #focusToCome(): Promise<void> {
    this.#focusCame?.();
    return new Promise((resolve) => {
      const patience = this.#deps.clock.after(FOCUS_WITHIN_MS, () => this.#focusCame?.());
      this.#focusCame = () => {
        patience.dispose();
        this.#focusCame = undefined;
        resolve();
      };
    });
  }

  /** In a new thread, which has no comment that was clicked. */
  renewTalk(): void {
    const former = this.#talkThread;
    const { uri, range } = this.#owner.place();
    const comments = this.#owner.comments();
    this.#grabs = false;
    this.#grabsInput = false;
    this.#talkThread = this.#thread(uri, talkRange(range), comments, 'talk', talkLabel(comments));
    former?.dispose();
  }

  #thread(
    uri: vscode.Uri,
    range: vscode.Range,
    comments: readonly vscode.Comment[],
    contextValue: string,
    label: string,
  ): vscode.CommentThread {
    const thread = this.#deps.controller.createCommentThread(uri, range, [...comments]);
    thread.canReply = false;
    thread.contextValue = contextValue;
    thread.label = label;
    thread.collapsibleState = vscode.CommentThreadCollapsibleState.Expanded;
    return thread;
  }

  /** The input has the focus. */
  focused(): void {
    this.#left = false;
    this.input.showHint();
    this.#focusCame?.();
  }

  left(): void {
    this.#left = true;
    this.#grabsInput = true;
  }

  /** The person is in the code. `clicked`: by the mouse, and so perhaps from a comment. `growing`: an answer is. */
  codeTouched(clicked: boolean, growing: boolean): void {
    if (!clicked && !this.#left) return;
    this.#left = false;
    this.#grabs = true;
    // At once: a draw that is on its way would take the focus.
    if (growing) this.renewTalk();
  }

  show(): void {
    (this.input.focused ? this.#draws : this.#drawsAway).request();
  }

  /** What stands above the input from its next opening on. */
  describe(title: string): void {
    this.#title = title;
  }

  /** Drawing it takes the focus there, out of a list or the code. */
  takeFocus(): void {
    if (this.#inputThread !== undefined) this.#inputThread.comments = [...this.#inputThread.comments];
  }

  dispose(): void {
    this.#focusCame?.();
    this.#draws.dispose();
    this.#drawsAway.dispose();
    this.#inputThread?.dispose();
    this.#talkThread?.dispose();
    this.#inputThread = undefined;
    this.#talkThread = undefined;
  }

  #draw(): void {
    const thread = this.#talkThread;
    if (thread === undefined) return;
    if (this.#grabs || (this.#grabsInput && this.input.focused)) this.renewTalk();
    else redraw(thread, this.#owner.comments());
  }
}

/**
 * VS Code orders the boxes at one line by the column that it makes of their ranges: 1 of several lines, else their middle.
 * Not from the line's beginning: what is inserted there would push one of them down and not the other.
 */
function inputRange(range: vscode.Range): vscode.Range {
  return range.isSingleLine ? new vscode.Range(range.end.line, 1, range.end.line, 1) : range;
}

function talkRange({ end }: vscode.Range): vscode.Range {
  return new vscode.Range(end.line, 1, end.line, 2);
}

function redraw(thread: vscode.CommentThread, comments: readonly vscode.Comment[]): void {
  const label = talkLabel(comments);
  if (thread.label !== label) thread.label = label;
  thread.comments = [...comments];
}

function talkLabel(comments: readonly vscode.Comment[]): string {
  return comments.length > 1 ? t('Answers, newest first') : t('Before sending');
}

function inputComment(body: string): vscode.Comment {
  return {
    author: { name: t('You') },
    body,
    mode: vscode.CommentMode.Editing,
    contextValue: 'input',
  };
}

/** VS Code leaves the arrow keys to an input that was added to a thread behind another comment. */
function keysComment(): vscode.Comment {
  const label = t(
    'Enter sends · Shift+Enter makes a new line · ↑ ↓ earlier prompts · Escape stops or closes',
  );
  return rowOf(t('Keys'), label, 'keys');
}

/** A row that nobody wrote. */
export function rowOf(name: string, label: string, contextValue: string): vscode.Comment {
  return { author: { name }, body: '', mode: vscode.CommentMode.Preview, contextValue, label };
}
