/**
 * The cache levels beside the libraries that do the same: hits of each level, a dead Redis, equal misses in one process
 * and in four, a file of 200,000 entries. Redis is started by the bench. Units: microseconds.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BentoCache, bentostore } from 'bentocache';
import { memoryDriver } from 'bentocache/drivers/memory';
import { createCache } from 'cache-manager';
import { Cacheable } from 'cacheable';
import { LRUCache } from 'lru-cache';
import { systemClock as clock } from '../../src/base/clock.ts';
import { systemRandom as random } from '../../src/base/random.ts';
import { CodeDigests, fingerprint } from '../../src/cache/fingerprint.ts';
import { GuardedLevel } from '../../src/cache/guardedLevel.ts';
import { type LowerLevels, TieredCache } from '../../src/cache/tieredCache.ts';
import { RedisCache } from '../../src/node/redisCache.ts';
import { connectRedis } from '../../src/node/redisConnection.ts';
import { sha256 } from '../../src/node/sha256.ts';
import { madeByPeers } from '../support/cachePeers.ts';
import { startRedis } from '../support/redisServer.ts';
import { diskFigures } from './cacheDisk.ts';
import { type Bench, check, quantile, round } from './report.ts';

interface Value {
  readonly text: string;
}

const ROUNDS = 5;
const never = new AbortController().signal;
const value: Value = { text: 'an answer '.repeat(60) };
const median = (values: readonly number[]) => quantile(values, 0.5);

function tiered(lower?: LowerLevels, maxEntries = 10_000): TieredCache<Value> {
  return new TieredCache<Value>({
    strategies: ['answers'],
    ...{ clock, random },
    limits: { maxEntries, maxBytes: 64e6, ttlMs: 3_600_000 },
    sizeOf: ({ text }) => text.length,
    encode: (one) => JSON.stringify(one),
    decode: (text) => JSON.parse(text),
    lower: lower && (async () => lower),
  });
}

/** Mean of one call over so many, in microseconds; the best round of a busy machine is compared. */
async function perCall(count: number, call: (index: number) => unknown): Promise<number> {
  const startedMs = performance.now();
  for (let index = 0; index < count; index += 1) await call(index);
  return ((performance.now() - startedMs) * 1_000) / count;
}

/** Rounds of all contenders in turn, so that a busy moment hits all; the best round of each. */
async function contest<N extends string>(
  count: number,
  calls: Readonly<Record<N, (index: number) => unknown>>,
): Promise<Record<N, number>> {
  const names = Object.keys(calls) as N[];
  const best = Object.fromEntries(names.map((name) => [name, Number.POSITIVE_INFINITY])) as Record<N, number>;
  for (const name of names) await perCall(count / 10, calls[name]);
  for (let turn = 0; turn < ROUNDS; turn += 1)
    for (const name of names) best[name] = Math.min(best[name], await perCall(count, calls[name]));
  return best;
}

/**
 * The median of each, call by call in turn: how long Redis takes to answer on one machine changes by two or three times
 * with how deep its processors sleep, which rounds of thousands do not share.
 */
async function inTurn<N extends string>(
  count: number,
  calls: Readonly<Record<N, (index: number) => Promise<unknown>>>,
): Promise<Record<N, number>> {
  const names = Object.keys(calls) as N[];
  const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<N, number[]>;
  for (let index = 0; index < count; index += 1) {
    for (const name of names) {
      const startedMs = performance.now();
      await calls[name](index);
      if (index >= count / 10) times[name].push((performance.now() - startedMs) * 1_000);
    }
  }
  const medians = names.map((name) => [name, median(times[name])]);
  return Object.fromEntries(medians) as Record<N, number>;
}

async function memoryHits() {
  const cache = tiered();
  const bento = new BentoCache({
    default: 'memory',
    stores: { memory: bentostore().useL1Layer(memoryDriver({ maxItems: 10_000, serialize: false })) },
  });
  const cacheable = new Cacheable();
  const manager = createCache();
  const make = async () => value;
  const hits = await contest(50_000, {
    sluice: () => cache.getOrSet('key', make, never),
    bentocache: () => bento.getOrSet({ key: 'key', ttl: '1h', factory: () => value }),
    cacheable: () => cacheable.getOrSet('key', make, { ttl: 3_600_000 }),
    cacheManager: () => manager.wrap('key', make, 3_600_000),
  });
  const misses = await stampede(cache, bento);
  await bento.disconnectAll();
  return { hits, misses };
}

async function stampede(cache: TieredCache<Value>, bento: { getOrSet: BentoCache<never>['getOrSet'] }) {
  const overhead = { sluice: [] as number[], bentocache: [] as number[] };
  let calls = 0;
  for (let turn = 0; turn < 10; turn += 1) {
    const make = async () => {
      calls += 1;
      return value;
    };
    const all = async (get: () => unknown) => {
      const startedMs = performance.now();
      await Promise.all(Array.from({ length: 1_000 }, get));
      return performance.now() - startedMs;
    };
    overhead.sluice.push(await all(() => cache.getOrSet(`miss ${turn}`, make, never)));
    const key = `miss ${turn}`;
    overhead.bentocache.push(await all(() => bento.getOrSet({ key, ttl: '1h', factory: () => value })));
  }
  return {
    calls: calls / 10,
    sluiceMs: Math.min(...overhead.sluice),
    bentocacheMs: Math.min(...overhead.bentocache),
  };
}

const REQUEST = { modelClass: 'p/a p/b', promptVersion: '3', task: 'explain', instruction: '' };
const CONTEXT = ['cart.ts', '', '0'];
/** More texts in turn than the last ones that are only compared. */
const TEXTS = 64;

/** So many kilobytes of code, another one for each number. */
function codeOf(kilobytes: number, number: number): Buffer {
  const line = `  const total${number} = items.reduce((sum, item) => sum + item.price, 0); // keep\n`;
  return Buffer.from(line.repeat(Math.ceil((kilobytes * 1_024) / line.length)).slice(0, kilobytes * 1_024));
}

/**
 * The key of a request with so much code, and the hit that it finds; each time with another copy of the text. `sluice`: one
 * text again and again. `far`: one that was asked before, but not lately. `firstUs`: one that was never seen, with its miss.
 */
async function exactHits() {
  const results: Record<string, { sluice: number; far: number; floor: number; firstUs: number }> = {};
  for (const kilobytes of [1, 10, 100]) {
    const texts = Array.from({ length: TEXTS }, (_, number) => codeOf(kilobytes, number));
    const digests = new CodeDigests(sha256);
    const cache = tiered();
    const lru = new LRUCache<string, Value>({ max: 10_000, ttl: 3_600_000 });
    const keyOf = (code: string) =>
      fingerprint({ ...REQUEST, language: 'typescript', context: CONTEXT, code }, sha256, digests);
    const floorKey = (code: string) => sha256([...Object.values(REQUEST), 'typescript', code, ...CONTEXT]);
    const first: number[] = [];
    for (const text of texts) {
      const code = text.toString('latin1');
      const startedMs = performance.now();
      cache.getNow(keyOf(code));
      first.push((performance.now() - startedMs) * 1_000);
      await cache.keep(keyOf(code), value);
      lru.set(floorKey(code), value);
    }
    const copiesOf = (text: (index: number) => Buffer | undefined) =>
      Array.from({ length: 8 * TEXTS }, (_, index) => text(index)?.toString('latin1') ?? '');
    const one = copiesOf(() => texts[0]);
    const all = copiesOf((index) => texts[index % TEXTS]);
    const hit = (code = '') => {
      if (cache.getNow(keyOf(code)) === undefined) throw new Error('no hit');
    };
    const best = await contest(kilobytes === 100 ? 2_000 : 10_000, {
      sluice: (index) => hit(one[index % one.length]),
      far: (index) => hit(all[index % all.length]),
      floor: (index) => lru.get(floorKey(all[index % all.length] ?? '')),
    });
    results[`${kilobytes} KB`] = {
      ...{ sluice: round(best.sluice), far: round(best.far), floor: round(best.floor) },
      firstUs: round(median(first)),
    };
  }
  return results;
}

async function redisFigures() {
  const server = await startRedis();
  const store = await RedisCache.open({
    ...{ address: { url: server.url }, prefix: 'bench', clock, random },
    ...{ maxTtlMs: () => 3_600_000, openWithinMs: 2_000 },
  });
  // A busy machine may stand still for longer than a request would wait; a dead Redis must not profit from that.
  let slowAfterMs = 2_000;
  const level = new GuardedLevel(store, { clock, random, slowAfterMs: () => slowAfterMs });
  const { redis, callBuffer } = connectRedis({ url: server.url }, random);
  await new Promise<void>((resolve) => redis.once('ready', () => resolve()));
  try {
    // Of two keys in turn the memory never has the one that is asked for; emptying it would cost more than a hit.
    const cache = tiered({ levels: [level], holder: 'bench' }, 1);
    for (const key of ['key 0', 'key 1']) await cache.keep(key, value);
    await callBuffer('SET', ['raw', JSON.stringify(value)]);
    const { sluice, raw } = await inTurn(5_000, {
      sluice: async (index) => {
        const key = `key ${index % 2}`;
        const found = cache.getNow(key) ?? (await cache.find(key, [], never));
        if (found === undefined || !('level' in found)) throw new Error('the value did not come from Redis');
      },
      raw: async () => JSON.parse(String(await redis.getBuffer('raw'))),
    });
    const four = await madeByPeers(4, 250, '', server.url);
    await server.stop();
    slowAfterMs = 50;
    const dead: number[] = [];
    for (let index = 0; index < 200; index += 1)
      dead.push(await perCall(1, () => cache.find(`other ${index}`, [], never)));
    return {
      hit: { sluice, raw },
      four,
      deadFirstMs: (dead[0] ?? 0) / 1_000,
      deadThenMs: median(dead.slice(1)) / 1_000,
    };
  } finally {
    redis.disconnect();
    level.dispose();
    await server.stop();
  }
}

export const cache: Bench = async ({ say }) => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
  try {
    say('memory');
    const { hits, misses } = await memoryHits();
    say('keys');
    const exact = await exactHits();
    say('Redis');
    const redis = await redisFigures();
    say('four processes on one disk');
    const fourOnDisk = await madeByPeers(4, 250, join(folder, 'peers.db'));
    say('200,000 entries on disk');
    const disk = await diskFigures(join(folder, 'large.db'));
    const worst = (hit: 'sluice' | 'far') =>
      Math.max(...Object.values(exact).map((one) => one[hit] / one.floor));
    return {
      results: { memoryHitUs: hits, misses, exactHitUs: exact, redis, fourOnDisk, disk },
      checks: [
        check('memory hit ÷ bentocache getOrSet', hits.sluice / hits.bentocache, '<=', 0.25, '×'),
        check(
          'exact hit with its key ÷ SHA-256 and one get, worst of 1–100 KB',
          worst('sluice'),
          '<=',
          1.5,
          '×',
        ),
        check('the same, of a text that was not asked lately', worst('far'), '<=', 1.5, '×'),
        check('hit in Redis ÷ raw GET and JSON.parse', redis.hit.sluice / redis.hit.raw, '<=', 1.1, '×'),
        check('get on disk ÷ bare prepared get', disk.getUs / disk.bareUs, '<=', 1.5, '×'),
        check('write on disk, P99', disk.writeP99Ms, '<=', 5, 'ms'),
        check('write on disk, longest', disk.writeMaxMs, '<=', 10, 'ms'),
        check('Redis dead, first request', redis.deadFirstMs, '<=', 150, 'ms'),
        check('Redis dead, then', redis.deadThenMs, '<=', 0.1, 'ms'),
        check('calls for 1,000 equal misses', misses.calls, '=', 1, 'calls'),
        check('overhead of them ÷ bentocache', misses.sluiceMs / misses.bentocacheMs, '<=', 0.25, '×'),
        check('calls of four processes that share Redis', redis.four, '=', 1, 'calls'),
        check('calls of four processes that share a disk', fourOnDisk, '=', 1, 'calls'),
      ],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
