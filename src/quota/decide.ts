/**
 * The decision: may this request have what it wants of every limit that concerns it? Works on the rows in place and
 * reads no clock, so that every store runs the same. Units: a limit's own, milliseconds of the book.
 *
 * For each limit: count the refill; find what the priority may take (its own share, the shares below it, and of those
 * above what is lent); the longest wait of any limit decides and names it. Then the waiting line: who stands before
 * this request at that limit goes first. Only then is anything taken: own share first, then downwards, then what is lent.
 */
import { type Book, type LimitRow, limitKey, type Waiter } from './book.ts';
import { amountOf, type Demand } from './limit.ts';
import type { LimitUnit } from './limitReading.ts';
import { advance, untilBackMs } from './refill.ts';
import { at, COUNT, levelOf, PARTS, reach, refillUntil, sumFrom } from './shares.ts';

export interface Ask {
  readonly id: string;
  readonly model: string;
  readonly demand: Demand;
  /** 0 is critical, 3 low. */
  readonly priority: number;
  /** How long it has waited already, and how long it would in all. */
  readonly waitedMs: number;
  readonly patienceMs: number;
  /** The part of each share that may be lent upwards, 0…1; empty: none. */
  readonly lent: readonly number[];
  /** False: every request may take all there is. */
  readonly fair: boolean;
}

/** What a decision says; one object is used again and again. */
export interface Verdict {
  /** 0: granted, or there is room. */
  waitMs: number;
  /** Index of the tightest limit, −1 when there is room. */
  tightest: number;
  /** Every amount came out of the request's own share; `taken` says nothing then. */
  plain: boolean;
  /** Taken of each share of each limit, and owed to it: `limit · STRIDE + share`. */
  taken: Float64Array;
  /** The own shares as they were. */
  before: Float64Array;
}

/** A request that waited so long goes before all but older critical ones, and may take of any share. */
export const STARVED_AFTER_MS = 60_000;
/** A limit of which nobody knows when it has room again is tried again after this time: the answer then tells. */
const TRY_AGAIN_MS = 60_000;
/**
 * What is left of a limit that nobody can count a request in must be more than this. For a share: a ten-thousandth of
 * the window.
 */
const LEAST: Partial<Record<LimitUnit, number>> = { share: 0.0001, usd: 0.001 };
/** A token. */
const LEAST_UNITS = 0.001;
/** Four shares and what is owed. */
export const STRIDE = COUNT + 1;
const NO_LIMIT = -1;
/** Sums of fractions are equal within so much of the size. */
const CRUMB = 1e-9;
/** `high`. */
const LAST_ABOVE_THRESHOLD = 1;

export function newVerdict(limits = 8): Verdict {
  return {
    waitMs: 0,
    tightest: NO_LIMIT,
    plain: false,
    taken: new Float64Array(limits * STRIDE),
    before: new Float64Array(limits),
  };
}

/** Takes when it grants; `verdict` says what, or how long to wait and for what. */
export function decide(book: Book, ask: Ask, nowMs: number, verdict: Verdict): boolean {
  const { limits } = book;
  if (verdict.before.length < limits.length) Object.assign(verdict, newVerdict(limits.length * 2));
  verdict.waitMs = 0;
  verdict.tightest = NO_LIMIT;
  verdict.plain = book.waiting.length === 0 && takeOwn(limits, ask, nowMs, verdict.before);
  return verdict.plain || decideFully(book, ask, nowMs, verdict);
}

/** Apart, so that the common case is small enough to be part of whatever asks. */
function decideFully(book: Book, ask: Ask, nowMs: number, verdict: Verdict): boolean {
  look(book, ask, nowMs, verdict);
  if (verdict.waitMs > 0) return false;
  if (book.waiting.length > 0 && !firstInLine(book, ask, nowMs, verdict)) return false;
  for (const [index, row] of book.limits.entries())
    if (applies(row, ask.model)) take(row, ask, verdict.taken, index * STRIDE);
  return true;
}

/** The common case, without a second look: each limit is plain, and the own share of each is enough; else no change. */
function takeOwn(limits: readonly LimitRow[], ask: Ask, nowMs: number, before: Float64Array): boolean {
  const { model, demand, priority } = ask;
  for (let index = 0; index < limits.length; index += 1) {
    const row = limits[index];
    if (row === undefined || !applies(row, model)) continue;
    if (nowMs - row.atMs >= 1) advance(row, nowMs);
    const amount = amountOf(row.unit, demand);
    const { shares } = row;
    const own = shares[priority] ?? 0;
    if (!row.plain || amount <= 0 || own < amount) {
      putBack(limits, index, ask, before);
      return false;
    }
    before[index] = own;
    shares[priority] = own - amount;
  }
  return true;
}

function putBack(limits: readonly LimitRow[], count: number, ask: Ask, before: Float64Array): void {
  for (const [index, row] of limits.slice(0, count).entries())
    if (applies(row, ask.model)) row.shares[ask.priority] = before[index] ?? 0;
}

/** Takes nothing: only says whether there is room, the waiting line apart. */
export function look(book: Book, ask: Ask, nowMs: number, verdict: Verdict): void {
  verdict.waitMs = 0;
  verdict.tightest = NO_LIMIT;
  for (const [index, row] of book.limits.entries()) {
    if (!applies(row, ask.model)) continue;
    advance(row, nowMs);
    const waitMs = waitOf(row, amountOf(row.unit, ask.demand), ask, nowMs);
    if (waitMs <= verdict.waitMs) continue;
    verdict.waitMs = waitMs;
    verdict.tightest = index;
  }
}

export function applies(row: LimitRow, model: string): boolean {
  return row.model === undefined || row.model === model;
}

function waitOf(row: LimitRow, amount: number, ask: Ask, nowMs: number): number {
  const waitMs =
    verdictOf(row, ask, nowMs) ?? roomIn(row, Math.max(amount, LEAST[row.unit] ?? 0), ask, nowMs);
  if (Number.isFinite(waitMs)) return waitMs;
  const readAtMs = row.source === 'declared' ? nowMs : row.readAtMs;
  return Math.max(0, Math.min(TRY_AGAIN_MS, readAtMs + TRY_AGAIN_MS - nowMs));
}

/** The platform's own word, while it holds. That a window is open counts for all but what can wait. */
function verdictOf(row: LimitRow, ask: Ask, nowMs: number): number | undefined {
  if (row.status === '' || nowMs >= row.statusUntilMs) return undefined;
  if (row.status === 'rejected') {
    const missing = Math.max(row.size - levelOf(row), row.size * 1e-6);
    return untilBackMs(row, missing, nowMs);
  }
  return row.unit === 'share' && !(ask.fair && ask.priority === COUNT - 1) ? 0 : undefined;
}

/** How long until the limit has room for `amount`; 0: it has. */
function roomIn(row: LimitRow, amount: number, ask: Ask, nowMs: number): number {
  const level = levelOf(row);
  const whole = Math.min(amount, row.size);
  const priority = sharesFrom(ask);
  // A controlled burst: critical work is served while anything is left, one overdraft at a time.
  const needed = ask.fair && ask.priority === 0 && row.owed === 0 ? Math.min(whole, leastOf(row)) : whole;
  const missing = needed + row.owed - level;
  const waitMs = missing > row.size * CRUMB ? untilBackMs(row, needed - level, nowMs) : 0;
  if (priority === 0 || waitMs === Number.POSITIVE_INFINITY) return waitMs;
  const sharesMs = Math.max(
    thresholdMs(row, whole, ask.priority, nowMs),
    shareMs(row, whole, priority, ask.lent, nowMs),
  );
  // Who is ready to stand in line for so long is served before all others then.
  const starves = ask.patienceMs >= STARVED_AFTER_MS;
  return Math.max(waitMs, starves ? Math.min(sharesMs, STARVED_AFTER_MS - ask.waitedMs) : sharesMs);
}

function thresholdMs(row: LimitRow, amount: number, priority: number, nowMs: number): number {
  if (row.threshold === 0 || priority <= LAST_ABOVE_THRESHOLD) return 0;
  const missing = Math.min(row.size, row.threshold + amount) - levelOf(row);
  return missing > row.size * CRUMB ? untilBackMs(row, missing, nowMs) : 0;
}

/** More than a priority may ever have: its share must be full, and the limit have the rest. */
function shareMs(
  row: LimitRow,
  amount: number,
  priority: number,
  lent: readonly number[],
  nowMs: number,
): number {
  const needed = Math.min(amount, reach(row, priority)) - lentTo(row, priority, lent);
  if (needed - sumFrom(row.shares, priority) <= row.size * CRUMB) return 0;
  return untilBackMs(row, refillUntil(row, priority, needed), nowMs);
}

/** The shares that a request may take from begin here; who has waited too long may take from all. */
function sharesFrom(ask: Ask): number {
  return !ask.fair || ask.waitedMs >= STARVED_AFTER_MS ? 0 : ask.priority;
}

/** One request or token, or a crumb of what comes in fractions. */
function leastOf(row: LimitRow): number {
  return row.unit === 'units' ? LEAST_UNITS : (LEAST[row.unit] ?? 1);
}

/** Of the shares above `priority`, what the forecast says they will not need; the rest stays theirs. */
function lentTo(row: LimitRow, priority: number, lent: readonly number[]): number {
  let sum = 0;
  for (let share = 0; share < priority && share < lent.length; share += 1) sum += lentOf(row, share, lent);
  return sum;
}

function lentOf(row: LimitRow, share: number, lent: readonly number[]): number {
  const kept = (1 - at(lent, share)) * at(PARTS, share) * row.size;
  return Math.max(0, at(row.shares, share) - kept);
}

/** Own share first, then downwards, then what is lent, then (a request beyond its reach) what there is. */
function take(row: LimitRow, ask: Ask, taken: Float64Array, offset: number): void {
  const { priority } = ask;
  taken.fill(0, offset, offset + STRIDE);
  let left = amountOf(row.unit, ask.demand);
  const takeFrom = (share: number, most: number) => {
    const part = Math.min(left, most, at(row.shares, share));
    row.shares[share] = at(row.shares, share) - part;
    taken[offset + share] = at(taken, offset + share) + part;
    left -= part;
  };
  for (let share = priority; share < COUNT && left > 0; share += 1) takeFrom(share, left);
  for (let share = priority - 1; share >= 0 && left > 0; share -= 1)
    takeFrom(share, lentOf(row, share, ask.lent));
  for (let share = priority - 1; share >= 0 && left > 0; share -= 1) takeFrom(share, left);
  if (priority > 0 || !ask.fair) return;
  const owed = Math.min(left, row.size - row.owed);
  row.owed += owed;
  taken[offset + COUNT] = owed;
}

/** Who waits for a limit that this request needs, and stands before it, goes first. */
function firstInLine(book: Book, ask: Ask, nowMs: number, verdict: Verdict): boolean {
  const sinceMs = nowMs - ask.waitedMs;
  const rank = rankOf(ask.priority, ask.waitedMs);
  for (const waiter of book.waiting) {
    if (waiter.id === ask.id || !before(waiter, rank, sinceMs, nowMs)) continue;
    const index = book.limits.findIndex(
      (row) => applies(row, ask.model) && applies(row, waiter.model) && namesWait(row, waiter, ask),
    );
    const row = book.limits[index];
    if (row === undefined) continue;
    const ahead = amountOf(row.unit, waiter.demand) + amountOf(row.unit, ask.demand);
    const waitMs = roomIn(row, ahead, { ...ask, priority: waiter.priority }, nowMs);
    verdict.waitMs = Number.isFinite(waitMs) ? Math.max(1, waitMs) : TRY_AGAIN_MS;
    verdict.tightest = index;
    return false;
  }
  return true;
}

function namesWait(row: LimitRow, waiter: Waiter, ask: Ask): boolean {
  return waiter.limit === limitKey(row) && amountOf(row.unit, ask.demand) > 0;
}

function before(waiter: Waiter, rank: number, sinceMs: number, nowMs: number): boolean {
  const theirs = rankOf(waiter.priority, nowMs - waiter.sinceMs);
  return theirs < rank || (theirs === rank && waiter.sinceMs < sinceMs);
}

/** Who has waited too long stands with the critical ones, by age. */
export function rankOf(priority: number, waitedMs: number): number {
  return waitedMs >= STARVED_AFTER_MS ? 0 : priority;
}
