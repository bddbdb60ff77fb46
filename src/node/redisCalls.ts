/** What is asked of the script in Redis, and what it answers, as arguments and replies. Units: milliseconds. */
import type { Operation } from '../quota/levelStore.ts';
import { DoubleReader } from './doubles.ts';
import { decodeBook, ForeignBook, type StoredBook } from './redisBook.ts';
import { demandNumbers } from './redisReservations.ts';

const STATES = ['missing', 'done', 'raced'] as const;

export interface Reply {
  /** Counts what was asked: the answers may be taken up in another order. */
  readonly ticket: number;
  readonly state: 'missing' | 'done' | 'raced';
  readonly ok: boolean;
  readonly waitMs: number;
  readonly tightest: number;
  readonly nowMs: number;
  readonly wallMs: number;
  readonly before: number;
  /** Of the book's log, less than 0: there is none. */
  readonly base: number;
  readonly whole: StoredBook | undefined;
}

export function replyOf(raw: unknown, ticket: number): Reply {
  const [head, list] = Array.isArray(raw) ? (raw as [Buffer, Buffer[]?]) : [raw as Buffer];
  const from = new DoubleReader(head);
  const state = STATES[from.next()];
  if (state === undefined) throw new ForeignBook();
  return {
    ticket,
    state,
    ok: from.next() === 1,
    waitMs: from.next(),
    tightest: from.next(),
    nowMs: from.next(),
    wallMs: from.next(),
    before: from.next(),
    base: from.next(),
    whole: list === undefined ? undefined : decodeBook(fieldsOf(list)),
  };
}

function fieldsOf(list: readonly Buffer[]): Map<string, Buffer> {
  const fields = new Map<string, Buffer>();
  for (let index = 0; index + 1 < list.length; index += 2)
    fields.set(String(list[index]), list[index + 1] ?? Buffer.alloc(0));
  return fields;
}

export interface Arguments {
  readonly numbers: readonly number[];
  readonly texts: readonly string[];
}

/** `undefined`: the script does not know this operation. */
export function argumentsOf(operation: Operation): Arguments | undefined {
  switch (operation.kind) {
    case 'take': {
      const { ask, holder, leaseMs, join } = operation;
      const { priority, demand, waitedMs, patienceMs, fair, lent } = ask;
      const waits = [waitedMs, patienceMs, fair ? 1 : 0, leaseMs, join?.behind ?? Number.NaN];
      const numbers = [priority, ...demandNumbers(demand), ...waits, lent.length, ...lent];
      return { numbers, texts: [ask.id, holder, ask.model] };
    }
    case 'settle': {
      const { id, used } = operation;
      return { numbers: used ? [1, ...demandNumbers(used)] : [0], texts: [id] };
    }
    case 'renew':
      return { numbers: [operation.leaseMs], texts: [operation.holder] };
    case 'leave':
      return { numbers: [], texts: [operation.id] };
    case 'poll':
      return { numbers: [operation.everyMs], texts: [] };
    default:
      return undefined;
  }
}
