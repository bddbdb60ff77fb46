/**
 * The place that an answer is for, where it can be tried before it counts: put in, judged where it stands, taken back. A
 * preview that is the place itself, because those who judge know no other.
 */
import type { AnswerCheck } from './answerChecks.ts';

export interface AnswerPlace {
  /** Puts the answer in when it runs, and leaves it there whatever it says. */
  readonly check: AnswerCheck;
  /**
   * The place is as it was before the answer. False, and nothing is changed, when the person has taken it in hand
   * meanwhile (decided, typed, closed it): then what stands there is the answer. True where nothing stands.
   */
  takeBack(): Promise<boolean>;
}
