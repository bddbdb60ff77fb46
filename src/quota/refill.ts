/** What time brings back to a limit, and when. Units: the limit's own, milliseconds of the book. */
import { type LimitRow, NEVER } from './book.ts';
import { at, COUNT, fill, levelOf, split } from './shares.ts';

/** A sliding window is counted in so many slots: what was used is back at most this part of the window late. */
const SLOTS = 24;
const LEAST_STEP_MS = 1;

/** Counts what came back up to `nowMs`. Whole milliseconds only: a decision in the same one has nothing to count. */
export function advance(row: LimitRow, nowMs: number): void {
  const elapsedMs = nowMs - row.atMs;
  if (elapsedMs < LEAST_STEP_MS) return;
  const wholeMs = Math.floor(elapsedMs);
  row.atMs += wholeMs;
  switch (row.refill) {
    case 'continuous':
      if (row.refillPerMs > 0) flow(row, wholeMs);
      return;
    case 'sliding':
      slide(row, nowMs);
      return;
    case 'at-reset':
      if (nowMs >= row.resetAtMs) reset(row);
      return;
    case 'never':
  }
}

function flow(row: LimitRow, elapsedMs: number): void {
  const back = elapsedMs * row.refillPerMs;
  const repaid = Math.min(row.owed, back);
  row.owed -= repaid;
  fill(row, back - repaid);
  // A use counts for as long as the whole limit takes to refill, less and less.
  const kept = Math.exp((-elapsedMs * row.refillPerMs) / row.size);
  for (let share = 0; share < COUNT; share += 1) row.used[share] = at(row.used, share) * kept;
}

function slide(row: LimitRow, nowMs: number): void {
  const slotMs = row.windowMs / SLOTS;
  for (let [first] = row.slots; first && nowMs >= returnsAtMs(row, first.number); [first] = row.slots) {
    row.slots.shift();
    const repaid = Math.min(row.owed, first.amount);
    row.owed -= repaid;
    fill(row, first.amount - repaid);
  }
  const kept = Math.exp(-slotMs / row.windowMs);
  for (let share = 0; share < COUNT; share += 1)
    row.used[share] = row.slots.length === 0 ? 0 : at(row.used, share) * kept;
}

/** When the next window ends, only its first use or the platform can say. */
function reset(row: LimitRow): void {
  row.resetAtMs = NEVER;
  row.owed = 0;
  row.foreign = 0;
  row.used.fill(0);
  split(row, row.size);
}

function returnsAtMs(row: LimitRow, slot: number): number {
  return (slot + 1) * (row.windowMs / SLOTS) + row.windowMs;
}

/** Tells a window that `amount` (less than 0: back) was used of it just now. */
export function noteUse(row: LimitRow, amount: number, nowMs: number): void {
  if (row.refill === 'at-reset') {
    if (row.windowMs > 0 && row.resetAtMs === NEVER && amount > 0) row.resetAtMs = nowMs + row.windowMs;
    return;
  }
  if (row.refill !== 'sliding') return;
  const number = Math.floor(nowMs / (row.windowMs / SLOTS));
  const newest = row.slots.at(-1);
  if (amount > 0) {
    if (newest?.number === number) newest.amount += amount;
    else row.slots.push({ number, amount });
    return;
  }
  for (let left = -amount, last = newest; left > 0 && last; last = row.slots.at(-1)) {
    const back = Math.min(left, last.amount);
    last.amount -= back;
    left -= back;
    if (last.amount > 0) return;
    row.slots.pop();
  }
}

/** Until `amount` more has come back, whoever gets it; `Infinity` when nobody knows. */
export function untilBackMs(row: LimitRow, amount: number, nowMs: number): number {
  if (amount <= 0) return 0;
  if (row.refill === 'sliding') {
    let back = -row.owed;
    for (const slot of row.slots) {
      back += slot.amount;
      if (back >= amount * (1 - 1e-9)) return Math.max(1, Math.ceil(returnsAtMs(row, slot.number) - nowMs));
    }
    return Number.POSITIVE_INFINITY;
  }
  if (row.refill === 'continuous') {
    if (row.refillPerMs <= 0) return Number.POSITIVE_INFINITY;
    return Math.max(1, Math.ceil(row.atMs + (amount + row.owed) / row.refillPerMs - nowMs));
  }
  return row.resetAtMs === NEVER ? Number.POSITIVE_INFINITY : Math.max(1, Math.ceil(row.resetAtMs - nowMs));
}

/** 0 when full; `undefined` while unknown. */
export function fullInMs(row: LimitRow, nowMs: number): number | undefined {
  const missing = row.size - levelOf(row);
  if (missing <= row.size * 1e-9) return 0;
  const waitMs = untilBackMs(row, missing, nowMs);
  return Number.isFinite(waitMs) ? waitMs : undefined;
}
