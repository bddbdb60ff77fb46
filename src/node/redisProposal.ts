/**
 * What a window that knows the newest book works out itself, so that Redis only has to keep it: the common request and its
 * settling, while every limit is plain, nobody waits and no lease has ended. Anything else is for the script. Units: as in
 * `quota/book.ts`; server times in milliseconds.
 */
import type { Book, LimitRow } from '../quota/book.ts';
import type { Verdict } from '../quota/decide.ts';
import type { Operation, Outcome } from '../quota/levelStore.ts';
import { LONGEST_WAIT_MS } from '../quota/limitReading.ts';
import { applyOperation } from '../quota/operations.ts';
import { COUNT } from '../quota/shares.ts';
import { quickOf, type StoredBook } from './redisBook.ts';
import { entryOf, fitsEntry } from './redisLog.ts';

export interface Proposal {
  readonly outcome: Outcome;
  readonly nowMs: number;
  readonly wallMs: number;
  /** For the book's log. */
  readonly entry: Buffer;
  /** The book as it was. */
  undo(): void;
}

/** Changes the book at once. `undefined`: not a common case, and nothing is changed. */
export function propose(
  { book, seq, atMs, wallMs: knownMs }: StoredBook,
  operation: Operation,
  wallMs: number,
  verdict: Verdict,
): Proposal | undefined {
  const nowMs = atMs + Math.max(0, Math.min(wallMs - knownMs, LONGEST_WAIT_MS));
  if (!isCommon(book, operation, nowMs)) return undefined;
  const undo = undoOf(book, operation);
  const outcome = applyOperation(book, operation, nowMs, verdict);
  if (!outcome.ok || !staysPlain(book, operation, verdict)) {
    undo();
    return undefined;
  }
  const entry = entryOf(book, operation, { seq: seq + 1, wallMs, nowMs });
  return { outcome, nowMs, wallMs, entry, undo };
}

function isCommon(book: Book, operation: Operation, nowMs: number): boolean {
  const { limits, held, lapsed, waiting } = book;
  if (operation.kind !== 'take' && operation.kind !== 'settle') return false;
  if (waiting.length > 0 || lapsed.length > 0 || !fitsEntry(book)) return false;
  for (const row of limits)
    if (quickOf(row) === 0 || (row.refill === 'at-reset' && nowMs >= row.resetAtMs)) return false;
  for (const { leaseUntilMs } of held) if (leaseUntilMs <= nowMs) return false;
  return true;
}

/** What the log keeps is the hot part of each row, and a reservation out of own shares. */
function staysPlain({ limits }: Book, { kind }: Operation, { plain }: Verdict): boolean {
  return (kind === 'settle' || plain) && limits.every((row) => row.plain && quickOf(row) > 0);
}

/** How to put back what `operation` does to a plain book: numbers only, for it is hardly ever called. */
function undoOf(book: Book, operation: Operation): () => void {
  const { atMs, limits } = book;
  const [critical = 0, high = 0, medium = 0, low = 0] = book.askedAtMs;
  const numbers: number[] = [];
  for (const row of limits) noteRow(row, numbers);
  const count = book.held.length;
  const index = operation.kind === 'settle' ? book.held.findIndex(({ id }) => id === operation.id) : count;
  const ended = book.held[index];
  return () => {
    book.atMs = atMs;
    for (const [row, limit] of limits.entries()) restoreRow(limit, numbers, row * KEPT);
    book.askedAtMs.splice(0, book.askedAtMs.length, critical, high, medium, low);
    book.waiting.length = 0;
    if (book.held.length < count && ended) book.held.splice(index, 0, ended);
    book.held.length = count;
  };
}

/** All that a common operation changes of a row, but for what a plain one has none of. */
const KEPT = 11;

function noteRow({ shares, used, atMs, resetAtMs, reserved }: LimitRow, numbers: number[]): void {
  const [share0 = 0, share1 = 0, share2 = 0, share3 = 0] = shares;
  const [used0 = 0, used1 = 0, used2 = 0, used3 = 0] = used;
  numbers.push(share0, share1, share2, share3, used0, used1, used2, used3, atMs, resetAtMs, reserved);
}

function restoreRow(row: LimitRow, numbers: readonly number[], from: number): void {
  for (let share = 0; share < COUNT; share += 1) {
    row.shares[share] = numbers[from + share] ?? 0;
    row.used[share] = numbers[from + COUNT + share] ?? 0;
  }
  row.atMs = numbers[from + 8] ?? 0;
  row.resetAtMs = numbers[from + 9] ?? 0;
  row.reserved = numbers[from + 10] ?? 0;
  row.owed = 0;
  row.plain = true;
}
