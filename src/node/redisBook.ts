/**
 * How a book stands in Redis: one hash for each platform. `b` holds the head and every row as doubles (little endian, one
 * list of fields that the script shares) that every request changes or needs, `c` what else is known of each row, `n` the names of the rows as JSON, `s` the slots of sliding windows, `w` who
 * waits, `h:ID` and `l:ID` a held and a lapsed reservation. Units: as in `quota/book.ts`; server times in milliseconds.
 */
import { type Book, emptyBook, type LimitRow, limitKey, NEVER, type Slot } from '../quota/book.ts';
import { LIMIT_STATUSES, LIMIT_UNITS, REFILLS } from '../quota/limitReading.ts';
import { isBook } from '../quota/soundBook.ts';
import { DoubleReader, DoubleWriter } from './doubles.ts';
import { decodeHeld, decodeWaiting, encodeHeld, encodeWaiting } from './redisReservations.ts';

/** Counts up with every change of what stands in Redis. */
export const BOOK_FORMAT = 3;
/** `wallMs`: the server's clock at `atMs`; `seq` counts the changes; `serial` keeps reservations in their order; `dueMs`:
 * when the first lease ends; `base`: what `seq` was when the log of what windows worked out themselves was begun (see
 * `redisLog.ts`), less than 0: there is none; `lenient` as the book's. */
export const HEAD = [
  'format',
  'atMs',
  'wallMs',
  'seq',
  'serial',
  'dueMs',
  'keptMs',
  'polledAtMs',
  'asked0',
  'asked1',
  'asked2',
  'asked3',
  'heldCount',
  'lapsedCount',
  'waitingCount',
  'rowCount',
  'base',
  'lenient',
] as const;
/** `quick`: what refills it, where the script may decide without a second look (see `quickOf`). */
export const HOT = [
  'quick',
  'unit',
  'size',
  'share0',
  'share1',
  'share2',
  'share3',
  'used0',
  'used1',
  'used2',
  'used3',
  'atMs',
  'refillPerMs',
  'resetAtMs',
  'reserved',
] as const;
export const COLD = [
  'hasModel',
  'refill',
  'windowMs',
  'threshold',
  'plain',
  'owed',
  'status',
  'statusUntilMs',
  'declared',
  'source',
  'readAtMs',
  'drift',
  'foreign',
  'slotCount',
] as const;
export const ROW = [...HOT, ...COLD] as const;
type RowValues = Record<(typeof ROW)[number], number>;
/** Codes are places in these lists. */
export const UNITS = LIMIT_UNITS;
export const ROW_REFILLS = [...REFILLS, 'sliding'] as const;
export const STATUSES = ['', ...LIMIT_STATUSES] as const;
const SOURCES = ['declared', 'headers', 'endpoint', 'program', 'log'] as const;
const DOUBLE = 8;
/** A lapsed reservation is forgotten so long after its lease. */
export const LAPSED_FOR_MS = 3_600_000;

export interface Stamp {
  readonly seq: number;
  readonly atMs: number;
  readonly wallMs: number;
}

export interface StoredBook extends Stamp {
  readonly book: Book;
}

export type Fields = ReadonlyMap<string, Buffer>;

/** What stands there is not a book of ours, or of another version of us. */
export class ForeignBook extends Error {
  override readonly name = 'ForeignBook';
}

/** Throws `ForeignBook` for whatever is no book of ours. */
export function decodeBook(fields: Fields): StoredBook {
  try {
    return decode(fields);
  } catch (cause) {
    throw new ForeignBook('no book of ours', { cause });
  }
}

function decode(fields: Fields): StoredBook {
  const head = new DoubleReader(fields.get('b') ?? Buffer.alloc(0));
  const value = Object.fromEntries(HEAD.map((name) => [name, head.next()])) as Record<
    (typeof HEAD)[number],
    number
  >;
  if (value.format !== BOOK_FORMAT || head.left !== value.rowCount * HOT.length * DOUBLE)
    throw new ForeignBook();
  const names = JSON.parse(String(fields.get('n') ?? '{"rows":[],"keys":[]}')) as Names;
  const slots = new DoubleReader(fields.get('s') ?? Buffer.alloc(0));
  const cold = new DoubleReader(fields.get('c') ?? Buffer.alloc(0));
  const lenient = value.lenient === 1;
  const limits = names.rows
    .slice(0, value.rowCount)
    .map((name) => ({ ...decodeRow(head, cold, slots, name), lenient }));
  const keys = [...limits.map(limitKey), ...names.keys];
  const list = (prefix: string) =>
    [...fields]
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, text]) => decodeHeld(name.slice(prefix.length), text, keys, limits))
      .sort((a, b) => a.serial - b.serial)
      .map(({ held }) => held);
  const book: unknown = {
    ...emptyBook(),
    atMs: value.atMs,
    limits,
    held: list('h:'),
    lapsed: list('l:'),
    waiting: decodeWaiting(fields.get('w'), value.waitingCount, keys),
    polledAtMs: value.polledAtMs,
    askedAtMs: [value.asked0, value.asked1, value.asked2, value.asked3],
    lenient,
  };
  if (!isBook(book)) throw new ForeignBook();
  return { book, seq: value.seq, atMs: value.atMs, wallMs: value.wallMs };
}

/** The fields of the hash, name and value by turns. */
export function encodeBook(book: Book, { seq, wallMs, atMs }: Stamp): (string | Buffer)[] {
  const names: Names = { rows: book.limits.map(({ model, window }) => ({ model, window })), keys: [] };
  const keys = new Map(book.limits.map((row, index) => [limitKey(row), index]));
  const keyOf = (key: string) => {
    const known = keys.get(key) ?? keys.size;
    if (known === keys.size) names.keys.push(key);
    keys.set(key, known);
    return known;
  };
  const held = book.held.map((one, index) => [`h:${one.id}`, encodeHeld(one, index, keyOf)] as const);
  const lapsed = book.lapsed.map((one, index) => [`l:${one.id}`, encodeHeld(one, index, keyOf)] as const);
  const waiting = encodeWaiting(book.waiting, keyOf);
  const slots = book.limits.flatMap((row) => row.slots);
  const head: Record<(typeof HEAD)[number], number> = {
    format: BOOK_FORMAT,
    atMs,
    wallMs,
    seq,
    dueMs: dueMs(book),
    keptMs: 0,
    serial: book.held.length + book.lapsed.length,
    polledAtMs: book.polledAtMs,
    asked0: book.askedAtMs[0] ?? 0,
    asked1: book.askedAtMs[1] ?? 0,
    asked2: book.askedAtMs[2] ?? 0,
    asked3: book.askedAtMs[3] ?? 0,
    heldCount: book.held.length,
    lapsedCount: book.lapsed.length,
    waitingCount: book.waiting.length,
    rowCount: book.limits.length,
    base: -1,
    lenient: book.lenient ? 1 : 0,
  };
  const hot = new DoubleWriter();
  const cold = new DoubleWriter();
  for (const name of HEAD) hot.add(head[name]);
  for (const row of book.limits) encodeRow(hot, cold, row);
  return [
    'b',
    hot.bytes,
    'c',
    cold.bytes,
    'n',
    JSON.stringify(names),
    'w',
    waiting,
    's',
    new DoubleWriter().add(...slots.flatMap(({ number, amount }) => [number, amount])).bytes,
    ...[...held, ...lapsed].flat(),
  ];
}

interface Names {
  readonly rows: readonly { readonly model?: string | undefined; readonly window?: string | undefined }[];
  /** Of limits that a reservation knows, and the book no longer does. */
  readonly keys: string[];
}

/** When something has to be tidied up. */
function dueMs({ held, waiting, lapsed }: Book): number {
  let due = Number.POSITIVE_INFINITY;
  for (const { leaseUntilMs } of [...held, ...waiting]) due = Math.min(due, leaseUntilMs);
  for (const { leaseUntilMs } of lapsed) due = Math.min(due, leaseUntilMs + LAPSED_FOR_MS);
  return due;
}

function decodeRow(
  hot: DoubleReader,
  cold: DoubleReader,
  slots: DoubleReader,
  { model, window }: Names['rows'][number],
): LimitRow {
  const value = Object.fromEntries([
    ...HOT.map((name) => [name, hot.next()]),
    ...COLD.map((name) => [name, cold.next()]),
  ]) as RowValues;
  const list: Slot[] = [];
  const count = slots.count(value.slotCount, 2);
  for (let index = 0; index < count; index += 1) list.push({ number: slots.next(), amount: slots.next() });
  return {
    unit: UNITS[value.unit] ?? 'tokens',
    ...(model === undefined ? {} : { model }),
    ...(window === undefined ? {} : { window }),
    refill: ROW_REFILLS[value.refill] ?? 'continuous',
    size: value.size,
    shares: [value.share0, value.share1, value.share2, value.share3],
    used: [value.used0, value.used1, value.used2, value.used3],
    atMs: value.atMs,
    refillPerMs: value.refillPerMs,
    resetAtMs: value.resetAtMs,
    windowMs: value.windowMs,
    threshold: value.threshold,
    plain: value.plain === 1,
    reserved: value.reserved,
    owed: value.owed,
    status: STATUSES[value.status] ?? '',
    statusUntilMs: value.statusUntilMs,
    declared: value.declared === 1,
    source: SOURCES[value.source] ?? 'headers',
    readAtMs: value.readAtMs,
    drift: value.drift,
    foreign: value.foreign,
    slots: list,
  };
}

/**
 * 0: the whole script is needed. 1: refills bit by bit, 2: at the end of its window, which has begun, 3: never; and all of
 * them are plain and of every model. The script keeps it so.
 */
export function quickOf({ plain, model, refill, windowMs, resetAtMs }: LimitRow): number {
  if (!plain || model !== undefined || refill === 'sliding') return 0;
  if (refill === 'at-reset' && windowMs > 0 && resetAtMs === NEVER) return 0;
  return 1 + ROW_REFILLS.indexOf(refill);
}

function encodeRow(hot: DoubleWriter, cold: DoubleWriter, row: LimitRow): void {
  const [share0 = 0, share1 = 0, share2 = 0, share3 = 0] = row.shares;
  const [used0 = 0, used1 = 0, used2 = 0, used3 = 0] = row.used;
  const value: RowValues = {
    ...row,
    quick: quickOf(row),
    unit: UNITS.indexOf(row.unit),
    hasModel: row.model === undefined ? 0 : 1,
    refill: ROW_REFILLS.indexOf(row.refill),
    share0,
    share1,
    share2,
    share3,
    used0,
    used1,
    used2,
    used3,
    plain: row.plain ? 1 : 0,
    status: STATUSES.indexOf(row.status),
    declared: row.declared ? 1 : 0,
    source: SOURCES.indexOf(row.source),
    slotCount: row.slots.length,
  };
  for (const name of HOT) hot.add(value[name]);
  for (const name of COLD) cold.add(value[name]);
}
