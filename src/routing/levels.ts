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

export interface ToldOfLevel {
  readonly seen: number;
  readonly sum: number;
  /** How far it may lie from the coarser level: a variance, as a part of that of one outcome. */
  readonly apart: number;
}

interface Node {
  seen: number;
  sum: number;
}

const NOTHING: Readonly<Node> = { seen: 0, sum: 0 };

/** The newest hundred weigh 63 % of all (design B7: last 100 per model). */
const KEPT = 0.995;
/**
 * Of what a prior may be wrong by, this part is so for all tasks alike, this part of the rest for a type of task, and so
 * on: the finer the level, the more often it misled on public data. All together are what the prior is worth.
 */
const FINER_PART = 0.5;
/** Nodes of one model; what was used longest ago is dropped. */
const MOST_NODES = 300;

export class Levels {
  readonly #nodes = new Map<string, Node>();
  readonly #heldByPrior: number;

  /** `heldByPrior`: the outcomes that the prior is worth. */
  constructor(heldByPrior: number) {
    this.#heldByPrior = heldByPrior;
  }

  /**
   * `path` from the coarsest level to the finest. Each outcome counts once: at the finest level of `path` that it is of.
   * `common` is taken off every outcome: what is so for all models alike.
   */
  estimate(path: readonly string[], common = 0): LevelEstimate {
    let shift = 0;
    let spread = 0;
    for (const { seen, sum, apart } of this.told(path)) {
      spread += apart;
      spread /= 1 + seen * spread;
      shift += spread * (sum - seen * (common + shift));
    }
    const seen = this.#nodes.get(path.at(-1) ?? '')?.seen ?? 0;
    return { shift, spread, seen, seenInAll: this.seenInAll(path) };
  }

  /** Outcomes of the coarsest level, older ones counting less. */
  seenInAll(path: readonly string[]): number {
    return this.#nodes.get(path[0] ?? '')?.seen ?? 0;
  }

  /** For each level of `path` what is of no finer one of it. */
  told(path: readonly string[]): ToldOfLevel[] {
    const nodes = path.map((key) => this.#nodes.get(key) ?? NOTHING);
    let apart = 1 / this.#heldByPrior;
    return nodes.map((node, level) => {
      apart *= FINER_PART;
      const finer = nodes[level + 1] ?? NOTHING;
      // Older outcomes fade at each level by its own count: the finer one may stand above the coarser one.
      const seen = Math.max(0, node.seen - finer.seen);
      return { seen, sum: seen === 0 ? 0 : node.sum - finer.sum, apart };
    });
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

/**
 * What is so for all models alike, from what each of them showed: a random-effects mean (DerSimonian and Laird 1986), in
 * which a model counts the less the more it may differ by itself. `heldByPrior` as for one model.
 */
export function commonShift(models: Iterable<Levels>, path: readonly string[], heldByPrior: number): number {
  const of = [...models].map((levels) => levels.told(path));
  let shift = 0;
  let spread = 0;
  let apart = 1 / heldByPrior;
  for (const [level] of path.entries()) {
    apart *= FINER_PART;
    spread += apart;
    let certainty = 1 / spread;
    let pull = 0;
    for (const told of of) {
      const { seen = 0, sum = 0 } = told[level] ?? {};
      if (seen === 0) continue;
      const own = told.slice(0, level + 1).reduce((all, one) => all + one.apart, 0);
      const says = 1 / (own + 1 / seen);
      certainty += says;
      pull += says * (sum / seen - shift);
    }
    shift += pull / certainty;
    spread = 1 / certainty;
  }
  return shift;
}
