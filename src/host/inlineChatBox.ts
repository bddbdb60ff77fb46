/**
 * What one chat shows in the editor, below its line: a comment thread with nothing but the input, and below it another one
 * with the turns, newest first, so that neither moves when an answer grows. Units: milliseconds.
 *
 * What VS Code does, seen in 1.139: changes of a thread are sent after 100 ms without another one, so new text is shown
 * at most every 130 ms. Only a new thread of one comment gets the focus. Every draw of a thread takes the focus to the
 * comment that was clicked last, out of the code as well, and the arrow keys go from the input to the other comments of
 * its thread unless it was added behind another one, where it takes the focus with each draw. Hence two threads: the input's
 * is drawn only when the focus is or shall be there, and the other one is renewed when it may grab the focus.
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
  readonly #drawsAway: Throttled;
  #inputThread: vscode.CommentThread | undefined;
  #inputComment: vscode.Comment | undefined;
  #nextComment: vscode.Comment | undefined;
  #talkThread: vscode.CommentThread | undefined;
  #turns: readonly vscode.Comment[] = [];
  #title = '';
  #next = '';
  /** When the input lost the focus to something that is not known yet. */
  #leftMs: number | undefined;
  #away = false;
  /** A new input is on its way to the focus. */
  #opening = false;
  /** Somebody may have clicked on a comment of the talk. */
  #clicked = false;

  constructor(deps: ChatBoxDeps) {
    this.#deps = deps;
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

  /** A new input with `text` takes the place of the one there is, and the focus. */
  openInput({ uri, range }: ChatBoxPlace, text: string): void {
    const former = this.#inputThread;
    this.input.renew(text);
    this.#opening = true;
    this.#inputComment = inputComment(text);
    this.#nextComment = nextComment(this.#next);
    this.#inputThread = this.#thread(uri, inputRange(range), [this.#nextComment], 'input', this.#title);
    this.#inputThread.comments = [this.#nextComment, this.#inputComment];
    former?.dispose();
  }

  /** The talk is drawn in a new thread, which has no comment that was clicked. */
  openTalk({ uri, range }: ChatBoxPlace): void {
    const former = this.#talkThread;
    this.#clicked = false;
    this.#leftMs = undefined;
    this.#talkThread =
      this.#turns.length === 0
        ? undefined
        : this.#thread(uri, talkRange(range), this.#turns, 'talk', t('Answers, newest first'));
    former?.dispose();
  }

  get talks(): boolean {
    return this.#talkThread !== undefined;
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
    if (this.#away && !this.#opening) this.#clicked = true;
    this.#away = false;
    this.#opening = false;
    this.#leftMs = undefined;
    this.input.showHint();
  }

  left(): void {
    this.#away = true;
    this.#leftMs = this.#deps.clock.monotonic();
  }

  /** A button of ours took the focus: that is no click on a comment. */
  excused(): void {
    this.#leftMs = undefined;
    this.#away = false;
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
    (this.input.focused ? this.#draws : this.#drawsAway).request();
  }

  /** What stands above the input from its next opening on. */
  describe(title: string, next: string): void {
    this.#title = title;
    this.#next = next;
  }

  /** Now: VS Code takes the focus to the input with it, out of a list or the code, so only where it is or shall go there. */
  describeNow(next: string): void {
    this.#next = next;
    const [thread, comment] = [this.#inputThread, this.#nextComment];
    if (thread === undefined || comment === undefined || this.#inputComment === undefined) return;
    if (comment.label === next) return;
    comment.label = next;
    thread.comments = [comment, this.#inputComment];
  }

  dispose(): void {
    this.#draws.dispose();
    this.#drawsAway.dispose();
    this.#inputThread?.dispose();
    this.#talkThread?.dispose();
    this.#inputThread = undefined;
    this.#talkThread = undefined;
  }

  #draw(): void {
    if (this.#talkThread !== undefined) this.#talkThread.comments = [...this.#turns];
  }
}

/** VS Code orders the boxes at one line by the column that it makes of their ranges: 1 of several lines, else their middle. */
function inputRange(range: vscode.Range): vscode.Range {
  return range.isSingleLine ? new vscode.Range(range.end.line, 0, range.end.line, 0) : range;
}

function talkRange({ end }: vscode.Range): vscode.Range {
  return new vscode.Range(end.line, 0, end.line, 1);
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
/** What would be sent next. */
export function nextComment(label: string): vscode.Comment {
  return {
    author: { name: t('Next') },
    body: '',
    mode: vscode.CommentMode.Preview,
    contextValue: 'next',
    label,
  };
}
