/** Opening a SQLite file of ours: its version, its tables, and what an error of it means. Units: milliseconds. */
import type { DatabaseSync } from 'node:sqlite';
import { SluiceError } from '../base/errors.ts';

export interface FilePlan {
  /** How long to stand still for a lock while opening. */
  readonly busyMs: number;
  readonly version: number;
  readonly tables: string;
}

/** Throws `storage-unusable` for a file of a newer version, which is left untouched. */
export function prepareDatabase(db: DatabaseSync, { busyMs, version, tables }: FilePlan): void {
  db.exec(`PRAGMA busy_timeout = ${busyMs}`);
  const found = versionOf(db);
  if (found > version) {
    const detail = `${found} > ${version}`;
    throw new SluiceError('storage-unusable', { why: 'newer-version', detail });
  }
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 200');
  if (found === version) return;
  db.exec('BEGIN IMMEDIATE');
  try {
    // Another window may have been faster.
    if (versionOf(db) < version) db.exec(`${tables} PRAGMA user_version = ${version}`);
    db.exec('COMMIT');
  } catch (error) {
    db.exec('ROLLBACK');
    throw error;
  }
}

function versionOf(db: DatabaseSync): number {
  return Number(db.prepare('PRAGMA user_version').get()?.user_version);
}

/** SQLITE_NOTADB and SQLITE_CORRUPT, SQLITE_BUSY; see https://www.sqlite.org/rescode.html (read 2026-11-21). */
const CORRUPT = new Set([11, 26]);
const BUSY = 5;

export function isBusy(error: unknown): boolean {
  return (codeOf(error) & 0xff) === BUSY;
}

export function unusable(error: unknown): SluiceError<'storage-unusable'> {
  const { code, message } = error as { code?: string; message?: string };
  const why = CORRUPT.has(codeOf(error) & 0xff) ? 'corrupt' : 'not-writable';
  return new SluiceError('storage-unusable', { why, detail: message ?? code ?? '' }, { cause: error });
}

function codeOf(error: unknown): number {
  const { errcode } = error as { errcode?: unknown };
  return typeof errcode === 'number' ? errcode : 0;
}
