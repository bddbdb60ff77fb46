import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setup, suite, teardown, test } from 'mocha';
import { SluiceError } from '../../src/base/errors.ts';
import { QUESTIONS_VERSION, SqliteQuestions } from '../../src/node/sqliteQuestions.ts';
import { FakeClock } from '../support/fakeClock.ts';

let folder = '';
setup(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-'));
});
teardown(() => rmSync(folder, { recursive: true, force: true }));

const path = () => join(folder, 'questions.db');

async function open() {
  const failures: unknown[] = [];
  const store = await SqliteQuestions.open(path(), new FakeClock(), (error) => failures.push(error));
  return { store, failures };
}

const question = (n: number) => ({ key: `k${n}`, scope: 's', question: `what does ${n} do`, atMs: n });

suite('questions in SQLite', () => {
  test('what one window keeps another one finds, in the order of time; asked again, it is kept once', async () => {
    const [a, b] = [await open(), await open()];
    for (const n of [2, 1, 3]) a.store.keep(question(n));
    a.store.keep({ ...question(2), atMs: 9 });
    a.store.forget('k3');
    a.store.judged({ kind: 'free', score: 0.75, verdict: 'wrong', atMs: 5.6 });
    a.store.dispose();

    assert.deepEqual(b.store.questions(), [question(1), { ...question(2), atMs: 9 }]);
    assert.deepEqual(b.store.verdicts(), [{ kind: 'free', score: 0.75, verdict: 'wrong', atMs: 6 }]);
    b.store.dispose();
    assert.deepEqual([a.failures, b.failures], [[], []]);
  });

  test('cleared, no question is left, and what people said of answers stays', async () => {
    const { store } = await open();
    store.keep(question(1));
    store.judged({ kind: 'code', score: 1, verdict: 'right', atMs: 1 });

    store.clear();

    assert.deepEqual([store.questions().length, store.verdicts().length], [0, 1]);
    store.dispose();
  });

  test('at most two thousand outlive the window, the newest', async () => {
    const { store } = await open();
    for (let n = 0; n < 2_050; n += 1) store.keep(question(n));
    store.dispose();

    const { store: later } = await open();
    const kept = later.questions();

    assert.deepEqual([kept.length, kept[0]?.atMs, kept.at(-1)?.atMs], [2_000, 50, 2_049]);
    later.dispose();
  });

  test('a damaged file, and one of a newer version, cannot be used and are said to be so', async () => {
    writeFileSync(path(), 'no database at all, but long enough to be taken for one'.repeat(50));
    await assert.rejects(
      open(),
      (error) => SluiceError.is(error, 'storage-unusable') && error.facts.why === 'corrupt',
    );
    rmSync(path());

    const db = new DatabaseSync(path());
    db.exec(`CREATE TABLE theirs (x); PRAGMA user_version = ${QUESTIONS_VERSION + 1}`);
    db.close();
    await assert.rejects(
      open(),
      (error) => SluiceError.is(error, 'storage-unusable') && error.facts.why === 'newer-version',
    );
  });
});
