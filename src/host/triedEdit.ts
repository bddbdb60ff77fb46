/**
 * An edit that stands in its document as a proposal while the language server judges it, and is taken back when it left
 * more errors than there were. Units: milliseconds.
 */
import * as vscode from 'vscode';
import { type CheckVerdict, failed, PASSED, unknown } from '../base/check.ts';
import { type Clock, delay } from '../base/clock.ts';
import type { AnswerCheck, CheckedAnswer } from '../flow/answerChecks.ts';
import type { AnswerPlace } from '../flow/answerPlace.ts';
import type { EditResult, LiveEdit } from './liveEdit.ts';
import { errorsIn, ServerWord, WORD_LIMIT_MS } from './shownChecks.ts';

const t = vscode.l10n.t;

/** How often it is looked whether errors of what was taken back are gone. */
const LOOK_EVERY_MS = 50;

export interface TriedEditDeps {
  readonly edit: LiveEdit;
  readonly uri: vscode.Uri;
  readonly clock: Clock;
  /** What is going on, in words. */
  readonly tell: (status: string) => void;
}

export class TriedEdit implements AnswerPlace {
  readonly check: AnswerCheck;
  readonly #deps: TriedEditDeps;
  readonly #over = new AbortController();
  #stands = false;
  #result: EditResult | undefined;
  /** Errors in the document without any of these answers. */
  #before: number | undefined;
  /** Resolves once the server has forgotten what was taken back. */
  #forgotten: Promise<void> = Promise.resolve();

  constructor(deps: TriedEditDeps) {
    this.#deps = deps;
    void deps.edit.settled.then(() => this.#over.abort(new DOMException('decided', 'AbortError')));
    this.check = {
      kind: 'diagnostics',
      // To forget the one before, and to judge this one.
      limitMs: 2 * WORD_LIMIT_MS + 1_000,
      fits: ({ form }) => form === 'edit',
      run: (answer, signal) => this.#judge(answer, signal),
    };
  }

  /** An answer is in the document, or was refused there. */
  get stands(): boolean {
    return this.#stands;
  }

  async takeBack(): Promise<boolean> {
    if (!this.#stands) return true;
    if (!(await this.#deps.edit.takeBack())) return false;
    this.#stands = false;
    this.#result = undefined;
    this.#forgotten = this.#forget();
    return true;
  }

  /** What became of the answer that stands, which stays now; undefined: none does. */
  keep(): EditResult | undefined {
    if (this.#stands) this.#deps.edit.keep();
    return this.#result;
  }

  async #judge({ text }: CheckedAnswer, signal: AbortSignal): Promise<CheckVerdict> {
    const { edit, uri, clock, tell } = this.#deps;
    await this.#forgotten;
    signal.throwIfAborted();
    this.#before ??= errorsIn(uri);
    const before = this.#before;
    const until = AbortSignal.any([signal, this.#over.signal]);
    // It listens before anything is written: some servers are fast.
    const word = new ServerWord(uri, before, clock, until);
    try {
      this.#stands = true;
      edit.push(text);
      this.#result = await edit.tryOut();
      signal.throwIfAborted();
      if (this.#result.kind !== 'edited') return unknown({ kind: 'not-placed' });
      tell(t('Checking with the language server…'));
      const after = await word.after();
      if (after === undefined) return unknown({ kind: 'timed-out', afterMs: WORD_LIMIT_MS });
      return after > before ? failed({ kind: 'new-problems', before, after }) : PASSED;
    } catch (error) {
      signal.throwIfAborted();
      if (this.#over.signal.aborted) return unknown({ kind: 'taken' });
      throw error;
    } finally {
      word.dispose();
    }
  }

  /**
   * A server says of no version what it speaks of, so the next answer is not put in before the errors of the last one are
   * gone. Errors that do not go were there without it: they had not been told when it was put in.
   */
  async #forget(): Promise<void> {
    const { uri, clock } = this.#deps;
    const before = this.#before ?? 0;
    const word = new ServerWord(uri, before, clock, this.#over.signal);
    try {
      const untilMs = clock.monotonic() + WORD_LIMIT_MS;
      while (errorsIn(uri) > before && clock.monotonic() < untilMs)
        await delay(LOOK_EVERY_MS, clock, this.#over.signal);
      if (word.heard) this.#before = Math.max(before, errorsIn(uri));
    } catch (error) {
      if (!this.#over.signal.aborted) throw error;
    } finally {
      word.dispose();
    }
  }
}
