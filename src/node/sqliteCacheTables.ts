/** Tables and statements of the cache on disk. Units: milliseconds (wall clock), bytes, USD. */
import type { Schema } from './sqliteFile.ts';

/**
 * `rank` orders entries by what they are worth: log2(saved cost / bytes) + time of the last use / half-life, which is the
 * logarithm of saved cost × recency / bytes without what is the same for all. `text` is a string, or a packed one.
 * `totals` is kept by triggers: a sum over all rows would read the whole file.
 */
export const CACHE_SCHEMA: Schema = {
  version: 1,
  first: 'PRAGMA auto_vacuum = INCREMENTAL',
  tables: `
    CREATE TABLE entries (
      id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, strategy TEXT NOT NULL, scope TEXT NOT NULL,
      model TEXT NOT NULL, stored_ms REAL NOT NULL, stale_ms REAL NOT NULL, expires_ms REAL NOT NULL,
      saves_usd REAL NOT NULL, files TEXT NOT NULL, rank REAL NOT NULL, bytes INTEGER NOT NULL, text ANY NOT NULL
    ) STRICT;
    CREATE INDEX entries_rank ON entries (rank);
    CREATE INDEX entries_expires ON entries (expires_ms);
    CREATE INDEX entries_about ON entries (scope, model, strategy);
    CREATE TABLE files (path TEXT NOT NULL, entry INTEGER NOT NULL, hash TEXT NOT NULL, PRIMARY KEY (path, entry)) STRICT, WITHOUT ROWID;
    CREATE INDEX files_entry ON files (entry);
    CREATE TABLE leases (key TEXT PRIMARY KEY, holder TEXT NOT NULL, until_ms REAL NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE totals (id INTEGER PRIMARY KEY CHECK (id = 1), entries INTEGER NOT NULL, bytes INTEGER NOT NULL) STRICT;
    INSERT INTO totals VALUES (1, 0, 0);
    CREATE TRIGGER entries_in AFTER INSERT ON entries BEGIN
      UPDATE totals SET entries = entries + 1, bytes = bytes + new.bytes;
    END;
    CREATE TRIGGER entries_other AFTER UPDATE OF bytes ON entries BEGIN
      UPDATE totals SET bytes = bytes + new.bytes - old.bytes;
    END;
    CREATE TRIGGER entries_out AFTER DELETE ON entries BEGIN
      UPDATE totals SET entries = entries - 1, bytes = bytes - old.bytes;
      DELETE FROM files WHERE entry = old.id;
    END;`,
};

export const SQL = {
  // One text for all but the answer: eleven columns take twice as long (6.4 and 3.5 µs, measured 2026-11-27).
  get: `SELECT json_array(id, bytes, strategy, scope, model, stored_ms, stale_ms, expires_ms, saves_usd, files) AS head, text
    FROM entries WHERE key = ?`,
  set: `INSERT INTO entries (key, strategy, scope, model, stored_ms, stale_ms, expires_ms, saves_usd, files, rank, bytes, text)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (key) DO UPDATE SET strategy = excluded.strategy, scope = excluded.scope, model = excluded.model,
      stored_ms = excluded.stored_ms, stale_ms = excluded.stale_ms, expires_ms = excluded.expires_ms,
      saves_usd = excluded.saves_usd, files = excluded.files, rank = excluded.rank, bytes = excluded.bytes,
      text = excluded.text
    RETURNING id`,
  used: 'UPDATE entries SET rank = ? WHERE id = ?',
  delete: 'DELETE FROM entries WHERE key = ?',
  bytesOf: 'SELECT bytes FROM entries WHERE key = ?',
  evict: 'DELETE FROM entries WHERE id = (SELECT id FROM entries WHERE key <> ? ORDER BY rank LIMIT 1)',
  expire: 'DELETE FROM entries WHERE id IN (SELECT id FROM entries WHERE expires_ms <= ? LIMIT ?)',
  totals: 'SELECT entries, bytes FROM totals',
  noFiles: 'DELETE FROM files WHERE entry = ?',
  file: 'INSERT OR REPLACE INTO files (path, entry, hash) VALUES (?, ?, ?)',
  lease: `INSERT INTO leases (key, holder, until_ms) VALUES (?1, ?2, ?3)
    ON CONFLICT (key) DO UPDATE SET holder = excluded.holder, until_ms = excluded.until_ms
    WHERE holder = excluded.holder OR until_ms <= ?4 OR until_ms > ?5`,
  release: 'DELETE FROM leases WHERE key = ? AND holder = ?',
  oldLeases: 'DELETE FROM leases WHERE until_ms <= ?',
  all: 'DELETE FROM entries',
  scope: 'DELETE FROM entries WHERE scope = ?',
  strategy: 'DELETE FROM entries WHERE strategy = ?',
  model: 'DELETE FROM entries WHERE model = ? AND strategy = ?',
  fileOf: 'DELETE FROM entries WHERE id IN (SELECT entry FROM files WHERE path = ? AND hash <> ?)',
  scopeKeys: 'SELECT key FROM entries WHERE scope = ?',
} as const;
