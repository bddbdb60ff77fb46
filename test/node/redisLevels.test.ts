import assert from 'node:assert/strict';
import { Redis } from 'ioredis';
import { setup, suite, suiteSetup, suiteTeardown, teardown, test } from 'mocha';
import { systemClock } from '../../src/base/clock.ts';
import { seededRandom } from '../../src/base/random.ts';
import { COLD, HEAD, HOT } from '../../src/node/redisBook.ts';
import type { RedisTrouble } from '../../src/node/redisConnection.ts';
import { RedisLevels, type RedisLevelsDeps } from '../../src/node/redisLevels.ts';
import type { DeclaredLimit } from '../../src/quota/declaredLimits.ts';
import type { LevelStore } from '../../src/quota/levelStore.ts';
import { levelOf } from '../../src/quota/shares.ts';
import { ask, take } from '../quota/storeLaws.ts';
import { startPeer } from '../support/levelPeer.ts';
import { type RedisServer, startRedis } from '../support/redisServer.ts';
import { until } from '../support/until.ts';

const WINDOW: DeclaredLimit = {
  platform: 'p',
  unit: 'tokens',
  window: '5h',
  windowMs: 5 * 3_600_000,
  size: 1_000,
};
const LEASE_MS = 15_000;

interface Window {
  readonly store: RedisLevels;
  readonly states: (RedisTrouble | undefined)[];
}

suite('Redis levels', () => {
  let server: RedisServer;
  let admin: Redis;
  let opened: RedisLevels[] = [];
  suiteSetup(async () => {
    server = await startRedis();
  });
  suiteTeardown(() => server.stop());
  setup(async () => {
    await server.start();
    admin = new Redis(server.url);
    admin.on('error', () => undefined);
    await admin.flushall();
    await admin.config('SET', 'maxmemory', '0');
  });
  teardown(() => {
    for (const store of opened) store.dispose();
    opened = [];
    admin.disconnect();
  });

  async function open(holder: string, changes: Partial<RedisLevelsDeps> = {}): Promise<Window> {
    const states: (RedisTrouble | undefined)[] = [];
    const store = await RedisLevels.open({
      address: { url: server.url },
      prefix: 'sluice',
      clock: systemClock,
      random: seededRandom(1),
      holder,
      // A machine under load is no dead Redis.
      answerWithinMs: 5_000,
      onState: (trouble) => states.push(trouble),
      ...changes,
    });
    opened.push(store);
    return { store, states };
  }
  const level = (store: LevelStore) => {
    const row = store.book('p')?.limits[0];
    return row === undefined ? Number.NaN : levelOf(row);
  };
  const becomes = (what: string, probe: () => boolean) => until({ what, timeoutMs: 8_000 }, probe);
  const declare = (store: LevelStore, size = 1_000) =>
    store.run('p', { kind: 'declare', limits: [{ ...WINDOW, size }] });
  const whole = (id: string, tokens: number) => ask(id, 0, tokens, { fair: false });

  test('what one window takes another sees, and a restart of the window forgets nothing', async () => {
    const one = await open('one');
    await declare(one.store);
    const two = await open('two');

    await take(one.store, 'p', whole('a', 300), 'one');
    await becomes('the other window to see it', () => level(two.store) === 700);
    one.store.dispose();
    const later = await open('later');
    await becomes('a new window to see it', () => level(later.store) === 700);

    assert.deepEqual([...one.states, ...two.states, ...later.states], []);
  });

  test('four processes that ask for ten times what there is get all of it and no more', async () => {
    const { store } = await open('us', { prefix: 'peers' });
    await declare(store, 10_000);
    const plan = { takes: 250, pauseMs: 0, settle: false, tokens: 100 };
    const peers = ['a', 'b', 'c', 'd'].map((holder) =>
      startPeer(server.url, { ...plan, holder }, 'redisPeerMain.ts'),
    );

    const reports = await Promise.all(peers.map(({ done }) => done));
    for (const peer of peers) peer.kill();

    assert.equal(
      reports.reduce((sum, { granted }) => sum + granted, 0),
      100,
    );
  }).timeout(120_000);

  test('several requests at once, of windows that each think they are alone, get all there is and no more', async () => {
    const windows = [await open('one'), await open('two'), await open('three')];
    const [first] = windows;
    assert.ok(first);
    const total = 120;
    await declare(first.store, total);
    await becomes('all to know of it', () => windows.every(({ store }) => level(store) === total));
    let granted = 0;
    const ask10 = async ({ store }: Window, name: string) => {
      const outcomes = await Promise.all(
        Array.from({ length: 10 }, (_, index) => take(store, 'p', whole(`${name} ${index}`, 1), name)),
      );
      granted += outcomes.filter(({ ok }) => ok).length;
    };

    for (let round = 0; round < 10; round += 1)
      await Promise.all(windows.map((window, index) => ask10(window, `${index} ${round}`)));
    const most = granted;
    for (let index = 0; index < 10; index += 1)
      await first.store.run('p', { kind: 'settle', id: `0 0 ${index}` });
    await ask10(first, 'again');

    assert.deepEqual([most, granted], [total, total + 10]);
    await becomes('all to see that nothing is left', () => windows.every(({ store }) => level(store) === 0));
  }).timeout(20_000);

  test('a process that is killed gives back what it held when its lease is over', async () => {
    let aheadMs = 0;
    const { store } = await open('us', { prefix: 'peers', serverMs: () => systemClock.now() + aheadMs });
    await declare(store);
    const plan = { holder: 'gone', takes: 3, pauseMs: 0, settle: false, tokens: 100 };
    const peer = startPeer(server.url, plan, 'redisPeerMain.ts');
    await peer.done;

    peer.kill();
    await store.run('p', { kind: 'renew', holder: 'us', leaseMs: LEASE_MS });
    const held = level(store);
    aheadMs = LEASE_MS;
    await store.run('p', { kind: 'renew', holder: 'us', leaseMs: LEASE_MS });

    assert.deepEqual([held, level(store)], [700, 1_000]);
  }).timeout(20_000);

  test('Redis gone: each window goes on with its part; back: what was used is charged', async () => {
    const [one, two] = [await open('one'), await open('two')];
    await declare(one.store);
    await take(one.store, 'p', whole('before', 200), 'one');
    await becomes('both to know of each other', () => level(two.store) === 800);
    await becomes('another look of both', () => one.store.windows === 2 && two.store.windows === 2);

    await server.stop();
    let granted = 0;
    for (let index = 0; index < 20; index += 1) {
      for (const [name, { store }] of Object.entries({ one, two })) {
        const id = `${name} ${index}`;
        if (!(await take(store, 'p', whole(id, 50), name)).ok) continue;
        granted += 50;
        await store.run('p', { kind: 'settle', id, used: { inputTokens: 50, outputTokens: 0 } });
      }
    }
    const alone = [level(one.store), level(two.store)];
    await one.store.run('p', { kind: 'settle', id: 'before', used: { inputTokens: 150, outputTokens: 0 } });
    await server.start();
    await becomes('both to be back', () => one.states.length === 2 && two.states.length === 2);
    await becomes('all to be told', () => level(one.store) === 50 && level(two.store) === 50);

    assert.equal(granted, 800);
    assert.deepEqual(alone, [0, 0]);
    assert.deepEqual(
      [one.states, two.states],
      [
        ['unreachable', undefined],
        ['unreachable', undefined],
      ],
    );
  }).timeout(20_000);

  test('stopped and started in the middle of load, no more is granted than the bound says', async () => {
    const windows = [await open('one'), await open('two'), await open('three')];
    const size = 3_000;
    await declare((windows[0] as Window).store, size);
    await becomes('all to know of each other', () =>
      windows.every(({ store }) => store.windows === windows.length && level(store) === size),
    );
    const granted = { remote: 0, all: 0 };
    let gone = false;
    const refused = new Set<number>();
    // Each asks one after the other until it has been refused in the outage and again after it.
    const load = windows.map(async ({ store, states }, window) => {
      for (let index = 0; states.length < 2 || index % 50 !== 0; index += 1) {
        const id = `${window} ${index}`;
        const { ok } = await take(store, 'p', whole(id, 1), `${window}`);
        if (!ok && gone) refused.add(window);
        if (ok && !gone) granted.remote += 1;
        if (ok) granted.all += 1;
        if (ok) await store.run('p', { kind: 'settle', id, used: { inputTokens: 1, outputTokens: 0 } });
        // Other work of the process has its turn.
        await new Promise((resolve) => setImmediate(resolve));
      }
    });

    await becomes('some hundreds to be granted', () => granted.remote > 300);
    await server.stop();
    gone = true;
    await becomes('each to have used up its part', () => refused.size === windows.length);
    await server.start();
    await Promise.all(load);
    await becomes('all to be told', () =>
      windows.every(({ store }) => level(store) === level((windows[0] as Window).store)),
    );
    for (const { store } of windows) await take(store, 'p', whole('last', size), 'one');

    // What the others took between the last look of a window and the end is the only thing that it did not know.
    assert.ok(granted.all <= size + granted.remote, JSON.stringify(granted));
    assert.ok(granted.all > granted.remote);
    const row = (windows[0] as Window).store.book('p')?.limits[0];
    assert.ok(row && levelOf(row) >= 0 && levelOf(row) <= size);
  }).timeout(30_000);

  test('a request that is running when Redis goes, or comes back, is charged once', async () => {
    const { store, states } = await open('one');
    await declare(store);
    await take(store, 'p', whole('before', 100), 'one');
    await becomes('a look', () => store.windows === 1);
    await server.stop();
    await take(store, 'p', whole('between', 100), 'one');
    await server.start();
    await becomes('Redis to be back', () => states.length === 2);

    for (const id of ['before', 'between', 'before', 'between'])
      await store.run('p', { kind: 'settle', id, used: { inputTokens: 80, outputTokens: 0 } });

    assert.equal(level(store), 840);
  }).timeout(20_000);

  test('a dead Redis costs one short wait, and nothing after it', async () => {
    const { store } = await open('one', { answerWithinMs: 140 });
    await declare(store);
    server.freeze();
    const first = await take(store, 'p', whole('first', 10), 'one');

    const second = store.run('p', {
      kind: 'take',
      ask: whole('second', 10),
      holder: 'one',
      leaseMs: LEASE_MS,
    });

    server.thaw();
    assert.ok(first.ok && !(second instanceof Promise) && second.ok);
    await becomes(
      'the answer that was not waited for to be undone',
      () => level(store) === 1_000 - 20 || level(store) === 980,
    );
  });

  test('a Redis that was emptied gets back what the windows know', async () => {
    const { store, states } = await open('one');
    await declare(store);
    await take(store, 'p', whole('a', 400), 'one');

    await admin.flushall();
    await admin.script('FLUSH');
    await take(store, 'p', whole('b', 100), 'one');

    assert.deepEqual([level(store), states], [500, []]);
    assert.equal(await admin.exists('{sluice}:book:p'), 1);
  });

  test('what is not ours is left alone, and said', async () => {
    await admin.set('{sluice}:book:p', 'somebody else');
    await admin.hset('{sluice}:book:q', 'field', 'of another program');
    await admin.hset('{sluice}:book:r', 'b', 'garbage');
    for (const platform of ['p', 'q', 'r']) {
      const { store, states } = await open('one');

      const { ok } = await take(store, platform, whole('a', 1), 'one');

      assert.deepEqual([ok, states], [true, ['foreign']], platform);
    }
    assert.equal(await admin.get('{sluice}:book:p'), 'somebody else');
    assert.equal(await admin.hget('{sluice}:book:q', 'field'), 'of another program');
    assert.equal(await admin.hget('{sluice}:book:r', 'b'), 'garbage');
  });

  test('a book whose numbers or names make no sense is no book of ours, and nothing is granted by it', async () => {
    const sound = await open('sound');
    await declare(sound.store);
    const key = '{sluice}:book:p';
    const before = await admin.hgetallBuffer(key);
    const changed = (at: number, value: number) => {
      const bytes = Buffer.from(before.b ?? '');
      bytes.writeDoubleLE(value, 8 * at);
      return bytes;
    };
    const slots = (count: number) => {
      const bytes = Buffer.from(before.c ?? '');
      bytes.writeDoubleLE(count, 8 * COLD.indexOf('slotCount'));
      return bytes;
    };
    const share = HEAD.length + HOT.indexOf('share0');
    const bad: readonly (readonly [field: string, value: Buffer | string])[] = [
      ['b', changed(share, Number.NaN)],
      ['b', changed(share, 1e9)],
      ['b', changed(share, -5)],
      ['b', changed(HEAD.length + HOT.indexOf('size'), Number.POSITIVE_INFINITY)],
      ['n', 'null'],
      ['n', '{"rows":[]}'],
      ['n', '{"rows":[null],"keys":[]}'],
      ['n', 'no JSON {'],
      ['b', changed(HEAD.indexOf('waitingCount'), 3)],
      ['b', changed(HEAD.indexOf('waitingCount'), 1e9)],
      ['c', slots(1e12)],
      ['c', slots(Number.NaN)],
      ['h:x', Buffer.from([1, 2, 3])],
    ];
    for (const [field, value] of bad) {
      await admin.hset(key, field, value);
      const { states } = await open(`two ${field}`);

      assert.deepEqual(states, ['foreign'], `${field} ${value.toString('hex').slice(0, 40)}`);
      const old = before[field];
      if (old) await admin.hset(key, field, old);
      else await admin.hdel(key, field);
    }
  });

  test('a Redis that is full, read-only or wants another password is told apart', async () => {
    const { store, states } = await open('one');
    await declare(store);
    await admin.config('SET', 'maxmemory', '1');
    const full = await take(store, 'p', whole('a', 1), 'one');
    await admin.config('SET', 'maxmemory', '0');
    await becomes('room again', () => states.length === 2);
    await admin.replicaof('127.0.0.1', '1');
    const readOnly = await take(store, 'p', whole('b', 1), 'one');
    await admin.replicaof('NO', 'ONE');
    await becomes('writable again', () => states.length === 4);
    await admin.config('SET', 'requirepass', 'right');
    const wrong = await open('two', { address: { url: server.url, password: 'wrong' } });
    const none = await open('three');
    const right = await open('four', { address: { url: server.url, password: 'right' } });
    await admin.config('SET', 'requirepass', '');

    assert.ok(full.ok && readOnly.ok);
    assert.deepEqual(states, ['full', undefined, 'read-only', undefined]);
    assert.deepEqual([wrong.states[0], none.states[0], right.states], ['password', 'password', []]);
  });

  test('no Redis at all: the window counts for itself, and finds it when it comes', async () => {
    await server.stop();
    const { store, states } = await open('one');

    await declare(store);
    const { ok } = await take(store, 'p', whole('a', 300), 'one');
    await store.run('p', { kind: 'settle', id: 'a', used: { inputTokens: 250, outputTokens: 0 } });
    await server.start();
    await becomes('Redis to be found', () => states.length === 2);
    await becomes('what was used to be told', () => level(store) === 750);

    assert.deepEqual([ok, states], [true, ['unreachable', undefined]]);
  }).timeout(20_000);
});
