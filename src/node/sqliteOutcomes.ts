/**
 * Decisions and what became of their answers, in SQLite, shared by all windows of this machine: numbers and names of
 * models, languages and tasks, no prompt, no code, no answer. Units as in `DecisionRecord` and `Outcome`.
 */
import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import type { SluiceError } from '../base/errors.ts';
import type { DecisionRecord, Outcome, OutcomeStore } from '../routing/outcomes.ts';
import { openSqlite } from './sqliteFile.ts';
import { WriteBehind } from './writeBehind.ts';

export const OUTCOMES_VERSION = 1;
/** Older decisions say little of today's models; they are forgotten when the file is opened. */
const MOST_DECISIONS = 20_000;
const TABLES = `
  CREATE TABLE decisions (
    receipt TEXT PRIMARY KEY, at_ms INTEGER NOT NULL, model TEXT NOT NULL, task TEXT NOT NULL, language TEXT NOT NULL,
    features TEXT NOT NULL, chance REAL NOT NULL, cost_usd REAL, total_ms REAL NOT NULL, stop TEXT NOT NULL,
    simulated INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX decisions_at ON decisions (at_ms);
  CREATE TABLE outcomes (
    id INTEGER PRIMARY KEY, receipt TEXT NOT NULL REFERENCES decisions (receipt) ON DELETE CASCADE,
    at_ms INTEGER NOT NULL, kind TEXT NOT NULL, facts TEXT NOT NULL
  ) STRICT;
  CREATE INDEX outcomes_receipt ON outcomes (receipt);`;
const FORGET = `
  DELETE FROM decisions WHERE receipt IN
    (SELECT receipt FROM decisions ORDER BY at_ms DESC LIMIT -1 OFFSET ${MOST_DECISIONS})`;
const DECIDED = `
  INSERT OR IGNORE INTO decisions
    (receipt, at_ms, model, task, language, features, chance, cost_usd, total_ms, stop, simulated)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const HAPPENED = 'INSERT INTO outcomes (receipt, at_ms, kind, facts) VALUES (?, ?, ?, ?)';

type Row = { readonly decision: DecisionRecord } | { readonly outcome: Outcome };

export class SqliteOutcomes implements OutcomeStore, Disposable {
  readonly #db: DatabaseSync;
  readonly #rows: WriteBehind<Row>;

  private constructor(db: DatabaseSync, clock: Clock, onFailure: (error: SluiceError) => void) {
    const decided = db.prepare(DECIDED);
    const happened = db.prepare(HAPPENED);
    const write = (row: Row) => {
      if ('decision' in row) decided.run(...decisionRow(row.decision));
      else happened.run(...outcomeRow(row.outcome));
    };
    this.#db = db;
    this.#rows = new WriteBehind({ db, clock, onFailure, write });
  }

  /** Throws as `openSqlite`. `onFailure` hears of rows that could not be written later on. */
  static async open(
    file: string,
    clock: Clock,
    onFailure: (error: SluiceError) => void,
  ): Promise<SqliteOutcomes> {
    const db = await openSqlite(file, { version: OUTCOMES_VERSION, tables: TABLES });
    db.exec('PRAGMA foreign_keys = ON');
    db.exec(FORGET);
    return new SqliteOutcomes(db, clock, onFailure);
  }

  decided(decision: DecisionRecord): void {
    this.#rows.add({ decision });
  }

  happened(outcome: Outcome): void {
    this.#rows.add({ outcome });
  }

  dispose(): void {
    this.#rows.dispose();
    this.#db.close();
  }
}

function decisionRow(record: DecisionRecord) {
  const { task, language, ...features } = record.features;
  return [
    record.receiptId,
    Math.round(record.atMs),
    record.modelKey,
    task,
    language,
    JSON.stringify(features),
    record.chance,
    record.costUsd ?? null,
    record.totalMs,
    record.stop,
    record.simulated ? 1 : 0,
  ];
}

function outcomeRow({ receiptId, atMs, kind, ...facts }: Outcome) {
  return [receiptId, Math.round(atMs), kind, JSON.stringify(facts)];
}
