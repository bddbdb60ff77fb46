/**
 * How hard a task looks, in [0, 1]: below 0.3 simple, above 0.7 complex (design B3). A formula to begin with; what
 * people do with the answers will correct it.
 */
import type { TaskType } from '../base/task.ts';
import type { TaskFeatures } from './features.ts';

export type Band = 'simple' | 'medium' | 'complex';

export const SIMPLE_BELOW = 0.3;
export const COMPLEX_ABOVE = 0.7;

/** Where a task of this type starts: questions, summaries and names low, code and analysis in the middle. */
const BASE: Record<TaskType, number> = {
  name: 0.05,
  'commit-message': 0.1,
  translate: 0.15,
  question: 0.15,
  explain: 0.2,
  document: 0.2,
  simplify: 0.35,
  review: 0.4,
  tests: 0.4,
  edit: 0.35,
  fix: 0.45,
  refactor: 0.45,
};

/** Each feature adds up to `most`, and half of it at `half`. */
const WEIGHTS = {
  tokens: { most: 0.3, half: 3_000 },
  nesting: { most: 0.15, half: 4 },
  hardWords: { most: 0.3, half: 1.5 },
  constraints: { most: 0.2, half: 2 },
  problems: { most: 0.15, half: 4 },
} as const;

export function complexity(features: TaskFeatures): number {
  const value =
    BASE[features.task] +
    saturating(features.inputTokens, WEIGHTS.tokens) +
    saturating(features.nesting, WEIGHTS.nesting) +
    saturating(features.hardWords, WEIGHTS.hardWords) +
    saturating(features.constraints, WEIGHTS.constraints) +
    saturating(features.problems, WEIGHTS.problems);
  return Math.min(1, value);
}

/** What a usual task's length, nesting and words add to where its type starts. */
const USUAL_ADDED = 0.12;

/** How hard a usual task of this type looks. */
export function usualComplexity(task: TaskType): number {
  return Math.min(1, BASE[task] + USUAL_ADDED);
}

export function bandOf(value: number): Band {
  if (value < SIMPLE_BELOW) return 'simple';
  return value > COMPLEX_ABOVE ? 'complex' : 'medium';
}

function saturating(amount: number, { most, half }: { most: number; half: number }): number {
  return (most * amount) / (amount + half);
}
