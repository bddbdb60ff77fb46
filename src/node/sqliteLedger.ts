/**
 * The history of requests in SQLite, shared by all windows of this machine: no prompt, no code, no answer. Rows are
 * written in batches behind the request. Units as in `UsageRecord`.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import type { SluiceError } from '../base/errors.ts';
import { addToDay, type DayTotals, type UsageLedger, type UsageRecord } from '../metrics/usageLedger.ts';
import { openSqlite } from './sqliteFile.ts';
import { WriteBehind } from './writeBehind.ts';

/** Counts up with every change of the tables. */
export const SCHEMA_VERSION = 1;
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
  readonly #totals: StatementSync;
  readonly #rows: WriteBehind<UsageRecord>;

  private constructor(db: DatabaseSync, clock: Clock, onFailure: (error: SluiceError) => void) {
    const insert = db.prepare(INSERT);
    this.#db = db;
    this.#totals = db.prepare(TOTALS);
    this.#rows = new WriteBehind({ db, clock, onFailure, write: (record) => insert.run(...rowOf(record)) });
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
    const db = await openSqlite(file, { version: SCHEMA_VERSION, tables: TABLES });
    return new SqliteLedger(db, clock, onFailure);
  }

  add(record: UsageRecord): void {
    this.#rows.add(record);
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
    return this.#rows.pending.filter((record) => record.day === day).reduce(addToDay, stored);
  }

  /** Writes all that is pending; keeps it for the next time when the disk refuses. */
  flush(): void {
    this.#rows.flush();
  }

  dispose(): void {
    this.#rows.dispose();
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
