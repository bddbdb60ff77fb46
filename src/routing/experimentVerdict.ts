/**
 * What an experiment says so far of each variant against its first one: better, worse, or not told yet, with an
 * interval that holds at every look (`sequentialTest.ts`). All verdicts of one experiment together err at most at its
 * stated rate: it is shared among the variants, and half of it is for the watch over harm where that is not the metric.
 */
import type { Experiment, ExperimentMetric } from './experiments.ts';
import { amountDifference, type Interval, meanDifference, type Sums } from './sequentialTest.ts';

/** What is known of one variant. */
export interface VariantSums {
  readonly variant: string;
  /** Answers that had it. */
  readonly count: number;
  /** 1: the person took the answer; 0: they did not. Only answers of which something became known. */
  readonly accepted: Sums;
  /** Share in [0, 1] of the answer that stayed. */
  readonly quality: Sums;
  /** USD. */
  readonly cost: Sums;
  /** Milliseconds. */
  readonly time: Sums;
}

export const NO_SUMS: Sums = { count: 0, sum: 0, squares: 0 };

export interface VariantVerdict {
  readonly variant: string;
  /** `harmful`: fewer answers are accepted; nobody gets it any more. */
  readonly kind: 'better' | 'worse' | 'undecided' | 'harmful';
  /** Of the metric, variant minus first variant. */
  readonly difference: Interval;
  /** Of accepted answers, by which harm is told. */
  readonly acceptedDifference: Interval;
}

export function emptySums(variant: string): VariantSums {
  const none = NO_SUMS;
  return { variant, count: 0, accepted: none, quality: none, cost: none, time: none };
}

/** One verdict for every variant but the first, in their order. */
export function verdicts(
  { metric, errorRate, variants }: Pick<Experiment, 'metric' | 'errorRate' | 'variants'>,
  sums: readonly VariantSums[],
): readonly VariantVerdict[] {
  const of = (name: string) => sums.find(({ variant }) => variant === name) ?? emptySums(name);
  const [first, ...others] = variants;
  if (first === undefined) return [];
  const alpha = errorRate / (metric === 'accepted' ? 1 : 2) / others.length;
  return others.map(({ name }) => compare(of(first.name), of(name), metric, alpha));
}

function compare(
  first: VariantSums,
  second: VariantSums,
  metric: ExperimentMetric,
  alpha: number,
): VariantVerdict {
  const acceptedDifference = meanDifference(first.accepted, second.accepted, alpha);
  const rises = metric === 'accepted' || metric === 'quality';
  const difference =
    metric === 'accepted'
      ? acceptedDifference
      : (rises ? meanDifference : amountDifference)(first[metric], second[metric], alpha);
  const [better, worse] = rises
    ? [difference.low > 0, difference.high < 0]
    : [difference.high < 0, difference.low > 0];
  const told = better ? 'better' : worse ? 'worse' : 'undecided';
  const kind = acceptedDifference.high < 0 ? 'harmful' : told;
  return { variant: second.variant, kind, difference, acceptedDifference };
}
