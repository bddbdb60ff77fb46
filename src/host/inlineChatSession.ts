/** One inline chat: its place in a document, its box, its turns, and the one request that may run. Units: milliseconds. */
import * as vscode from 'vscode';
import { type Disposable, DisposableBag } from '../base/disposable.ts';
import { SluiceError } from '../base/errors.ts';
import { type Throttled, throttle } from '../base/throttle.ts';
import type { Receipt } from '../flow/request.ts';
import type { Settings } from '../flow/settings.ts';
import { type ChatForm, readWords } from '../prompt/askOrEdit.ts';
import { ChatBox, type ChatBoxDeps } from './inlineChatBox.ts';
import { type PromptHistory, PromptWalk } from './inlineChatHistory.ts';
import { type ChatPlace, ChatTarget } from './inlineChatPlace.ts';
import { type Manner, type ReadyRequest, requestOf } from './inlineChatRequest.ts';
import { type RunDeps, runTurn } from './inlineChatRun.ts';
import { ChatTurn } from './inlineChatTurn.ts';
import { formName, previewWords } from './inlineChatWords.ts';
import { errorWords } from './words.ts';

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
  readonly #deps: ChatSessionDeps;
  readonly #owned = new DisposableBag();
  readonly #closing = new AbortController();
  readonly #previews: Throttled;
  readonly #fix: boolean;
  #place: ChatPlace;
  #target: ChatTarget;
  /** Newest first. */
  #turns: readonly ChatTurn[] = [];
  #running: { readonly turn: ChatTurn; readonly abort: AbortController } | undefined;
  #walk: PromptWalk | undefined;
  /** Chosen by the button for the next turn; absent: the words decide. */
  #form: ChatForm | undefined;
  #model: string | undefined;

  constructor(deps: ChatSessionDeps, document: vscode.TextDocument, place: ChatPlace) {
    this.#deps = deps;
    this.#fix = place.fix === true;
    this.#place = place;
    this.#target = this.#targetIn(document, place.range);
    this.box = this.#owned.add(new ChatBox(deps));
    this.#previews = this.#owned.add(throttle(() => this.#preview(), PREVIEW_EVERY_MS, deps.clock));
    this.box.setLabel('Sluice');
    this.#hintIdle();
  }

  #targetIn(document: vscode.TextDocument, range: vscode.Range): ChatTarget {
    const target = new ChatTarget(document, range, this.#deps.clock, this.#closing.signal);
    void target.found.then(() => this.#previews.request());
    return target;
  }

  get document(): vscode.TextDocument {
    return this.#target.document;
  }

  get running(): boolean {
    return this.#running !== undefined;
  }

  get model(): string | undefined {
    return this.#model;
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
    return range.isEmpty ? this.#target.range.contains(range.start) : range.isEqual(this.#target.range);
  }

  /** The input gets the focus, in a new thread: VS Code has no other way. */
  focus(text = this.box.input.text): void {
    this.#open(text, true);
    const editor = vscode.window.visibleTextEditors.find(({ document }) => document === this.document);
    const below = Math.min(this.#boxRange().end.line + 1, this.document.lineCount - 1);
    editor?.revealRange(new vscode.Range(below, 0, below, 0));
  }

  #open(text: string, focus: boolean): void {
    this.box.open({ uri: this.document.uri, range: this.#boxRange() }, text, focus);
    this.#previews.request();
  }

  #boxRange(): vscode.Range {
    return this.#place.range.isEmpty && this.#turns.length === 0 ? this.#place.range : this.#target.range;
  }

  codeTouched(): void {
    this.box.codeTouched();
    if (this.box.grabs && this.running) this.#open(this.box.input.text, false);
  }

  codeChanged(changes: readonly vscode.TextDocumentContentChangeEvent[]): void {
    this.#target.changed(changes);
    this.#previews.request();
  }

  /** The file has another name now. */
  moved(document: vscode.TextDocument): void {
    this.#target = this.#targetIn(document, this.#target.range);
    this.#place = { ...this.#place, uri: document.uri };
    this.#open(this.box.input.text, false);
    this.#show();
  }

  inputChanged(): void {
    const { input } = this.box;
    input.showHint();
    if (this.#walk !== undefined && this.#walk.text !== input.text) this.#walk = undefined;
    this.#previews.request();
  }

  async recall(direction: 'earlier' | 'later'): Promise<void> {
    if (direction === 'later' && this.#walk === undefined) return;
    this.#walk ??= new PromptWalk(this.#deps.history.prompts, this.box.input.text);
    await this.box.input.setText(this.#walk[direction]());
  }

  toggleForm(): void {
    this.#form = this.#formOf(this.box.input.text) === 'ask' ? 'edit' : 'ask';
    this.#preview();
  }

  choose(choice: { readonly form?: ChatForm; readonly model?: string | undefined }): void {
    if (choice.form !== undefined) this.#form = choice.form;
    if ('model' in choice) this.#model = choice.model;
    this.#preview();
  }

  #formOf(typed: string): ChatForm {
    const { form, said, text } = readWords(typed);
    if (said) return form;
    return this.#form ?? (this.#fix && text === '' ? 'edit' : form);
  }

  /** What would be sent now. Throws `nothing-to-send`. */
  draft(typed = this.box.input.text, manner: Manner = {}): ReadyRequest {
    return this.#request(readWords(typed).text, this.#formOf(typed), manner, this.#turns);
  }

  #request(asked: string, form: ChatForm, manner: Manner, earlier: readonly ChatTurn[]): ReadyRequest {
    const model =
      this.#model === undefined || manner.strongerThan !== undefined ? {} : { model: this.#model };
    return requestOf({
      target: this.#target,
      asked,
      form,
      fix: this.#fix,
      earlier,
      maxKilobytes: this.#deps.settings()['request.maxSelectionKilobytes'],
      manner: { ...model, ...manner },
    });
  }

  /** `boxGone`: VS Code has taken the input away, as it does after a button below it. */
  async send(typed: string, how: { readonly stronger?: boolean; readonly boxGone?: boolean } = {}) {
    const { text } = readWords(typed);
    const { input } = this.box;
    if (this.#running !== undefined || (text === '' && !this.#fix)) {
      if (how.boxGone === true) this.focus(typed);
      input.hint(
        this.#running === undefined
          ? t('Type what you want to know or to have changed.')
          : t('Still answering. Escape stops it.'),
      );
      return undefined;
    }
    const manner = how.stronger === true ? this.#strongerThanPreviewed(typed) : {};
    const turn = new ChatTurn(text, this.#formOf(typed));
    this.#deps.history.add(typed.trim());
    this.#walk = undefined;
    this.#form = undefined;
    this.#turns = [turn, ...this.#turns];
    if (how.boxGone === true || this.box.grabs) this.focus('');
    else void input.setText('');
    return this.#run(turn, manner);
  }

  /** Asks the question of `turn` once more; an edit of it that is not decided is taken back first. */
  async again(turn: ChatTurn, how: 'again' | 'fresh' | 'stronger'): Promise<Receipt | undefined> {
    this.cancel();
    const { receipt } = turn.state;
    await turn.live?.rejectAll();
    if (receipt !== undefined) {
      this.#deps.onOutcome({
        receiptId: receipt.id,
        kind: how === 'stronger' ? 'asked-stronger' : 'asked-again',
      });
    }
    if (how === 'stronger' && receipt !== undefined)
      return this.#run(turn, { strongerThan: receipt.modelKey });
    return this.#run(turn, how === 'fresh' ? { freshness: 'fresh' } : {});
  }

  async #run(turn: ChatTurn, manner: Manner): Promise<Receipt | undefined> {
    const abort = new AbortController();
    this.#running = { turn, abort };
    const changed = (hint: string) => {
      if (this.#running?.turn === turn) this.box.input.hint(hint);
      this.#show();
    };
    const starting = t('Choosing a model…');
    turn.restart(starting);
    changed(starting);
    try {
      await this.#target.found;
      // The next change builds on what is seen, and that holds the changes of earlier turns; undo still takes them back.
      if (turn.form === 'edit') for (const { live } of this.#turns) await live?.acceptAll();
      const ready = this.#ready(turn, manner);
      if (ready === undefined || abort.signal.aborted) return undefined;
      return await runTurn(this.#deps, { turn, request: ready, target: this.#target, abort, changed });
    } finally {
      if (this.#running?.turn === turn) this.#running = undefined;
      this.#hintIdle();
      this.#show();
      this.#previews.request();
    }
  }

  #ready(turn: ChatTurn, manner: Manner) {
    try {
      const earlier = this.#turns.slice(this.#turns.indexOf(turn) + 1);
      const { request, notices, refused } = this.#request(turn.asked, turn.form, manner, earlier);
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
    this.box.show(this.#turns.slice(0, MOST_SHOWN).flatMap(({ question, answer }) => [question, answer]));
  }

  /** Where nothing can be chosen, sending says why. */
  #strongerThanPreviewed(typed: string): Manner {
    try {
      const { decision } = this.#deps.pipeline.preview(this.draft(typed).request);
      return { strongerThan: decision.chosen.modelKey };
    } catch (error) {
      if (!SluiceError.any(error)) throw error;
      return {};
    }
  }

  #preview(): void {
    const form = this.#formOf(this.box.input.text);
    try {
      const { request, refused } = this.draft();
      this.box.setLabel(refused ?? previewWords(form, this.#deps.pipeline.preview(request)));
    } catch (error) {
      if (!SluiceError.any(error)) throw error;
      this.box.setLabel(`${formName(form)} · ${errorWords(error, this.#deps.labelOf)}`);
    }
  }

  #hintIdle(): void {
    const first = this.#turns.length === 0;
    if (this.#fix && first) this.box.input.hint(t('Enter fixes what the editor reports here; or say how.'));
    else
      this.box.input.hint(
        first ? t('Ask about this code, or say what to change') : t('Ask more, or say what to change next'),
      );
  }
}
