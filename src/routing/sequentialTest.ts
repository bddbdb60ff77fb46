/**
 * Intervals for the difference of two means that hold at every moment at once, so that one may look after every answer
 * and stop when one likes: the chance that the true difference is ever outside is at most `alpha`.
 *
 * `meanDifference` is for outcomes in [0, 1] and exact at every size. Each arm has a Beta(½, ½) mixture as its
 * alternative; a pair of means is ruled out once the mixture's likelihood of what was seen is 1/alpha times the pair's
 * own. For the true pair that ratio is a non-negative supermartingale that begins at 1 (for outcomes between 0 and 1 by
 * the inequality of weighted means), so Ville's inequality bounds the chance. The interval is what is left of the
 * differences. Robbins, Ann. Math. Statist. 41 (1970) 1397, and Wasserman, Ramdas, Balakrishnan, PNAS 117 (2020) 16880.
 *
 * `amountDifference` is for cost and time, which have no bound: an asymptotic confidence sequence for each arm
 * (Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas, Ann. Statist. 52 (2024) 2613, formula 1). It holds in the limit of
 * many outcomes, so it says nothing before `LEAST_AMOUNTS` in both arms.
 */

/** Outcomes of one arm: how many, their sum and the sum of their squares. */
export interface Sums {
  readonly count: number;
  readonly sum: number;
  readonly squares: number;
}

/** Second arm minus first. Bounds are infinite where nothing can be said yet; `estimate` is absent without outcomes. */
export interface Interval {
  readonly estimate?: number;
  readonly low: number;
  readonly high: number;
}

/** The interval is tightest around so many outcomes of an arm; it is valid at any. */
const TIGHTEST_AT = 200;
export const LEAST_AMOUNTS = 30;
/** Halvings of an interval of length 2: far below any difference that matters. */
const STEPS = 40;
/** Golden sections: the mean is found within 1e-5, its likelihood far closer. */
const SECTIONS = 24;
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/** `alpha` in (0, 1). Means are in [0, 1]. */
export function meanDifference(first: Sums, second: Sums, alpha: number): Interval {
  if (first.count === 0 || second.count === 0) return { low: -1, high: 1 };
  const estimate = second.sum / second.count - first.sum / first.count;
  const least = leastLogLikelihood(first, second, alpha);
  const fits = (difference: number) => bestLogLikelihood(first, second, difference) > least;
  return { estimate, low: edge(fits, estimate, -1), high: edge(fits, estimate, 1) };
}

/** Whether `difference` lies outside of `meanDifference`; a hundred times as fast. */
export function ruledOut(first: Sums, second: Sums, difference: number, alpha: number): boolean {
  return bestLogLikelihood(first, second, difference) <= leastLogLikelihood(first, second, alpha);
}

/** Below this a pair of means is ruled out. */
function leastLogLikelihood(first: Sums, second: Sums, alpha: number): number {
  return logMixture(first) + logMixture(second) + Math.log(alpha);
}

/** The fitting difference that is farthest from `inside` towards `outer`. */
function edge(fits: (difference: number) => boolean, inside: number, outer: number): number {
  if (fits(outer)) return outer;
  let [near, far] = [inside, outer];
  for (let step = 0; step < STEPS; step += 1) {
    const middle = (near + far) / 2;
    if (fits(middle)) near = middle;
    else far = middle;
  }
  return far;
}

/** Of all pairs of means with this difference the likeliest; the likelihood is concave in the first mean. */
function bestLogLikelihood(first: Sums, second: Sums, difference: number): number {
  const at = (mean: number) => logLikelihood(first, mean) + logLikelihood(second, mean + difference);
  let low = Math.max(0, -difference);
  let high = Math.min(1, 1 - difference);
  let [left, right] = [high - GOLDEN * (high - low), low + GOLDEN * (high - low)];
  let [atLeft, atRight] = [at(left), at(right)];
  for (let step = 0; step < SECTIONS; step += 1) {
    if (atLeft > atRight) {
      high = right;
      [right, atRight] = [left, atLeft];
      left = high - GOLDEN * (high - low);
      atLeft = at(left);
    } else {
      low = left;
      [left, atLeft] = [right, atRight];
      right = low + GOLDEN * (high - low);
      atRight = at(right);
    }
  }
  return Math.max(atLeft, atRight);
}

function logLikelihood({ count, sum }: Sums, mean: number): number {
  return weighted(sum, mean) + weighted(count - sum, 1 - mean);
}

/** `0 · log 0` is 0. */
function weighted(amount: number, share: number): number {
  return amount <= 0 ? 0 : amount * Math.log(Math.max(share, Number.MIN_VALUE));
}

/** Logarithm of the mean likelihood over Beta(½, ½). */
function logMixture({ count, sum }: Sums): number {
  return logBeta(sum + 0.5, count - sum + 0.5) - logBeta(0.5, 0.5);
}

function logBeta(a: number, b: number): number {
  return logGamma(a) + logGamma(b) - logGamma(a + b);
}

/** Stirling's series after moving the argument above 8; within 1e-12 for every positive x. */
function logGamma(x: number): number {
  let shift = 0;
  let moved = x;
  while (moved < 8) {
    shift += Math.log(moved);
    moved += 1;
  }
  const inverse = 1 / (moved * moved);
  const series = (1 / 12 - inverse * (1 / 360 - inverse * (1 / 1_260 - inverse / 1_680))) / moved;
  return (moved - 0.5) * Math.log(moved) - moved + 0.5 * Math.log(2 * Math.PI) + series - shift;
}

/** `alpha` in (0, 1), half of it for each arm. */
export function amountDifference(first: Sums, second: Sums, alpha: number): Interval {
  const nothing = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  if (first.count === 0 || second.count === 0) return nothing;
  const estimate = second.sum / second.count - first.sum / first.count;
  if (Math.min(first.count, second.count) < LEAST_AMOUNTS) return { estimate, ...nothing };
  const reach = radius(first, alpha / 2) + radius(second, alpha / 2);
  return { estimate, low: estimate - reach, high: estimate + reach };
}

function radius({ count, sum, squares }: Sums, alpha: number): number {
  const mean = sum / count;
  const variance = Math.max(0, (squares - count * mean * mean) / (count - 1));
  const rho2 = (-2 * Math.log(alpha) + Math.log(-2 * Math.log(alpha) + 1)) / TIGHTEST_AT;
  const scale = count * rho2 + 1;
  return Math.sqrt(((2 * variance * scale) / (count * count * rho2)) * Math.log(Math.sqrt(scale) / alpha));
}
