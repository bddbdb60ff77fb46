import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setup, suite, teardown, test } from 'mocha';
import { SluiceError } from '../../src/base/errors.ts';
import type { UsageRecord } from '../../src/metrics/usageLedger.ts';
import { SCHEMA_VERSION, SqliteLedger } from '../../src/node/sqliteLedger.ts';
import { FakeClock } from '../support/fakeClock.ts';

const RECORD: UsageRecord = {
  atMs: 1_795_000_000_000,
  day: '2026-11-21',
  task: 'explain',
  modelKey: 'p/m',
  simulated: false,
  cache: 'none',
  stop: 'complete',
  inputTokens: 100,
  outputTokens: 10,
  costUsd: 0.25,
  totalMs: 800,
};

suite('SQLite ledger', () => {
  let folder = '';
  const failures: SluiceError[] = [];
  const file = () => join(folder, 'deep', 'sluice.db');
  const open = (clock = new FakeClock()) => SqliteLedger.open(file(), clock, (error) => failures.push(error));

  setup(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-'));
    failures.length = 0;
  });
  teardown(() => rmSync(folder, { recursive: true, force: true }));

  test('what was recorded is there after a restart, unknown costs apart', async () => {
    const { costUsd: _known, ...unpriced } = RECORD;
    const first = await open();
    first.add(RECORD);
    first.add({ ...RECORD, simulated: true });
    first.add(unpriced);
    const pending = first.day(RECORD.day);
    first.dispose();

    const second = await open();

    assert.deepEqual(second.day(RECORD.day), pending);
    assert.deepEqual(pending, {
      day: RECORD.day,
      requests: 3,
      inputTokens: 300,
      outputTokens: 30,
      usd: 0.25,
      simulatedUsd: 0.25,
      unknownCost: 1,
    });
    assert.equal(second.day('2026-11-20').requests, 0);
    second.dispose();
  });

  test('two windows write to one history', async () => {
    const clock = new FakeClock();
    const [one, two] = [await open(clock), await open(clock)];
    one.add(RECORD);
    two.add(RECORD);

    clock.advance(250);

    assert.deepEqual([one.day(RECORD.day).requests, two.day(RECORD.day).requests], [2, 2]);
    assert.deepEqual(failures, []);
    one.dispose();
    two.dispose();
  });

  test('a history written by a newer version is left untouched and named', async () => {
    (await open()).dispose();
    const db = new DatabaseSync(file());
    db.exec(`PRAGMA journal_mode = DELETE; PRAGMA user_version = ${SCHEMA_VERSION + 1}`);
    db.close();
    const before = readFileSync(file());

    const opening = open();

    await assert.rejects(
      opening,
      (error) => SluiceError.is(error, 'storage-unusable') && error.facts.why === 'newer-version',
    );
    assert.ok(readFileSync(file()).equals(before));
  });

  test('a file that is no database is named as damaged and not overwritten', async () => {
    (await open()).dispose();
    writeFileSync(file(), 'this is not a database, '.repeat(500));

    const opening = open();

    await assert.rejects(
      opening,
      (error) => SluiceError.is(error, 'storage-unusable') && error.facts.why === 'corrupt',
    );
    assert.ok(readFileSync(file(), 'utf8').startsWith('this is not'));
  });

  test('a folder that cannot be written is named', async () => {
    writeFileSync(join(folder, 'deep'), 'a file where the folder should be');

    const opening = open();

    await assert.rejects(
      opening,
      (error) => SluiceError.is(error, 'storage-unusable') && error.facts.why === 'not-writable',
    );
  });

  test('a write that fails keeps the rows, says so, and writes them later', async () => {
    const clock = new FakeClock();
    const ledger = await open(clock);
    const blocker = new DatabaseSync(file());
    blocker.exec('BEGIN IMMEDIATE');
    ledger.add(RECORD);

    clock.advance(250);
    const whileBlocked = ledger.day(RECORD.day).requests;
    blocker.exec('COMMIT');
    blocker.close();
    ledger.add(RECORD);
    clock.advance(250);

    assert.equal(whileBlocked, 1);
    assert.equal(failures.length, 1);
    assert.equal(ledger.day(RECORD.day).requests, 2);
    ledger.dispose();
  });
});
