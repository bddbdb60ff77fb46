/** What the dashboard shows of models: what is expected of each, and which have changed. Units: USD, milliseconds. */
import type { TaskType } from '../base/task.ts';
import type { SpeedMeasure } from '../routing/speeds.ts';

/** What is expected of a model's answer to one kind of task. */
export interface TaskModelView {
  readonly modelKey: string;
  readonly label: string;
  readonly simulated: boolean;
  /** Chance in [0, 1] of a good answer. */
  readonly chance: number;
  /** Answers of it to such tasks that taught something. */
  readonly evidence: number;
  /** Means of what was answered; absent: nothing was yet. */
  readonly costUsd?: number;
  readonly timeMs?: number;
}

export interface TaskModelsView {
  readonly task: TaskType;
  /** Cheapest first, as far as that is known. */
  readonly models: readonly TaskModelView[];
}

/** A model is no longer what it was, behind the same name. */
export interface ModelChangeView {
  readonly modelKey: string;
  readonly label: string;
  readonly simulated: boolean;
  readonly atMs: number;
  readonly change:
    | { readonly kind: 'quality'; readonly better: boolean }
    /** Usual times before and since: until the first token, or for each further one. */
    | { readonly kind: SpeedMeasure; readonly beforeMs: number; readonly afterMs: number };
}
