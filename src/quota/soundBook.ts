/**
 * Whether what a store holds is a book: everything that a decision reads is there and makes sense. A level that is no
 * number would let everything pass, for everybody who shares the store. Units as in `book.ts`.
 */
import { isNumber } from '../base/unknown.ts';
import type { Book } from './book.ts';
import { LIMIT_STATUSES, LIMIT_UNITS, REFILLS } from './limitReading.ts';
import { COUNT } from './shares.ts';

type Fields = Readonly<Record<string, unknown>>;

const ROW_NUMBERS = [
  ...['atMs', 'resetAtMs', 'statusUntilMs', 'readAtMs', 'drift'],
  ...['size', 'refillPerMs', 'windowMs', 'threshold', 'reserved', 'owed', 'foreign'],
] as const;
/** Sums of fractions may be so much above the size. */
const CRUMB = 1e-6;

export function isBook(raw: unknown): raw is Book {
  if (!isFields(raw)) return false;
  const { atMs, polledAtMs, limits, held, lapsed, waiting, askedAtMs } = raw;
  return (
    isNumber(atMs) &&
    isNumber(polledAtMs) &&
    isNumbers(askedAtMs, COUNT) &&
    isList(limits, isRow) &&
    isList(held, isHeld) &&
    isList(lapsed, isHeld) &&
    isList(waiting, isWaiter)
  );
}

function isRow(row: Fields): boolean {
  const { unit, model, window, refill, shares, used, size, status, slots } = row;
  return (
    LIMIT_UNITS.some((one) => one === unit) &&
    [...REFILLS, 'sliding'].some((one) => one === refill) &&
    (status === '' || LIMIT_STATUSES.some((one) => one === status)) &&
    [model, window].every((name) => name === undefined || typeof name === 'string') &&
    ROW_NUMBERS.every((name) => isNumber(row[name])) &&
    typeof row.source === 'string' &&
    isAmounts(used) &&
    isAmounts(shares) &&
    isNumber(size) &&
    shares.reduce((sum, share) => sum + share, 0) <= size * (1 + CRUMB) &&
    isList(slots, ({ number, amount }) => isNumber(number) && isNumber(amount))
  );
}

function isHeld({ id, holder, priority, demand, leaseUntilMs, parts }: Fields): boolean {
  return (
    typeof id === 'string' &&
    typeof holder === 'string' &&
    isPriority(priority) &&
    isDemand(demand) &&
    isNumber(leaseUntilMs) &&
    isList(parts, ({ limit, taken, owed }) => typeof limit === 'string' && isAmounts(taken) && isNumber(owed))
  );
}

function isWaiter({ id, holder, model, limit, priority, demand, ...times }: Fields): boolean {
  return (
    [id, holder, model, limit].every((name) => typeof name === 'string') &&
    isPriority(priority) &&
    isDemand(demand) &&
    [times.sinceMs, times.leaseUntilMs, times.behind].every(isNumber)
  );
}

function isDemand(raw: unknown): boolean {
  return isFields(raw) && isNumber(raw.inputTokens) && isNumber(raw.outputTokens);
}

function isPriority(raw: unknown): boolean {
  return isNumber(raw) && raw >= 0 && raw < COUNT;
}

function isAmounts(raw: unknown): raw is number[] {
  return isNumbers(raw, COUNT) && raw.every((amount) => amount >= 0);
}

function isNumbers(raw: unknown, count: number): raw is number[] {
  return Array.isArray(raw) && raw.length === count && raw.every(isNumber);
}

function isList(raw: unknown, fits: (one: Fields) => boolean): boolean {
  return Array.isArray(raw) && raw.every((one) => isFields(one) && fits(one));
}

function isFields(raw: unknown): raw is Fields {
  return typeof raw === 'object' && raw !== null && !Array.isArray(raw);
}
