import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { suite, suiteSetup, suiteTeardown, test } from 'mocha';
import { SluiceError } from '../../src/base/errors.ts';
import { seededRandom } from '../../src/base/random.ts';
import { GuardedLevel } from '../../src/cache/guardedLevel.ts';
import { DiskCache, openDiskCache } from '../../src/node/diskCache.ts';
import { SqliteCache } from '../../src/node/sqliteCache.ts';
import { cacheLaws, kept } from '../cache/cacheLaws.ts';
import { FakeClock } from '../support/fakeClock.ts';

let folder = '';
let opened = 0;
suiteSetup(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-'));
});
suiteTeardown(() => rmSync(folder, { recursive: true, force: true }));

const fresh = () => join(folder, `${++opened}.db`);
const open = (clock: FakeClock, maxBytes: number, file = fresh()) =>
  SqliteCache.open({ ...{ clock, random: seededRandom(1), maxBytes: () => maxBytes }, file });

cacheLaws({ name: 'in SQLite', sequences: 20, open });

suite('cache on disk', () => {
  test('room is made by what saves least for its size; what was used lately stays', async () => {
    const clock = new FakeClock();
    const store = await open(clock, 10_000);
    for (let index = 0; index < 8; index += 1) {
      await store.set(`k${index}`, kept(clock, 'x'.repeat(800), { savesUsd: index === 3 ? 1e-5 : 0.01 }));
    }
    await store.set('new', kept(clock, 'x'.repeat(800)));
    await store.set('newer', kept(clock, 'x'.repeat(800)));

    assert.equal(store.get('k3'), undefined);
    assert.ok(store.get('new') && store.get('newer'));
    assert.ok((store.facts().evictions ?? 0) >= 1 && (store.facts().bytes ?? 0) <= 10_000);
    store.dispose();
  });

  test('a value too large for the file is not kept and pushes nothing out', async () => {
    const clock = new FakeClock();
    const store = await open(clock, 8_000_000);
    await store.set('small', kept(clock, 'x'));

    await store.set('5 MB', kept(clock, randomBytes(2_500_000).toString('hex')));

    assert.equal(store.get('5 MB'), undefined);
    assert.ok(store.get('small'));
    store.dispose();
  });

  test('a value that would take more than a quarter of the file is not kept either, and its lease ends', async () => {
    const clock = new FakeClock();
    const store = await open(clock, 100_000);
    for (let n = 0; n < 20; n += 1) await store.set(`k${n}`, kept(clock, 'x'.repeat(900)));
    store.lease('large', 'us', 10_000);

    await store.set('large', kept(clock, randomBytes(30_000).toString('hex')), 'us');

    assert.equal(store.get('large'), undefined);
    assert.equal(store.lease('large', 'them', 10_000), 'ours');
    assert.deepEqual([store.facts().entries, store.facts().evictions], [20, 0]);
    store.dispose();
  });

  test('what is too large takes the place of the old value all the same', async () => {
    const clock = new FakeClock();
    const store = await open(clock, 100_000);
    await store.set('k', kept(clock, 'not good enough'));

    await store.set('k', kept(clock, randomBytes(30_000).toString('hex')));

    assert.deepEqual([store.get('k'), store.facts().entries], [undefined, 0]);
    store.dispose();
  });

  test('where the bound is lowered, the file shrinks to it a little at a time, and no write takes long for it', async () => {
    const clock = new FakeClock();
    let maxBytes = 1e6;
    const store = await SqliteCache.open({
      ...{ file: fresh(), clock, random: seededRandom(1), maxBytes: () => maxBytes },
    });
    for (let n = 0; n < 700; n += 1) store.set(`k${n}`, kept(clock, 'x'.repeat(900)));

    maxBytes = 50_000;
    store.set('k1', kept(clock, 'new'));
    const { evictions: atOnce, entries: left } = store.facts();
    clock.advance(2_000);
    store.set('k1', kept(clock, 'newer'));

    assert.deepEqual([atOnce, left], [0, 699]);
    const { bytes = 0, entries = 0 } = store.facts();
    assert.ok(bytes <= maxBytes && entries > 30, `${entries} of ${bytes} bytes`);
    assert.equal(store.get('k1')?.text, 'newer');
    store.dispose();
  });

  test('another window that writes just then does not end the tidying', async () => {
    const clock = new FakeClock();
    const file = fresh();
    const store = await open(clock, 1e7, file);
    for (let n = 0; n < 300; n += 1) store.set(`k${n}`, kept(clock, randomBytes(2_000).toString('hex')));
    store.drop({ kind: 'all' });
    const pages = () => Number(other.prepare('PRAGMA freelist_count').get()?.freelist_count);
    const other = new DatabaseSync(file);
    const before = pages();

    other.exec('BEGIN IMMEDIATE');
    clock.advance(10_000);
    const meanwhile = pages();
    other.exec('ROLLBACK');
    clock.advance(120_000);

    assert.ok(before > 100 && meanwhile === before, `${before}, ${meanwhile}`);
    assert.ok(pages() < before / 2, `${pages()} of ${before}`);
    other.close();
    store.dispose();
  });

  test('a right that was taken before the clock was set back ends with the time that it may take', async () => {
    const clock = new FakeClock();
    const store = await open(clock, 100_000);
    assert.equal(store.lease('k', 'a window that ended', 10_000), 'ours');

    clock.jump(-3_600_000);

    assert.equal(store.lease('k', 'us', 10_000), 'ours');
    assert.equal(store.lease('k', 'them', 10_000), 'taken');
    store.dispose();
  });

  test('a long text is compressed and comes back as it was', async () => {
    const clock = new FakeClock();
    const store = await open(clock, 1_000_000);
    const texts = ['grüße 🙂 '.repeat(300), 'const total = 1;\n'.repeat(5_000), 'short'];
    for (const [index, text] of texts.entries()) await store.set(`k${index}`, kept(clock, text));

    const back = texts.map((_, index) => store.get(`k${index}`)?.text);

    assert.deepEqual(back, texts);
    const { plainBytes, packedBytes } = store.facts();
    assert.ok(packedBytes < plainBytes / 10);
    store.dispose();
  });

  test('a row that somebody else wrote is rejected, not thrown: odd files, an unknown kind, no packed text', async () => {
    const clock = new FakeClock();
    const file = fresh();
    const store = await open(clock, 1e6, file);
    const rows = {
      'odd files': "files = '[{'",
      'files of another shape': `files = '[{"path":1},null]'`,
      'no files but a number': "files = '7'",
      'unknown kind': "strategy = 'retrieval'",
      'no packed text': "text = x'02ffff'",
      'a number': 'text = 7',
      'endless life': 'expires_ms = 9e999, stale_ms = 9e999',
    };
    for (const key of [...Object.keys(rows), 'ours']) await store.set(key, kept(clock, 'x'));
    const other = new DatabaseSync(file);
    for (const [key, change] of Object.entries(rows))
      other.exec(`UPDATE entries SET ${change} WHERE key = '${key}'`);
    other.close();

    const found = Object.keys(rows).map((key) => store.get(key));
    const leased = Object.keys(rows).map((key) => store.lease(key, 'us', 1_000));

    assert.deepEqual(
      found.slice(0, -1),
      Array.from({ length: 6 }, () => undefined),
    );
    assert.deepEqual(
      leased.slice(0, -1),
      Array.from({ length: 6 }, () => 'ours'),
    );
    assert.equal(store.facts().rejected, 6);
    assert.equal(store.get('ours')?.text, 'x');
    store.dispose();
  });

  test('a damaged file is moved aside, made anew and told once; a newer one is left as it is', async () => {
    const clock = new FakeClock();
    const [damaged, newer] = [fresh(), fresh()];
    writeFileSync(damaged, 'this is no database, whatever its name says '.repeat(100));
    const other = new DatabaseSync(newer);
    other.exec('CREATE TABLE theirs (x); PRAGMA user_version = 99');
    other.close();
    const before = readFileSync(newer);
    const told: unknown[] = [];
    const deps = { clock, random: seededRandom(1), maxBytes: () => 1e6 };
    const onFailure = (error: unknown) => told.push(error);

    const store = await openDiskCache({ ...deps, file: damaged, onFailure });
    await store?.set('k', kept(clock, 'x'));
    const none = await openDiskCache({ ...deps, file: newer, onFailure });

    assert.equal(store?.get('k')?.text, 'x');
    assert.ok(existsSync(`${damaged}.damaged`));
    assert.deepEqual([none, told.length], [undefined, 2]);
    assert.deepEqual(readFileSync(newer), before);
    store?.dispose();
  });

  test('a file of our version whose tables are not ours, or gone, is moved aside and made anew', async () => {
    const clock = new FakeClock();
    for (const tables of ['CREATE TABLE entries (x)', '']) {
      const file = fresh();
      const other = new DatabaseSync(file);
      other.exec(`${tables}; PRAGMA user_version = 1`);
      other.close();
      const told: unknown[] = [];
      const deps = { file, clock, random: seededRandom(1), maxBytes: () => 1e6 };

      const store = await openDiskCache({ ...deps, onFailure: (error) => told.push(error) });
      await store?.set('k', kept(clock, 'x'));

      assert.equal(store?.get('k')?.text, 'x');
      assert.ok(existsSync(`${file}.damaged`));
      assert.ok(told.length === 1 && SluiceError.is(told[0], 'storage-unusable'));
      assert.equal(told[0].facts.why, 'corrupt');
      store?.dispose();
    }
  });

  test('where the folder is a file there is no store, and why is told as such', async () => {
    writeFileSync(join(folder, 'deep'), 'a file where the folder should be');
    const told: unknown[] = [];
    const deps = { clock: new FakeClock(), random: seededRandom(1), maxBytes: () => 1e6 };

    const none = await openDiskCache({
      ...deps,
      file: join(folder, 'deep/cache.db'),
      onFailure: (error) => told.push(error),
    });

    assert.equal(none, undefined);
    assert.ok(SluiceError.is(told[0], 'storage-unusable') && told[0].facts.why === 'not-writable');
  });

  test('a disk that is full is still read, said once, and written to again later', async () => {
    const clock = new FakeClock();
    const store = await open(clock, 1e6);
    await store.set('there', kept(clock, 'kept before'));
    let full = true;
    let tries = 0;
    const real = store.set.bind(store);
    store.set = (key, value, lease) => {
      tries += 1;
      if (full) throw Object.assign(new Error('database or disk is full'), { errcode: 13 });
      return real(key, value, lease);
    };
    const told: unknown[] = [];
    const deps = { file: '', clock, random: seededRandom(1), maxBytes: () => 1e6 };
    const disk = new DiskCache({ ...deps, onFailure: (error) => told.push(error) }, store);
    const level = new GuardedLevel(disk, { clock, random: seededRandom(1), slowAfterMs: () => 50 });

    await level.set('new', kept(clock, 'x'));
    await level.set('newer', kept(clock, 'x'));
    const found = await level.get('there', (kept) => kept);
    const right = await level.lease('newest', 'us', 1_000);
    full = false;
    clock.advance(30_001);
    await level.set('later', kept(clock, 'x'));

    assert.equal(found?.text, 'kept before');
    assert.deepEqual([right, told.length, tries], [undefined, 1, 2]);
    assert.ok(SluiceError.is(told[0], 'storage-unusable'));
    assert.equal(told[0].facts.why, 'not-writable');
    assert.equal((await level.get('later', (kept) => kept))?.text, 'x');
    level.dispose();
  });

  test('damaged while two windows have it open: it is made anew once, told once in each, and both share the new one', async () => {
    const clock = new FakeClock();
    const file = fresh();
    const full = await open(clock, 1e7, file);
    for (let n = 0; n < 300; n += 1) await full.set(`k${n}`, kept(clock, `${n} `.repeat(200)));
    full.dispose();
    const told: string[] = [];
    const window = async (name: string) => {
      const deps = { file, clock, random: seededRandom(1), maxBytes: () => 1e7 };
      const store = await openDiskCache({ ...deps, onFailure: () => told.push(name) });
      assert.ok(store);
      return store;
    };
    const [a, b] = [await window('a'), await window('b')];
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.fill(0x5a, 4_096));

    // Whoever touches the damage goes without; the level's breaker asks again a moment later.
    const touch = async (store: typeof a) => {
      for (let n = 0; n < 300; n += 1) {
        try {
          const found = store.get(`k${n}`)?.text;
          assert.ok(found === undefined || found === `${n} `.repeat(200));
        } catch {
          // Damaged, or being replaced.
        }
      }
      for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    };
    await touch(a);
    await a.set('new', kept(clock, 'whole'));
    const log = statSync(`${file}-wal`).ino;
    await touch(b);
    await b.set('newer', kept(clock, 'shared'));

    assert.deepEqual([a.get('new')?.text, b.get('new')?.text, told], ['whole', 'whole', ['a', 'b']]);
    assert.deepEqual([a.get('newer')?.text, statSync(`${file}-wal`).ino], ['shared', log]);
    assert.equal(readFileSync(`${file}.damaged`).subarray(4_096, 4_100).toString(), 'ZZZZ');
    for (const store of [a, b]) store.dispose();
  });

  test('two windows on one file see what the other keeps, and only one of them gets the right to make a value', async () => {
    const clock = new FakeClock();
    const file = fresh();
    const [a, b] = [await open(clock, 1e6, file), await open(clock, 1e6, file)];

    const leases = [a.lease('k', 'a', 1_000), b.lease('k', 'b', 1_000), a.lease('k', 'a', 1_000)];
    await a.set('k', kept(clock, 'x'), 'a');
    const seen = [b.get('k'), b.lease('k', 'b', 1_000)].map((value) => (value as { text: string }).text);
    await a.lease('dead', 'a', 1_000);
    clock.advance(1_001);

    assert.deepEqual(leases, ['ours', 'taken', 'ours']);
    assert.deepEqual(seen, ['x', 'x']);
    assert.equal(b.lease('dead', 'b', 1_000), 'ours');
    for (const store of [a, b]) store.dispose();
  });
});
