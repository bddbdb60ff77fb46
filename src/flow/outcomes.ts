/** Hears of decisions and of what became of their answers; tells whoever learns or shows, and keeps them. */
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { Emitter } from '../base/event.ts';
import type { Outcome, OutcomeFacts, OutcomeStore } from '../routing/outcomes.ts';
import type { Receipt } from './request.ts';

/** As many decisions as the dashboard shows, and what may become of so many: settled, changed, undone, its problems. */
const RECENT = 50;
const RECENT_OUTCOMES = 4 * RECENT;

/** An outcome with the answer that it is about. */
export interface Judged {
  readonly receipt: Receipt;
  readonly outcome: Outcome;
}

export class Outcomes implements Disposable {
  readonly #store: OutcomeStore;
  readonly #clock: Clock;
  readonly #changed = new Emitter<Outcome>();
  readonly #judged = new Emitter<Judged>();
  readonly #recent: Outcome[] = [];
  readonly #known = new Set<string>();

  constructor(store: OutcomeStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  onOutcome(listener: (outcome: Outcome) => void): Disposable {
    return this.#changed.on(listener);
  }

  /** The same for those who learn from it. */
  onJudged(listener: (judged: Judged) => void): Disposable {
    return this.#judged.on(listener);
  }

  /** Newest first. */
  get recent(): readonly Outcome[] {
    return this.#recent;
  }

  /** The decision is kept with the first thing that becomes of its answer: one nobody looked at teaches nothing. */
  happened(receipt: Receipt, facts: OutcomeFacts): void {
    if (!this.#known.has(receipt.id)) {
      this.#remember(receipt.id);
      this.#store.decided({
        receiptId: receipt.id,
        atMs: receipt.atMs,
        modelKey: receipt.modelKey,
        features: receipt.decision.features,
        chance: receipt.decision.chosen.chance,
        totalMs: receipt.totalMs,
        stop: receipt.stop,
        simulated: receipt.simulated,
        ...(receipt.costUsd === undefined ? {} : { costUsd: receipt.costUsd }),
      });
    }
    const outcome: Outcome = { ...facts, receiptId: receipt.id, atMs: this.#clock.now() };
    this.#store.happened(outcome);
    this.#recent.unshift(outcome);
    if (this.#recent.length > RECENT_OUTCOMES) this.#recent.pop();
    this.#judged.fire({ receipt, outcome });
    this.#changed.fire(outcome);
  }

  dispose(): void {
    this.#judged.dispose();
    this.#changed.dispose();
  }

  #remember(id: string): void {
    this.#known.add(id);
    const oldest = this.#known.keys().next();
    if (this.#known.size > RECENT && !oldest.done) this.#known.delete(oldest.value);
  }
}
