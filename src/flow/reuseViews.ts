/** Answers to similar questions and what is asked ahead, as the dashboard draws them. Units: milliseconds, USD. */
import type { TaskType } from '../base/task.ts';

/** The level that answers a question with the answer to one that was meant alike. */
export interface SimilarView {
  /** The share of wrong hits that is accepted, 0…1; 0 is off. */
  readonly maxWrong: number;
  /** Requests that it was asked for, after every exact level had missed. */
  readonly asked: number;
  readonly hits: number;
  readonly entries: number;
  readonly maxEntries: number;
  /** Of the hits, the share that is wrong as far as the verifier knows; absent before the first hit. */
  readonly expectedWrong?: number;
  /** Of the hits: the person wanted another answer; took it over. */
  readonly askedAnyway: number;
  readonly accepted: number;
  /** Absent while no saved answer had a known price. */
  readonly savedUsd?: number;
  readonly savedMs: number;
}

/** What is asked before the person does. */
export interface BackgroundView {
  readonly on: boolean;
  /** What it may cost a day; 0: only what costs nothing is asked. */
  readonly budgetUsd: number;
  readonly spentTodayUsd: number;
  readonly kinds: readonly {
    readonly kind: 'warming' | 'prefetch';
    readonly sent: number;
    /** Of those, the person has asked for. */
    readonly used: number;
    readonly usd: number;
    /** Too few were used: it has switched itself off. */
    readonly off: boolean;
  }[];
  /** Newest first. */
  readonly newest: readonly {
    readonly kind: 'warming' | 'prefetch';
    readonly task: TaskType;
    readonly model: string;
    readonly simulated: boolean;
    readonly usd: number;
    readonly atMs: number;
    /** Absent: nobody has asked for it yet. */
    readonly used?: boolean;
  }[];
}
