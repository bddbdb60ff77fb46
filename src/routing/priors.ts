/**
 * What is believed of a model before anything was learned here: the catalogue's quality at a usual task of the type, or
 * what was measured elsewhere where its licence allows to say so. Units: chances in [0, 1], outcomes.
 */
import type { TaskType } from '../base/task.ts';
import { chanceAdequate } from './adequacy.ts';
import type { Prior } from './adequacyModel.ts';
import { usualComplexity } from './complexity.ts';
import { MEASURED_PRIORS } from './priorsData.ts';

/** A rating out of the catalogue is worth so many outcomes: from ten on, what happens here counts more. */
const CATALOGUE_OUTCOMES = 10;
/** What was measured on other people's tasks is worth at most so many. */
const MOST_MEASURED = 30;
/** Of a model that nobody knows. */
const UNKNOWN_QUALITY = 0.6;

export function priorOf(modelKey: string, task: TaskType, quality = UNKNOWN_QUALITY): Prior {
  const name = modelKey.slice(modelKey.indexOf('/') + 1);
  const measured = MEASURED_PRIORS.find(
    (row) => row.tasks.includes(task) && row.models.some((model) => name === model),
  );
  if (measured === undefined) {
    const chance = chanceAdequate(quality, usualComplexity(task));
    return { chance, outcomes: CATALOGUE_OUTCOMES, quality };
  }
  return { chance: measured.share, outcomes: Math.min(MOST_MEASURED, measured.outcomes / 10), quality };
}
