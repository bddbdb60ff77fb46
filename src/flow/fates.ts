/** What became of the answers that the dashboard lists: the outcomes of each, and how many were accepted or undone. */
import type { Outcome } from '../routing/outcomes.ts';
import type { Receipt } from './request.ts';
import type { FateView } from './snapshot.ts';

/** By the id of the receipt, oldest first; of answers that are not listed any more nothing. */
export function fatesOf(
  receipts: readonly Pick<Receipt, 'id'>[],
  newestFirst: readonly Outcome[],
): Map<string, Outcome[]> {
  const listed = new Set(receipts.map(({ id }) => id));
  const fates = new Map<string, Outcome[]>();
  for (const outcome of newestFirst.toReversed()) {
    // What a check says of an answer is not yet what became of it.
    if (!listed.has(outcome.receiptId) || outcome.kind === 'checked') continue;
    const before = fates.get(outcome.receiptId);
    if (before) before.push(outcome);
    else fates.set(outcome.receiptId, [outcome]);
  }
  return fates;
}

export function fateView(fates: ReadonlyMap<string, readonly Outcome[]>): FateView {
  const each = [...fates.values()];
  const undone = each.filter(isUndone);
  return {
    known: each.length,
    accepted: each.filter((outcomes) => !isUndone(outcomes) && outcomes.some(isTaken)).length,
    undone: undone.length,
  };
}

function isUndone(outcomes: readonly Outcome[]): boolean {
  return outcomes.some(({ kind }) => kind === 'undone');
}

function isTaken(outcome: Outcome): boolean {
  if (outcome.kind === 'edit-settled') return outcome.accepted > 0;
  if (outcome.kind === 'thumbs') return outcome.up;
  return outcome.kind === 'used' || outcome.kind === 'copied';
}
