/** Checks of an answer that the person sees already; one that fails leads to a note and the offer of a stronger model. */
import * as vscode from 'vscode';
import { type CheckResult, type CheckVerdict, failed, failureIn, PASSED, unknown } from '../base/check.ts';
import type { Clock } from '../base/clock.ts';
import { type Disposable, DisposableBag } from '../base/disposable.ts';
import type { AnswerCheck } from '../flow/answerChecks.ts';
import type { LazyChecking } from '../flow/lazyChecking.ts';
import type { Answer, Receipt, RouteRequest } from '../flow/request.ts';
import { failureWords } from './checkWords.ts';

const t = vscode.l10n.t;

/** A language server that has nothing to say by then is not waited for. */
export const WORD_LIMIT_MS = 5_000;
/** Servers tell in several pieces: errors that are there for so long count, */
const SETTLE_MS = 300;
/** and none are to come once so long none have come. */
const CLEAN_MS = 800;

export function errorsIn(uri: vscode.Uri): number {
  return vscode.languages
    .getDiagnostics(uri)
    .filter(({ severity }) => severity === vscode.DiagnosticSeverity.Error).length;
}

/** The language server's word on the text that now stands in the document. `before`: errors in it before the edit. */
export function diagnosticsCheck(uri: vscode.Uri, before: number, clock: Clock): AnswerCheck {
  return {
    kind: 'diagnostics',
    limitMs: WORD_LIMIT_MS + SETTLE_MS,
    fits: ({ form }) => form === 'edit',
    run: async (_answer, signal) => {
      const word = new ServerWord(uri, before, clock, signal);
      try {
        return await word.verdict();
      } finally {
        word.dispose();
      }
    },
  };
}

/** What is told of a document from now on, until it is all told or nobody waits any more. */
export class ServerWord implements Disposable {
  readonly #uri: vscode.Uri;
  readonly #before: number;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #owned = new DisposableBag();
  readonly #told: Promise<boolean>;
  #tell: (heard: boolean) => void = () => undefined;
  #settling: Disposable | undefined;
  #heard = false;

  /** `before`: as many errors are none to wait for. */
  constructor(uri: vscode.Uri, before: number, clock: Clock, signal: AbortSignal) {
    this.#uri = uri;
    this.#before = before;
    this.#clock = clock;
    this.#signal = signal;
    this.#told = new Promise((resolve) => {
      this.#tell = resolve;
    });
    const onAbort = () => this.#tell(false);
    signal.addEventListener('abort', onAbort, { once: true });
    this.#owned.add({ dispose: () => signal.removeEventListener('abort', onAbort) });
    if (signal.aborted) onAbort();
    const key = uri.toString();
    this.#owned.add(
      vscode.languages.onDidChangeDiagnostics(({ uris }) => {
        if (uris.some((one) => one.toString() === key)) this.#hear();
      }),
    );
    this.#owned.add(clock.after(WORD_LIMIT_MS, () => this.#tell(this.#heard)));
    this.#owned.add({ dispose: () => this.#settling?.dispose() });
  }

  get heard(): boolean {
    return this.#heard;
  }

  /** Whether there are more errors after what was told; unknown when nothing was. Rejects with the signal's reason. */
  async verdict(): Promise<CheckVerdict> {
    const heard = await this.#told;
    this.#signal.throwIfAborted();
    const [before, after] = [this.#before, errorsIn(this.#uri)];
    if (after > before) return failed({ kind: 'new-problems', before, after });
    return heard ? PASSED : unknown({ kind: 'timed-out', afterMs: WORD_LIMIT_MS });
  }

  dispose(): void {
    this.#owned.dispose();
  }

  #hear(): void {
    this.#heard = true;
    this.#settling?.dispose();
    const waitMs = errorsIn(this.#uri) > this.#before ? SETTLE_MS : CLEAN_MS;
    this.#settling = this.#clock.after(waitMs, () => this.#tell(true));
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
