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
import { at, COUNT } from '../quota/shares.ts';
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
  const fits =
    operation.kind === 'take'
      ? fitsEntry(book, operation.ask.id, operation.holder)
      : fitsEntry(book, operation.id);
  if (waiting.length > 0 || lapsed.length > 0 || !fits) return false;
  for (const row of limits)
    if (quickOf(row) === 0 || (row.refill === 'at-reset' && nowMs >= row.resetAtMs)) return false;
  for (const { leaseUntilMs } of held) if (leaseUntilMs <= nowMs) return false;
  return true;
}

/** What the log keeps is the hot part of each row, and a reservation out of own shares. */
function staysPlain({ limits }: Book, { kind }: Operation, { plain }: Verdict): boolean {
  return (kind === 'settle' || plain) && limits.every((row) => row.plain && quickOf(row) > 0);
}

/** How to put back what `operation` does to a plain book: hardly ever called, so it is what costs little to prepare. */
function undoOf(book: Book, operation: Operation): () => void {
  const { atMs, limits } = book;
  const askedAtMs = [...book.askedAtMs];
  const rows: KeptRow[] = [];
  for (const row of limits) rows.push(keptOf(row));
  const count = book.held.length;
  const index = operation.kind === 'settle' ? book.held.findIndex(({ id }) => id === operation.id) : count;
  const ended = book.held[index];
  return () => {
    book.atMs = atMs;
    for (const [row, kept] of rows.entries()) restoreRow(limits[row], kept);
    book.askedAtMs.splice(0, book.askedAtMs.length, ...askedAtMs);
    book.waiting.length = 0;
    if (book.held.length < count && ended) book.held.splice(index, 0, ended);
    book.held.length = count;
  };
}

/** All that a common operation changes of a row, but for what a plain one has none of. */
type KeptRow = Pick<LimitRow, 'shares' | 'used' | 'atMs' | 'resetAtMs' | 'reserved'>;

function keptOf({ shares, used, atMs, resetAtMs, reserved }: LimitRow): KeptRow {
  return { shares: [...shares], used: [...used], atMs, resetAtMs, reserved };
}

function restoreRow(row: LimitRow | undefined, { shares, used, atMs, resetAtMs, reserved }: KeptRow): void {
  if (row === undefined) return;
  for (let share = 0; share < COUNT; share += 1) {
    row.shares[share] = at(shares, share);
    row.used[share] = at(used, share);
  }
  row.atMs = atMs;
  row.resetAtMs = resetAtMs;
  row.reserved = reserved;
  row.owed = 0;
  row.plain = true;
}
