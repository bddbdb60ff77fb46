/**
 * How much better or worse a model does than its prior says: for all tasks, for a type of task, for a type in a
 * language and in a repository; each held to the level above while it has seen little. Units: chances, outcomes.
 */

export interface LevelEstimate {
  /** To be added to the prior chance. */
  readonly shift: number;
  /** Variance of `shift` as a part of the variance of one outcome: 1 / so many outcomes. */
  readonly spread: number;
  /** Outcomes of the finest level, older ones counting less. */
  readonly seen: number;
  /** Outcomes of the model over all tasks, in the same way. */
  readonly seenInAll: number;
}

interface Node {
  seen: number;
  sum: number;
}

/** The newest hundred weigh 63 % of all (design B7: last 100 per model). */
const KEPT = 0.995;
/**
 * A type of task must see twice the outcomes that the prior is worth to be believed half against the level above it, a
 * language twice as many again, and so on: the finer the level, the more often it misled on public data.
 */
const HELD_BY_PARENT = 2;
/** Nodes of one model; what was used longest ago is dropped. */
const MOST_NODES = 300;

export class Levels {
  readonly #nodes = new Map<string, Node>();
  readonly #heldByPrior: number;

  /** `heldByPrior`: the outcomes that the prior is worth. */
  constructor(heldByPrior: number) {
    this.#heldByPrior = heldByPrior;
  }

  /** `path` from the coarsest level to the finest. */
  estimate(path: readonly string[]): LevelEstimate {
    let shift = 0;
    let spread = 1 / this.#heldByPrior;
    let seen = 0;
    let held = this.#heldByPrior;
    for (const key of path) {
      const node = this.#nodes.get(key);
      seen = node?.seen ?? 0;
      const all = seen + held;
      shift = ((node?.sum ?? 0) + held * shift) / all;
      spread = (held / all) ** 2 * spread + seen / all ** 2;
      held *= HELD_BY_PARENT;
    }
    return { shift, spread, seen, seenInAll: this.#nodes.get(path[0] ?? '')?.seen ?? 0 };
  }

  /** `miss`: outcome less prior, −1 … 1. */
  learn(path: readonly string[], miss: number, weight: number): void {
    for (const key of path) {
      const node = this.#nodes.get(key) ?? { seen: 0, sum: 0 };
      this.#nodes.delete(key);
      node.seen = node.seen * KEPT + weight;
      node.sum = node.sum * KEPT + weight * miss;
      this.#nodes.set(key, node);
    }
    const oldest = this.#nodes.keys().next();
    if (this.#nodes.size > MOST_NODES && !oldest.done) this.#nodes.delete(oldest.value);
  }

  /** The newest outcome was not the last word: it is replaced. */
  correct(path: readonly string[], by: { readonly seen: number; readonly sum: number }): void {
    for (const key of path) {
      const node = this.#nodes.get(key);
      if (node === undefined) continue;
      node.seen = Math.max(0, node.seen + by.seen);
      node.sum += by.sum;
    }
  }

  /** The model has changed: what is known counts as no more than `outcomes`. */
  doubt(outcomes: number): void {
    for (const node of this.#nodes.values()) {
      const factor = Math.min(1, outcomes / Math.max(node.seen, 1e-9));
      node.seen *= factor;
      node.sum *= factor;
    }
  }
}
