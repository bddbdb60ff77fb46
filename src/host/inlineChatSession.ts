/** One inline chat: its place in a document, its box, its turns, and the one request that may run. Units: milliseconds. */
import * as vscode from 'vscode';
import { type Disposable, DisposableBag } from '../base/disposable.ts';
import { SluiceError } from '../base/errors.ts';
import { type Throttled, throttle } from '../base/throttle.ts';
import type { Receipt } from '../flow/request.ts';
import type { Settings } from '../flow/settings.ts';
import { readWords } from '../prompt/askOrEdit.ts';
import { errorWords } from './errorWords.ts';
import { ChatBox, type ChatBoxDeps } from './inlineChatBox.ts';
import { type PromptHistory, PromptWalk } from './inlineChatHistory.ts';
import { NextLine } from './inlineChatNext.ts';
import { type ChatPlace, ChatTarget } from './inlineChatPlace.ts';
import { previewLines, strongerThan, titleWords } from './inlineChatPreview.ts';
import { ChatChoices, type Manner, type ReadyRequest } from './inlineChatRequest.ts';
import { BoxReveal } from './inlineChatReveal.ts';
import { type RunDeps, runTurn } from './inlineChatRun.ts';
import { ChatTurn } from './inlineChatTurn.ts';
import { idleHint } from './inlineChatWords.ts';

const t = vscode.l10n.t;

const PREVIEW_EVERY_MS = 250;
/** Each draw renders every comment anew, so of a longer talk the newest turns are shown. */
const MOST_SHOWN = 8;

export interface ChatSessionDeps extends ChatBoxDeps, RunDeps {
  readonly settings: () => Settings;
  readonly history: PromptHistory;
}

export class ChatSession implements Disposable {
  readonly box: ChatBox;
  readonly choices: ChatChoices;
  readonly #deps: ChatSessionDeps;
  readonly #owned = new DisposableBag();
  readonly #closing = new AbortController();
  readonly #previews: Throttled;
  #target: ChatTarget;
  /** Newest first. */
  #turns: readonly ChatTurn[] = [];
  #running: { readonly turn: ChatTurn; readonly abort: AbortController } | undefined;
  #walk: PromptWalk | undefined;
  readonly #next: NextLine;
  readonly #reveal: BoxReveal;

  constructor(deps: ChatSessionDeps, document: vscode.TextDocument, place: ChatPlace) {
    this.#deps = deps;
    this.choices = new ChatChoices(place.fix === true);
    const owner = { place: () => this.#place(), comments: () => this.#comments() };
    this.box = this.#owned.add(new ChatBox(deps, owner));
    this.#next = this.#owned.add(new NextLine(deps.clock));
    this.#reveal = this.#owned.add(new BoxReveal(deps.clock));
    this.#previews = this.#owned.add(throttle(() => this.#preview(), PREVIEW_EVERY_MS, deps.clock));
    this.#target = this.#targetIn(document, place.range);
    this.#hintIdle();
    this.#preview();
  }

  #targetIn(document: vscode.TextDocument, range: vscode.Range): ChatTarget {
    const target = new ChatTarget(document, range, this.#deps.clock, this.#closing.signal);
    void target.found.then(() => this.#preview());
    return target;
  }

  get document(): vscode.TextDocument {
    return this.#target.document;
  }

  get running(): boolean {
    return this.#running !== undefined;
  }

  /** By a thread, a comment of it, or the id of a receipt. */
  holds(what: unknown): boolean {
    return this.box.holds(what) || this.turnOf(what) !== undefined;
  }

  turnOf(what: unknown): ChatTurn | undefined {
    if (what === undefined) return undefined;
    return this.#turns.find(
      ({ question, answer, state }) => what === answer || what === question || what === state.receipt?.id,
    );
  }

  /** Whether a chat that is asked for at this place would be this one. */
  covers({ uri, range }: ChatPlace): boolean {
    if (uri.toString() !== this.document.uri.toString()) return false;
    const { anchor, range: code } = this.#target;
    return range.isEmpty
      ? code.contains(range) || anchor.contains(range)
      : range.isEqual(code) || range.isEqual(anchor);
  }

  /** The input gets the focus, in a new thread: VS Code has no other way. Resolves when it has it. */
  focus(text = this.box.input.text): Promise<void> {
    const focused = this.box.open(text);
    this.#previews.request();
    return focused;
  }

  #place() {
    return { uri: this.document.uri, range: this.#target.anchor };
  }

  #revealSoon(always: boolean): void {
    this.#reveal.soon(() => ({ document: this.document, line: this.#target.anchor.end.line }), always);
  }

  inputFocused(): void {
    this.box.focused();
    this.#revealSoon(this.#turns.length === 0);
    this.#previews.request();
  }

  inputChanged(): void {
    const { input } = this.box;
    input.showHint();
    if (this.#walk !== undefined && this.#walk.text !== input.text) this.#walk = undefined;
    this.#previews.request();
  }

  codeTouched(clicked: boolean): void {
    this.box.codeTouched(clicked, this.running);
  }

  codeChanged(changes: readonly vscode.TextDocumentContentChangeEvent[]): void {
    this.#target.changed(changes);
    this.#previews.request();
  }

  /** The file has another name now, or another language. */
  moved(document: vscode.TextDocument): void {
    this.#target = this.#targetIn(document, this.#target.range);
    void this.focus();
  }

  async recall(direction: 'earlier' | 'later'): Promise<void> {
    if (direction === 'later' && this.#walk === undefined) return;
    this.#walk ??= new PromptWalk(this.#deps.history.prompts, this.box.input.text);
    await this.box.input.setText(this.#walk[direction]());
  }

  toggleForm(): void {
    this.choices.form = this.choices.formOf(this.box.input.text) === 'ask' ? 'edit' : 'ask';
    this.chosen();
  }

  /** Something was chosen by a button: the focus goes back to the input. */
  chosen(): void {
    this.#describe();
    this.box.renewTalk();
    this.box.takeFocus();
  }

  /** What would be sent now. Throws `nothing-to-send`. */
  draft(typed = this.box.input.text): ReadyRequest {
    const form = this.choices.formOf(typed);
    const asked = { asked: readWords(typed).text, form, task: this.choices.taskOf(form) };
    return this.#request(asked, this.#turns, {});
  }

  #request(
    asked: Pick<ChatTurn, 'asked' | 'form' | 'task'>,
    earlier: readonly ChatTurn[],
    manner: Manner,
  ): ReadyRequest {
    const maxKilobytes = this.#deps.settings()['request.maxSelectionKilobytes'];
    const { form, task } = asked;
    const what = { target: this.#target, asked: asked.asked, form, task, earlier, maxKilobytes };
    return this.choices.request(what, manner);
  }

  /** `boxGone`: VS Code has taken the input away, as it does after a button below it. */
  async send(typed: string, how: { readonly stronger?: boolean; readonly boxGone?: boolean } = {}) {
    const { text } = readWords(typed);
    if (this.running || (text === '' && !this.choices.fix && this.choices.task === undefined)) {
      if (how.boxGone === true) void this.focus(typed);
      this.box.input.hint(
        this.running
          ? t('Still answering. Escape stops it.')
          : t('Type what you want to know or to have changed.'),
      );
      return undefined;
    }
    const manner = how.stronger === true ? strongerThan(this.#deps.pipeline, () => this.draft(typed)) : {};
    const form = this.choices.formOf(typed);
    const turn = new ChatTurn(text, form, this.choices.taskOf(form));
    this.#deps.history.add(typed.trim());
    this.#walk = undefined;
    this.choices.task = undefined;
    this.choices.form = undefined;
    this.#turns = [turn, ...this.#turns];
    if (how.boxGone === true) void this.focus('');
    else void this.box.input.take(typed);
    return this.#run(turn, manner);
  }

  /** Asks the question of `turn` once more; an edit of it that is not decided is taken back first. */
  async again(turn: ChatTurn, how: 'again' | 'fresh' | 'stronger'): Promise<Receipt | undefined> {
    this.cancel();
    const { receipt } = turn.state;
    await turn.live?.rejectAll();
    if (receipt !== undefined) {
      this.#deps.outcomes.happened(receipt, { kind: `asked-${how}` });
    }
    if (how === 'stronger' && receipt !== undefined)
      return this.#run(turn, { strongerThan: receipt.modelKey });
    return this.#run(turn, how === 'fresh' ? { freshness: 'fresh' } : {});
  }

  async #run(turn: ChatTurn, manner: Manner): Promise<Receipt | undefined> {
    const abort = new AbortController();
    this.#running = { turn, abort };
    let silent = true;
    const changed = (hint: string) => {
      if (this.#running?.turn === turn) this.box.input.hint(hint);
      this.#show();
      if (silent && turn.state.text !== '') this.#revealSoon(false);
      silent = turn.state.text === '';
    };
    this.#preview();
    const starting = t('Choosing a model…');
    turn.restart(starting);
    changed(starting);
    this.#revealSoon(false);
    try {
      await this.#target.found;
      // The next change builds on what is seen, and that holds the changes of earlier turns; undo still takes them back.
      if (turn.form === 'edit') for (const { live } of this.#turns) await live?.acceptAll();
      const request = this.#ready(turn, manner);
      if (request === undefined || abort.signal.aborted) return undefined;
      const stronger = () => void this.again(turn, 'stronger');
      return await runTurn(this.#deps, { turn, request, target: this.#target, abort, changed, stronger });
    } finally {
      if (this.#running?.turn === turn) this.#running = undefined;
      this.#hintIdle();
      this.#describe();
      this.#show();
      this.#revealSoon(false);
    }
  }

  #ready(turn: ChatTurn, manner: Manner) {
    try {
      const earlier = this.#turns.slice(this.#turns.indexOf(turn) + 1);
      const { request, notices, refused } = this.#request(turn, earlier, manner);
      turn.update({ notices });
      if (refused === undefined) return request;
      turn.update({ phase: 'failed', status: '', problem: refused });
    } catch (error) {
      if (!SluiceError.any(error)) throw error;
      turn.update({ phase: 'failed', status: '', problem: errorWords(error, this.#deps.labelOf) });
    }
    return undefined;
  }

  cancel(): void {
    this.#running?.abort.abort(new DOMException('cancelled by the person', 'AbortError'));
  }

  dispose(): void {
    this.cancel();
    this.#closing.abort(new DOMException('the chat was closed', 'AbortError'));
    this.#deps.history.add(this.box.input.text.trim());
    this.#owned.dispose();
  }

  #show(): void {
    this.#next.shown();
    this.box.show();
  }

  #comments(): readonly vscode.Comment[] {
    const turns = this.#turns.slice(0, MOST_SHOWN).flatMap(({ question, answer }) => [question, answer]);
    return this.running ? turns : [this.#next.comment, ...turns];
  }

  /** The line before sending: behind what is typed, and above the answers once they are drawn. */
  #describe(): void {
    const { input } = this.box;
    const lines = previewLines(this.#deps, this.choices.formOf(input.text), () => this.draft());
    input.preview(this.running ? '' : lines.short);
    this.box.describe(titleWords(this.#target));
    this.#next.say(lines.whole);
  }

  #preview(): void {
    this.#describe();
    const wanted = () => this.box.input.focused && !this.running;
    this.#next.refresh(this.#turns.length === 0, wanted, () => this.#show());
  }

  #hintIdle(): void {
    this.box.input.hint(idleHint(this.#turns.length > 0, this.choices.fix));
  }
}
