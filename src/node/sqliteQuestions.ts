/**
 * The questions whose answers the caches hold, and what people said of answers to similar ones: in SQLite, shared by all
 * windows of this machine, sent nowhere. The words of a question are here; no code and no answer is.
 */
import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../base/clock.ts';
import type { SluiceError } from '../base/errors.ts';
import type { KeptQuestion, KeptVerdict, QuestionStore } from '../flow/similarAnswers.ts';
import { openSqlite } from './sqliteFile.ts';
import { WriteBehind } from './writeBehind.ts';

export const QUESTIONS_VERSION = 1;
/** Older ones are forgotten when the file is opened. */
const MOST_QUESTIONS = 2_000;
const MOST_VERDICTS = 2_000;
const TABLES = `
  CREATE TABLE questions (
    key TEXT PRIMARY KEY, scope TEXT NOT NULL, question TEXT NOT NULL, at_ms INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE verdicts (
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, score REAL NOT NULL, verdict TEXT NOT NULL, at_ms INTEGER NOT NULL
  ) STRICT;`;
const FORGET = `
  DELETE FROM questions WHERE key IN (SELECT key FROM questions ORDER BY at_ms DESC LIMIT -1 OFFSET ${MOST_QUESTIONS});
  DELETE FROM verdicts WHERE id IN (SELECT id FROM verdicts ORDER BY id DESC LIMIT -1 OFFSET ${MOST_VERDICTS})`;
const KEEP = 'INSERT OR REPLACE INTO questions (key, scope, question, at_ms) VALUES (?, ?, ?, ?)';
const JUDGED = 'INSERT INTO verdicts (kind, score, verdict, at_ms) VALUES (?, ?, ?, ?)';

type Row =
  | { readonly question: KeptQuestion }
  | { readonly verdict: KeptVerdict }
  | { readonly forget: string }
  | { readonly clear: true };

export class SqliteQuestions implements QuestionStore {
  readonly #db: DatabaseSync;
  readonly #rows: WriteBehind<Row>;

  private constructor(db: DatabaseSync, clock: Clock, onFailure: (error: SluiceError) => void) {
    const keep = db.prepare(KEEP);
    const judged = db.prepare(JUDGED);
    const forget = db.prepare('DELETE FROM questions WHERE key = ?');
    const write = (row: Row) => {
      if ('question' in row) {
        const { key, scope, question, atMs } = row.question;
        keep.run(key, scope, question, Math.round(atMs));
      } else if ('verdict' in row) {
        const { kind, score, verdict, atMs } = row.verdict;
        judged.run(kind, score, verdict, Math.round(atMs));
      } else if ('forget' in row) forget.run(row.forget);
      else db.exec('DELETE FROM questions');
    };
    this.#db = db;
    this.#rows = new WriteBehind({ db, clock, onFailure, write });
  }

  /** Throws as `openSqlite`. `onFailure` hears of rows that could not be written later on. */
  static async open(
    file: string,
    clock: Clock,
    onFailure: (error: SluiceError) => void,
  ): Promise<SqliteQuestions> {
    const db = await openSqlite(file, { version: QUESTIONS_VERSION, tables: TABLES });
    db.exec(FORGET);
    return new SqliteQuestions(db, clock, onFailure);
  }

  questions(): KeptQuestion[] {
    this.#rows.flush();
    const rows = this.#db
      .prepare('SELECT key, scope, question, at_ms AS atMs FROM questions ORDER BY at_ms')
      .all();
    return rows.map(({ key, scope, question, atMs }) => ({
      key: String(key),
      scope: String(scope),
      question: String(question),
      atMs: Number(atMs),
    }));
  }

  verdicts(): KeptVerdict[] {
    this.#rows.flush();
    const rows = this.#db
      .prepare('SELECT kind, score, verdict, at_ms AS atMs FROM verdicts ORDER BY id')
      .all();
    return rows.map(({ kind, score, verdict, atMs }) => ({
      kind: kind === 'free' ? 'free' : 'code',
      score: Number(score),
      verdict: verdict === 'wrong' ? 'wrong' : 'right',
      atMs: Number(atMs),
    }));
  }

  keep(question: KeptQuestion): void {
    this.#rows.add({ question });
  }

  forget(key: string): void {
    this.#rows.add({ forget: key });
  }

  judged(verdict: KeptVerdict): void {
    this.#rows.add({ verdict });
  }

  clear(): void {
    this.#rows.add({ clear: true });
  }

  dispose(): void {
    this.#rows.dispose();
    this.#db.close();
  }
}
