/** Runs one request behind a progress notice that can be cancelled, and says in words why nothing came. */
import * as vscode from 'vscode';
import type { Clock } from '../base/clock.ts';
import { isCancellation, SluiceError } from '../base/errors.ts';
import type { Outcomes } from '../flow/outcomes.ts';
import type { Pipeline } from '../flow/pipeline.ts';
import type { Answer, Receipt, RouteRequest } from '../flow/request.ts';
import type { Settings } from '../flow/settings.ts';
import { CONNECT_HELPS } from './answerEndings.ts';
import { wentUpWords } from './checkWords.ts';
import { errorWords } from './errorWords.ts';
import { receiptLine } from './receiptRows.ts';

const t = vscode.l10n.t;

export interface TaskDeps {
  readonly pipeline: Pipeline;
  readonly outcomes: Outcomes;
  readonly clock: Clock;
  readonly settings: () => Settings;
  readonly labelOf: (platform: string) => string;
}

/**
 * Resolves without an answer when it was cancelled or failed; the person has been told. `onText` hears the text so far.
 * What was cut is told and given back: `receipt.stop` says so.
 */
export async function runTask(
  deps: TaskDeps,
  title: string,
  request: RouteRequest,
  onText: (text: string) => void = () => undefined,
): Promise<Answer | undefined> {
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return vscode.window.withProgress(options, async (progress, token) => {
    const abort = new AbortController();
    const cancelled = token.onCancellationRequested(() =>
      abort.abort(new DOMException('cancelled by the person', 'AbortError')),
    );
    let text = '';
    try {
      const answer = await deps.pipeline.run(
        request,
        (event) => {
          if (event.kind === 'routed') progress.report({ message: event.decision.chosen.label });
          if (event.kind === 'went-up') progress.report({ message: wentUpWords(event.from, event.failure) });
          if (event.kind !== 'text') return;
          text += event.text;
          onText(text);
        },
        abort.signal,
      );
      if (answer.receipt.stop === 'cancelled') return undefined;
      if (answer.failure) tellFailure(answer.failure, deps.labelOf);
      return answer;
    } catch (error) {
      if (isCancellation(error, abort.signal)) return undefined;
      if (!SluiceError.any(error)) throw error;
      tellFailure(error, deps.labelOf);
      return undefined;
    } finally {
      cancelled.dispose();
    }
  });
}

/** An error notice with the command that helps. */
export function tellFailure(error: SluiceError, labelOf: (platform: string) => string): void {
  if (!SluiceError.any(error)) return;
  const connect = t('Connect a Platform…');
  const actions = CONNECT_HELPS.has(error.code) ? [connect] : [];
  void vscode.window
    .showWarningMessage(`Sluice: ${errorWords(error, labelOf)}`, ...actions)
    .then((picked) => {
      if (picked === connect) void vscode.commands.executeCommand('sluice.connectPlatform');
    });
}

/** What was done, with its receipt; one click shows the decision, others are the caller's. */
export async function tellDone(
  words: string,
  receipt: Receipt,
  actions: Readonly<Record<string, () => void>> = {},
): Promise<void> {
  const why = t('Why This Model');
  const labels = [...Object.keys(actions), why];
  const picked = await vscode.window.showInformationMessage(`${words} ${receiptLine(receipt)}`, ...labels);
  if (picked === why) await vscode.commands.executeCommand('sluice.showLastDecision', receipt.id);
  else if (picked !== undefined) actions[picked]?.();
}
