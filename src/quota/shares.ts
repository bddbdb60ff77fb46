/**
 * A limit's level in four shares, one for each priority, critical first. The law: each share is at least 0, and their
 * sum, the level, is at most the size. Units: the limit's own.
 */
import type { LimitRow } from './book.ts';

/** Parts of a limit, from critical to low. */
export const PARTS: readonly number[] = [0.4, 0.3, 0.2, 0.1];
export const COUNT = 4;
/** Rounding of sums must not leave crumbs that are waited for. */
const CRUMB = 1e-9;

export function levelOf({ shares: [critical = 0, high = 0, medium = 0, low = 0] }: LimitRow): number {
  return critical + high + medium + low;
}

export const at = (values: readonly number[] | Float64Array, index: number): number => values[index] ?? 0;

/** Divides `level` anew, each share its part. */
export function split(row: LimitRow, level: number): void {
  const bounded = Math.max(0, Math.min(level, row.size));
  for (let share = 0; share < COUNT; share += 1) row.shares[share] = bounded * at(PARTS, share);
  trim(row);
}

/** Makes `level` of what there is: what is gone is gone from all shares alike, what is new comes as a refill does. */
export function relevel(row: LimitRow, level: number): void {
  const bounded = Math.max(0, Math.min(level, row.size));
  const before = levelOf(row);
  const factor = before > 0 ? Math.min(1, bounded / before) : 0;
  for (let share = 0; share < COUNT; share += 1) row.shares[share] = at(row.shares, share) * factor;
  fill(row, bounded - before);
}

/**
 * The part of the refill that each share gets. Who used more than its part gets less, until that is even; critical work
 * is not penalised, and nobody is where that is turned off.
 */
export function weightOf(row: LimitRow, share: number): number {
  const part = at(PARTS, share);
  const entitled = part * row.size;
  const used = at(row.used, share);
  return share > 0 && used > entitled && row.lenient !== true ? (part * entitled) / used : part;
}

/** Adds `amount`: to each share by its weight; what a full one cannot take, the others get. Not above the size. */
export function fill(row: LimitRow, amount: number): void {
  let left = Math.min(amount, row.size - levelOf(row));
  for (let round = 0; round < COUNT && left > CRUMB * row.size; round += 1) left -= fillRound(row, left);
  trim(row);
}

/** As much as the first share takes to be full; returns what was added. */
function fillRound(row: LimitRow, left: number): number {
  const step = Math.min(left, untilOneIsFull(row));
  const weights = openWeights(row);
  if (weights === 0) return left;
  for (let share = 0; share < COUNT; share += 1) {
    if (isOpen(row, share))
      row.shares[share] = at(row.shares, share) + (step * weightOf(row, share)) / weights;
  }
  return step;
}

/** How much must come back until `priority` and the shares below it hold `need`. `Infinity`: never. */
export function refillUntil(row: LimitRow, priority: number, need: number): number {
  const trial = { ...row, shares: [...row.shares] };
  let refilled = 0;
  for (let round = 0; round <= COUNT; round += 1) {
    const missing = need - sumFrom(trial.shares, priority);
    if (missing <= CRUMB * row.size) return refilled;
    const weights = openWeights(trial);
    let ours = 0;
    for (let share = priority; share < COUNT; share += 1)
      if (isOpen(trial, share)) ours += weightOf(trial, share);
    const step = untilOneIsFull(trial);
    if (weights === 0) return Number.POSITIVE_INFINITY;
    const enough = ours > 0 ? (missing * weights) / ours : Number.POSITIVE_INFINITY;
    if (enough <= step) return refilled + enough;
    fillRound(trial, step);
    refilled += step;
  }
  return Number.POSITIVE_INFINITY;
}

export function sumFrom(values: readonly number[], first: number): number {
  let sum = 0;
  for (let share = first; share < COUNT; share += 1) sum += at(values, share);
  return sum;
}

/** Of a whole limit, what `priority` may take without asking the shares above its own. */
export function reach(row: LimitRow, priority: number): number {
  return sumFrom(PARTS, priority) * row.size;
}

function isOpen(row: LimitRow, share: number): boolean {
  return at(row.shares, share) < at(PARTS, share) * row.size * (1 - CRUMB);
}

function openWeights(row: LimitRow): number {
  let sum = 0;
  for (let share = 0; share < COUNT; share += 1) if (isOpen(row, share)) sum += weightOf(row, share);
  return sum;
}

function untilOneIsFull(row: LimitRow): number {
  const weights = openWeights(row);
  let least = Number.POSITIVE_INFINITY;
  for (let share = 0; share < COUNT; share += 1) {
    if (!isOpen(row, share)) continue;
    const missing = at(PARTS, share) * row.size - at(row.shares, share);
    least = Math.min(least, (missing * weights) / weightOf(row, share));
  }
  return least;
}

/** Sums of fractions may be a crumb too large, or a share a crumb below 0. */
function trim(row: LimitRow): void {
  for (let share = 0; share < COUNT; share += 1) row.shares[share] = Math.max(0, at(row.shares, share));
  for (let over = levelOf(row) - row.size; over > 0; over = levelOf(row) - row.size) {
    const largest = row.shares.indexOf(Math.max(...row.shares));
    row.shares[largest] = Math.max(0, at(row.shares, largest) - over);
    if (over < row.size * Number.EPSILON) break;
  }
}
