import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setup, suite, teardown, test } from 'mocha';
import { SluiceError } from '../../src/base/errors.ts';
import { OUTCOMES_VERSION, SqliteOutcomes } from '../../src/node/sqliteOutcomes.ts';
import { taskFeatures } from '../../src/routing/features.ts';
import type { DecisionRecord } from '../../src/routing/outcomes.ts';
import { FakeClock } from '../support/fakeClock.ts';

const CODE = 'const secretName = "do not keep me";';
const DECISION: DecisionRecord = {
  receiptId: 'r1',
  atMs: 1_795_000_000_000,
  modelKey: 'p/m',
  features: taskFeatures({
    task: 'edit',
    instruction: 'rename secretName',
    language: 'typescript',
    code: CODE,
    problems: 1,
    inputTokens: 12,
  }),
  chance: 0.8,
  totalMs: 900,
  stop: 'complete',
  simulated: false,
};

suite('SQLite outcomes', () => {
  let folder = '';
  const failures: SluiceError[] = [];
  const file = () => join(folder, 'deep', 'outcomes.db');
  const open = () => SqliteOutcomes.open(file(), new FakeClock(), (error) => failures.push(error));
  const rows = (sql: string) => {
    const db = new DatabaseSync(file());
    try {
      return db.prepare(sql).all();
    } finally {
      db.close();
    }
  };

  setup(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-'));
    failures.length = 0;
  });
  teardown(() => rmSync(folder, { recursive: true, force: true }));

  test('a decision and what became of it are there after a restart, once each', async () => {
    const first = await open();
    first.decided(DECISION);
    first.happened({ receiptId: 'r1', atMs: 1, kind: 'edit-settled', accepted: 2, rejected: 1, lost: 0 });
    first.dispose();
    const second = await open();
    second.decided(DECISION);
    second.happened({ receiptId: 'r1', atMs: 2, kind: 'undone', afterMs: 900 });
    second.dispose();

    const decisions = rows('SELECT receipt, model, task, language, cost_usd, simulated FROM decisions');
    const outcomes = rows('SELECT receipt, kind, facts FROM outcomes ORDER BY id');

    assert.deepEqual(
      decisions.map((row) => ({ ...row })),
      [{ receipt: 'r1', model: 'p/m', task: 'edit', language: 'typescript', cost_usd: null, simulated: 0 }],
    );
    assert.deepEqual(
      outcomes.map(({ kind, facts }) => [kind, JSON.parse(String(facts))]),
      [
        ['edit-settled', { accepted: 2, rejected: 1, lost: 0 }],
        ['undone', { afterMs: 900 }],
      ],
    );
    assert.deepEqual(failures, []);
  });

  test('no code and no instruction is kept', async () => {
    const store = await open();
    store.decided(DECISION);
    store.dispose();

    assert.doesNotMatch(JSON.stringify(rows('SELECT * FROM decisions')), /secretName|do not keep me/);
  });

  test('two windows write to one file', async () => {
    const [one, two] = [await open(), await open()];
    one.decided(DECISION);
    two.decided({ ...DECISION, receiptId: 'r2' });
    one.dispose();
    two.dispose();

    assert.equal(rows('SELECT * FROM decisions').length, 2);
  });

  test('a file of a newer version is left untouched and named', async () => {
    (await open()).dispose();
    const db = new DatabaseSync(file());
    db.exec(`PRAGMA user_version = ${OUTCOMES_VERSION + 1}`);
    db.close();

    await assert.rejects(
      open(),
      (error) => SluiceError.is(error, 'storage-unusable') && error.facts.why === 'newer-version',
    );
  });
});
