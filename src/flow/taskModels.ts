/** What is expected of each model for each kind of task that was asked, and what its answers took. */

import type { DriftTold } from '../routing/adequacyModel.ts';
import { automatic, type ModelInfo } from '../routing/catalogue.ts';
import type { SpeedChange } from '../routing/speeds.ts';
import type { AnswerSums } from '../routing/trialStore.ts';
import type { LearnedCell } from './learning.ts';
import type { ModelChangeView, TaskModelsView, TaskModelView } from './modelViews.ts';

/** Keys from cheap to dear; gives a cell for each of them and each type of task. */
type Table = (modelKeys: readonly string[]) => readonly LearnedCell[];

/** Most often asked first. A model by name only is left out until it has answered. */
export function taskModels(
  answers: readonly AnswerSums[],
  table: Table,
  models: readonly ModelInfo[],
): readonly TaskModelsView[] {
  const answered = new Set(answers.map(({ modelKey }) => modelKey));
  const chosen = new Set(automatic(models));
  const shown = models
    .filter((model) => chosen.has(model) || answered.has(model.key))
    .toSorted((a, b) => priceOf(a) - priceOf(b));
  const cells = table(shown.map(({ key }) => key));
  const counts = new Map<string, number>();
  for (const { task, count } of answers) counts.set(task, (counts.get(task) ?? 0) + count);
  return [...counts]
    .toSorted(([, a], [, b]) => b - a)
    .flatMap(([name]) => {
      const views = shown.flatMap((model) => viewOf(model, name, cells, answers));
      const task = cells.find((cell) => cell.task === name)?.task;
      return task === undefined ? [] : [{ task, models: views }];
    });
}

/** A change that long ago says nothing of today. */
const CHANGES_SHOWN_MS = 14 * 86_400_000;

/** How models have changed behind their names: in how good their answers are, and in how fast they come. */
export function modelChanges(
  drifts: readonly DriftTold[],
  speeds: readonly SpeedChange[],
  models: readonly ModelInfo[],
  nowMs: number,
): readonly ModelChangeView[] {
  const newest = new Map(drifts.map((drift) => [drift.modelKey, drift]));
  const told = [
    ...[...newest.values()].map(({ modelKey, atMs, better }) => ({
      ...{ modelKey, atMs, change: { kind: 'quality', better } as const },
    })),
    ...speeds.map(({ modelKey, atMs, measure: kind, beforeMs, afterMs }) => ({
      ...{ modelKey, atMs, change: { kind, beforeMs, afterMs } },
    })),
  ];
  return told
    .flatMap((one) => {
      const model = models.find(({ key }) => key === one.modelKey);
      if (model === undefined || nowMs - one.atMs > CHANGES_SHOWN_MS) return [];
      return [{ ...one, label: model.label, simulated: model.simulated }];
    })
    .toSorted((a, b) => b.atMs - a.atMs);
}

/** Only the order counts: answers are mostly a few times shorter than their prompts, and a few times dearer. */
function priceOf({ price, billing }: ModelInfo): number {
  if (billing === 'subscription') return 0;
  return price === undefined ? Number.POSITIVE_INFINITY : price.inputUsdPerMTok + price.outputUsdPerMTok;
}

function viewOf(
  { key, label, simulated }: ModelInfo,
  task: string,
  cells: readonly LearnedCell[],
  answers: readonly AnswerSums[],
): TaskModelView[] {
  const cell = cells.find((one) => one.task === task && one.modelKey === key);
  if (cell === undefined) return [];
  const sums = answers.find((one) => one.task === task && one.modelKey === key);
  return [
    {
      ...{ modelKey: key, label, simulated, chance: cell.chance, evidence: cell.seen },
      ...(sums === undefined || sums.priced === 0 ? {} : { costUsd: sums.usd / sums.priced }),
      ...(sums === undefined ? {} : { timeMs: sums.ms / sums.count }),
    },
  ];
}
