/**
 * How the best of the candidates stands among the others, as numbers for the verifier's second opinion: where several are
 * nearly as good, small differences matter. None of them tells how full the index is, nor
 * which of the two was asked.
 */
import { cosine } from './embedQuestion.ts';
import type { Analysed } from './verifierFeatures.ts';

/** The score of a candidate that is not there, or that something objects to: nearly all are above. Log-odds. */
const NO_CANDIDATE = -6;

/** In a fixed order; a change of it needs new trees. `scores`: of all candidates, in any order. */
export function standing(asked: Analysed, best: Analysed, scores: readonly number[]): number[] {
  const [first = NO_CANDIDATE, second = NO_CANDIDATE, third = NO_CANDIDATE, ...rest] = scores
    .filter((score) => Number.isFinite(score))
    .sort((a, b) => b - a);
  const others = [second, third, ...rest].reduce((sum, score) => sum + Math.exp(score), 0);
  return [
    first,
    second,
    third,
    Math.log1p(others),
    first - second,
    cosine(asked.vector, best.vector),
    Math.min(asked.words.length, best.words.length),
    Math.max(asked.words.length, best.words.length),
    Math.min(asked.weight, best.weight),
    Math.max(asked.weight, best.weight),
    (asked.weight + best.weight) / Math.max(1, asked.words.length + best.words.length),
  ];
}
