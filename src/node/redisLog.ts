/**
 * The log of what windows worked out themselves: a list in Redis for each book, begun by the script when a window that is
 * alone with a platform asks for it. Its name ends in the number that the book had then, its first element is empty, and
 * each entry is numbered as the book is after it. One `RPUSHX` adds an entry and says how many there are: so many as the
 * number says, and nobody was faster; more, and the entry counts for nothing; none, and the script has ended the log since.
 * The script takes over what counts before it does anything else (`redisScriptQuick.ts`), so a book is its hash and its
 * log. Units: as in `quota/book.ts`; server times in milliseconds.
 */
import type { Book, LimitRow } from '../quota/book.ts';
import type { Operation } from '../quota/levelStore.ts';
import { HOT, quickOf, UNITS } from './redisBook.ts';
import { demandNumbers, OWN } from './redisReservations.ts';

/** So many entries are taken over at once: a thousandth of a second. */
export const MOST_ENTRIES = 64;
/**
 * A window that saw another one change the book so long ago or less leaves decisions to the script: a race costs a second
 * round trip.
 */
export const ALONE_AFTER_MS = 1_000;
/**
 * The time that a window takes for the server's lags by the way of an answer, and drifts by a few milliseconds while it has
 * not looked at it for so long. What that brings back too early, the script lets come back so much later.
 */
export const FRESH_MS = 5_000;
const MOST_ROWS = 24;
const HEAD_NUMBERS = 5;
const OWN_NUMBERS = 8;
const DOUBLE = 8;
const LENGTH = 4;
/** Of the names in an entry, together; bytes. */
const MOST_TEXT = 1_020;
/** At most, of one place of a string. */
const BYTES_OF_LETTER = 3;

/** A place to lay an entry out in, as every machine that runs an editor does: little endian. */
const table = new Float64Array(
  HEAD_NUMBERS + MOST_ROWS * HOT.length + OWN_NUMBERS + (LENGTH + MOST_TEXT) / DOUBLE,
);
const tableBytes = Buffer.from(table.buffer);
let entry = tableBytes;

export interface Stamped {
  /** Of the book after it. */
  readonly seq: number;
  readonly wallMs: number;
  readonly nowMs: number;
}

/** Whether there is room for all rows, and for the names. */
export function fitsEntry({ limits }: Book, id: string, holder = ''): boolean {
  return limits.length <= MOST_ROWS && (id.length + holder.length) * BYTES_OF_LETTER <= MOST_TEXT;
}

/**
 * What `operation` made of `book`: only the hot part of its rows changed, and a reservation came or went. The bytes are
 * written at once and stand only until the next entry is asked for: one is a few hundred of them, and in every decision.
 */
export function entryOf(book: Book, operation: Operation, { seq, wallMs, nowMs }: Stamped): Buffer {
  table[0] = seq;
  table[1] = wallMs;
  table[2] = nowMs;
  table[3] = 0;
  table[4] = 0;
  let at = HEAD_NUMBERS;
  for (const row of book.limits) at = putHot(row, at);
  if (operation.kind !== 'take') return bytesOf(at, operation.kind === 'settle' ? operation.id : '', '');
  const { ask, holder, leaseMs } = operation;
  const leaseUntilMs = nowMs + leaseMs;
  table[3] = leaseUntilMs;
  table[4] = ask.priority;
  table[at] = ask.priority;
  table[at + 1] = leaseUntilMs;
  const numbers = demandNumbers(ask.demand);
  for (let index = 0; index < numbers.length; index += 1) table[at + 2 + index] = numbers[index] ?? 0;
  table[at + OWN_NUMBERS - 1] = OWN;
  return bytesOf(at + OWN_NUMBERS, ask.id, holder);
}

function bytesOf(count: number, id: string, holder: string): Buffer {
  const size = count * DOUBLE;
  const idLength = tableBytes.write(id, size + LENGTH);
  tableBytes.writeUInt32LE(idLength, size);
  const holderAt = size + LENGTH + idLength;
  const length = holderAt + (holder === '' ? 0 : tableBytes.write(holder, holderAt));
  if (entry.length !== length) entry = tableBytes.subarray(0, length);
  return entry;
}

/** In the order of `HOT`; returns the next place. */
function putHot(row: LimitRow, from: number): number {
  const { shares, used } = row;
  table[from] = quickOf(row);
  table[from + 1] = UNITS.indexOf(row.unit);
  table[from + 2] = row.size;
  for (let share = 0; share < 4; share += 1) {
    table[from + 3 + share] = shares[share] ?? 0;
    table[from + 7 + share] = used[share] ?? 0;
  }
  table[from + 11] = row.atMs;
  table[from + 12] = row.refillPerMs;
  table[from + 13] = row.resetAtMs;
  table[from + 14] = row.reserved;
  return from + HOT.length;
}
