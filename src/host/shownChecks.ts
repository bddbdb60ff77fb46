/** Checks of an answer that the person sees already; one that fails leads to a note and the offer of a stronger model. */
import * as vscode from 'vscode';
import { type CheckResult, type CheckVerdict, failed, failureIn, PASSED, unknown } from '../base/check.ts';
import type { Clock } from '../base/clock.ts';
import { type Disposable, DisposableBag } from '../base/disposable.ts';
import type { AnswerCheck } from '../flow/answerChecks.ts';
import type { LazyChecking } from '../flow/lazyChecking.ts';
import type { Answer, Receipt, RouteRequest } from '../flow/request.ts';
import { type ServerSpeech, WORD_LIMIT_MS } from '../flow/serverSpeech.ts';
import { failureWords } from './checkWords.ts';

const t = vscode.l10n.t;

/** Servers tell in several pieces: errors that are there for so long count, */
const SETTLE_MS = 300;
/** and none are to come once so long none have come. */
export const CLEAN_MS = 800;

export interface WordDeps {
  readonly document: vscode.TextDocument;
  readonly speech: ServerSpeech;
  readonly clock: Clock;
}

/** Errors of a document before an answer is put into it. */
export interface ErrorsBefore {
  readonly errors: number;
  /** All of them had been told. */
  readonly settled: boolean;
}

export function errorsIn(uri: vscode.Uri): number {
  return vscode.languages
    .getDiagnostics(uri)
    .filter(({ severity }) => severity === vscode.DiagnosticSeverity.Error).length;
}

export function errorsNow({ uri }: vscode.TextDocument, speech: ServerSpeech): ErrorsBefore {
  return { errors: errorsIn(uri), settled: speech.isSettled(uri.toString()) };
}

/** The language server's word on the text that now stands in the document. `before`: before the edit. */
export function diagnosticsCheck(before: ErrorsBefore, deps: WordDeps): AnswerCheck {
  return {
    kind: 'diagnostics',
    limitMs: WORD_LIMIT_MS + SETTLE_MS,
    fits: ({ form }) => form === 'edit',
    run: async (_answer, signal) => {
      const word = new ServerWord(before.errors, deps, signal);
      try {
        const told = await word.verdict();
        return told.verdict === 'fail' && !before.settled ? unknown({ kind: 'unsettled' }) : told;
      } finally {
        word.dispose();
      }
    },
  };
}

/** What is told of a document from now on, until it is all told or nobody waits any more. */
export class ServerWord implements Disposable {
  /** For a first word; 0: nobody here is known to have one. */
  readonly waitMs: number;
  readonly #before: number;
  readonly #deps: WordDeps;
  readonly #signal: AbortSignal;
  readonly #startedMs: number;
  readonly #owned = new DisposableBag();
  readonly #told: Promise<boolean>;
  #tell: (heard: boolean) => void = () => undefined;
  #settling: Disposable | undefined;
  #heardMs: number | undefined;

  /** `before`: as many errors are none to wait for. */
  constructor(before: number, deps: WordDeps, signal: AbortSignal) {
    const { document, speech, clock } = deps;
    this.#before = before;
    this.#deps = deps;
    this.#signal = signal;
    this.#startedMs = clock.monotonic();
    this.waitMs = speech.waitMs(document.languageId);
    this.#told = new Promise((resolve) => {
      this.#tell = resolve;
    });
    const onAbort = () => this.#tell(false);
    signal.addEventListener('abort', onAbort, { once: true });
    this.#owned.add({ dispose: () => signal.removeEventListener('abort', onAbort) });
    if (signal.aborted) onAbort();
    const key = document.uri.toString();
    this.#owned.add(
      vscode.languages.onDidChangeDiagnostics(({ uris }) => {
        if (uris.some((one) => one.toString() === key)) this.#hear();
      }),
    );
    this.#owned.add({ dispose: () => this.#settling?.dispose() });
  }

  /** When the last word came, monotonic; undefined: none did. */
  get heardMs(): number | undefined {
    return this.#heardMs;
  }

  /** Whether there are more errors after what was told; unknown when nothing was. Rejects with the signal's reason. */
  async verdict(): Promise<CheckVerdict> {
    const { document, speech, clock } = this.#deps;
    const unheard = () => this.#heardMs === undefined && this.#tell(false);
    this.#owned.add(clock.after(this.waitMs, unheard));
    this.#owned.add(clock.after(WORD_LIMIT_MS, () => this.#tell(this.#heardMs !== undefined)));
    const heard = await this.#told;
    this.#signal.throwIfAborted();
    const [before, after] = [this.#before, errorsIn(document.uri)];
    if (after > before) return failed({ kind: 'new-problems', before, after });
    if (heard) return PASSED;
    if (this.waitMs === 0) return unknown({ kind: 'no-server' });
    if (this.waitMs >= WORD_LIMIT_MS) speech.saidNothing(document.languageId);
    return unknown({ kind: 'timed-out', afterMs: this.waitMs });
  }

  dispose(): void {
    this.#owned.dispose();
  }

  #hear(): void {
    const { document, speech, clock } = this.#deps;
    const first = this.#heardMs === undefined;
    this.#heardMs = clock.monotonic();
    if (first) speech.took(document.languageId, this.#heardMs - this.#startedMs);
    this.#settling?.dispose();
    const waitMs = errorsIn(document.uri) > this.#before ? SETTLE_MS : CLEAN_MS;
    this.#settling = clock.after(waitMs, () => this.#tell(true));
  }
}

/** The note; undefined where no check failed. */
export async function checkShown(
  checking: Pick<LazyChecking, 'get'>,
  request: RouteRequest,
  { text, receipt }: Answer,
  more: readonly AnswerCheck[] = [],
): Promise<string | undefined> {
  if (receipt.stop === 'cancelled' || receipt.stop === 'cut') return undefined;
  const answer = { request, text, stop: receipt.stop, modelKey: receipt.modelKey };
  const { signal } = new AbortController();
  const checks = await (await checking.get()).afterShown(receipt, answer, more, signal);
  const failure = failureIn([...checksBefore(receipt), ...checks]);
  if (failure === undefined) return undefined;
  const { attempts = [] } = receipt;
  if (attempts.length > 0)
    return t('Checked: {0}. It is the best of {1} answers.', failureWords(failure), attempts.length + 1);
  return t('Checked: {0}. A stronger model may do better: Ask a Stronger Model.', failureWords(failure));
}

/** Of an answer that came from a cache they were told when it was made. */
function checksBefore({ cache, checks = [] }: Receipt): readonly CheckResult[] {
  return cache === 'none' ? checks : [];
}
