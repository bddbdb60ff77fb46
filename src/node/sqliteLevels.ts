/**
 * Levels in SQLite, shared by all windows of this machine: one row for each platform's book, one IMMEDIATE transaction
 * for each operation. Nobody waits on a lock for long: what finds the file busy is tried again a moment later, in its
 * order; and nobody waits for the disk. Units: milliseconds; wall-clock times are epoch milliseconds.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import type { SluiceError } from '../base/errors.ts';
import { Emitter } from '../base/event.ts';
import type { Random } from '../base/random.ts';
import { type Book, emptyBook } from '../quota/book.ts';
import { newVerdict } from '../quota/decide.ts';
import { type LevelStore, type Operation, type Outcome, UNANSWERED } from '../quota/levelStore.ts';
import { applyOperation } from '../quota/operations.ts';
import { type Anchor, bookNowMs } from './sharedTime.ts';
import { bookOf, type Written, writtenOf } from './sqliteBook.ts';
import { isBusy, unusable } from './sqliteFile.ts';
import { openLevelsFile, over } from './sqliteLevelsFile.ts';

/** Writes one page where the platform is known: its place and its index stay. */
const SAVE = `
  INSERT INTO levels (platform, wall_ms, book) VALUES (?, ?, ?)
  ON CONFLICT (platform) DO UPDATE SET wall_ms = excluded.wall_ms, book = excluded.book`;
/**
 * Longest stand-still of the thread for a lock: another window's whole transaction takes a tenth of it. SQLite's own
 * waiting sleeps for a millisecond at least.
 */
const SPIN_MS = 0.5;
/** A clock of a test stands still. */
const MOST_SPINS = 1_000;
const AGAIN = { leastMs: 1, mostMs: 2 };
/** Whoever holds the lock for so long is not one of us. */
const GIVE_UP_AFTER_MS = 5_000;
/** How soon this window sees what others did. */
const LOOK_EVERY_MS = 500;

export interface SqliteLevelsDeps {
  readonly file: string;
  readonly clock: Clock;
  readonly random: Random;
  /** The file cannot be used any more; said once, before the next answer. */
  readonly onFailure: (error: SluiceError) => void;
}

interface Known extends Anchor {
  readonly book: Book;
  /** The book as it stands in the file. */
  readonly text: string;
  /** The file's version when it was read: while that stands, nobody else has written. */
  readonly version: number;
}

interface Pending {
  readonly platform: string;
  readonly operation: Operation;
  readonly sinceMs: number;
  readonly resolve: (outcome: Outcome) => void;
}

export class SqliteLevels implements LevelStore {
  readonly shared = true;
  readonly #deps: SqliteLevelsDeps;
  readonly #db: DatabaseSync;
  readonly #statements: Readonly<
    Record<'load' | 'save' | 'all' | 'version' | 'begin' | 'commit', StatementSync>
  >;
  readonly #known = new Map<string, Known>();
  readonly #pending: Pending[] = [];
  readonly #changed = new Emitter<void>();
  readonly #verdict = newVerdict();
  #again: Disposable | undefined;
  #looking: Disposable | undefined;
  #version = -1;
  #spins = 0;
  #closed = false;

  private constructor(db: DatabaseSync, deps: SqliteLevelsDeps) {
    this.#db = db;
    this.#deps = deps;
    this.#statements = {
      load: db.prepare('SELECT wall_ms AS wallMs, book FROM levels WHERE platform = ?'),
      save: db.prepare(SAVE),
      all: db.prepare('SELECT platform, wall_ms AS wallMs, book FROM levels'),
      version: db.prepare('PRAGMA data_version'),
      begin: db.prepare('BEGIN IMMEDIATE'),
      commit: db.prepare('COMMIT'),
    };
  }

  /** Throws what `openLevelsFile` does, also where the file has no table any more. */
  static async open(deps: SqliteLevelsDeps): Promise<SqliteLevels> {
    const levels = over(await openLevelsFile(deps.file), (db) => new SqliteLevels(db, deps));
    levels.#look();
    return levels;
  }

  run(platform: string, operation: Operation): Outcome | Promise<Outcome> {
    const outcome = this.#pending.length === 0 ? this.#try(platform, operation) : undefined;
    if (outcome) return outcome;
    return new Promise((resolve) => {
      this.#pending.push({ platform, operation, sinceMs: this.#deps.clock.monotonic(), resolve });
      this.#tryAgainLater();
    });
  }

  book(platform: string): Book | undefined {
    return this.#known.get(platform)?.book;
  }

  platforms(): readonly string[] {
    return [...this.#known.keys()];
  }

  nowMs(platform: string): number {
    const { clock } = this.#deps;
    const known = this.#known.get(platform);
    return known ? bookNowMs(known, known, clock.now(), clock.monotonic()) : clock.now();
  }

  onChange(listener: () => void): Disposable {
    return this.#changed.on(listener);
  }

  dispose(): void {
    if (this.#closed) return;
    // What is pending is only given back or told: it is tried once more.
    for (const { platform, operation, resolve } of this.#pending.splice(0))
      resolve(this.#try(platform, operation) ?? UNANSWERED);
    this.#close();
  }

  #close(): void {
    this.#closed = true;
    this.#again?.dispose();
    this.#looking?.dispose();
    this.#changed.dispose();
    this.#db.close();
  }

  /**
   * `undefined`: somebody else is writing. What comes of the operation is worked out before the file is locked: another
   * window may be stopped by its machine while it holds the lock, and all others would wait for that.
   */
  #try(platform: string, operation: Operation): Outcome | undefined {
    if (this.#closed) return UNANSWERED;
    try {
      const worked = this.#workOut(platform, operation);
      if (!this.#begin()) {
        this.#undo(platform);
        return undefined;
      }
      const { outcome, known } =
        this.#fileVersion() === worked.version ? worked : this.#workOutAnew(platform, operation);
      this.#statements.save.run(platform, known.wallMs, known.text);
      this.#statements.commit.run();
      this.#known.set(platform, known);
      return outcome;
    } catch (error) {
      this.#undo(platform);
      return isBusy(error) ? undefined : this.#fail(error);
    }
  }

  /** False: somebody else is writing, and takes longer than is waited for here. */
  #begin(): boolean {
    const { clock } = this.#deps;
    const startedMs = clock.monotonic();
    for (;;) {
      try {
        this.#statements.begin.run();
        return true;
      } catch (error) {
        if (!isBusy(error)) throw error;
        this.#spins += 1;
        if (clock.monotonic() - startedMs >= SPIN_MS || this.#spins % MOST_SPINS === 0) return false;
      }
    }
  }

  /** Somebody was faster: what the file says now, nobody can change any more. */
  #workOutAnew(platform: string, operation: Operation): Worked {
    this.#restore(platform);
    return this.#workOut(platform, operation);
  }

  /** Changes the book in memory only. */
  #workOut(platform: string, operation: Operation): Worked {
    const { clock } = this.#deps;
    const wallMs = clock.now();
    const monotonicMs = clock.monotonic();
    const version = this.#fileVersion();
    const known = this.#known.get(platform);
    const written = known?.version === version ? known : this.#load(platform);
    const book = written?.book ?? emptyBook();
    const nowMs = written === undefined ? wallMs : bookNowMs(written, known, wallMs, monotonicMs);
    const outcome = applyOperation(book, operation, nowMs, this.#verdict);
    const text = JSON.stringify(book);
    return { outcome, version, known: { book, text, version, atMs: nowMs, wallMs, monotonicMs } };
  }

  #load(platform: string): Written | undefined {
    const row = this.#statements.load.get(platform);
    // What is no book is begun anew: the platforms and the settings say again what it said.
    return row && writtenOf(row);
  }

  #fileVersion(): number {
    return Number(this.#statements.version.get()?.data_version);
  }

  #undo(platform: string): void {
    if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
    this.#restore(platform);
  }

  /** The book in memory may be changed already. */
  #restore(platform: string): void {
    const known = this.#known.get(platform);
    const book = known && bookOf(known.text);
    if (book) this.#known.set(platform, { ...known, book });
  }

  /** The rest is answered by whoever takes this store's place. */
  #fail(error: unknown): Outcome {
    const pending = this.#pending.splice(0);
    this.#readLast();
    this.#deps.onFailure(unusable(error));
    for (const { resolve } of pending) resolve(UNANSWERED);
    return UNANSWERED;
  }

  #tryAgainLater(): void {
    const { clock, random } = this.#deps;
    const waitMs = AGAIN.leastMs + random() * (AGAIN.mostMs - AGAIN.leastMs);
    this.#again ??= clock.after(waitMs, () => {
      this.#again = undefined;
      this.#tryPending();
    });
  }

  #tryPending(): void {
    for (let [first] = this.#pending; first; [first] = this.#pending) {
      const outcome = this.#try(first.platform, first.operation);
      if (outcome === undefined) {
        if (this.#deps.clock.monotonic() - first.sinceMs > GIVE_UP_AFTER_MS) this.#fail(new Error('locked'));
        else this.#tryAgainLater();
        return;
      }
      this.#pending.shift();
      first.resolve(outcome);
    }
  }

  /** What other windows wrote; costs a few microseconds while they write nothing. */
  #look(): void {
    try {
      this.#readAll();
    } catch (error) {
      if (!isBusy(error)) this.#fail(error);
    }
    if (!this.#closed) this.#looking = this.#deps.clock.after(LOOK_EVERY_MS, () => this.#look());
  }

  /** Whoever takes this store's place begins with what others wrote: a disk that is full can be read. */
  #readLast(): void {
    try {
      this.#readAll();
    } catch (error) {
      // It goes on with what it knows.
      if (!(error instanceof Error)) throw error;
    }
  }

  #readAll(): void {
    const version = this.#fileVersion();
    if (version === this.#version) return;
    this.#version = version;
    const { clock } = this.#deps;
    for (const row of this.#statements.all.all()) {
      const platform = String(row.platform);
      const [wallMs, monotonicMs] = [clock.now(), clock.monotonic()];
      const written = writtenOf(row);
      if (written === undefined) continue;
      const atMs = bookNowMs(written, this.#known.get(platform), wallMs, monotonicMs);
      this.#known.set(platform, { ...written, version, atMs, wallMs, monotonicMs });
    }
    this.#changed.fire();
  }
}

interface Worked {
  readonly outcome: Outcome;
  /** Of the file that it was worked out from. */
  readonly version: number;
  /** What is known once it stands in the file. */
  readonly known: Known;
}
