/**
 * What became of an answer: the one thing that only an editor knows, and what the router is to learn from. Kept for
 * each decision with its features: no prompt, no code, no answer. Units: milliseconds, USD, lines.
 */
import type { TaskFeatures } from './features.ts';

/** One decision whose answer the person has seen. */
export interface DecisionRecord {
  readonly receiptId: string;
  readonly atMs: number;
  readonly modelKey: string;
  readonly features: TaskFeatures;
  /** Chance in [0, 1] of a good answer, as it was told before. */
  readonly chance: number;
  /** Absent: unknown. */
  readonly costUsd?: number;
  readonly totalMs: number;
  readonly stop: string;
  readonly simulated: boolean;
}

export type Outcome = { readonly receiptId: string; readonly atMs: number } & OutcomeFacts;

export type OutcomeFacts =
  /** An edit was decided upon: hunks kept, dropped, and lost because the document went away or changed beneath. */
  | {
      readonly kind: 'edit-settled';
      readonly accepted: number;
      readonly rejected: number;
      readonly lost: number;
    }
  /** Of the lines that were accepted, the share in [0, 1] that the person changed soon after. */
  | { readonly kind: 'edited-after'; readonly share: number }
  | { readonly kind: 'undone'; readonly afterMs: number }
  /** Errors and warnings in the changed place before the edit and after the language server had looked at it. */
  | { readonly kind: 'problems'; readonly before: number; readonly after: number }
  /** The answer could not be used as what it was asked for. */
  | { readonly kind: 'unusable'; readonly why: string }
  /** The person's own word. */
  | { readonly kind: 'thumbs'; readonly up: boolean }
  /** The workspace's own test command ran over the changed code. */
  | { readonly kind: 'tested'; readonly passed: boolean }
  /** A check of the answer by itself: whole, parses, no new problems. `check` names it. */
  | { readonly kind: 'checked'; readonly check: string; readonly passed: boolean }
  | { readonly kind: 'asked-again' | 'asked-fresh' | 'asked-stronger' | 'copied' | 'used' | 'cancelled' };

/** Implemented on disk at the edge. */
export interface OutcomeStore {
  decided(record: DecisionRecord): void;
  happened(outcome: Outcome): void;
}

/** Opens the real store with the first outcome and keeps what comes until then; without a store it keeps nothing. */
export class LazyOutcomes implements OutcomeStore {
  readonly #open: () => Promise<OutcomeStore>;
  readonly #onFailure: (error: unknown) => void;
  #held: ((store: OutcomeStore) => void)[] | undefined = [];
  #store: OutcomeStore | undefined;

  constructor(open: () => Promise<OutcomeStore>, onFailure: (error: unknown) => void) {
    this.#open = open;
    this.#onFailure = onFailure;
  }

  decided(record: DecisionRecord): void {
    this.#pass((store) => store.decided(record));
  }

  happened(outcome: Outcome): void {
    this.#pass((store) => store.happened(outcome));
  }

  #pass(row: (store: OutcomeStore) => void): void {
    if (this.#store) {
      row(this.#store);
      return;
    }
    this.#held?.push(row);
    if (this.#held?.length === 1) this.#begin();
  }

  #begin(): void {
    this.#open().then(
      (store) => {
        this.#store = store;
        for (const row of this.#held ?? []) row(store);
        this.#held = undefined;
      },
      (error: unknown) => {
        this.#held = undefined;
        this.#onFailure(error);
      },
    );
  }
}
