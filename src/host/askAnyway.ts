/** Asks the very question that was answered with the answer to a similar one, and lets the level know. */
import * as vscode from 'vscode';
import type { Outcomes } from '../flow/outcomes.ts';
import type { Pipeline } from '../flow/pipeline.ts';
import type { Receipt } from '../flow/request.ts';
import type { LazySimilar } from '../flow/similar.ts';
import type { Answers } from './answers.ts';
import { firstOf, taskName } from './words.ts';

const t = vscode.l10n.t;

export interface AskAnywayDeps {
  readonly answers: Answers;
  readonly pipeline: Pipeline;
  readonly outcomes: Outcomes;
  readonly similar: LazySimilar;
}

/** `id`: of a receipt; without one the newest such answer is meant. */
export async function askAnyway(deps: AskAnywayDeps, id: unknown): Promise<Receipt | undefined> {
  const { answers, pipeline, outcomes, similar } = deps;
  const receipt = pipeline.recent.find(
    (one) => one.cache === 'similar' && (id === undefined || one.id === id),
  );
  const request = receipt && similar.current?.requestOf(receipt.id);
  if (receipt === undefined || request === undefined) {
    void vscode.window.showInformationMessage(
      t('No answer to a similar question is waiting to be asked anyway.'),
    );
    return undefined;
  }
  outcomes.happened(receipt, { kind: 'asked-fresh' });
  return answers.ask({
    title: taskName(request.task),
    subtitle: firstOf(request.instruction),
    notices: [],
    request: { ...request, freshness: 'fresh' },
  });
}
