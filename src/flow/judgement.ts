/** What became of one answer, as two shares in [0, 1]: whether it was taken, and how much of it stayed. */
import type { Outcome } from '../routing/outcomes.ts';
import type { Judgement } from '../routing/trialStore.ts';

/** Outcomes of one answer, oldest first. Undefined while they say nothing of how good it was. */
export function judge(receiptId: string, outcomes: readonly Outcome[]): Judgement | undefined {
  let accepted: number | undefined;
  let share = 1;
  for (const outcome of outcomes) {
    const told = toldBy(outcome);
    if (told !== undefined) accepted = told;
    if (outcome.kind === 'edited-after') share = 1 - outcome.share;
    if (outcome.kind === 'edit-settled') {
      const all = outcome.accepted + outcome.rejected + outcome.lost;
      if (all > 0) share = outcome.accepted / all;
    }
  }
  return accepted === undefined ? undefined : { receiptId, accepted, quality: accepted * share };
}

/** 1: taken, 0: not; undefined: it says neither. */
function toldBy(outcome: Outcome): 0 | 1 | undefined {
  switch (outcome.kind) {
    case 'edit-settled':
      if (outcome.accepted > 0) return 1;
      return outcome.rejected > 0 ? 0 : undefined;
    case 'used':
    case 'copied':
      return 1;
    case 'undone':
    case 'unusable':
    case 'asked-again':
    case 'asked-stronger':
      return 0;
    default:
      return undefined;
  }
}
