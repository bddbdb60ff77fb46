/**
 * What a window may use while the ledger of its team cannot be reached: of the levels that it saw last, the part that
 * falls to each of the windows that were alive then. What happens meanwhile is noted and told to the ledger afterwards.
 * Units: a limit's own, milliseconds.
 *
 * The bound: sizes, levels and refills are divided by the number of windows, so all of them together grant in an outage
 * at most the level that they saw last and what the platform refilled meanwhile. More than that is only: what the others
 * took between this window's last look and the end (a look is a second old at most); the part of a window that joined or
 * left in that second; one request for each window and limit that is larger than the window's share, which is served once
 * the share is full, and paid back by the refill up to once the share; and a window that starts in the outage, which knows
 * of no level and goes by what the person declares. A window whose machine sleeps keeps its part for nothing.
 */
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import type { Book, LimitRow } from './book.ts';
import type { AgedReading } from './correct.ts';
import type { DeclaredLimit } from './declaredLimits.ts';
import type { Operation, Outcome, Use } from './levelStore.ts';
import { MemoryLevels } from './memoryLevels.ts';

/** A day of hard work; what is older than so many is forgotten. */
const MOST_NOTES = 10_000;

export interface Note {
  readonly platform: string;
  readonly operation: Operation;
  readonly atMs: number;
  /** Charged where the ledger knows nothing of the reservation that `operation` ends. */
  readonly otherwise?: Use;
}

export type Stray = Omit<Use, 'used'>;

export interface LocalShareDeps {
  readonly clock: Clock;
  readonly holder: string;
  /** Of windows that were alive, this one among them. */
  readonly windows: number;
  /** As they were seen last, with the time of now. */
  readonly books: Iterable<readonly [platform: string, book: Book]>;
  /** From an earlier outage: what is not told yet, and what is held since. */
  readonly notes?: readonly Note[];
  readonly strays?: ReadonlyMap<string, Stray>;
}

export class LocalShare implements Disposable {
  readonly #clock: Clock;
  readonly #part: number;
  readonly #levels: MemoryLevels;
  readonly #notes: Note[];
  /** Granted here, and still held. */
  readonly strays: Map<string, Stray>;

  constructor({ clock, holder, windows, books, notes = [], strays = new Map() }: LocalShareDeps) {
    this.#clock = clock;
    this.#part = 1 / Math.max(1, windows);
    this.#notes = [...notes];
    this.strays = new Map(strays);
    const scaled = [...books].map(
      ([platform, book]) => [platform, partOf(book, this.#part, holder)] as const,
    );
    this.#levels = new MemoryLevels(clock, scaled);
  }

  get notes(): readonly Note[] {
    return this.#notes;
  }

  run(platform: string, operation: Operation): Outcome {
    const outcome = this.#levels.run(platform, scaledOperation(operation, this.#part));
    this.#note(platform, operation, outcome);
    return outcome;
  }

  /** `take` may have been granted by the ledger, whose answer did not come: it is given back there. */
  unsure(platform: string, operation: Operation): void {
    if (operation.kind === 'take' && !this.strays.has(operation.ask.id))
      this.#add({
        platform,
        operation: { kind: 'settle', id: operation.ask.id },
        atMs: this.#clock.monotonic(),
      });
  }

  book(platform: string): Book | undefined {
    return this.#levels.book(platform);
  }

  platforms(): readonly string[] {
    return this.#levels.platforms();
  }

  nowMs(platform: string): number {
    return this.#levels.nowMs(platform);
  }

  dispose(): void {
    this.#levels.dispose();
  }

  #note(platform: string, operation: Operation, { ok }: Outcome): void {
    const atMs = this.#clock.monotonic();
    switch (operation.kind) {
      case 'take': {
        const { id, model, priority } = operation.ask;
        if (ok) this.strays.set(id, { model, priority });
        return;
      }
      case 'settle': {
        const stray = this.strays.get(operation.id);
        this.strays.delete(operation.id);
        const otherwise = stray && operation.used ? { otherwise: { ...stray, used: operation.used } } : {};
        this.#add({ platform, operation, atMs, ...otherwise });
        return;
      }
      case 'read':
      case 'declare':
      case 'forget':
      case 'charge':
        this.#add({ platform, operation, atMs });
    }
  }

  #add(note: Note): void {
    this.#notes.push(note);
    if (this.#notes.length > MOST_NOTES) this.#notes.shift();
  }
}

/** Tells a ledger that is back, by `run`, what was noted; `nowMs` on the clock that the note was taken by. */
export async function tellNote(
  { platform, operation, atMs, otherwise }: Note,
  nowMs: number,
  run: (platform: string, operation: Operation) => Outcome | Promise<Outcome>,
): Promise<void> {
  const { ok } = await run(platform, laterBy(operation, nowMs - atMs));
  if (!ok && otherwise) await run(platform, { kind: 'charge', uses: [otherwise] });
}

/** What is told later was read so much longer ago. */
export function laterBy(operation: Operation, ms: number): Operation {
  if (operation.kind !== 'read') return operation;
  return { ...operation, readings: operation.readings.map((one) => ({ ...one, ageMs: one.ageMs + ms })) };
}

function partOf(book: Book, part: number, holder: string): Book {
  const held = book.held.filter((one) => one.holder === holder);
  const limits = book.limits.map((row) => rowPart(row, part));
  return { ...structuredClone(book), limits, held, lapsed: [], waiting: [] };
}

function rowPart(row: LimitRow, part: number): LimitRow {
  const times = (amounts: readonly number[]) => amounts.map((amount) => amount * part);
  return {
    ...row,
    size: row.size * part,
    shares: times(row.shares),
    used: times(row.used),
    refillPerMs: row.refillPerMs * part,
    threshold: row.threshold * part,
    owed: row.owed * part,
    slots: row.slots.map(({ number, amount }) => ({ number, amount: amount * part })),
  };
}

function scaledOperation(operation: Operation, part: number): Operation {
  if (operation.kind === 'read')
    return { ...operation, readings: operation.readings.map((reading) => readingPart(reading, part)) };
  if (operation.kind === 'declare')
    return { ...operation, limits: operation.limits.map((limit) => limitPart(limit, part)) };
  return operation;
}

function readingPart(reading: AgedReading, part: number): AgedReading {
  return { ...reading, limit: reading.limit * part, remaining: reading.remaining * part };
}

function limitPart(limit: DeclaredLimit, part: number): DeclaredLimit {
  const { size, refillPerMs, threshold } = limit;
  return {
    ...limit,
    size: size * part,
    ...(refillPerMs === undefined ? {} : { refillPerMs: refillPerMs * part }),
    ...(threshold === undefined ? {} : { threshold: threshold * part }),
  };
}
