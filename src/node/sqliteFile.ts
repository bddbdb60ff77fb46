/** Opens a SQLite file that several windows share: version checked, WAL, made by the first that comes. */
import { existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { SluiceError } from '../base/errors.ts';

/** Another window may be writing. Milliseconds. */
const BUSY_MS = 200;

export interface Schema {
  /** Counts up with every change of the tables. */
  readonly version: number;
  /** Makes the tables in an empty file. */
  readonly tables: string;
  /** Said to a file that is still empty, before anything else. */
  readonly first?: string;
  /** Looks for damaged pages, for a file that is small and that requests rest on: one met later would fail them. */
  readonly checked?: true;
}

/**
 * Throws `storage-unusable`: folder not writable, file corrupt, or made by a newer version (then left untouched).
 * Whoever opens it closes it.
 */
export async function openSqlite(file: string, schema: Schema): Promise<DatabaseSync> {
  const { DatabaseSync } = await import('node:sqlite');
  try {
    mkdirSync(dirname(file), { recursive: true });
    const db = new DatabaseSync(file);
    try {
      prepare(db, schema);
    } catch (error) {
      db.close();
      throw error;
    }
    return db;
  } catch (error) {
    throw SluiceError.any(error) ? error : unusable(error);
  }
}

/** Tells a file from another one that has its name later. `undefined`: there is none. */
export function identityOf(file: string): string | undefined {
  const found = statSync(file, { bigint: true, throwIfNoEntry: false });
  return found && `${found.dev} ${found.ino} ${found.birthtimeNs}`;
}

/**
 * One damaged file is kept for whoever wants to know; the next one takes its place. With `identity` only that very file
 * is meant: another window may have moved it and begun a new one.
 */
export function moveAside(file: string, identity = identityOf(file)): void {
  if (identityOf(file) !== identity) return;
  for (const ending of ['', '-wal', '-shm']) {
    rmSync(`${file}.damaged${ending}`, { force: true });
    if (existsSync(`${file}${ending}`)) renameSync(`${file}${ending}`, `${file}.damaged${ending}`);
  }
}

/** Runs `write` as a whole or not at all. Throws what SQLite throws; see `unusable`. */
export function inTransaction(db: DatabaseSync, write: () => void): void {
  db.exec('BEGIN IMMEDIATE');
  try {
    write();
    db.exec('COMMIT');
  } catch (error) {
    db.exec('ROLLBACK');
    throw error;
  }
}

/** SQLITE_NOTADB and SQLITE_CORRUPT, SQLITE_READONLY and SQLITE_FULL, SQLITE_BUSY; see https://www.sqlite.org/rescode.html (read 2026-11-21). */
const CORRUPT = new Set([11, 26]);
const NOT_WRITABLE = new Set([8, 13]);
const BUSY = 5;

/** Another window holds the file just now. */
export function isBusy(error: unknown): boolean {
  return codeOf(error) === BUSY;
}

/** The disk is full, or the file may only be read: what is there can still be read. */
export function isNotWritable(error: unknown): boolean {
  return NOT_WRITABLE.has(codeOf(error));
}

function codeOf(error: unknown): number {
  const { errcode } = error as { errcode?: unknown };
  return typeof errcode === 'number' ? errcode & 0xff : 0;
}

/** What SQLite threw, in our one language of errors. */
export function unusable(error: unknown): SluiceError<'storage-unusable'> {
  const { code, message } = error as { code?: string; message?: string };
  const why = CORRUPT.has(codeOf(error)) ? 'corrupt' : 'not-writable';
  return new SluiceError('storage-unusable', { why, detail: message ?? code ?? '' }, { cause: error });
}

/** As `unusable`, of a file that is not what its version says. */
export function damaged(error: unknown): SluiceError<'storage-unusable'> {
  const { facts } = unusable(error);
  return new SluiceError('storage-unusable', { ...facts, why: 'corrupt' }, { cause: error });
}

function prepare(db: DatabaseSync, { version, tables, first, checked }: Schema): void {
  db.exec(`PRAGMA busy_timeout = ${BUSY_MS}`);
  const found = versionOf(db);
  if (checked && found === version) lookForDamage(db);
  if (found > version) {
    throw new SluiceError('storage-unusable', { why: 'newer-version', detail: `${found} > ${version}` });
  }
  if (found === 0 && first !== undefined) db.exec(first);
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 200');
  if (found === version) return;
  inTransaction(db, () => {
    // Another window may have been faster.
    if (versionOf(db) < version) db.exec(`${tables} PRAGMA user_version = ${version}`);
  });
}

function lookForDamage(db: DatabaseSync): void {
  const [told] = Object.values(db.prepare('PRAGMA quick_check(1)').get() ?? {});
  if (told !== 'ok') throw new SluiceError('storage-unusable', { why: 'corrupt', detail: String(told) });
}

function versionOf(db: DatabaseSync): number {
  return Number(db.prepare('PRAGMA user_version').get()?.user_version);
}
