/** What the pipeline asks of the look ahead; loaded with the first request. Units: tokens, milliseconds. */
import type { Priority } from '../base/task.ts';
import type { Attempt, Trouble } from '../quota/platformHealth.ts';
import type { Quantiles } from '../quota/sizeModel.ts';
import type { TaskAhead, TaskOutcome } from '../quota/taskPredictor.ts';
import type { ModelInfo } from '../routing/catalogue.ts';

export interface Foresight {
  /** What a task's answer will have. `model` may be one that was never used: then the task's own history counts. */
  outputTokens(ahead: Omit<TaskAhead, 'usualMs'>): Quantiles;
  /** How many times its price a token of this model counts: 1 when there is plenty. */
  worth(platform: string, model: string): number;
  /** How a platform is doing: taken into account only where the person has not turned it off. */
  trouble(platform: string): Trouble;
  /** A call has ended, with or without an answer. */
  attempted(platform: string, attempt: Attempt): void;
  /** How long the model will take for an answer of so many tokens. */
  answerMs(model: ModelInfo, outputTokens: number): number;
  /** An answer is whole: what it took. */
  learn(ahead: TaskAhead, outcome: AnswerOutcome, priority: Priority): void;
}

export interface AnswerOutcome extends TaskOutcome {
  readonly firstTokenMs?: number;
}
