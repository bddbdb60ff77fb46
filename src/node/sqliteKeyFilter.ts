/**
 * Which keys a cache file may hold, without a look into it: filled in slices after the start, told of every key that this
 * window writes, and reading those of other windows when the file has changed. Units: milliseconds.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { BloomFilter } from '../cache/bloomFilter.ts';

const LEAST_KEYS = 20_000;
const SLICE = 1_000;
const BETWEEN_MS = 5;

export class SqliteKeyFilter implements Disposable {
  readonly #clock: Clock;
  readonly #sql: Readonly<Record<'from' | 'since' | 'newest' | 'version' | 'count', StatementSync>>;
  /** Absent until it knows all keys. */
  #filter: BloomFilter | undefined;
  #filling: Disposable | undefined;
  #room = 0;
  #lastId = 0;
  #version = -1;

  constructor(db: DatabaseSync, clock: Clock) {
    this.#clock = clock;
    this.#sql = {
      // By an index that holds nothing else.
      from: db.prepare('SELECT key FROM entries WHERE key > ? ORDER BY key LIMIT ?'),
      since: db.prepare('SELECT key, id FROM entries WHERE id > ? ORDER BY id'),
      newest: db.prepare('SELECT max(id) AS id FROM entries'),
      version: db.prepare('PRAGMA data_version'),
      count: db.prepare('SELECT entries FROM totals'),
    };
    this.refill();
  }

  /** False: every key may be there. */
  get knows(): boolean {
    return this.#filter !== undefined;
  }

  /** With more keys than this it should be filled anew. */
  get room(): number {
    return this.#room;
  }

  mayHave(key: string): boolean {
    if (this.#filter === undefined || this.#filter.mayHave(key)) return true;
    const version = this.#fileVersion();
    if (version === this.#version) return false;
    this.#version = version;
    this.#learnNew(this.#filter);
    return this.#filter.mayHave(key);
  }

  add(key: string): void {
    this.#filter?.add(key);
  }

  refill(): void {
    this.#filling?.dispose();
    this.#room = Math.max(LEAST_KEYS, 2 * Number(this.#sql.count.get()?.entries));
    this.#fill('', BloomFilter.forKeys(this.#room), Number(this.#sql.newest.get()?.id ?? 0));
  }

  dispose(): void {
    this.#filling?.dispose();
  }

  /** `known`: the newest when it began; what came meanwhile is learned at the end. */
  #fill(from: string, filter: BloomFilter, known: number): void {
    const rows = this.#sql.from.all(from, SLICE);
    for (const { key } of rows) filter.add(String(key));
    const last = rows.at(-1);
    if (last !== undefined && rows.length === SLICE) {
      this.#filling = this.#clock.after(BETWEEN_MS, () => this.#go(String(last.key), filter, known));
      return;
    }
    this.#lastId = known;
    this.#version = this.#fileVersion();
    this.#learnNew(filter);
    this.#filter = filter;
  }

  /** Nobody waits for this: what is wrong with the file shows with the next request. */
  #go(from: string, filter: BloomFilter, known: number): void {
    try {
      this.#fill(from, filter, known);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
    }
  }

  #learnNew(filter: BloomFilter): void {
    for (const row of this.#sql.since.iterate(this.#lastId)) {
      filter.add(String(row.key));
      this.#lastId = Number(row.id);
    }
  }

  #fileVersion(): number {
    return Number(this.#sql.version.get()?.data_version);
  }
}
