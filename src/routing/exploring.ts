/**
 * Which other model is worth trying out: now and then, for a task of low stakes, so that what is little known does not
 * stay unknown. Units: USD, chances in [0, 1].
 */
import type { Candidate } from './candidates.ts';
import { netChance, worthUsd } from './worth.ts';

export interface Exploration {
  /** Share of such tasks in [0, 1]. */
  readonly share: number;
  /** In [0, 1), drawn for this task: below `share` it is one of them. */
  readonly draw: number;
  /** No dearer than this, and no dearer than the cost cap. */
  readonly mostUsd: number;
}

/** A model is tried out only where it may pass the bar: within so many standard deviations. */
const MAY_PASS = 1.5;
/** What a trial may show is of use for so many tasks: as many as newest outcomes weigh most (see `levels.ts`). */
const TASKS_AHEAD = 100;
/** Numbers of trials that are thought of. */
const TRIALS = [1, 2, 4, 8, 16];

/** `from`: who could answer; `passes`: whether one of them passes the bar. Never beyond the caps. */
export function explored(
  explore: Exploration | undefined,
  { bar, passes }: { readonly bar: number; readonly passes: boolean },
  from: readonly Candidate[],
  chosen: Candidate,
): Candidate | undefined {
  if (explore === undefined || explore.draw >= explore.share) return undefined;
  const fits = from.filter(({ model, option: { estimatedUsd = Number.POSITIVE_INFINITY }, cost }) => {
    return model !== chosen.model && estimatedUsd <= explore.mostUsd && cost < Infinity;
  });
  return passes ? leastKnown(fits, bar) : mostToLearn(fits, chosen, bar >= 1 ? Infinity : worthUsd(from));
}

function leastKnown(fits: readonly Candidate[], bar: number): Candidate | undefined {
  const may = fits.filter(({ option }) => option.chance + MAY_PASS * deviationOf(option) >= bar);
  return most(may, ({ option }) => deviationOf(option));
}

/**
 * Where none passes: by what trials would bring over the tasks ahead, if they show it to be better than what is chosen now,
 * less what a trial loses. One trial shows little, many cost much: the best number of them counts (the knowledge gradient
 * over several measurements, Frazier and Powell 2010, https://doi.org/10.1287/deca.1100.0188).
 */
function mostToLearn(fits: readonly Candidate[], chosen: Candidate, worth: number): Candidate | undefined {
  const gain = (one: Candidate) => {
    const ahead = netChance(one, worth) - netChance(chosen, worth);
    const perTrial = TRIALS.map(
      (trials) => (TASKS_AHEAD * expectedGain(ahead, shownBy(one, trials))) / trials,
    );
    return Math.max(...perTrial) + Math.min(0, ahead);
  };
  return most(
    fits.filter((one) => gain(one) > 0),
    gain,
  );
}

/** How far what is believed of its chance will have moved after so many trials: a standard deviation. */
function shownBy({ option }: Candidate, trials: number): number {
  const variance = deviationOf(option) ** 2;
  const ofOutcome = Math.max(0.01, option.chance * (1 - option.chance));
  return Math.sqrt(variance * ((trials * variance) / (trials * variance + ofOutcome)));
}

/** Of what is normally distributed about `mean`: the mean of what lies above 0 (with the logistic curve for the normal one). */
function expectedGain(mean: number, deviation: number): number {
  if (deviation === 0) return Math.max(0, mean);
  const z = mean / deviation;
  const density = Math.exp(-(z ** 2) / 2) / Math.sqrt(2 * Math.PI);
  const below = 1 / (1 + Math.exp(-1.702 * z));
  return deviation * density + mean * below;
}

function deviationOf({ deviation = 0 }: Candidate['option']): number {
  return deviation;
}

function most(from: readonly Candidate[], of: (one: Candidate) => number): Candidate | undefined {
  return from.length === 0 ? undefined : from.reduce((a, b) => (of(b) > of(a) ? b : a));
}
