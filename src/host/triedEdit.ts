/**
 * An edit that stands in its document as a proposal while the language server judges it, and is taken back when it left
 * more errors than there were. Units: milliseconds.
 */
import * as vscode from 'vscode';
import { type CheckVerdict, unknown } from '../base/check.ts';
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
  readonly edit: LiveEdit;
  readonly check: AnswerCheck;
  readonly #deps: Omit<TriedEditDeps, 'edit'>;
  readonly #over = new AbortController();
  #stands = false;
  #result: EditResult | undefined;
  /** Errors in the document without any of these answers. */
  #before: number | undefined;
  /** Resolves once the server has forgotten what was taken back. */
  #forgotten: Promise<void> = Promise.resolve();

  constructor({ edit, ...deps }: TriedEditDeps) {
    this.edit = edit;
    this.#deps = deps;
    void edit.settled.then(() => this.#over.abort(new DOMException('decided', 'AbortError')));
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
    if (!(await this.edit.takeBack())) return false;
    this.#stands = false;
    this.#result = undefined;
    this.#forgotten = this.#forget();
    return true;
  }

  /** A piece of an answer that grows in the place; of one that was tried, and stands, all is there. */
  push(text: string): void {
    if (!this.#stands) this.edit.push(text);
  }

  /** The answer is over, and what stands of it stays. `complete`: the platform said that it is whole. */
  async finish(complete: boolean): Promise<EditResult> {
    if (this.#stands) this.edit.keep();
    return this.#result ?? (await this.edit.finish(complete));
  }

  async #judge({ text }: CheckedAnswer, signal: AbortSignal): Promise<CheckVerdict> {
    const { uri, clock, tell } = this.#deps;
    await this.#forgotten;
    signal.throwIfAborted();
    this.#before ??= errorsIn(uri);
    const before = this.#before;
    const until = AbortSignal.any([signal, this.#over.signal]);
    // It listens before anything is written: some servers are fast.
    const word = new ServerWord(uri, before, clock, until);
    try {
      this.#stands = true;
      this.edit.push(text);
      this.#result = await this.edit.tryOut();
      signal.throwIfAborted();
      if (this.#result.kind !== 'edited') return unknown({ kind: 'not-placed' });
      tell(t('Checking with the language server…'));
      return await word.verdict();
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
