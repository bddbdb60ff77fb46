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
import { type LowerLevels, TieredCache } from '../../src/cache/tieredCache.ts';
import { sha256 } from '../../src/node/sha256.ts';
import { madeByPeers } from '../support/cachePeers.ts';
import { diskFigures } from './cacheDisk.ts';
import { redisFigures, type Value, value } from './cacheRedis.ts';
import { type Bench, check, quantile, round } from './report.ts';

const ROUNDS = 5;
const never = new AbortController().signal;
const median = (values: readonly number[]) => quantile(values, 0.5);

function tiered(lower?: LowerLevels, maxEntries = 10_000): TieredCache<Value> {
  return new TieredCache<Value>({
    strategies: ['answers'],
    ...{ clock, random },
    limits: { maxEntries, maxBytes: 64e6, ttlMs: 3_600_000 },
    sizeOf: ({ text }) => text.length,
    encode: (one) => JSON.stringify(one),
    decode: (text) => JSON.parse(text),
    // As `LazyLowerLevels` has it once they are open: without a promise.
    lower: lower && (() => lower),
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

export const cache: Bench = async ({ say }) => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
  try {
    say('memory');
    const { hits, misses } = await memoryHits();
    say('keys');
    const exact = await exactHits();
    say('Redis');
    const redis = await redisFigures(tiered);
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
        check(
          'hit in Redis ÷ raw GET and JSON.parse, an answer of 600 bytes',
          redis.hits['600 B'].sluice / redis.hits['600 B'].raw,
          '<=',
          1.1,
          '×',
        ),
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
