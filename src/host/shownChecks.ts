/** Checks of an answer that the person sees already; one that fails leads to a note and the offer of a stronger model. */
import * as vscode from 'vscode';
import { failed, failureIn, PASSED } from '../base/check.ts';
import type { Clock } from '../base/clock.ts';
import type { AnswerCheck } from '../flow/answerChecks.ts';
import type { LazyChecking } from '../flow/lazyChecking.ts';
import type { Answer, RouteRequest } from '../flow/request.ts';
import { failureWords } from './checkWords.ts';

const t = vscode.l10n.t;

/** A language server that has nothing to say by then is not waited for. */
const LIMIT_MS = 5_000;
/** Servers tell in several pieces. */
const SETTLE_MS = 300;

export function errorsIn(uri: vscode.Uri): number {
  return vscode.languages
    .getDiagnostics(uri)
    .filter(({ severity }) => severity === vscode.DiagnosticSeverity.Error).length;
}

/** The language server's word on the text that now stands in the document. `before`: errors in it before the edit. */
export function diagnosticsCheck(uri: vscode.Uri, before: number, clock: Clock): AnswerCheck {
  return {
    kind: 'diagnostics',
    limitMs: LIMIT_MS,
    fits: ({ form }) => form === 'edit',
    run: async (_answer, signal) => {
      await toldAnew(uri, clock, signal);
      const after = errorsIn(uri);
      return after > before ? failed({ kind: 'new-problems', before, after }) : PASSED;
    },
  };
}

/** Resolves once something was told of the document and no more came for a while. */
function toldAnew(uri: vscode.Uri, clock: Clock, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const key = uri.toString();
    let settled = clock.after(LIMIT_MS, () => undefined);
    const told = vscode.languages.onDidChangeDiagnostics(({ uris }) => {
      if (!uris.some((one) => one.toString() === key)) return;
      settled.dispose();
      settled = clock.after(SETTLE_MS, () => {
        end();
        resolve();
      });
    });
    const end = () => {
      told.dispose();
      settled.dispose();
      signal.removeEventListener('abort', onAbort);
    };
    const onAbort = () => {
      end();
      reject(signal.reason);
    };
    signal.addEventListener('abort', onAbort, { once: true });
  });
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
  const failure = failureIn(checks);
  if (failure === undefined) return undefined;
  return t('Checked: {0}. A stronger model may do better: Ask a Stronger Model.', failureWords(failure));
}
