/** What an answer view is opened for. */
import type { Answer, RouteRequest } from '../flow/request.ts';

/** What to ask, and how to name it. */
export interface Question {
  readonly title: string;
  readonly subtitle: string;
  readonly request: RouteRequest;
  readonly notices: readonly string[];
  /** Hears each answer that is whole. */
  readonly onAnswer?: (answer: Answer) => void;
}
