/** What can happen to a book. Every store runs this code, or code that does the same. Units as in `book.ts`. */
import { type Book, emptyBook, type Held, type HeldPart, type LimitRow, limitKey } from './book.ts';
import { correct, declare } from './correct.ts';
import { type Ask, applies, decide, newVerdict, STRIDE, type Verdict } from './decide.ts';
import type { Operation, Outcome } from './levelStore.ts';
import { amountOf, type Demand, nameOf } from './limit.ts';
import { advance, noteUse } from './refill.ts';
import { at, COUNT, fill, levelOf } from './shares.ts';

const DONE: Outcome = { ok: true, waitMs: 0 };
const UNKNOWN: Outcome = { ok: false, waitMs: 0 };
/** A lapsed reservation may still be told what it used, for so long. */
const LAPSED_FOR_MS = 3_600_000;
const MOST_LAPSED = 1_000;

/** Changes `book` in place. `verdict` is only a place to work in. */
export function applyOperation(
  book: Book,
  operation: Operation,
  nowMs: number,
  verdict: Verdict = newVerdict(),
): Outcome {
  book.atMs = nowMs;
  expire(book, nowMs);
  const outcome = apply(book, operation, nowMs, verdict);
  for (const row of book.limits) {
    row.plain = row.status === '' && row.threshold === 0 && row.owed === 0;
    row.lenient = book.lenient ?? false;
  }
  return outcome;
}

function apply(book: Book, operation: Operation, nowMs: number, verdict: Verdict): Outcome {
  switch (operation.kind) {
    case 'take':
      return takeFor(book, operation, nowMs, verdict);
    case 'leave':
      return leave(book, operation.id) ? DONE : UNKNOWN;
    case 'settle':
      return settle(book, operation.id, operation.used, nowMs) ? DONE : UNKNOWN;
    case 'renew':
      renew(book, operation.holder, nowMs + operation.leaseMs);
      return DONE;
    case 'read':
      read(book, operation, nowMs);
      return DONE;
    case 'declare':
      declare(book, operation.limits, nowMs);
      book.lenient = operation.lenient ?? false;
      return DONE;
    case 'forget':
      Object.assign(book, emptyBook(), { atMs: nowMs });
      return DONE;
    case 'charge':
      for (const { model, priority, used } of operation.uses)
        for (const row of book.limits) if (applies(row, model)) charge(row, used, priority, nowMs);
      return DONE;
    case 'poll': {
      const waitMs = Math.max(0, book.polledAtMs + operation.everyMs - nowMs);
      if (waitMs === 0) book.polledAtMs = nowMs;
      return { ok: waitMs === 0, waitMs };
    }
  }
}

type Take = Extract<Operation, { kind: 'take' }>;
type Read = Extract<Operation, { kind: 'read' }>;

function takeFor(book: Book, { ask, holder, leaseMs, join }: Take, nowMs: number, verdict: Verdict): Outcome {
  book.askedAtMs[ask.priority] = nowMs;
  const leaseUntilMs = nowMs + leaseMs;
  const granted = decide(book, ask, nowMs, verdict);
  leave(book, ask.id);
  if (granted) {
    const { id, priority, demand } = ask;
    book.held.push({ id, holder, priority, demand, leaseUntilMs, parts: partsOf(book, ask, verdict, nowMs) });
    return DONE;
  }
  const tightest = book.limits[verdict.tightest];
  if (tightest === undefined) return UNKNOWN;
  if (join) {
    const { id, model, demand, priority, waitedMs } = ask;
    const limit = limitKey(tightest);
    const sinceMs = nowMs - waitedMs;
    book.waiting.push({ id, holder, priority, model, demand, limit, sinceMs, leaseUntilMs, ...join });
  }
  return { ok: false, waitMs: verdict.waitMs, limit: nameOf(tightest) };
}

/** Notes what was decided: who used it, that it is reserved, and when a window began. */
function partsOf(book: Book, ask: Ask, { plain, taken }: Verdict, nowMs: number): HeldPart[] {
  const { priority } = ask;
  const parts: HeldPart[] = [];
  for (const [index, row] of book.limits.entries()) {
    if (!applies(row, ask.model)) continue;
    const own = [0, 0, 0, 0];
    own[priority] = amountOf(row.unit, ask.demand);
    const offset = index * STRIDE;
    const part = {
      limit: limitKey(row),
      taken: plain ? own : [...taken.subarray(offset, offset + COUNT)],
      owed: plain ? 0 : at(taken, offset + COUNT),
    };
    const amount = part.taken.reduce((sum, share) => sum + share, 0);
    row.reserved += amount;
    row.used[priority] = at(row.used, priority) + amount;
    if (row.windowMs > 0) noteUse(row, amount, nowMs);
    parts.push(part);
  }
  return parts;
}

function leave(book: Book, id: string): boolean {
  if (book.waiting.length === 0) return false;
  const index = book.waiting.findIndex((waiter) => waiter.id === id);
  if (index >= 0) book.waiting.splice(index, 1);
  return index >= 0;
}

function settle(book: Book, id: string, used: Demand | undefined, nowMs: number): boolean {
  const index = book.held.findIndex((held) => held.id === id);
  const [held] = index < 0 ? [] : book.held.splice(index, 1);
  if (held) {
    release(book, held, used, nowMs);
    return true;
  }
  const late = book.lapsed.findIndex((lapsed) => lapsed.id === id);
  const [lapsed] = late < 0 ? [] : book.lapsed.splice(late, 1);
  if (!lapsed) return false;
  // Its tokens were given back: what it used after all is charged now.
  if (used) for (const { limit } of lapsed.parts) charge(rowOf(book, limit), used, lapsed.priority, nowMs);
  return true;
}

function release(book: Book, held: Held, used: Demand | undefined, nowMs: number): void {
  for (const { limit, taken, owed } of held.parts) {
    const row = rowOf(book, limit);
    if (row === undefined) continue;
    advance(row, nowMs);
    const reserved = taken.reduce((sum, part) => sum + part, 0);
    const spent = used ? amountOf(row.unit, used) : 0;
    row.reserved = Math.max(0, row.reserved - reserved);
    if (row.reserved < row.size * 1e-12) row.reserved = 0;
    // What it owed and the refill has not paid yet, it owes no more: what it used is told now.
    const unpaid = Math.min(owed, row.owed);
    row.owed -= unpaid;
    const paid = reserved + owed - unpaid;
    if (spent <= paid) giveBack(row, taken, paid - spent, held.priority, nowMs);
    else drain(row, spent - paid, held.priority, nowMs);
  }
}

/** What was taken last goes back first: to the lenders before the own share. */
function giveBack(
  row: LimitRow,
  taken: readonly number[],
  amount: number,
  priority: number,
  nowMs: number,
): void {
  row.used[priority] = Math.max(0, at(row.used, priority) - amount);
  if (row.windowMs > 0) noteUse(row, -amount, nowMs);
  const owed = Math.min(row.owed, amount);
  row.owed -= owed;
  let left = Math.min(amount - owed, row.size - levelOf(row));
  const put = (share: number) => {
    const part = Math.max(0, Math.min(left, at(taken, share)));
    row.shares[share] = at(row.shares, share) + part;
    left -= part;
  };
  for (let share = 0; share < priority; share += 1) put(share);
  for (let share = COUNT - 1; share >= priority; share -= 1) put(share);
  fill(row, left);
}

/** Used beyond what was reserved: own share first, then downwards, then upwards; what there is not, is owed. */
function drain(row: LimitRow, amount: number, priority: number, nowMs: number): void {
  row.used[priority] = at(row.used, priority) + amount;
  if (row.windowMs > 0) noteUse(row, Math.min(amount, levelOf(row)), nowMs);
  let left = amount;
  const from = (share: number) => {
    const part = Math.min(left, at(row.shares, share));
    row.shares[share] = at(row.shares, share) - part;
    left -= part;
  };
  for (let share = priority; share < COUNT; share += 1) from(share);
  for (let share = priority - 1; share >= 0; share -= 1) from(share);
  row.owed = Math.min(row.size, row.owed + left);
}

function charge(row: LimitRow | undefined, used: Demand, priority: number, nowMs: number): void {
  if (row === undefined) return;
  advance(row, nowMs);
  drain(row, amountOf(row.unit, used), priority, nowMs);
}

function renew(book: Book, holder: string, leaseUntilMs: number): void {
  for (const held of book.held) if (held.holder === holder) held.leaseUntilMs = leaseUntilMs;
  for (const waiter of book.waiting) if (waiter.holder === holder) waiter.leaseUntilMs = leaseUntilMs;
}

function read(book: Book, { readings, id, seen }: Read, nowMs: number): void {
  const held = id === undefined ? undefined : book.held.find((one) => one.id === id);
  for (const reading of readings) {
    const key = limitKey(reading);
    // A limit born in this answer has no share of ours in reserve: the platform has already counted us.
    const counted = seen && held?.parts.some(({ limit }) => limit === key);
    correct(book, reading, counted ? amountOf(reading.unit, seen) : 0, nowMs);
  }
}

/** Who holds or waits, and has not renewed its lease, is gone. */
function expire(book: Book, nowMs: number): void {
  for (let index = book.held.length - 1; index >= 0; index -= 1) {
    const held = book.held[index];
    if (held === undefined || held.leaseUntilMs > nowMs) continue;
    book.held.splice(index, 1);
    release(book, held, undefined, nowMs);
    book.lapsed.push(held);
  }
  if (book.waiting.some(({ leaseUntilMs }) => leaseUntilMs <= nowMs)) {
    const alive = book.waiting.filter(({ leaseUntilMs }) => leaseUntilMs > nowMs);
    book.waiting.splice(0, book.waiting.length, ...alive);
  }
  if (book.lapsed.length === 0) return;
  const kept = book.lapsed.filter(({ leaseUntilMs }) => leaseUntilMs > nowMs - LAPSED_FOR_MS);
  book.lapsed.splice(0, book.lapsed.length, ...kept.slice(-MOST_LAPSED));
}

function rowOf(book: Book, key: string): LimitRow | undefined {
  return book.limits.find((row) => limitKey(row) === key);
}
