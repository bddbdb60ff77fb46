/** A cache file of 200,000 entries: what a get and a write take. Units as the names say. */
import { DatabaseSync } from 'node:sqlite';
import { systemClock as clock } from '../../src/base/clock.ts';
import { seededRandom } from '../../src/base/random.ts';
import type { Kept } from '../../src/cache/cacheStore.ts';
import { SqliteCache } from '../../src/node/sqliteCache.ts';
import { quantile, round } from './report.ts';

const ENTRIES = 200_000;
const GETS = 20_000;
const WRITES = 3_000;
const ROUNDS = 5;

function kept(index: number): Kept {
  const storedAtMs = clock.now();
  const until = storedAtMs + 3_600_000;
  const text = JSON.stringify({ text: `answer ${index} `.repeat(50) }).slice(0, 800);
  return {
    ...{ text, strategy: 'answers', scope: 's', model: 'p/m', files: [], savesUsd: 0.001 * (index % 100) },
    ...{ storedAtMs, staleAtMs: until, expiresAtMs: until },
  };
}

const keyOf = (index: number) => `${index}-abcdefghijklmnopqrstuvwxyz0123456789ABCDEF`.slice(0, 43);

export async function diskFigures(file: string) {
  const random = seededRandom(1);
  const store = await SqliteCache.open({ file, clock, random, maxBytes: () => 1e9 });
  const filler = new DatabaseSync(file);
  filler.exec('BEGIN IMMEDIATE');
  const insert = filler.prepare(
    `INSERT INTO entries (key, strategy, scope, model, stored_ms, stale_ms, expires_ms, saves_usd, files, rank, bytes, text)
     VALUES (?, 'answers', 's', 'p/m', ?, ?, ?, ?, '', ?, ?, ?)`,
  );
  for (let index = 0; index < ENTRIES; index += 1) {
    const { storedAtMs, expiresAtMs, savesUsd, text } = kept(index);
    insert.run(
      keyOf(index),
      storedAtMs,
      expiresAtMs,
      expiresAtMs,
      savesUsd,
      random() * 1e4,
      text.length + 400,
      text,
    );
  }
  filler.exec('COMMIT');
  const bare = filler.prepare('SELECT text FROM entries WHERE key = ?');
  let [getUs, bareUs] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let turn = 0; turn < ROUNDS; turn += 1) {
    const keys = Array.from({ length: GETS }, () => keyOf(Math.floor(random() * ENTRIES)));
    getUs = Math.min(
      getUs,
      timed(keys, (key) => store.get(key)),
    );
    bareUs = Math.min(
      bareUs,
      timed(keys, (key) => bare.get(key)),
    );
  }
  const writes: number[] = [];
  for (let index = 0; index < WRITES; index += 1) {
    const startedMs = performance.now();
    await store.set(keyOf(ENTRIES + index), kept(index));
    writes.push(performance.now() - startedMs);
  }
  const { bytes = 0, filter } = store.facts();
  const pages = Number(filler.prepare('PRAGMA page_count').get()?.page_count) * 4_096;
  filler.close();
  store.dispose();
  return {
    ...{ entries: ENTRIES, getUs: round(getUs), bareUs: round(bareUs), filter },
    writeP50Ms: round(quantile(writes, 0.5)),
    writeP99Ms: round(quantile(writes, 0.99)),
    writeMaxMs: round(Math.max(...writes)),
    fileToCounted: round(pages / bytes),
  };
}

function timed(keys: readonly string[], get: (key: string) => unknown): number {
  const startedMs = performance.now();
  for (const key of keys) if (get(key) === undefined) throw new Error(`no ${key}`);
  return ((performance.now() - startedMs) * 1_000) / keys.length;
}
