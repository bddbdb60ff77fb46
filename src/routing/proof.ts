/**
 * Whether something that is foretold before an outcome does go with it: the covariance of both, judged before anything
 * was learned from that outcome. What goes against the outcomes is not believed. Units: none.
 */

interface Side {
  seen: number;
  told: number;
  sum: number;
  squares: number;
}

/** Older outcomes fade: the newest five hundred weigh 63 %. */
const KEPT = 0.998;
const LEAST_SEEN = 30;
/**
 * Standard errors from 0 at which it begins to be believed; all of it one further on. Below 0, since what foretells is
 * held back already by how little it has seen: only what goes against the outcomes is refused.
 */
const BEGINS = -1;

export class Proof {
  readonly #sides = new Map<string, Side>();

  /** Outcomes of several `side`s (of two models) count each for itself. */
  add(side: string, told: number, outcome: number, weight: number): void {
    const one = this.#sides.get(side) ?? { seen: 0, told: 0, sum: 0, squares: 0 };
    this.#sides.set(side, one);
    const usual = one.seen === 0 ? told : one.told / one.seen;
    const product = (told - usual) * outcome;
    one.seen = one.seen * KEPT + weight;
    one.told = one.told * KEPT + weight * told;
    one.sum = one.sum * KEPT + weight * product;
    one.squares = one.squares * KEPT + weight * product * product;
  }

  /** 0 nothing of it … 1 all of it is believed. */
  get trust(): number {
    let mean = 0;
    let variance = 0;
    for (const { seen, sum, squares } of this.#sides.values()) {
      if (seen < LEAST_SEEN) return 0;
      mean += sum / seen;
      variance += (squares / seen - (sum / seen) ** 2) / seen;
    }
    if (!(variance > 0)) return 0;
    const errors = mean / Math.sqrt(variance);
    return Math.max(0, Math.min(1, errors - BEGINS));
  }
}
