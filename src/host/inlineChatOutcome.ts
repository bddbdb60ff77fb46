/** What the person made of an answer: the one thing that only an editor can know. */
import type { EditVerdict } from './liveEdit.ts';

export interface ChatOutcome {
  readonly receiptId: string;
  readonly kind: 'accepted' | 'partly' | 'rejected' | 'asked-again' | 'asked-stronger';
  /** Hunks. */
  readonly accepted?: number;
  readonly rejected?: number;
}

/** Absent: there was nothing to decide on. */
export function outcomeOf(
  receiptId: string,
  { accepted, rejected, lost }: EditVerdict,
): ChatOutcome | undefined {
  if (accepted + rejected === 0) return undefined;
  const kind = accepted === 0 ? 'rejected' : rejected + lost === 0 ? 'accepted' : 'partly';
  return { receiptId, kind, accepted, rejected };
}
