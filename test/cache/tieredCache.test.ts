import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { seededRandom } from '../../src/base/random.ts';
import { BloomFilter } from '../../src/cache/bloomFilter.ts';
import { dropFor } from '../../src/cache/cacheEvents.ts';
import {
  alive,
  type CacheStore,
  type Drop,
  isDropped,
  type Kept,
  type LeaseAnswer,
} from '../../src/cache/cacheStore.ts';
import { GuardedLevel } from '../../src/cache/guardedLevel.ts';
import { droppedOn, STRATEGIES, type StrategyName } from '../../src/cache/strategies.ts';
import { type About, TieredCache } from '../../src/cache/tieredCache.ts';
import { FakeClock } from '../support/fakeClock.ts';
import { cacheLaws, kept, MINUTE_MS } from './cacheLaws.ts';

cacheLaws({ name: 'in memory', sequences: 100, open: undefined });

const never = new AbortController().signal;

/** Keeps everything, and misbehaves as it is told. */
class FakeStore implements CacheStore {
  readonly level: 'redis' | 'disk';
  readonly values = new Map<string, Kept>();
  mood: 'well' | 'hangs' | 'throws' = 'well';
  asked = 0;
  leases = new Map<string, string>();

  constructor(level: 'redis' | 'disk' = 'disk') {
    this.level = level;
  }
  async get(key: string): Promise<Kept | undefined> {
    await this.#behave();
    return this.values.get(key);
  }
  async set(key: string, value: Kept, lease?: string): Promise<void> {
    await this.#behave();
    this.values.set(key, value);
    if (lease !== undefined) this.leases.delete(key);
  }
  async delete(key: string): Promise<void> {
    this.values.delete(key);
  }
  beforeLease: () => Promise<void> = async () => undefined;
  async lease(key: string, holder: string): Promise<LeaseAnswer> {
    await this.#behave();
    await this.beforeLease();
    const value = this.values.get(key);
    if (value) return value;
    if ((this.leases.get(key) ?? holder) !== holder) return 'taken';
    this.leases.set(key, holder);
    return 'ours';
  }
  async release(key: string): Promise<void> {
    this.leases.delete(key);
  }
  async drop(what: Drop): Promise<void> {
    await this.#behave();
    for (const [key, value] of [...this.values]) if (isDropped(value, what)) this.values.delete(key);
  }
  facts() {
    const filter = { asked: 0, spared: 0, wrong: 0 };
    return { plainBytes: 0, packedBytes: 0, rejected: 0, filter };
  }
  dispose(): void {
    this.values.clear();
  }
  #behave(): Promise<void> {
    this.asked += 1;
    if (this.mood === 'throws') return Promise.reject(new Error('disk full'));
    return this.mood === 'hangs' ? new Promise(() => undefined) : Promise.resolve();
  }
}

function tiered(stores: readonly FakeStore[], strategy: StrategyName = 'answers', holder = 'us') {
  const clock = new FakeClock();
  clock.advance(1);
  return { clock, ...onClock(clock, stores, strategy, holder) };
}

function onClock(clock: FakeClock, stores: readonly FakeStore[], strategy: StrategyName, holder: string) {
  const random = seededRandom(1);
  const levels = stores.map((store) => new GuardedLevel(store, { clock, random, slowAfterMs: () => 50 }));
  const cache = new TieredCache<{ readonly n: number }>({
    strategies: [strategy],
    ...{ clock, random },
    limits: {
      maxEntries: 100,
      maxBytes: 1e6,
      ttlMs: STRATEGIES[strategy].ttlMs + STRATEGIES[strategy].staleMs,
    },
    sizeOf: () => 1,
    encode: (value) => JSON.stringify(value),
    decode: (text) => JSON.parse(text),
    lower: async () => ({ levels, holder }),
  });
  return { cache, levels };
}

suite('tiered cache', () => {
  test('a thousand equal misses make the value once, and a failure is not kept', async () => {
    const { clock, cache } = tiered([new FakeStore()]);
    let calls = 0;
    const fail = async () => {
      calls += 1;
      throw new Error('no');
    };
    const make = async () => ({ n: ++calls });
    const many = <T>(get: () => T) => Array.from({ length: 1_000 }, get);

    const failed = await clock.until(Promise.allSettled(many(() => cache.getOrSet('k', fail, never))));
    const made = await clock.until(Promise.all(many(() => cache.getOrSet('k', make, never))));

    assert.ok(failed.every(({ status }) => status === 'rejected'));
    assert.deepEqual([calls, made.every(({ n }) => n === 2)], [2, true]);
  });

  test('what only the lowest level knows is in those above it afterwards', async () => {
    const [redis, disk] = [new FakeStore('redis'), new FakeStore('disk')];
    const { clock, cache } = tiered([redis, disk]);
    disk.values.set('k', kept(clock, '{"n":7}'));

    const found = await cache.find('k', [], never);

    assert.deepEqual([found?.level, found?.value.n], ['disk', 7]);
    assert.deepEqual([cache.peek('k')?.n, redis.values.has('k')], [7, true]);
  });

  test('a level that hangs costs its time once, then nothing, and is used again when it answers', async () => {
    const [redis, disk] = [new FakeStore('redis'), new FakeStore('disk')];
    const { clock, cache, levels } = tiered([redis, disk]);
    disk.values.set('k', kept(clock, '{"n":7}'));
    redis.mood = 'hangs';
    const timed = async (key: string) => {
      const startMs = clock.monotonic();
      await clock.until(Promise.resolve(cache.find(key, [], never)));
      return clock.monotonic() - startMs;
    };

    const first = await timed('k');
    const then = await timed('other');
    redis.mood = 'well';
    clock.advance(1_000);
    await timed('looks');
    await timed('again');

    assert.ok(first >= 50 && first <= 60, `${first} ms`);
    assert.equal(then, 0);
    assert.deepEqual([levels[0]?.counts().open, levels[0]?.counts().failures], [false, 1]);
  });

  test('whoever leaves while one level is asked has no other one asked, and hears why', async () => {
    const [redis, disk] = [new FakeStore('redis'), new FakeStore('disk')];
    const { clock, cache } = tiered([redis, disk]);
    const abort = new AbortController();

    const finding = Promise.resolve(cache.find('k', [], abort.signal));
    while (redis.asked === 0) await Promise.resolve();
    abort.abort(new Error('closed'));
    await assert.rejects(clock.until(finding), /closed/);

    assert.deepEqual([redis.asked, disk.asked], [1, 0]);
  });

  test('with a level that only throws, all goes on without it', async () => {
    const disk = new FakeStore();
    disk.mood = 'throws';
    const { clock, cache, levels } = tiered([disk]);

    const value = await clock.until(Promise.resolve(cache.getOrSet('k', async () => ({ n: 1 }), never)));

    assert.deepEqual([value.n, cache.getNow('k')?.value.n, levels[0]?.counts().open], [1, 1, true]);
  });

  test('what a changed model made is not believed once the level that could not forget it is back', async () => {
    const disk = new FakeStore();
    const { clock, cache, levels } = tiered([disk]);
    await clock.until(cache.keep('k', { n: 1 }, { model: 'p/m' }));
    await clock.until(cache.keep('other', { n: 2 }, { model: 'p/n' }));
    const what = { kind: 'model', model: 'p/m', strategies: ['answers'] } as const;
    const find = async (key: string) => {
      cache.dropNow({ kind: 'all' });
      const found = (await clock.until(Promise.resolve(cache.find(key, [], never))))?.value.n;
      // The look goes on behind whoever asks.
      for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
      return found;
    };

    disk.mood = 'throws';
    await assert.rejects(clock.until(cache.drop(what)), /disk full/);
    disk.mood = 'well';
    const meanwhile = await find('other');
    clock.advance(1_000);
    await find('looks');
    const [gone, there] = [await find('k'), await find('other')];

    assert.deepEqual([meanwhile, gone, there, levels[0]?.usable], [undefined, undefined, 2, true]);
  });

  test('an old value is given at once where its kind allows that, and made anew behind it', async () => {
    const { clock, cache } = tiered([], 'tokenCounts');
    let calls = 0;
    const make = async () => ({ n: ++calls });
    const get = () => clock.until(Promise.resolve(cache.getOrSet('k', make, never)));
    await get();

    clock.advance(STRATEGIES.tokenCounts.ttlMs + 1);
    const old = await get();
    await clock.until(new Promise<void>((resolve) => clock.after(1, resolve)));
    const renewed = await get();

    assert.deepEqual([old.n, renewed.n, calls], [1, 2, 2]);
  });

  test('another window waits for the value that one is making; a window that ends gives the right back', async () => {
    const disk = new FakeStore();
    const { clock, cache: ours } = tiered([disk]);
    const { cache: theirs } = onClock(clock, [disk], 'answers', 'them');
    let calls = 0;
    const slowly = () =>
      new Promise<{ n: number }>((resolve) => clock.after(5_000, () => resolve({ n: ++calls })));

    const both = await clock.until(
      Promise.all([ours, theirs].map((cache) => cache.getOrSet('k', slowly, never))),
    );
    const abort = new AbortController();
    const held = ours.getOrSet('other', slowly, abort.signal);
    clock.advance(1_000);
    abort.abort(new Error('closed'));
    await assert.rejects(clock.until(Promise.resolve(held)));
    const next = await clock.until(Promise.resolve(theirs.getOrSet('other', slowly, never)));

    assert.deepEqual([both.map(({ n }) => n), next.n], [[1, 1], calls]);
  });

  test('whoever leaves while the right is on its way leaves it to others', async () => {
    const disk = new FakeStore();
    const { clock, cache } = tiered([disk]);
    let give: () => void = () => undefined;
    disk.beforeLease = () => new Promise<void>((resolve) => (give = resolve));
    const abort = new AbortController();
    const claim = cache.claim('k', [], abort.signal);
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();

    abort.abort(new Error('closed'));
    give();
    await assert.rejects(clock.until(claim), /closed/);

    assert.deepEqual([...disk.leases], []);
  });

  test('however the clock jumps, no value lives longer than it was to', () => {
    const clock = new FakeClock();
    const value = kept(clock, 'x');

    assert.equal(alive(value, clock.now()), true);
    assert.equal(alive(value, clock.now() + 30 * MINUTE_MS), false);
    assert.equal(alive(value, clock.now() - 60 * MINUTE_MS), false);
  });

  test('a Bloom filter forgets no key, and says yes for nothing about once in a hundred', () => {
    const filter = BloomFilter.forKeys(10_000);
    for (let key = 0; key < 10_000; key += 1) filter.add(`key ${key}`);

    const forgotten = Array.from({ length: 10_000 }, (_, key) => filter.mayHave(`key ${key}`));
    const wrong = Array.from({ length: 10_000 }, (_, key) => filter.mayHave(`other ${key}`));

    assert.ok(forgotten.every(Boolean));
    assert.ok(wrong.filter(Boolean).length < 200, `${wrong.filter(Boolean).length} of 10,000`);
  });

  test('each event makes the kinds worthless that come from it, wherever they lie', async () => {
    const disk = new FakeStore();
    const { clock, cache } = tiered([disk]);
    const path = 'a.ts';
    const keep = (key: string, about: About) => clock.until(cache.keep(key, { n: 1 }, about));
    await keep('old model', { model: 'p/a' });
    await keep('other model', { model: 'p/b' });
    await keep('old file', { model: 'p/b', files: [{ path, hash: '1' }] });
    await keep('same file', { model: 'p/b', files: [{ path, hash: '2' }] });
    const left = async () => {
      const keys = ['old model', 'other model', 'old file', 'same file'];
      const below = await clock.until(Promise.all(keys.map((key) => disk.get(key))));
      return keys.filter((key, index) => {
        assert.equal(cache.peek(key) === undefined, below[index] === undefined, key);
        return below[index] !== undefined;
      });
    };

    for (const happened of [
      { kind: 'model_update', model: 'p/a' },
      { kind: 'file_change', path, hash: '2' },
    ] as const) {
      const what = dropFor(happened);
      assert.ok(what);
      await clock.until(cache.drop(what));
    }

    assert.deepEqual(await left(), ['other model', 'same file']);
    await clock.until(cache.drop(dropFor({ kind: 'file_change', path }) ?? { kind: 'all' }));
    assert.deepEqual(await left(), ['other model']);
    assert.deepEqual([droppedOn('model_update'), droppedOn('file_change')].map(String), [
      'answers,edits',
      'answers,edits',
    ]);
  });
});
