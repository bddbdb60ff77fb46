/** The file of the levels: made by the first window that comes, anew where it is damaged. */
import type { DatabaseSync } from 'node:sqlite';
import { SluiceError } from '../base/errors.ts';
import { moveAside, openSqlite, unusable } from './sqliteFile.ts';

/** Counts up with every change of the table or of what a book holds. */
export const LEVELS_VERSION = 1;
const TABLE = `
  CREATE TABLE levels (platform TEXT PRIMARY KEY, wall_ms REAL NOT NULL, book TEXT NOT NULL) STRICT;`;
/** Levels are a few pages, however often they are written: fewer checkpoints are fewer waits for the disk. */
const CHECKPOINT_PAGES = 1_000;

/**
 * Nobody waits for the disk: a process that is killed loses nothing by that, but a power failure may damage the file. What
 * it said is said anew by the platforms and the settings, so a damaged one is put aside and another begun. Throws
 * `storage-unusable`: folder not writable, or made by a newer version (then left untouched).
 */
export async function openLevelsFile(file: string): Promise<DatabaseSync> {
  return over(await openOrAnew(file), (db) => {
    db.exec(
      `PRAGMA busy_timeout = 0; PRAGMA synchronous = OFF; PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`,
    );
    return db;
  });
}

/** What is made over an open file; where it cannot be, the file is closed. Throws `storage-unusable`. */
export function over<Made>(db: DatabaseSync, make: (db: DatabaseSync) => Made): Made {
  try {
    return make(db);
  } catch (error) {
    db.close();
    throw unusable(error);
  }
}

async function openOrAnew(file: string): Promise<DatabaseSync> {
  const schema = { version: LEVELS_VERSION, tables: TABLE };
  try {
    return await openSqlite(file, schema);
  } catch (error) {
    if (!SluiceError.is(error, 'storage-unusable') || error.facts.why !== 'corrupt') throw error;
    moveAside(file);
    return openSqlite(file, schema);
  }
}
