/** The words that every part shares about a task and what it used. */
export const TASK_TYPES = [
  'question',
  'explain',
  'edit',
  'fix',
  'refactor',
  'tests',
  'document',
  'review',
  'translate',
  'simplify',
  'name',
  'commit-message',
] as const;

export type TaskType = (typeof TASK_TYPES)[number];

export const PRIORITIES = ['critical', 'high', 'medium', 'low'] as const;

export type Priority = (typeof PRIORITIES)[number];

export const TIERS = ['fast', 'balanced', 'powerful'] as const;

/** From cheap to dear. */
export type Tier = (typeof TIERS)[number];

/**
 * Tokens of one call, as the platform reported them. The four input and output classes do not overlap:
 * prompt tokens = input + cacheRead + cacheWrite. `reasoning` is a part of `output`.
 */
export interface TokenUsage {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly reasoning: number;
  /** The part of `cacheWrite` that is kept for the platform's long time (1 h, 12 h); absent: none of it. */
  readonly cacheWriteLong?: number;
  /** Terms other than the platform's standard ones, in its own words: `batch`, `flex`, `priority`, `fast`, `us`. */
  readonly terms?: readonly string[];
  /** What the platform itself says that it charged, in USD. */
  readonly chargedUsd?: number;
}

export function promptTokens(usage: TokenUsage): number {
  return usage.input + usage.cacheRead + usage.cacheWrite;
}

export function totalTokens(usage: TokenUsage): number {
  return promptTokens(usage) + usage.output;
}
