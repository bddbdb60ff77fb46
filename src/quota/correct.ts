/** What the platform says, and what the person declares, becomes what the book says. Units: a limit's own, milliseconds. */
import { type Book, findRow, type LimitRow, NEVER, newRow, type RowRefill } from './book.ts';
import type { DeclaredLimit } from './declaredLimits.ts';
import type { LimitReading } from './limitReading.ts';
import { advance } from './refill.ts';
import { at, COUNT, levelOf, relevel, split } from './shares.ts';

/** A reading, and how old it was when it came: two clocks that differ do no harm. */
export interface AgedReading extends LimitReading {
  readonly ageMs: number;
}

/** Platforms round the time of a reset to whole seconds: over a short time that says little of the rate. */
const ROUNDING_MS = 1_000;
const TELLING_MS = 5_000;

/**
 * The newest reading wins, an older one is ignored. The platform has already charged `charged` units for the request
 * that brings the reading; what other requests hold in reserve it has not seen yet.
 */
export function correct(book: Book, reading: AgedReading, charged: number, nowMs: number): void {
  const readAtMs = nowMs - reading.ageMs;
  const known = findRow(book, reading);
  if (known && readAtMs < known.readAtMs) return;
  const row = known ?? born(book, reading, nowMs);
  advance(row, nowMs);
  const before = levelOf(row) - row.owed;
  describe(row, reading, readAtMs);
  const level = levelNow(row, reading, nowMs) - Math.max(0, row.reserved - charged);
  if (known === undefined || known.source === 'declared') split(row, level);
  else relevel(row, level);
  if (known && reading.unit !== 'share') noteDrift(row, before - levelOf(row));
  row.owed = 0;
  row.source = reading.source ?? 'headers';
  row.readAtMs = readAtMs;
  if (row.refill === 'sliding') {
    row.slots.length = 0;
    const used = row.size - levelOf(row);
    if (used > 0) row.slots.push({ number: Math.floor(nowMs / (row.windowMs / 24)), amount: used });
  }
}

function born(book: Book, reading: AgedReading, nowMs: number): LimitRow {
  const row = newRow(reading, nowMs);
  book.limits.push(row);
  return row;
}

/** What the platform counted more than we did was used elsewhere, and is charged so. */
function noteDrift(row: LimitRow, drift: number): void {
  row.drift = Math.abs(drift) <= row.size * 1e-9 ? 0 : drift;
  if (row.drift > 0) row.foreign += row.drift;
}

function describe(row: LimitRow, reading: AgedReading, readAtMs: number): void {
  const { limit, remaining, fullInMs, refill = 'continuous', status } = reading;
  row.size = limit;
  row.refill = sameKind(row, refill) ? row.refill : refill;
  row.status = status ?? '';
  row.statusUntilMs = fullInMs === undefined ? NEVER : readAtMs + fullInMs;
  if (refill === 'continuous') {
    const missing = limit - remaining;
    // A full limit, or one that is nearly full, tells nothing new of its rate: the one known before stays.
    const told = missing > 0 && fullInMs !== undefined && fullInMs > 0;
    if (told && (row.refillPerMs === 0 || fullInMs >= TELLING_MS))
      row.refillPerMs = missing / Math.max(fullInMs, ROUNDING_MS);
    return;
  }
  row.refillPerMs = 0;
  row.resetAtMs = refill === 'never' || fullInMs === undefined ? NEVER : readAtMs + fullInMs;
}

/** That a declared window slides, no platform says. */
function sameKind(row: LimitRow, refill: RowRefill): boolean {
  return row.refill === 'sliding' && refill === 'at-reset' && row.declared;
}

/** What is free now by the reading, which may be of some time ago. */
function levelNow(row: LimitRow, { remaining, ageMs }: AgedReading, nowMs: number): number {
  if (row.refill === 'continuous') return Math.min(row.size, remaining + ageMs * row.refillPerMs);
  if (nowMs < row.resetAtMs) return remaining;
  row.resetAtMs = NEVER;
  row.foreign = 0;
  for (let share = 0; share < COUNT; share += 1) row.used[share] = 0;
  return row.size;
}

/** The person's own limits of this platform, all of them: what is no longer declared is forgotten, unless reported. */
export function declare(book: Book, limits: readonly DeclaredLimit[], nowMs: number): void {
  for (const row of book.limits) row.declared = false;
  for (const limit of limits) declareOne(book, limit, nowMs);
  const kept = book.limits.filter((row) => row.declared || row.source !== 'declared');
  for (const row of kept) if (!row.declared) row.threshold = 0;
  book.limits.splice(0, book.limits.length, ...kept);
}

function declareOne(book: Book, limit: DeclaredLimit, nowMs: number): void {
  const known = findRow(book, limit);
  const row = known ?? newRow(limit, nowMs);
  row.declared = true;
  row.threshold = limit.threshold ?? 0;
  // What the platform reported of this very limit wins.
  if (known && known.source !== 'declared') return;
  if (!known) book.limits.push(row);
  advance(row, nowMs);
  const used = row.size - levelOf(row);
  const { size, refillPerMs = 0, windowMs = 0, sliding = false } = limit;
  if (row.size === size && row.refillPerMs === refillPerMs && row.windowMs === windowMs) return;
  row.size = size;
  row.refillPerMs = refillPerMs;
  row.windowMs = windowMs;
  row.refill = refillPerMs > 0 ? 'continuous' : sliding ? 'sliding' : 'at-reset';
  row.owed = Math.min(row.owed, size);
  split(row, size - Math.max(0, used));
  for (let share = 0; share < COUNT; share += 1) row.used[share] = Math.min(size, at(row.used, share));
}
