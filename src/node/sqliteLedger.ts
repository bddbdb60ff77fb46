/**
 * The history of requests in SQLite, shared by all windows of this machine: no prompt, no code, no answer. Rows are
 * written in batches behind the request. Units as in `UsageRecord`.
 */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { SluiceError } from '../base/errors.ts';
import { addToDay, type DayTotals, type UsageLedger, type UsageRecord } from '../metrics/usageLedger.ts';
import { prepareDatabase, unusable } from './sqliteFile.ts';

/** Counts up with every change of the tables. */
export const SCHEMA_VERSION = 1;
const FLUSH_AFTER_MS = 250;
const BETWEEN_BATCHES_MS = 5;
const BATCH = 50;
const MOST_PENDING = 1_000;
/** Another window may be writing. */
const BUSY_MS = 200;
const TABLES = `
  CREATE TABLE usage (
    id INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, day TEXT NOT NULL, task TEXT NOT NULL, model TEXT NOT NULL,
    simulated INTEGER NOT NULL, cache TEXT NOT NULL, stop TEXT NOT NULL, input_tokens INTEGER, output_tokens INTEGER,
    cost_usd REAL, total_ms REAL NOT NULL
  ) STRICT;
  CREATE INDEX usage_day ON usage (day);`;
const TOTALS = `
  SELECT count(*) AS requests, total(input_tokens) AS inputTokens, total(output_tokens) AS outputTokens,
    total(CASE WHEN simulated THEN 0 ELSE cost_usd END) AS usd,
    total(CASE WHEN simulated THEN cost_usd ELSE 0 END) AS simulatedUsd,
    count(*) - count(cost_usd) AS unknownCost
  FROM usage WHERE day = ?`;
const INSERT = `
  INSERT INTO usage (at_ms, day, task, model, simulated, cache, stop, input_tokens, output_tokens, cost_usd, total_ms)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

export class SqliteLedger implements UsageLedger, Disposable {
  readonly #db: DatabaseSync;
  readonly #clock: Clock;
  readonly #onFailure: (error: SluiceError) => void;
  readonly #insert: StatementSync;
  readonly #totals: StatementSync;
  readonly #pending: UsageRecord[] = [];
  #timer: Disposable | undefined;

  private constructor(db: DatabaseSync, clock: Clock, onFailure: (error: SluiceError) => void) {
    this.#db = db;
    this.#clock = clock;
    this.#onFailure = onFailure;
    this.#insert = db.prepare(INSERT);
    this.#totals = db.prepare(TOTALS);
  }

  /**
   * Throws `storage-unusable`: folder not writable, file corrupt, or made by a newer version (then left untouched).
   * `onFailure` hears of rows that could not be written later on; they stay in the totals of this window.
   */
  static async open(
    file: string,
    clock: Clock,
    onFailure: (error: SluiceError) => void,
  ): Promise<SqliteLedger> {
    const { DatabaseSync } = await import('node:sqlite');
    try {
      mkdirSync(dirname(file), { recursive: true });
      const db = new DatabaseSync(file);
      try {
        prepareDatabase(db, { busyMs: BUSY_MS, version: SCHEMA_VERSION, tables: TABLES });
      } catch (error) {
        db.close();
        throw error;
      }
      return new SqliteLedger(db, clock, onFailure);
    } catch (error) {
      throw SluiceError.any(error) ? error : unusable(error);
    }
  }

  add(record: UsageRecord): void {
    this.#pending.push(record);
    if (this.#pending.length >= MOST_PENDING) this.flush();
    else this.#timer ??= this.#clock.after(FLUSH_AFTER_MS, () => this.#flushSome());
  }

  day(day: string): DayTotals {
    const row = this.#totals.get(day);
    const stored: DayTotals = {
      day,
      requests: Number(row?.requests),
      inputTokens: Number(row?.inputTokens),
      outputTokens: Number(row?.outputTokens),
      usd: Number(row?.usd),
      simulatedUsd: Number(row?.simulatedUsd),
      unknownCost: Number(row?.unknownCost),
    };
    return this.#pending.filter((record) => record.day === day).reduce(addToDay, stored);
  }

  /** Writes all that is pending; keeps it for the next time when the disk refuses. */
  flush(): void {
    while (this.#pending.length > 0 && this.#write(this.#pending.slice(0, BATCH)))
      this.#pending.splice(0, BATCH);
    // A disk that stays full must not make the list grow for ever.
    this.#pending.splice(0, Math.max(0, this.#pending.length - MOST_PENDING));
  }

  /** A short batch at a time, so that nobody who types waits for the disk. */
  #flushSome(): void {
    this.#timer = undefined;
    if (!this.#write(this.#pending.slice(0, BATCH))) return;
    this.#pending.splice(0, BATCH);
    if (this.#pending.length > 0)
      this.#timer = this.#clock.after(BETWEEN_BATCHES_MS, () => this.#flushSome());
  }

  #write(records: readonly UsageRecord[]): boolean {
    try {
      this.#db.exec('BEGIN IMMEDIATE');
      try {
        for (const record of records) this.#insert.run(...rowOf(record));
        this.#db.exec('COMMIT');
      } catch (error) {
        this.#db.exec('ROLLBACK');
        throw error;
      }
      return true;
    } catch (error) {
      this.#onFailure(unusable(error));
      return false;
    }
  }

  dispose(): void {
    this.#timer?.dispose();
    this.flush();
    this.#db.close();
  }
}

function rowOf(record: UsageRecord) {
  return [
    Math.round(record.atMs),
    record.day,
    record.task,
    record.modelKey,
    record.simulated ? 1 : 0,
    record.cache,
    record.stop,
    record.inputTokens ?? null,
    record.outputTokens ?? null,
    record.costUsd ?? null,
    record.totalMs,
  ];
}
