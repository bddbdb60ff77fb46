import assert from 'node:assert/strict';
import { deflateRawSync, zstdCompressSync } from 'node:zlib';
import { suite, suiteSetup, suiteTeardown, test } from 'mocha';
import { systemClock } from '../../src/base/clock.ts';
import { seededRandom } from '../../src/base/random.ts';
import { CacheSecret } from '../../src/node/cacheSecret.ts';
import { RedisCache, type RedisCacheDeps } from '../../src/node/redisCache.ts';
import { connectRedis, type RedisConnection } from '../../src/node/redisConnection.ts';
import { cacheLaws, kept } from '../cache/cacheLaws.ts';
import { FakeClock } from '../support/fakeClock.ts';
import { type RedisServer, startRedis } from '../support/redisServer.ts';

let server: RedisServer;
let raw: RedisConnection;
let opened = 0;
suiteSetup(async () => {
  server = await startRedis();
  raw = connectRedis({ url: server.url }, seededRandom(2));
  await new Promise<void>((resolve) => raw.redis.once('ready', () => resolve()));
});
suiteTeardown(async () => {
  raw.redis.disconnect();
  await server.stop();
});

function open(clock: FakeClock, changes: Partial<RedisCacheDeps> = {}): Promise<RedisCache> {
  return RedisCache.open({
    ...{ clock, random: seededRandom(1), address: { url: server.url }, prefix: `test${++opened}` },
    ...{ maxTtlMs: () => 3_600_000, openWithinMs: 5_000 },
    ...changes,
  });
}

cacheLaws({ name: 'in Redis', sequences: 10, open: (clock) => open(clock) });

suite('cache in Redis', () => {
  test('with a secret neither the text nor the key can be read there, and only what was sealed there is believed', async () => {
    const clock = new FakeClock();
    const secret = new CacheSecret('a secret of the team');
    const store = await open(clock, { prefix: 'sealed', secret });
    const stranger = await open(clock, { prefix: 'sealed', secret: new CacheSecret('another secret!') });
    await store.set('key', kept(clock, 'the text of an answer'));
    await store.set('other', kept(clock, 'another text'));
    const at = (key: string) => `sealed:cache:v:${secret.name(key)}`;

    const bytes = await raw.redis.getBuffer(at('key'));
    const names = (await raw.redis.keys('sealed:*')).join();
    const read = (await store.get('key'))?.text;
    await raw.redis.set(at('key'), (await raw.redis.getBuffer(at('other'))) ?? '');

    assert.equal(read, 'the text of an answer');
    assert.ok(bytes && !bytes.includes('answer') && !names.includes('key'));
    assert.equal(await store.get('key'), undefined, 'moved from another place');
    assert.equal(await stranger.get('key'), undefined);
    assert.ok(store.facts().rejected > 0);
    for (const one of [store, stranger]) one.dispose();
  });

  test('what a workspace is known to have does not grow with the days', async () => {
    const clock = new FakeClock();
    const store = await open(clock, { prefix: 'days' });
    const rows = async () => {
      const sets = await raw.redis.keys('days:cache:g:*');
      return Promise.all(sets.map((set) => raw.redis.zcard(set)));
    };
    for (let hour = 0; hour < 48; hour += 1) {
      clock.advance(3_600_000);
      await store.set(`k${hour}`, kept(clock, 'text', { scope: 'here', files: [{ path: 'a', hash: '1' }] }));
    }

    const left = await rows();
    await store.drop({ kind: 'scope', scope: 'here' });

    assert.ok(left.length === 5 && left.every((count) => count >= 3 && count <= 4), String(left));
    assert.equal(await store.get('k47'), undefined);
    store.dispose();
  });

  test('what is not ours is rejected and left as it is: noise, another shape, a bomb, another type, no seal, a seal too many', async () => {
    const clock = new FakeClock();
    const store = await open(clock, { prefix: 'foreign' });
    const secret = new CacheSecret('a secret of the team');
    const sealed = await open(clock, { prefix: 'foreign', secret });
    const poison = [
      'noise',
      '\u0000{"v":1}\nx',
      '\u0000{"v":1,"strategy":"answers","files":[{}]}\nx',
      '\u0001bomb',
    ];
    const keys = [...poison.keys()].map((index) => `k${index}`);
    for (const key of [...keys, 'hash', 'plain']) await store.set(key, kept(clock, 'ours'));
    for (const [index, bytes] of poison.entries()) await raw.redis.set(`foreign:cache:v:k${index}`, bytes);
    await raw.redis.del('foreign:cache:v:hash');
    await raw.redis.hset('foreign:cache:v:hash', 'field', 'theirs');
    await sealed.set('s', kept(clock, 'sealed'));
    const plain = (await raw.redis.getBuffer('foreign:cache:v:plain')) ?? '';
    const seal = (await raw.redis.getBuffer(`foreign:cache:v:${secret.name('s')}`)) ?? '';
    await raw.redis.set(`foreign:cache:v:${secret.name('s')}`, plain);
    await store.set('seal', kept(clock, 'ours'));
    await raw.redis.set('foreign:cache:v:seal', seal);

    const found = await Promise.all([...keys, 'hash', 'seal'].map((key) => store.get(key)));
    await store.set('hash', kept(clock, 'ours'));

    assert.ok(found.every((value) => value === undefined));
    assert.equal(store.facts().rejected, 6);
    assert.equal(await raw.redis.hget('foreign:cache:v:hash', 'field'), 'theirs');
    assert.equal(await sealed.get('s'), undefined);
    assert.equal(sealed.facts().rejected, 1);
    for (const one of [store, sealed]) one.dispose();
  });

  test('one wrong word in the head makes a value a stranger, and so does more text than any of ours has', async () => {
    const clock = new FakeClock();
    const store = await open(clock, { prefix: 'heads' });
    const { text, ...head } = kept(clock, 'ours');
    const plain = (change: object) => `\0${JSON.stringify({ v: 1, ...head, ...change })}\n${text}`;
    const unpacked = `${JSON.stringify({ v: 1, ...head })}\n${'x'.repeat(16 * 1_048_576)}`;
    const poison = [
      ...[{ v: 2 }, { strategy: 'others' }, { scope: 1 }, { model: null }, { files: [{ path: 'a' }] }].map(
        plain,
      ),
      ...['storedAtMs', 'staleAtMs', 'expiresAtMs', 'savesUsd'].map((key) =>
        plain({ [key]: '9999999999999' }),
      ),
      Buffer.concat([Buffer.of(1), deflateRawSync(unpacked)]),
      Buffer.concat([Buffer.of(2), zstdCompressSync(unpacked)]),
    ];
    const ask = async (key: string, bytes: string | Buffer) => {
      await store.set(key, kept(clock, 'ours'));
      await raw.redis.set(`heads:cache:v:${key}`, bytes);
      return store.get(key);
    };

    const whole = await ask('whole', plain({}));
    const found = [];
    for (const [index, bytes] of poison.entries()) found.push(await ask(`k${index}`, bytes));

    assert.equal(whole?.text, 'ours');
    assert.deepEqual(found, Array(poison.length).fill(undefined));
    assert.equal(store.facts().rejected, poison.length);
    store.dispose();
  });

  test('what could not be found again to be forgotten is not kept; a number that is none closes nothing', async () => {
    const clock = new FakeClock();
    const store = await open(clock, { prefix: 'tags' });
    await raw.redis.rpush('tags:cache:g:s here', 'not ours');
    await raw.redis.set('tags:cache:b:version', 'not a number');

    await store.set('k', kept(clock, 'x'));
    const left = await raw.redis.exists('tags:cache:v:k');
    await raw.redis.del('tags:cache:g:s here');
    await store.set('k', kept(clock, 'x'));

    assert.equal(left, 0);
    assert.equal((await store.get('k'))?.text, 'x');
    assert.equal(await raw.redis.get('tags:cache:b:version'), 'not a number');
    store.dispose();
  });

  test('a Redis that is full is still read, and nothing is thrown', async () => {
    const clock = new FakeClock();
    const troubles: string[] = [];
    const store = await open(clock, { onTrouble: (trouble) => troubles.push(trouble) });
    await store.set('before', kept(clock, 'x'));

    await raw.redis.config('SET', 'maxmemory', '1');
    await store.set('after', kept(clock, 'x'));
    const found = [await store.get('before'), await store.get('after')];
    const lease = await store.lease('after', 'us', 1_000);
    await raw.redis.config('SET', 'maxmemory', '0');

    assert.deepEqual([found[0]?.text, found[1], lease, troubles], ['x', undefined, undefined, ['full']]);
    store.dispose();
  });

  test('a Redis that only reads is still read', async () => {
    const clock = new FakeClock();
    const troubles: string[] = [];
    const store = await open(clock, { onTrouble: (trouble) => troubles.push(trouble) });
    await store.set('before', kept(clock, 'x'));

    await raw.redis.replicaof('127.0.0.1', 1);
    await store.set('after', kept(clock, 'x'));
    const found = await store.get('before');
    await raw.redis.replicaof('NO', 'ONE');

    assert.deepEqual([found?.text, troubles], ['x', ['read-only']]);
    store.dispose();
  });

  test('without Redis nothing is waited for; restarted and empty, it is used again', async () => {
    const clock = new FakeClock();
    const own = await startRedis();
    const store = await open(clock, { address: { url: own.url }, clock: systemClock as FakeClock });
    await store.set('k', kept(clock, 'x', { expiresAtMs: systemClock.now() + 60_000 }));
    await own.stop();

    await assert.rejects(async () => store.get('k'));
    await own.start();
    const again = async (): Promise<unknown> => {
      try {
        return await store.get('k');
      } catch {
        await new Promise<void>((resolve) => setImmediate(resolve));
        return again();
      }
    };

    assert.equal(await again(), undefined);
    store.dispose();
    await own.stop();
  }).timeout(20_000);
});
