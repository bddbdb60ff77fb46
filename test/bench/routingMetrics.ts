/**
 * How good a ranking of tasks is, by which those that need the strong model are sent to it first. CPT(x): the share of
 * calls to the strong model at which x of the gap between both models is closed; APGR: the mean share of the gap that is
 * closed over all shares of calls (Ong et al. 2024, https://arxiv.org/abs/2406.18665, section 4). Units: shares in [0, 1].
 */
import { mean } from './routingData.ts';

export interface Ranked {
  /** Higher: needs the strong model more. */
  readonly rank: number;
  readonly weak: number;
  readonly strong: number;
}

export interface RankingScore {
  readonly apgr: number;
  readonly cpt50: number;
  readonly cpt80: number;
}

/** [share of calls to the strong model, mean score] */
type Point = readonly [number, number];

/** At ten equal parts of the ranks, as the paper does it. */
export function tenBins(items: readonly Ranked[]): RankingScore {
  const ranks = items.map(({ rank }) => rank).sort((a, b) => a - b);
  const cuts = [...new Set(Array.from({ length: 11 }, (_, part) => quantileOf(ranks, part / 10)))];
  const points = cuts.map((cut, index): Point => {
    const last = index === cuts.length - 1;
    const above = ({ rank }: Ranked) => (last ? rank > cut : rank >= cut);
    return [mean(items.map((item) => Number(above(item)))), mean(items.map((item) => scoreIf(item, above)))];
  });
  return scoresOf(
    points.sort((a, b) => a[0] - b[0]),
    items,
  );
}

/** At every task; equal ranks are gone through in no order, which is a straight line on average. */
export function exact(items: readonly Ranked[]): RankingScore {
  const order = items.toSorted((a, b) => b.rank - a.rank);
  let score = mean(items.map(({ weak }) => weak));
  const points: Point[] = [[0, score]];
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to < order.length && order[to]?.rank === order[from]?.rank) {
      score += ((order[to]?.strong ?? 0) - (order[to]?.weak ?? 0)) / order.length;
      to += 1;
    }
    points.push([to / order.length, score]);
    from = to;
  }
  return scoresOf(points, items);
}

function scoreIf(item: Ranked, strong: (item: Ranked) => boolean): number {
  return strong(item) ? item.strong : item.weak;
}

function scoresOf(points: readonly Point[], items: readonly Ranked[]): RankingScore {
  const weak = mean(items.map((item) => item.weak));
  const gap = mean(items.map((item) => item.strong)) - weak;
  let area = 0;
  let width = 0;
  for (const [index, [x, y]] of points.entries()) {
    const before = points[index - 1];
    if (before === undefined) continue;
    area += ((x - before[0]) * (y + before[1])) / 2;
    width += x - before[0];
  }
  const cpt = (part: number) => firstAt(points, weak + part * gap);
  // Where all ranks are equal there is no choice but by lot.
  if (width === 0) return { apgr: 0.5, cpt50: 0.5, cpt80: 0.8 };
  return { apgr: (area / width - weak) / gap, cpt50: cpt(0.5), cpt80: cpt(0.8) };
}

/** The first share of calls at which the score is reached, straight between two points. */
function firstAt(points: readonly Point[], wanted: number): number {
  for (const [index, [x, y]] of points.entries()) {
    if (y < wanted - 1e-12) continue;
    const before = points[index - 1];
    if (before === undefined) return x;
    return before[0] + ((wanted - before[1]) / (y - before[1] || 1)) * (x - before[0]);
  }
  return Number.NaN;
}

function quantileOf(sorted: readonly number[], part: number): number {
  const place = part * (sorted.length - 1);
  const low = sorted[Math.floor(place)] ?? 0;
  return low + ((sorted[Math.ceil(place)] ?? low) - low) * (place - Math.floor(place));
}
