/**
 * Everything that is known of the limits of one platform, as plain data that every store can keep. Units: a limit's own
 * for amounts; milliseconds of the book's own time, which never goes backwards.
 */
import type { Demand } from './limit.ts';
import type { LimitSource, LimitStatus, LimitUnit, Refill } from './limitReading.ts';

/** `sliding`: what is used comes back when the window has moved past it. */
export type RowRefill = Refill | 'sliding';

/** A time that nobody knows; JSON has no Infinity. */
export const NEVER = 8.64e15;

export interface LimitRow {
  readonly unit: LimitUnit;
  readonly model?: string;
  readonly window?: string;
  refill: RowRefill;
  size: number;
  /** What is free for each priority, critical first: their sum is the level. */
  readonly shares: number[];
  /** Used by each priority in the running window or refill time. */
  readonly used: number[];
  /** Up to when the refill is counted; whole milliseconds after the last time. */
  atMs: number;
  /** 0: unknown, or nothing comes back bit by bit. */
  refillPerMs: number;
  /** End of the window. */
  resetAtMs: number;
  /** Length of the window where it is declared, else 0. */
  windowMs: number;
  threshold: number;
  /** Nothing is said of it, owed or kept above a threshold: only the shares decide. */
  plain: boolean;
  /** Held by reservations. */
  reserved: number;
  /** Used beyond what there was: the refill pays it first. */
  owed: number;
  status: LimitStatus | '';
  statusUntilMs: number;
  declared: boolean;
  /** As the book's, for whoever has only the row. */
  lenient?: boolean;
  /** `declared` until the platform says something. */
  source: LimitSource | 'declared';
  readAtMs: number;
  drift: number;
  foreign: number;
  /** Of a sliding window: when something was used (counted in slots of the window), and how much. */
  readonly slots: Slot[];
}

export interface Slot {
  readonly number: number;
  amount: number;
}

/** Held by one request until it is settled. */
export interface Held {
  readonly id: string;
  readonly holder: string;
  readonly priority: number;
  readonly demand: Demand;
  leaseUntilMs: number;
  readonly parts: readonly HeldPart[];
}

/** What was taken out of the shares of one limit, critical first. */
export interface HeldPart {
  readonly limit: string;
  readonly taken: readonly number[];
  /** What a critical request wanted beyond what there was. */
  readonly owed: number;
}

export interface Waiter {
  readonly id: string;
  readonly holder: string;
  readonly priority: number;
  readonly model: string;
  readonly demand: Demand;
  /** The limit without room. */
  readonly limit: string;
  readonly sinceMs: number;
  leaseUntilMs: number;
  /** How many of its window wait behind it. */
  readonly behind: number;
}

export interface Book {
  /** Now, by the last change. */
  atMs: number;
  readonly limits: LimitRow[];
  readonly held: Held[];
  /** Reservations whose lease ran out: their tokens are given back, but their use may still be told. */
  readonly lapsed: Held[];
  readonly waiting: Waiter[];
  polledAtMs: number;
  /** When each priority last asked. */
  readonly askedAtMs: number[];
  /** Who used more than its part gets no less of the refill. Absent: it gets less. */
  lenient?: boolean;
}

export function emptyBook(): Book {
  return {
    atMs: 0,
    limits: [],
    held: [],
    lapsed: [],
    waiting: [],
    polledAtMs: -NEVER,
    askedAtMs: [-NEVER, -NEVER, -NEVER, -NEVER],
    lenient: false,
  };
}

interface RowKey {
  readonly unit: LimitUnit;
  readonly model?: string | undefined;
  readonly window?: string | undefined;
}

export function limitKey({ unit, model = '', window = '' }: RowKey): string {
  return `${unit}/${window}/${model}`;
}

export function findRow(book: Book, key: RowKey): LimitRow | undefined {
  return book.limits.find(
    ({ unit, model, window }) => unit === key.unit && model === key.model && window === key.window,
  );
}

/** A full limit of which nothing more is known. */
export function newRow({ unit, model, window }: RowKey, nowMs: number): LimitRow {
  return {
    unit,
    ...(model === undefined ? {} : { model }),
    ...(window === undefined ? {} : { window }),
    refill: 'continuous',
    size: 0,
    shares: fractions(),
    used: fractions(),
    atMs: nowMs,
    refillPerMs: 0,
    resetAtMs: NEVER,
    windowMs: 0,
    threshold: 0,
    plain: false,
    reserved: 0,
    owed: 0,
    status: '',
    statusUntilMs: 0,
    declared: false,
    lenient: false,
    source: 'declared',
    readAtMs: -NEVER,
    drift: 0,
    foreign: 0,
    slots: [],
  };
}

/** Four zeros that V8 keeps as plain doubles from the first: an array of whole numbers would change its kind later. */
function fractions(): number[] {
  return [0.5, 0.5, 0.5, 0.5].fill(0);
}
