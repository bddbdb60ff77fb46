/**
 * An edit that stands in its document as a proposal while the language server judges it, and is taken back when it left
 * more errors than there were. Units: milliseconds.
 */
import * as vscode from 'vscode';
import { type CheckVerdict, failed, unknown } from '../base/check.ts';
import { delay } from '../base/clock.ts';
import type { AnswerCheck, CheckedAnswer } from '../flow/answerChecks.ts';
import type { AnswerPlace } from '../flow/answerPlace.ts';
import { WORD_LIMIT_MS } from '../flow/serverSpeech.ts';
import type { EditResult, LiveEdit } from './liveEdit.ts';
import {
  CLEAN_MS,
  type ErrorsBefore,
  errorsIn,
  errorsNow,
  ServerWord,
  type WordDeps,
} from './shownChecks.ts';

const t = vscode.l10n.t;

/** How often it is looked whether errors of what was taken back are gone. */
const LOOK_EVERY_MS = 50;
/** Errors that stay so long after the last word on a text that is as it was are those of that text. */
const STAYED_MS = 2 * CLEAN_MS;

export interface TriedEditDeps extends WordDeps {
  readonly edit: LiveEdit;
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
  #before: ErrorsBefore | undefined;
  /** Resolves once the server has forgotten what was taken back. */
  #forgotten: Promise<void> = Promise.resolve();

  constructor({ edit, ...deps }: TriedEditDeps) {
    this.edit = edit;
    this.#deps = deps;
    void edit.settled.then(() => this.#over.abort(new DOMException('decided', 'AbortError')));
    this.check = {
      kind: 'diagnostics',
      // To forget the one before, to judge this one, and to look what stays without it.
      limitMs: 3 * WORD_LIMIT_MS + 1_000,
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
    const { document, speech, tell } = this.#deps;
    await this.#forgotten;
    signal.throwIfAborted();
    this.#before ??= errorsNow(document, speech);
    const until = AbortSignal.any([signal, this.#over.signal]);
    // It listens before anything is written: some servers are fast.
    const word = new ServerWord(this.#before.errors, this.#deps, until);
    try {
      if (!(await this.#put(text, signal))) return unknown({ kind: 'not-placed' });
      if (word.waitMs > 0) tell(t('Checking with the language server…'));
      const told = await word.verdict();
      if (told.verdict !== 'fail' || this.#before.settled) return told;
      return await this.#confirmed(text, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (this.#over.signal.aborted) return unknown({ kind: 'taken' });
      throw error;
    } finally {
      word.dispose();
    }
  }

  /** Whether it stands in the document as a proposal. */
  async #put(text: string, signal: AbortSignal): Promise<boolean> {
    this.#stands = true;
    this.edit.push(text);
    this.#result = await this.edit.tryOut();
    signal.throwIfAborted();
    return this.#result.kind === 'edited';
  }

  /**
   * A server that has not told all yet would have told some errors without this answer too: it is to blame for what goes
   * when it is taken back. If it is, it stays taken back; else it is put in again.
   */
  async #confirmed(text: string, signal: AbortSignal): Promise<CheckVerdict> {
    const after = errorsIn(this.#deps.document.uri);
    if (!(await this.takeBack())) return unknown({ kind: 'unsettled' });
    await this.#forgotten;
    signal.throwIfAborted();
    const { errors: before, settled } = this.#before ?? { errors: 0, settled: false };
    if (settled && after > before) return failed({ kind: 'new-problems', before, after });
    return unknown({ kind: (await this.#put(text, signal)) ? 'unsettled' : 'not-placed' });
  }

  /**
   * A server says of no version what it speaks of, so the next answer is not put in before the errors of the last one are
   * gone. Errors that do not go were there without it: they had not been told when it was put in.
   */
  async #forget(): Promise<void> {
    const { document, clock } = this.#deps;
    const { errors: before = 0 } = this.#before ?? {};
    const word = new ServerWord(before, this.#deps, this.#over.signal);
    const isOver = () => {
      const quietMs = clock.monotonic() - (word.heardMs ?? Number.POSITIVE_INFINITY);
      return errorsIn(document.uri) <= before || quietMs >= STAYED_MS;
    };
    try {
      const untilMs = clock.monotonic() + WORD_LIMIT_MS;
      while (!isOver() && clock.monotonic() < untilMs) await delay(LOOK_EVERY_MS, clock, this.#over.signal);
      const errors = errorsIn(document.uri);
      // Whoever has said nothing may still speak of the answer.
      if (errors <= before || word.heardMs !== undefined)
        this.#before = { errors: Math.max(before, errors), settled: true };
    } catch (error) {
      if (!this.#over.signal.aborted) throw error;
    } finally {
      word.dispose();
    }
  }
}
