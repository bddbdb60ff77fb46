import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { suite, test } from 'mocha';
import { SluiceError } from '../../src/base/errors.ts';
import { SqliteTrials, TRIALS_VERSION } from '../../src/node/sqliteTrials.ts';
import { trialStoreLaws } from '../routing/trialStoreLaws.ts';
import { FakeClock } from '../support/fakeClock.ts';

async function inFolder(run: (file: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-'));
  try {
    await run(join(folder, 'trials.db'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const open = (file: string) =>
  SqliteTrials.open(file, new FakeClock(), (error) => assert.fail(`written: ${error.code}`));

trialStoreLaws('SQLite, after a restart', (run) =>
  inFolder(async (file) => {
    let store = await open(file);
    await run(store, async () => {
      store.dispose();
      store = await open(file);
      return store;
    });
    store.dispose();
  }),
);

suite('SQLite trials', () => {
  test('two windows count into the same sums', () =>
    inFolder(async (file) => {
      const [one, two] = [await open(file), await open(file)];
      const seen = { atMs: 1, experiment: 'bar#1', variant: 'a', totalMs: 100 };
      one.observed({ ...seen, receiptId: '1' });
      two.observed({ ...seen, receiptId: '2' });
      two.judged({ receiptId: '2', accepted: 1, quality: 1 });
      two.sums('bar#1');

      const [sums] = one.sums('bar#1');

      assert.deepEqual([sums?.count, sums?.accepted.sum], [2, 1]);
      one.dispose();
      two.dispose();
    }));

  test('a damaged page is told at the start, and not by a request that meets it', () =>
    inFolder(async (file) => {
      const store = await open(file);
      store.observed({ receiptId: '1', atMs: 1, experiment: 'bar#1', variant: 'a', totalMs: 100 });
      store.dispose();
      writeFileSync(file, readFileSync(file).fill(0x5a, 4_096));

      await assert.rejects(
        () => open(file),
        (error) => SluiceError.is(error, 'storage-unusable') && error.facts.why === 'corrupt',
      );
    }));

  test('damage that comes while it is open is told, and nothing is counted', () =>
    inFolder(async (file) => {
      const told: string[] = [];
      const store = await SqliteTrials.open(file, new FakeClock(), ({ code }) => told.push(code));
      const db = new DatabaseSync(file);
      for (const table of ['observations', 'shadow', 'answers', 'benchmarks']) db.exec(`DROP TABLE ${table}`);
      db.close();

      const read = [
        store.sums('a'),
        store.shadow('2026-01-01', false),
        store.answers(),
        store.lastBenchmark('a', 'b'),
      ];

      assert.deepEqual(read, [[], [], [], []]);
      assert.deepEqual(told, new Array(4).fill('storage-unusable'));
      store.dispose();
    }));

  test('a file of a newer version is left untouched and named', () =>
    inFolder(async (file) => {
      (await open(file)).dispose();
      const db = new DatabaseSync(file);
      db.exec(`PRAGMA user_version = ${TRIALS_VERSION + 1}`);
      db.close();

      await assert.rejects(
        open(file),
        (error) => SluiceError.is(error, 'storage-unusable') && error.facts.why === 'newer-version',
      );
    }));
});
