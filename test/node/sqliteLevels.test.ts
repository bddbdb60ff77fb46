import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setup, suite, teardown, test } from 'mocha';
import { systemClock } from '../../src/base/clock.ts';
import { SluiceError } from '../../src/base/errors.ts';
import { seededRandom } from '../../src/base/random.ts';
import { bookNowMs } from '../../src/node/sharedTime.ts';
import { SqliteLevels } from '../../src/node/sqliteLevels.ts';
import { LEVELS_VERSION } from '../../src/node/sqliteLevelsFile.ts';
import type { DeclaredLimit } from '../../src/quota/declaredLimits.ts';
import { LazyLevels } from '../../src/quota/lazyLevels.ts';
import { Quota } from '../../src/quota/quota.ts';
import { levelOf } from '../../src/quota/shares.ts';
import { ask, take } from '../quota/storeLaws.ts';
import { FakeClock } from '../support/fakeClock.ts';
import { startPeer } from '../support/levelPeer.ts';

const HOUR_MS = 3_600_000;
const WINDOW: DeclaredLimit = {
  platform: 'p',
  unit: 'tokens',
  window: '5h',
  windowMs: 5 * HOUR_MS,
  size: 1_000,
};
const demand = { inputTokens: 100, outputTokens: 0 };

suite('SQLite levels', () => {
  let folder = '';
  const failures: SluiceError[] = [];
  const file = () => join(folder, 'deep', 'levels.db');
  const open = (
    clock = new FakeClock(),
    onFailure: (error: SluiceError) => void = (error) => failures.push(error),
  ) => SqliteLevels.open({ file: file(), clock, random: seededRandom(1), onFailure });
  const level = (store: SqliteLevels) => {
    const row = store.book('p')?.limits[0];
    return row && levelOf(row);
  };

  setup(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-'));
    failures.length = 0;
  });
  teardown(() => {
    rmSync(folder, { recursive: true, force: true });
    assert.deepEqual(failures, []);
  });

  test('what one window takes the other sees, and a restart does not forget it', async () => {
    const clock = new FakeClock();
    const [one, two] = [await open(clock), await open(clock)];
    await one.run('p', { kind: 'declare', limits: [WINDOW] });
    let heard = 0;
    two.onChange(() => {
      heard += 1;
    });

    await take(one, 'p', ask('a', 0, 300));
    clock.advance(500);
    const seen = level(two);
    one.dispose();
    two.dispose();
    const later = await open(clock);

    assert.deepEqual([seen, level(later)], [700, 700]);
    assert.ok(heard > 0);
    later.dispose();
  });

  test('two processes together never get more than one bucket has', async () => {
    const store = await open(new FakeClock(systemClock.now()));
    await store.run('p', { kind: 'declare', limits: [{ ...WINDOW, size: 20_000 }] });
    const plan = { takes: 300, pauseMs: 0, settle: false, tokens: 100 };
    const peers = ['one', 'two'].map((holder) => startPeer(file(), { ...plan, holder }));

    const reports = await Promise.all(peers.map(({ done }) => done));
    for (const peer of peers) peer.kill();
    const granted = reports.map((report) => report.granted);

    assert.equal(
      granted.reduce((sum, count) => sum + count, 0),
      200,
      String(granted),
    );
    store.dispose();
  });

  test('a process that is killed gives back what it held when its lease is over', async () => {
    const clock = new FakeClock(systemClock.now());
    const store = await open(clock);
    await store.run('p', { kind: 'declare', limits: [WINDOW] });
    const peer = startPeer(file(), { holder: 'peer', takes: 5, pauseMs: 0, settle: false, tokens: 100 });
    await peer.done;

    peer.kill();
    clock.advance(500);
    const held = level(store);
    // The other process read a wall clock that has gone on meanwhile.
    clock.advance(15_000 + 10_000);
    await store.run('p', { kind: 'renew', holder: 'us', leaseMs: 15_000 });

    assert.deepEqual([held, level(store)], [500, 1_000]);
    store.dispose();
  });

  test('a window that lives keeps what it holds; one that closes gives it back at once', async () => {
    const clock = new FakeClock();
    const [one, two] = [await open(clock), await open(clock)];
    const quota = new Quota(clock, { store: one, holder: 'one' });
    quota.declare('p', [WINDOW]);
    const grant = await quota.request({ platform: 'p', model: 'm', priority: 'critical', demand });

    clock.advance(60_000);
    await two.run('p', { kind: 'renew', holder: 'two', leaseMs: 15_000 });
    const held = level(two);
    quota.dispose();
    clock.advance(500);

    assert.ok(grant.approved);
    assert.deepEqual([held, level(two)], [900, 1_000]);
    two.dispose();
  });

  test('a request of one window waits behind an older one of another', async () => {
    const clock = new FakeClock();
    const minute: DeclaredLimit = { platform: 'p', unit: 'tokens', size: 600, refillPerMs: 0.01 };
    const [one, two] = await Promise.all(
      ['one', 'two'].map(async (holder) => new Quota(clock, { store: await open(clock), holder })),
    );
    assert.ok(one && two);
    one.declare('p', [minute]);
    const request = (tokens: number) => ({
      platform: 'p',
      model: 'm',
      priority: 'high' as const,
      demand: { inputTokens: tokens, outputTokens: 0 },
    });
    const never = new AbortController().signal;
    await one.acquire(request(360), { patienceMs: 0 }, never);
    const order: string[] = [];
    const first = one.acquire(request(60), { patienceMs: 60_000 }, never).then(() => order.push('first'));
    for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
    clock.advance(600);
    const second = two.acquire(request(1), { patienceMs: 60_000 }, never).then(() => order.push('second'));

    await clock.until(Promise.all([first, second]));

    assert.deepEqual(order, ['first', 'second']);
    one.dispose();
    two.dispose();
  });

  test('two windows share a bucket of two platforms, and one that no longer has any of them takes nothing away', async () => {
    const clock = new FakeClock();
    const rules = { priorities: () => false };
    const [one, two] = [
      new Quota(clock, { store: await open(clock), holder: 'one', ...rules }),
      new Quota(clock, { store: await open(clock), holder: 'two', ...rules }),
    ];
    const key = 'shared:fallback';
    const shared = { key, platforms: ['a', 'b'], limits: [{ ...WINDOW, platform: key }] };
    for (const quota of [one, two]) quota.share([shared]);
    const ask = (quota: Quota, platform: string, tokens: number) =>
      quota.request({
        ...{ platform, model: 'm', priority: 'medium' },
        demand: { inputTokens: tokens, outputTokens: 0 },
      });

    const first = await ask(one, 'a', 600);
    const refused = await ask(two, 'b', 600);
    two.share([]);
    clock.advance(1_000);
    const after = await ask(one, 'b', 600);
    const rest = await ask(one, 'b', 400);

    assert.deepEqual(
      [first, refused, after, rest].map(({ approved }) => approved),
      [true, false, false, true],
    );
    assert.deepEqual([two.states(), one.states()[0]?.level], [[], 0]);
    one.dispose();
    two.dispose();
  });

  test('a lock that is held for a moment delays an operation and loses none, in order', async () => {
    const clock = new FakeClock();
    const store = await open(clock);
    await store.run('p', { kind: 'declare', limits: [WINDOW] });
    const blocker = new DatabaseSync(file());
    blocker.exec('BEGIN IMMEDIATE');

    const taken = take(store, 'p', ask('a', 0, 300));
    const settled = store.run('p', { kind: 'settle', id: 'a', used: demand });
    const pending = settled instanceof Promise;
    clock.advance(100);
    blocker.exec('COMMIT');
    blocker.close();
    clock.advance(10);

    assert.deepEqual([pending, (await taken).ok, (await settled).ok, level(store)], [true, true, true, 900]);
    store.dispose();
  });

  test('a file of a newer version is left untouched and named; levels go on in memory', async () => {
    (await open()).dispose();
    const db = new DatabaseSync(file());
    db.exec(`PRAGMA journal_mode = DELETE; PRAGMA user_version = ${LEVELS_VERSION + 1}`);
    db.close();
    const before = readFileSync(file());
    const told: unknown[] = [];
    const clock = new FakeClock();
    const store = new LazyLevels({
      clock,
      open: () => open(clock),
      onFailure: (error) => void told.push(error),
    });
    const quota = new Quota(clock, { store });

    quota.declare('p', [WINDOW]);
    const grant = await quota.request({ platform: 'p', model: 'm', priority: 'critical', demand });

    const [error] = told;
    assert.ok(grant.approved && told.length === 1);
    assert.ok(SluiceError.is(error, 'storage-unusable') && error.facts.why === 'newer-version');
    assert.equal(quota.states()[0]?.level, 900);
    assert.ok(readFileSync(file()).equals(before));
    quota.dispose();
  });

  test('a folder that cannot be written is named; a damaged file is put aside, and another begun', async () => {
    writeFileSync(join(folder, 'deep'), 'a file where the folder should be');
    const isUnusable = (why: string) => (error: unknown) =>
      SluiceError.is(error, 'storage-unusable') && error.facts.why === why;
    await assert.rejects(open(), isUnusable('not-writable'));
    rmSync(join(folder, 'deep'));
    (await open()).dispose();
    writeFileSync(file(), 'this is not a database, '.repeat(500));

    const anew = await open();
    assert.ok((await anew.run('p', { kind: 'declare', limits: [WINDOW] })).ok);
    anew.dispose();

    assert.ok(readFileSync(`${file()}.damaged`, 'utf8').startsWith('this is not'));
    const again = await open();
    assert.equal(again.book('p')?.limits[0]?.size, WINDOW.size);
    again.dispose();
  });

  test('a row that is no book is begun anew, whatever stands there; the others stay', async () => {
    const first = await open();
    await first.run('good', { kind: 'declare', limits: [WINDOW] });
    await first.run('p', { kind: 'declare', limits: [WINDOW] });
    const sound = JSON.parse(JSON.stringify(first.book('p')));
    first.dispose();
    const [row] = sound.limits;
    const bad: readonly unknown[] = [
      'no JSON {',
      null,
      {},
      [],
      { ...sound, limits: 'none' },
      { ...sound, limits: [null] },
      { ...sound, atMs: null },
      { ...sound, limits: [{ ...row, shares: [1, 2] }] },
      { ...sound, limits: [{ ...row, shares: [1, 2, 3, null] }] },
      { ...sound, limits: [{ ...row, shares: [900, 900, 900, 900] }] },
      { ...sound, limits: [{ ...row, size: -1 }] },
      { ...sound, limits: [{ ...row, unit: 'furlongs' }] },
      { ...sound, limits: [{ ...row, slots: 7 }] },
      { ...sound, held: [{ id: 'x' }] },
      { ...sound, waiting: 1 },
      { ...sound, askedAtMs: [] },
    ];
    for (const book of bad) {
      const text = typeof book === 'string' ? book : JSON.stringify(book);
      const db = new DatabaseSync(file());
      db.prepare('UPDATE levels SET book = ? WHERE platform = ?').run(text, 'p');
      db.close();
      const store = await open();
      const quota = new Quota(new FakeClock(), { store });

      const states = quota.states().map(({ platform }) => platform);
      quota.declare('p', [WINDOW]);
      const grant = await quota.request({ platform: 'p', model: 'm', priority: 'critical', demand });

      assert.deepEqual([states, grant.approved, level(store)], [['good'], true, 900], text.slice(0, 200));
      quota.dispose();
    }
  });
});

suite('the time of a shared book', () => {
  const written = { atMs: 1_000, wallMs: 50_000 };
  const seen = { ...written, monotonicMs: 7 };

  test('is the wall clock’s, for who has not seen the book before and for who has slept', () => {
    assert.equal(bookNowMs(written, undefined, 53_000, 0), 4_000);
    assert.equal(bookNowMs(written, seen, 50_000 + HOUR_MS, 8), 1_000 + HOUR_MS);
  });

  test('goes on when the wall clock is set back, and never backwards', () => {
    assert.equal(bookNowMs(written, seen, 50_000 - HOUR_MS, 507), 1_500);
    assert.equal(bookNowMs(written, undefined, 50_000 - HOUR_MS, 0), 1_000);
  });

  test('takes no more than a month at once', () => {
    assert.equal(bookNowMs(written, undefined, 50_000 + 1e15, 0), 1_000 + 31 * 24 * HOUR_MS);
  });
});
