/** What a good answer may cost where no model is sure enough: chance is weighed against money. Units: USD, chances in [0, 1]. */
import type { Candidate } from './candidates.ts';

/** A good answer is worth so many calls of the dearest model, and not more. */
const WORTH_IN_DEAREST = 5;
/** How much better a model without a price must be than one with a price. */
const UNPRICED_AHEAD = 0.2;

/** A little more chance for much more money is not worth it; without any price the best one is taken. */
export function worthMost(from: readonly Candidate[], best: Candidate): Candidate {
  const priced = from.filter(({ cost }) => cost < Infinity);
  if (priced.length === 0) return best;
  const worth = worthUsd(from);
  const known = priced.reduce((a, b) => (netChance(b, worth) > netChance(a, worth) ? b : a));
  return best.option.chance - known.option.chance > UNPRICED_AHEAD ? best : known;
}

/** Of one good answer. Where all that has a price is free, the better one counts. */
export function worthUsd(from: readonly Candidate[]): number {
  const dearest = Math.max(0, ...from.map(({ cost }) => cost).filter((cost) => cost < Infinity));
  return dearest === 0 ? 1 : WORTH_IN_DEAREST * dearest;
}

/** Chance less what the call costs, as a part of what a good answer is worth. */
export function netChance({ option, cost }: Candidate, worth: number): number {
  return option.chance - cost / worth;
}
