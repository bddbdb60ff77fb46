import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setup, suite, teardown, test } from 'mocha';
import type { Disposable } from '../../src/base/disposable.ts';
import type { SluiceError } from '../../src/base/errors.ts';
import { Learning } from '../../src/flow/learning.ts';
import { SqliteLessons } from '../../src/node/sqliteLessons.ts';
import { taskFeatures } from '../../src/routing/features.ts';
import type { Lesson } from '../../src/routing/lessons.ts';
import { FakeClock } from '../support/fakeClock.ts';

/** Bytes of a page of SQLite. */
const PAGE = 4_096;
const SECRET = 'renameTheSecretThing';
const lesson = (taskId: string, grade: number): Lesson => ({
  taskId,
  atMs: 1,
  modelKey: 'p/m',
  features: taskFeatures({
    task: 'fix',
    instruction: `please ${SECRET} now`,
    language: 'go',
    code: `const ${SECRET} = 1`,
    problems: 0,
    inputTokens: 20,
  }),
  grade,
  weight: 1,
  source: 'person',
});

suite('SQLite lessons', () => {
  let folder = '';
  let clock = new FakeClock();
  const opened: Disposable[] = [];
  const aside: string[] = [];
  const file = () => join(folder, 'learned.db');
  const open = async (holder: string) => {
    const onMovedAside = (name: string) => void aside.push(name);
    const store = await SqliteLessons.open({
      file: file(),
      holder,
      clock,
      onFailure: assert.fail,
      onMovedAside,
    });
    opened.push(store);
    return store;
  };
  const window = async (holder: string) => {
    const store = await open(holder);
    return new Learning({ clock, store, qualityOf: () => 0.7 });
  };
  const chanceIn = (learning: Learning) =>
    learning.chances(['p/m'], lesson('x', 1).features)[0]?.chance ?? -1;

  setup(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-lessons-'));
    clock = new FakeClock();
  });
  teardown(() => {
    for (const store of opened.splice(0)) store.dispose();
    aside.length = 0;
    rmSync(folder, { recursive: true });
  });

  test('what is learned outlives the window, without prompt or code', async () => {
    const first = await window('a');
    for (let task = 0; task < 30; task += 1) first.teach(lesson(`t${task}`, 0));
    const learned = chanceIn(first);
    for (const store of opened.splice(0)) store.dispose();

    const second = await window('b');

    assert.equal(second.lessons, 30);
    assert.ok(learned < 0.4, `${learned}`);
    assert.ok(Math.abs(chanceIn(second) - learned) < 0.02, `${chanceIn(second)} ${learned}`);
    const db = new DatabaseSync(file());
    const rows = JSON.stringify(db.prepare('SELECT * FROM lessons').all()).toLowerCase();
    db.close();
    assert.ok(!rows.includes(SECRET.toLowerCase()));
  });

  test('two windows at once lose nothing of each other', async () => {
    const one = await window('a');
    const two = await window('b');
    for (let task = 0; task < 20; task += 1) {
      one.teach(lesson(`a${task}`, 0));
      two.teach(lesson(`b${task}`, 0));
      clock.advance(1_000);
    }

    one.sync();
    two.sync();

    assert.equal(one.lessons, 40);
    assert.equal(two.lessons, 40);
  });

  test('forgetting holds in every window, and after a restart', async () => {
    const one = await window('a');
    const two = await window('b');
    for (let task = 0; task < 20; task += 1) one.teach(lesson(`a${task}`, 0));
    clock.advance(1_000);
    two.sync();
    assert.equal(two.lessons, 20);

    two.forget();
    one.sync();

    assert.equal(one.lessons, 0);
    assert.equal(two.lessons, 0);
    assert.equal((await window('c')).lessons, 0);
  });

  test('a file that cannot be read is moved aside and told, and learning begins anew', async () => {
    writeFileSync(file(), 'this is no database, and it is long enough to look like one to nobody at all');

    const learning = await window('a');
    learning.teach(lesson('t', 1));

    assert.equal(learning.lessons, 1);
    assert.equal(aside.length, 1);
    assert.ok(readdirSync(folder).some((name) => name.includes('unreadable')));
  });

  test('a damaged page in the middle is as well: at every page that lessons lie on', async () => {
    const first = await window('a');
    for (let task = 0; task < 30; task += 1) first.teach(lesson(`t${task}`, 0));
    for (const store of opened.splice(0)) store.dispose();
    const whole = readFileSync(file());
    assert.ok(whole.length > 3 * PAGE);

    for (let at = PAGE; at < whole.length; at += PAGE) {
      writeFileSync(file(), Buffer.from(whole).fill(0x5a, at, at + PAGE));
      aside.length = 0;

      const learning = await window('b');
      learning.teach(lesson('t', 1));

      assert.deepEqual([learning.lessons, aside.length], [1, 1], `page at ${at}`);
      for (const store of opened.splice(0)) store.dispose();
    }
  });

  test('damage that comes while it is open is told, and no request fails by it', async () => {
    const failures: SluiceError[] = [];
    const onFailure = (error: SluiceError) => void failures.push(error);
    const terms = { file: file(), holder: 'a', clock, onFailure, onMovedAside: assert.fail };
    const store = await SqliteLessons.open(terms);
    opened.push(store);
    const learning = new Learning({ clock, store, qualityOf: () => 0.7 });
    const db = new DatabaseSync(file());
    db.exec('DROP TABLE lessons');
    db.close();

    learning.sync();

    assert.equal(failures[0]?.code, 'storage-unusable');
    assert.equal(chanceIn(learning) > 0, true);
  });

  test('a row that is no lesson is passed over', async () => {
    (await open('a')).dispose();
    opened.length = 0;
    const db = new DatabaseSync(file());
    const add = db.prepare("INSERT INTO lessons (holder, lesson) VALUES ('z', ?)");
    for (const bad of ['{', '7', '{"taskId":"t"}', JSON.stringify({ ...lesson('t', 1), grade: 7 })])
      add.run(bad);
    add.run(JSON.stringify(lesson('good', 1)));
    db.close();

    assert.equal((await window('b')).lessons, 1);
  });
});
