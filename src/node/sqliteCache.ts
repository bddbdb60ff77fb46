/**
 * The cache level on disk: one SQLite file that all windows of the machine share, bound in size. What is worth least goes
 * first. Readers never wait; a writer that finds the file busy tries again a moment later. Units: milliseconds, bytes.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import type { Random } from '../base/random.ts';
import {
  alive,
  type CacheStore,
  type Drop,
  type Kept,
  type LeaseAnswer,
  type StoreFacts,
} from '../cache/cacheStore.ts';
import { packText, unpackText } from './cacheText.ts';
import { bytesOf, rankOf, readRow, rowOf } from './sqliteCacheRow.ts';
import { CACHE_SCHEMA, SQL } from './sqliteCacheTables.ts';
import { damaged, isBusy, openSqlite, unusable } from './sqliteFile.ts';
import { SqliteKeyFilter } from './sqliteKeyFilter.ts';
import { SqliteWriter } from './sqliteWriter.ts';

export interface SqliteCacheDeps {
  readonly file: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly maxBytes: () => number;
}

type Statements = Readonly<Record<keyof typeof SQL, StatementSync>>;

/** Uses are written in batches: they only order what goes first. */
const NOTE_USES_AFTER_MS = 2_000;
/** Pauses between slices of work that nobody waits for, and how much is done in one. */
const TIDY = { firstMs: 5_000, everyMs: 60_000, betweenMs: 20, rows: 50, pages: 32 };

export class SqliteCache implements CacheStore {
  readonly level = 'disk';
  readonly #deps: SqliteCacheDeps;
  readonly #db: DatabaseSync;
  readonly #sql: Statements;
  readonly #writer: SqliteWriter;
  readonly #filter: SqliteKeyFilter;
  readonly #uses = new Map<
    number,
    { readonly bytes: number; readonly savesUsd: number; readonly atMs: number }
  >();
  readonly #counts = {
    evictions: 0,
    plainBytes: 0,
    packedBytes: 0,
    rejected: 0,
    asked: 0,
    spared: 0,
    wrong: 0,
  };
  #noting: Disposable | undefined;
  #tidying: Disposable | undefined;
  #closed = false;

  private constructor(db: DatabaseSync, deps: SqliteCacheDeps) {
    this.#db = db;
    this.#deps = deps;
    const prepared = Object.entries(SQL).map(([name, sql]) => [name, db.prepare(sql)]);
    this.#sql = Object.fromEntries(prepared) as Statements;
    this.#tidying = deps.clock.after(TIDY.firstMs, () => this.#tidy());
    this.#writer = new SqliteWriter(db, deps);
    this.#filter = new SqliteKeyFilter(db, deps.clock);
  }

  /** Throws `storage-unusable`. */
  static async open(deps: SqliteCacheDeps): Promise<SqliteCache> {
    const db = await openSqlite(deps.file, CACHE_SCHEMA);
    try {
      db.exec('PRAGMA busy_timeout = 0');
      return new SqliteCache(db, deps);
    } catch (error) {
      db.close();
      // Our own statements do not fit a file of our own version: whatever it was, it is no cache any longer.
      throw isBusy(error) ? unusable(error) : damaged(error);
    }
  }

  get(key: string): Kept | undefined {
    this.#counts.asked += 1;
    if (!this.#filter.mayHave(key)) {
      this.#counts.spared += 1;
      return undefined;
    }
    const row = this.#sql.get.get(key);
    if (row === undefined) {
      if (this.#filter.knows) this.#counts.wrong += 1;
      return undefined;
    }
    const { id, bytes, kept } = readRow(row, unpackText);
    const nowMs = this.#deps.clock.now();
    if (kept === undefined) this.#counts.rejected += 1;
    if (kept === undefined || !alive(kept, nowMs)) return undefined;
    this.#noteUse(id, { bytes, savesUsd: kept.savesUsd, atMs: nowMs });
    return kept;
  }

  set(key: string, kept: Kept, lease?: string): void | Promise<void> {
    const packed = packText(kept.text);
    const bytes = packed && bytesOf(packed.text, kept);
    const release = () => {
      if (lease !== undefined) this.#sql.release.run(key, lease);
    };
    // Too large for here: nobody waits for it any longer, and what it takes the place of goes.
    if (packed === undefined || bytes === undefined || bytes > this.#deps.maxBytes() / 4)
      return this.#writer.write(() => {
        this.#sql.delete.run(key);
        release();
      });
    return this.#writer.write(() => {
      if (this.#isOver()) {
        // The bound was lowered: what is beyond it goes a little at a time, before anything comes.
        this.#sql.delete.run(key);
        release();
        this.#tidySoon();
        return;
      }
      this.#makeRoom(key, bytes);
      const rank = rankOf({ ...kept, bytes, usedMs: this.#deps.clock.now() });
      const id = Number(this.#sql.set.get(key, ...rowOf(kept, packed.text, rank, bytes))?.id);
      this.#sql.noFiles.run(id);
      for (const { path, hash } of kept.files) this.#sql.file.run(path, id, hash);
      release();
      this.#filter.add(key);
      this.#counts.plainBytes += packed.plainBytes;
      this.#counts.packedBytes += packed.packedBytes;
    });
  }

  delete(key: string): void | Promise<void> {
    return this.#writer.write(() => void this.#sql.delete.run(key));
  }

  lease(key: string, holder: string, forMs: number): LeaseAnswer | Promise<LeaseAnswer> {
    let answer: LeaseAnswer = 'taken';
    const done = this.#writer.write(() => {
      const nowMs = this.#deps.clock.now();
      const row = this.#sql.get.get(key);
      const kept = row && readRow(row, unpackText).kept;
      if (kept && alive(kept, nowMs)) answer = kept;
      else {
        // A lease that ends later than any may was taken before the clock was set back.
        const { changes } = this.#sql.lease.run(key, holder, nowMs + forMs, nowMs, nowMs + 2 * forMs);
        answer = Number(changes) > 0 ? 'ours' : 'taken';
      }
    });
    return done instanceof Promise ? done.then(() => answer) : answer;
  }

  release(key: string, holder: string): void | Promise<void> {
    return this.#writer.write(() => void this.#sql.release.run(key, holder));
  }

  drop(what: Drop): void | Promise<void> {
    return this.#writer.write(() => this.#drop(what));
  }

  /** Keys of what a workspace asked. */
  keysOf(scope: string): string[] {
    return this.#sql.scopeKeys.all(scope).map((row) => String(row.key));
  }

  facts(): StoreFacts {
    const totals = this.#closed ? undefined : this.#sql.totals.get();
    const { asked, spared, wrong, ...counts } = this.#counts;
    return {
      entries: Number(totals?.entries ?? 0),
      bytes: Number(totals?.bytes ?? 0),
      maxBytes: this.#deps.maxBytes(),
      filter: { asked, spared, wrong },
      ...counts,
    };
  }

  dispose(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const timer of [this.#noting, this.#tidying, this.#filter, this.#writer]) timer?.dispose();
    try {
      this.#writeUses();
    } catch (error) {
      // They only order what goes first; another window is writing, or the disk is full.
      if (!(error instanceof Error)) throw error;
    } finally {
      this.#db.close();
    }
  }

  #makeRoom(key: string, bytes: number): void {
    const before = Number(this.#sql.bytesOf.get(key)?.bytes ?? 0);
    let free = this.#deps.maxBytes() - Number(this.#sql.totals.get()?.bytes) + before - bytes;
    while (free < 0) {
      if (Number(this.#sql.evict.run(key).changes) === 0) return;
      this.#counts.evictions += 1;
      free = this.#deps.maxBytes() - Number(this.#sql.totals.get()?.bytes) + before - bytes;
    }
  }

  #isOver(): boolean {
    return Number(this.#sql.totals.get()?.bytes) > this.#deps.maxBytes();
  }

  #drop(what: Drop): void {
    switch (what.kind) {
      case 'all':
        this.#sql.all.run();
        return;
      case 'scope':
        this.#sql.scope.run(what.scope);
        return;
      case 'strategies':
        for (const strategy of what.strategies) this.#sql.strategy.run(strategy);
        return;
      case 'model':
        for (const strategy of what.strategies) this.#sql.model.run(what.model, strategy);
        return;
      case 'file':
        this.#sql.fileOf.run(what.path, what.hash ?? '');
    }
  }

  #noteUse(
    id: number,
    use: { readonly bytes: number; readonly savesUsd: number; readonly atMs: number },
  ): void {
    this.#uses.set(id, use);
    this.#noting ??= this.#deps.clock.after(NOTE_USES_AFTER_MS, () => {
      this.#noting = undefined;
      const done = this.#writer.write(() => this.#writeUses());
      // What orders the entries may be lost; what is wrong with the file shows where it matters.
      if (done instanceof Promise) done.catch(ignore);
    });
  }

  #writeUses(): void {
    for (const [id, { atMs, ...use }] of this.#uses) this.#sql.used.run(rankOf({ ...use, usedMs: atMs }), id);
    this.#uses.clear();
  }

  #tidySoon(): void {
    this.#tidying?.dispose();
    this.#tidying = this.#deps.clock.after(TIDY.betweenMs, () => this.#tidy());
  }

  /** Expired entries, what is beyond the bound, old leases and free pages, a little at a time. */
  #tidy(): void {
    if (this.#closed) return;
    let more = false;
    this.#quietly(() => {
      const nowMs = this.#deps.clock.now();
      let gone = 0;
      this.#writer.tryWrite(() => {
        gone = Number(this.#sql.expire.run(nowMs, TIDY.rows).changes);
        for (; gone < TIDY.rows && this.#isOver(); gone += 1)
          this.#counts.evictions += Number(this.#sql.evict.run('').changes);
        this.#sql.oldLeases.run(nowMs);
      });
      const vacuumed = gone === 0 && this.#vacuum();
      more = gone === TIDY.rows || vacuumed;
      const { entries } = this.facts();
      if ((entries ?? 0) > this.#filter.room) this.#filter.refill();
    });
    this.#tidying = this.#deps.clock.after(more ? TIDY.betweenMs : TIDY.everyMs, () => this.#tidy());
  }

  /** True while there is more to give back: pages that are free beyond a quarter of the file. */
  #vacuum(): boolean {
    const number = (pragma: string) =>
      Number(Object.values(this.#db.prepare(`PRAGMA ${pragma}`).get() ?? {})[0]);
    const [free, pages] = [number('freelist_count'), number('page_count')];
    if (free <= Math.max(TIDY.pages, pages / 4)) return false;
    this.#db.exec(`PRAGMA incremental_vacuum(${TIDY.pages})`);
    return true;
  }

  /** Work that nobody waits for: what is wrong with the file shows with the next request. */
  #quietly(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof Error)) throw error;
    }
  }
}

const ignore = () => undefined;
