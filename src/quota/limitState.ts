/** What is shown of the limits in a book. Units: the limit's own, milliseconds. */
import { PRIORITIES } from '../base/task.ts';
import { type Book, type LimitRow, limitKey } from './book.ts';
import type { SharedBy } from './declaredLimits.ts';
import type { Adaptation, LimitState, ShareState } from './limit.ts';
import { advance, fullInMs } from './refill.ts';
import { at, COUNT, levelOf, PARTS, weightOf } from './shares.ts';

export interface StateContext {
  readonly platform: string;
  readonly shared?: SharedBy | undefined;
  readonly book: Book;
  /** Time of the book, and the wall clock, now. */
  readonly nowMs: number;
  readonly wallMs: number;
  /** False: priorities are turned off. */
  readonly fair: boolean;
  readonly lent: readonly number[];
  /** Requests that wait, here and elsewhere. */
  readonly waiting: number;
}

export function limitStates(context: StateContext): LimitState[] {
  return context.book.limits.map((row) => {
    advance(row, context.nowMs);
    return stateOf(row, context);
  });
}

function stateOf(row: LimitRow, context: StateContext): LimitState {
  const { platform, shared, book, nowMs, wallMs, fair, waiting } = context;
  const fullIn = fullInMs(row, nowMs);
  const said = row.source !== 'declared';
  const counted = said && row.unit !== 'share';
  const key = limitKey(row);
  return {
    platform,
    ...(shared === undefined ? {} : { shared }),
    unit: row.unit,
    ...(row.model === undefined ? {} : { model: row.model }),
    ...(row.window === undefined ? {} : { window: row.window }),
    ...(row.windowMs > 0 ? { windowMs: row.windowMs } : {}),
    size: row.size,
    level: shown(levelOf(row)),
    reserved: row.reserved,
    reservations: book.held.filter(({ parts }) => parts.some(({ limit }) => limit === key)).length,
    refill: row.refill === 'sliding' ? 'continuous' : row.refill,
    ...(row.refillPerMs > 0 ? { refillPerMs: row.refillPerMs } : {}),
    ...(fullIn === undefined ? {} : { fullInMs: fullIn }),
    ...(row.status === '' || nowMs >= row.statusUntilMs ? {} : { status: row.status }),
    source: row.source,
    ...(said ? { readingAtMs: wallMs - (nowMs - row.readAtMs) } : {}),
    ...(row.threshold > 0 ? { threshold: row.threshold } : {}),
    ...(counted ? { drift: row.drift, foreign: row.foreign } : {}),
    ...(fair ? { shares: sharesOf(row, book) } : {}),
    adaptations: fair ? adaptationsOf(row, context.lent) : [],
    waiting,
  };
}

function sharesOf(row: LimitRow, book: Book): ShareState[] {
  const key = limitKey(row);
  const borrowed = [0, 0, 0, 0];
  const lent = [0, 0, 0, 0];
  for (const { priority, parts } of book.held) {
    const taken = parts.find(({ limit }) => limit === key)?.taken ?? [];
    for (let share = 0; share < COUNT; share += 1) {
      if (share === priority) continue;
      borrowed[priority] = at(borrowed, priority) + at(taken, share);
      lent[share] = at(lent, share) + at(taken, share);
    }
  }
  return PRIORITIES.map((priority, share) => ({
    priority,
    entitled: at(PARTS, share) * row.size,
    level: shown(at(row.shares, share)),
    used: at(row.used, share),
    borrowed: at(borrowed, share),
    lent: at(lent, share),
  }));
}

/** Without the crumbs that sums of fractions leave. */
function shown(amount: number): number {
  return Number(amount.toPrecision(12));
}

/** Below this a deviation is not worth a word. */
const NOTABLE = 0.01;

function adaptationsOf(row: LimitRow, lent: readonly number[]): Adaptation[] {
  const found: Adaptation[] = [];
  for (const [share, priority] of PRIORITIES.entries()) {
    const factor = weightOf(row, share) / at(PARTS, share);
    if (row.refillPerMs > 0 && factor < 1 - NOTABLE) found.push({ kind: 'penalised', priority, factor });
    if (at(lent, share) > NOTABLE) found.push({ kind: 'lent', priority, part: at(lent, share) });
  }
  if (row.owed > NOTABLE * row.size) found.push({ kind: 'burst', priority: 'critical', owed: row.owed });
  return found;
}
