/**
 * From a score to a probability, and from the bound on wrong hits to the least score that is served: evidence counted in
 * bins of the score, first from the training's calibration part, then from what people did with the hits they got.
 */

/** Counts of judged hits by score; bin `i` holds scores in [edges[i-1], edges[i]). */
export interface Evidence {
  readonly edges: readonly number[];
  readonly right: readonly number[];
  readonly wrong: readonly number[];
}

/**
 * The rule of three: of so many hits over the bound none wrong, and the share is below the bound with 95 %. With fewer,
 * nothing is served. With enough, the likeliest share decides: drawn again and again from the training's evidence, a
 * threshold set so has 9.8 % of wrong hits at a bound of 10 % and 19.9 % at 20 %; the upper end of an interval instead
 * takes up to a tenth of the right ones.
 */
const NONE_WRONG = 3;
/** Of the interval of what people say alone: one-sided 60 %. */
const CONFIDENCE_Z = 0.253;
/** So few say nothing on their own; together with all other evidence they do. */
const FEW_VERDICTS = 5;
/** How many hits the offline probability of a bin counts for against what people say. */
const OFFLINE_WEIGHT = 20;
/** People's verdicts lose half their weight after this many further ones, so that an old habit can be unlearned. */
const HALF_LIFE_VERDICTS = 500;

export class Calibration {
  readonly #offline: Evidence;
  readonly #probabilities: readonly number[];
  #right: number[];
  #wrong: number[];

  constructor(offline: Evidence) {
    this.#offline = offline;
    this.#probabilities = rising(offline);
    const bins = offline.edges.length + 1;
    this.#right = Array<number>(bins).fill(0);
    this.#wrong = Array<number>(bins).fill(0);
  }

  /** That the hit is right, in [0, 1]. */
  probability(score: number): number {
    const bin = this.#binOf(score);
    const right = this.#right[bin] ?? 0;
    const wrong = this.#wrong[bin] ?? 0;
    return ((this.#probabilities[bin] ?? 0) * OFFLINE_WEIGHT + right) / (OFFLINE_WEIGHT + right + wrong);
  }

  /**
   * The least score above which the share of wrong hits stays under `bound` (0…1): the likeliest one over all evidence
   * must, and people's verdicts alone must not say otherwise. Infinite when there is not enough evidence.
   */
  threshold(bound: number): number {
    let least = Number.POSITIVE_INFINITY;
    let hits = 0;
    let wrong = 0;
    let told = 0;
    let toldWrong = 0;
    for (let bin = this.#offline.edges.length; bin >= 1; bin--) {
      toldWrong += this.#wrong[bin] ?? 0;
      told += (this.#wrong[bin] ?? 0) + (this.#right[bin] ?? 0);
      wrong += (this.#offline.wrong[bin] ?? 0) + (this.#wrong[bin] ?? 0);
      hits += this.#hitsIn(bin);
      const known = hits >= NONE_WRONG / bound && likeliestShare(wrong, hits) <= bound;
      if (known && (told < FEW_VERDICTS || lowerShare(toldWrong, told) <= bound)) {
        least = this.#offline.edges[bin - 1] ?? least;
      }
    }
    return least;
  }

  learn(score: number, verdict: 'right' | 'wrong'): void {
    const keep = 0.5 ** (1 / HALF_LIFE_VERDICTS);
    this.#right = this.#right.map((count) => count * keep);
    this.#wrong = this.#wrong.map((count) => count * keep);
    const counts = verdict === 'right' ? this.#right : this.#wrong;
    const bin = this.#binOf(score);
    counts[bin] = (counts[bin] ?? 0) + 1;
  }

  #hitsIn(bin: number): number {
    const { right, wrong } = this.#offline;
    return (right[bin] ?? 0) + (wrong[bin] ?? 0) + (this.#right[bin] ?? 0) + (this.#wrong[bin] ?? 0);
  }

  #binOf(score: number): number {
    const { edges } = this.#offline;
    let bin = 0;
    while (bin < edges.length && score >= (edges[bin] ?? 0)) bin++;
    return bin;
  }
}

/** With half a hit of each kind. */
const likeliestShare = (wrong: number, hits: number) => (wrong + 0.5) / (hits + 1);

/** The lower end of Wilson's interval; 0 for no hits at all. */
export function lowerShare(wrong: number, hits: number, z = CONFIDENCE_Z): number {
  return hits === 0 ? 0 : wilson(wrong, hits, -z);
}

function wilson(wrong: number, hits: number, z: number): number {
  const share = wrong / hits;
  const z2 = z ** 2;
  const spread = z * Math.sqrt((share * (1 - share)) / hits + z2 / (4 * hits * hits));
  return Math.max(0, Math.min(1, (share + z2 / (2 * hits) + spread) / (1 + z2 / hits)));
}

/** Share of right hits per bin, made rising with the score by pooling neighbours that fall. */
function rising({ right, wrong }: Evidence): number[] {
  const pools: { right: number; hits: number; bins: number }[] = [];
  right.forEach((count, bin) => {
    pools.push({ right: count, hits: count + (wrong[bin] ?? 0), bins: 1 });
    for (
      let last = pools.at(-1), before = pools.at(-2);
      last && before;
      last = before, before = pools.at(-2)
    ) {
      if (shareOf(before) <= shareOf(last)) break;
      pools.pop();
      before.right += last.right;
      before.hits += last.hits;
      before.bins += last.bins;
    }
  });
  return pools.flatMap((pool) => Array<number>(pool.bins).fill(shareOf(pool)));
}

/** With half a hit of each kind: no bin is ever certain. */
const shareOf = ({ right, hits }: { right: number; hits: number }) => (right + 0.5) / (hits + 1);
