/**
 * What is kept of experiments, of the shadow choices and of benchmark runs: numbers and names of models, variants and
 * tasks; no prompt, no code, no answer. Units: USD, milliseconds; days are local calendar days `YYYY-MM-DD`.
 */
import type { TaskType } from '../base/task.ts';
import type { VariantSums } from './experimentVerdict.ts';

/** One answer that had a variant of an experiment. */
export interface Observation {
  readonly receiptId: string;
  readonly atMs: number;
  /** `experimentKey`. */
  readonly experiment: string;
  readonly variant: string;
  /** Absent: unknown. */
  readonly costUsd?: number;
  readonly totalMs: number;
}

/** What became of one answer; a later judgement takes the place of an earlier one. Shares in [0, 1]. */
export interface Judgement {
  readonly receiptId: string;
  readonly accepted: number;
  readonly quality: number;
}

/** What one answer would have cost from `modelKey`, beside what it did cost. */
export interface ShadowRow {
  readonly day: string;
  readonly modelKey: string;
  readonly simulated: boolean;
  readonly usd: number;
  readonly actualUsd: number;
  /** Chance in [0, 1] of a good answer as it was estimated; absent: it was not. */
  readonly chance?: number;
}

/** Sums of such rows over days. */
export interface ShadowSums {
  readonly modelKey: string;
  readonly requests: number;
  readonly usd: number;
  readonly actualUsd: number;
  readonly chances: number;
  readonly chanceSum: number;
}

/** What one answer of a model to one kind of task took. */
export interface AnswerRow {
  readonly modelKey: string;
  readonly task: TaskType;
  /** Absent: unknown. */
  readonly costUsd?: number;
  readonly totalMs: number;
}

/** Sums of such rows. */
export interface AnswerSums {
  readonly modelKey: string;
  readonly task: string;
  readonly count: number;
  /** Answers of known cost, and what they cost. */
  readonly priced: number;
  readonly usd: number;
  readonly ms: number;
}

/** One task of a benchmark that a model did. */
export interface BenchmarkRow {
  readonly suite: string;
  readonly atMs: number;
  readonly modelKey: string;
  readonly task: string;
  readonly passed: boolean;
  /** Absent: unknown. */
  readonly costUsd?: number;
  readonly totalMs: number;
}

/** Implemented on disk at the edge, and in memory for when there is none. */
export interface TrialStore {
  observed(row: Observation): void;
  judged(row: Judgement): void;
  sums(experiment: string): readonly VariantSums[];
  shadowed(rows: readonly ShadowRow[]): void;
  shadow(fromDay: string, simulated: boolean): readonly ShadowSums[];
  answered(row: AnswerRow): void;
  answers(): readonly AnswerSums[];
  benchmarked(rows: readonly BenchmarkRow[]): void;
  /** The rows of the newest run of this suite by this model. */
  lastBenchmark(suite: string, modelKey: string): readonly BenchmarkRow[];
}
