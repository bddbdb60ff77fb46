/** Whether a limit has quota that nobody is expected to need. Units: milliseconds, parts of a limit. */
import { concerns, type LimitState } from '../quota/limit.ts';
import type { LimitAhead } from './lookAhead.ts';

/** So much of it must be left, after whatever is asked ahead. */
const LEAST_LEFT = 0.5;
/** A limit that is full again within this time need not have been watched for hours: it must be nearly full instead. */
const SHORT_MS = 10 * 60_000;
const LEAST_LEFT_SHORT = 0.8;

/**
 * Of every limit that concerns the model: much is left, and the forecast does not see it run out. A limit of which too
 * little was seen to tell has nothing to spare; a platform without limits has.
 */
export function hasSpare(
  platform: string,
  model: string,
  states: readonly LimitState[],
  ahead: (state: LimitState) => LimitAhead | undefined,
): boolean {
  return states
    .filter((state) => concerns(state, platform, model))
    .every((state) => {
      const left = state.size > 0 ? state.level / state.size : 0;
      if (left >= LEAST_LEFT_SHORT && (state.fullInMs ?? SHORT_MS) < SHORT_MS) return true;
      const outlook = ahead(state);
      return left >= LEAST_LEFT && outlook?.foretold === true && outlook.exhaustedAtMs === undefined;
    });
}
