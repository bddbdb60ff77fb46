/**
 * Where to begin when answers are checked before anyone sees them: with the whole plan in view, of going up as often as a
 * check rejects. Units: USD, chances in [0, 1].
 */
import type { Candidate } from './candidates.ts';
import { type CascadePlan, type CascadeTerms, cascadePlans } from './cascade.ts';

export interface PlanTerms extends CascadeTerms {
  readonly mostAnswers: number;
}

export interface Begun {
  readonly candidate: Candidate;
  /** That the answer which is kept in the end is good. */
  readonly chance: number;
}

/**
 * Another beginning than `usual`, which would be chosen if its answer stood alone. Where that passes the bar: of the plans
 * that pass it too the one that costs least, if that is less than the usual answer. Else the plan that is worth most.
 */
export function begun(
  from: readonly Candidate[],
  usual: Candidate,
  bar: number,
  { mostAnswers, ...terms }: PlanTerms,
): Begun | undefined {
  const options = from
    .filter(({ cost }) => cost < Infinity)
    .map(({ option: { modelKey, chance }, cost }) => ({ modelKey, chance, costUsd: cost }));
  const plans = cascadePlans(options, terms, mostAnswers);
  const best =
    usual.option.chance >= bar ? cheapest(plans, bar, usual.cost) : (cheapest(plans, bar) ?? plans[0]);
  const candidate = from.find(({ model }) => model.key === best?.first.modelKey);
  if (best === undefined || candidate === undefined || candidate === usual) return undefined;
  return { candidate, chance: best.chance };
}

function cheapest(
  plans: readonly CascadePlan[],
  bar: number,
  below = Number.POSITIVE_INFINITY,
): CascadePlan | undefined {
  return plans
    .filter(({ chance, costUsd }) => chance >= bar && costUsd < below)
    .reduce<CascadePlan | undefined>(
      (least, plan) => (least === undefined || plan.costUsd < least.costUsd ? plan : least),
      undefined,
    );
}
