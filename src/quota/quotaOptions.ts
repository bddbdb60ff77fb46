/** What a quota rests on, and which of its rules a person has turned off. */
import type { UnusedShare } from './grant.ts';
import type { LevelStore } from './levelStore.ts';

export interface QuotaOptions {
  /** Absent: this window's memory. */
  readonly store?: LevelStore;
  /** Names this process among all that use the store. */
  readonly holder?: string;
  /** False: every request may take all there is. */
  readonly priorities?: () => boolean;
  /** False: a critical request takes what there is, and never owes more. */
  readonly criticalBurst?: () => boolean;
  /** False: who used more than its share gets no less of the refill. Told to the store with what is declared. */
  readonly overusePenalty?: () => boolean;
  /** Absent: nothing is lent. */
  readonly unusedShare?: UnusedShare;
}
