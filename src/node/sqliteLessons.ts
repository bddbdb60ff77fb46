/**
 * What was learned from outcomes, one row a lesson, in a SQLite file that all windows of this machine share: numbers
 * and names of models, languages and tasks, words as numbers of buckets; no prompt, no code, no answer.
 */
import { renameSync, rmSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { SluiceError } from '../base/errors.ts';
import { type KeptLesson, type Lesson, type LessonStore, parseLesson } from '../routing/lessons.ts';
import { openSqlite, unusable } from './sqliteFile.ts';
import { WriteBehind } from './writeBehind.ts';

export const LESSONS_VERSION = 1;
/** Older ones say little of today's models. Some 0.6 kB each, 1.6 kB at most: under 5 MB in all. */
const MOST_LESSONS = 2_500;
const TABLES = `
  CREATE TABLE lessons (row INTEGER PRIMARY KEY AUTOINCREMENT, holder TEXT NOT NULL, lesson TEXT NOT NULL) STRICT;
  CREATE TABLE forgotten (times INTEGER NOT NULL) STRICT;
  INSERT INTO forgotten VALUES (0);`;
const SHORTEN = `
  DELETE FROM lessons WHERE row <= (SELECT row FROM lessons ORDER BY row DESC LIMIT 1 OFFSET ${MOST_LESSONS})`;
const ADD = 'INSERT INTO lessons (holder, lesson) VALUES (?, ?)';
/** The rows of other windows, and all rows at the first look. */
const READ = 'SELECT row, lesson FROM lessons WHERE row > ? AND (holder <> ? OR ? = 0) ORDER BY row';

export interface SqliteLessonsTerms {
  readonly file: string;
  /** Names this window. */
  readonly holder: string;
  readonly clock: Clock;
  /** Hears of lessons that could not be written; they stay pending. */
  readonly onFailure: (error: SluiceError) => void;
  /** The file could not be read: it stands beside, under this name, and a new one was begun. */
  readonly onMovedAside: (file: string) => void;
}

export class SqliteLessons implements LessonStore, Disposable {
  readonly #db: DatabaseSync;
  readonly #holder: string;
  readonly #rows: WriteBehind<Lesson>;
  readonly #onFailure: (error: SluiceError) => void;
  #version: number | undefined;
  #forgotten: number;

  private constructor(db: DatabaseSync, { holder, clock, onFailure }: SqliteLessonsTerms) {
    const add = db.prepare(ADD);
    this.#db = db;
    this.#holder = holder;
    this.#onFailure = onFailure;
    this.#forgotten = this.#timesForgotten();
    const write = (lesson: Lesson) => void add.run(holder, JSON.stringify(lesson));
    this.#rows = new WriteBehind({ db, clock, onFailure, write });
  }

  /** Throws `storage-unusable` where the folder cannot be written or a newer version made the file. */
  static async open(terms: SqliteLessonsTerms): Promise<SqliteLessons> {
    const { file, clock, onMovedAside } = terms;
    try {
      return new SqliteLessons(await opened(file), terms);
    } catch (error) {
      if (!SluiceError.is(error, 'storage-unusable') || error.facts.why !== 'corrupt') throw error;
      const aside = `${file}.unreadable-${clock.now()}`;
      renameSync(file, aside);
      for (const part of ['-wal', '-shm']) rmSync(file + part, { force: true });
      onMovedAside(aside);
      return new SqliteLessons(await opened(file), terms);
    }
  }

  add(lesson: Lesson): void {
    this.#rows.add(lesson);
  }

  read(row: number): { readonly kept: readonly KeptLesson[]; readonly forgotten: boolean } {
    try {
      return this.#readAfter(row);
    } catch (error) {
      // What was learned is of less worth than the request that waits for it.
      this.#onFailure(unusable(error));
      return { kept: [], forgotten: false };
    }
  }

  #readAfter(row: number): { readonly kept: readonly KeptLesson[]; readonly forgotten: boolean } {
    const version = Number(this.#db.prepare('PRAGMA data_version').get()?.data_version);
    if (version === this.#version) return { kept: [], forgotten: false };
    this.#version = version;
    const times = this.#timesForgotten();
    const forgotten = times !== this.#forgotten;
    this.#forgotten = times;
    const from = forgotten ? 0 : row;
    const rows = this.#db.prepare(READ).all(from, this.#holder, from);
    return { kept: rows.flatMap(keptOf), forgotten };
  }

  forget(): void {
    this.#rows.drop();
    this.#db.exec('DELETE FROM lessons; UPDATE forgotten SET times = times + 1');
    this.#forgotten = this.#timesForgotten();
  }

  dispose(): void {
    this.#rows.dispose();
    this.#db.close();
  }

  #timesForgotten(): number {
    return Number(this.#db.prepare('SELECT times FROM forgotten').get()?.times);
  }
}

async function opened(file: string): Promise<DatabaseSync> {
  const db = await openSqlite(file, { version: LESSONS_VERSION, tables: TABLES, checked: true });
  try {
    db.exec(SHORTEN);
    return db;
  } catch (error) {
    db.close();
    throw unusable(error);
  }
}

/** A row that is no lesson is passed over. */
function keptOf({ row, lesson }: Record<string, unknown>): KeptLesson[] {
  const parsed = parseLesson(parsedJson(lesson));
  return parsed === undefined ? [] : [{ row: Number(row), lesson: parsed }];
}

function parsedJson(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    return undefined;
  }
}
