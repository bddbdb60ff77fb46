/**
 * Hits in a Redis that the bench starts beside the least that anybody can do: a GET and JSON.parse, over the same client
 * with the same options. Then a dead Redis. Units: microseconds where nothing else is said.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock as clock } from '../../src/base/clock.ts';
import { systemRandom as random } from '../../src/base/random.ts';
import { GuardedLevel } from '../../src/cache/guardedLevel.ts';
import type { LowerLevels, TieredCache } from '../../src/cache/tieredCache.ts';
import { RedisCache } from '../../src/node/redisCache.ts';
import { connectRedis } from '../../src/node/redisConnection.ts';
import { madeByPeers } from '../support/cachePeers.ts';
import { repoRoot } from '../support/paths.ts';
import { startRedis } from '../support/redisServer.ts';
import { quantile, round } from './report.ts';

export interface Value {
  readonly text: string;
}

/** A cache over these levels whose memory holds so many values. */
export type Tiered = (lower: LowerLevels, maxEntries: number) => TieredCache<Value>;

export const value: Value = { text: 'an answer '.repeat(60) };
const never = new AbortController().signal;
const median = (values: readonly number[]) => quantile(values, 0.5);

/**
 * The median of each, call by call in turn: how long Redis takes to answer on one machine changes by two or three times
 * with how deep its processors sleep, which rounds of thousands do not share. Each goes first as often as any other.
 */
async function inTurn<N extends string>(
  count: number,
  calls: Readonly<Record<N, (index: number) => Promise<unknown>>>,
): Promise<Record<N, number>> {
  const names = Object.keys(calls) as N[];
  const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<N, number[]>;
  for (let index = 0; index < count; index += 1) {
    for (const place of names.keys()) {
      const name = names[(place + index) % names.length] ?? names[0];
      if (name === undefined) continue;
      const startedMs = performance.now();
      await calls[name](index);
      if (index >= count / 10) times[name].push((performance.now() - startedMs) * 1_000);
    }
  }
  const medians = names.map((name) => [name, median(times[name])]);
  return Object.fromEntries(medians) as Record<N, number>;
}

/** So many kilobytes of Sluice's own code: what repeats itself would be unpacked faster than code is. */
function ownCode(kilobytes: number): string {
  const folder = join(repoRoot, 'src/node');
  const files = readdirSync(folder).sort();
  return files
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .join('')
    .slice(0, kilobytes * 1_024);
}

/**
 * In turn, and the memory is full with half of them: it never has the one that is asked for, and emptying it would cost
 * more than a hit. A memory of one would be laid out anew with each value, which none in use is.
 */
const KEYS = 64;

type Size = '600 B' | '2 KB' | '100 KB';
interface Hit {
  readonly sluice: number;
  readonly raw: number;
  /** Plain, and as it lies in Redis. */
  readonly bytes: number;
  readonly packed: number;
}

/** What is longer than a kilobyte lies compressed in Redis, and is unpacked with each hit. */
const ANSWERS: Readonly<Record<Size, Value>> = {
  '600 B': value,
  '2 KB': { text: ownCode(2) },
  '100 KB': { text: ownCode(100) },
};

export async function redisFigures(tiered: Tiered) {
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
    const cache = tiered({ levels: [level], holder: 'bench' }, KEYS / 2);
    const hitOf = async (size: Size): Promise<Hit> => {
      const one = ANSWERS[size];
      const plain = JSON.stringify(one);
      for (const number of Array.from({ length: KEYS }).keys()) {
        await cache.keep(`key ${number}`, one);
        await callBuffer('SET', [`raw ${number}`, plain]);
      }
      const times = await inTurn(plain.length > 50_000 ? 1_000 : 5_000, {
        sluice: async (index) => {
          const key = `key ${index % KEYS}`;
          const found = cache.getNow(key) ?? (await cache.find(key, [], never));
          if (found === undefined || !('level' in found))
            throw new Error('the value did not come from Redis');
        },
        raw: async (index) => JSON.parse(String(await redis.getBuffer(`raw ${index % KEYS}`))),
      });
      const packed = await redis.strlen('bench:cache:v:key 0');
      return { sluice: round(times.sluice), raw: round(times.raw), bytes: plain.length, packed };
    };
    const hits = {
      '600 B': await hitOf('600 B'),
      '2 KB': await hitOf('2 KB'),
      '100 KB': await hitOf('100 KB'),
    };
    const four = await madeByPeers(4, 250, '', server.url);
    await server.stop();
    slowAfterMs = 50;
    const dead: number[] = [];
    for (let index = 0; index < 200; index += 1) {
      const startedMs = performance.now();
      await cache.find(`other ${index}`, [], never);
      dead.push(performance.now() - startedMs);
    }
    return {
      hits,
      four,
      deadFirstMs: dead[0] ?? 0,
      deadThenMs: median(dead.slice(1)),
    };
  } finally {
    redis.disconnect();
    level.dispose();
    await server.stop();
  }
}
