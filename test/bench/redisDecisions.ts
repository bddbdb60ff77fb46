/**
 * Decisions in Redis: beside a bare PING on the same connection, four clients on one level, and a Redis that is dead.
 * Units: milliseconds.
 */

import { systemClock } from '../../src/base/clock.ts';
import { RedisBooks } from '../../src/node/redisBooks.ts';
import { connectRedis } from '../../src/node/redisConnection.ts';
import { RedisLevels } from '../../src/node/redisLevels.ts';
import type { Ask } from '../../src/quota/decide.ts';
import type { DeclaredLimit } from '../../src/quota/declaredLimits.ts';
import { type RedisServer, startRedis } from '../support/redisServer.ts';
import { quantile, round } from './report.ts';

const ROUNDS = 20;
const EACH = 500;
const CLIENTS = 4;
const ADMITTED = 250;
const DEAD = 2_000;
const LEASE_MS = 15_000;

export interface RedisFigures {
  readonly pingMs: number;
  readonly takeMs: number;
  readonly ratio: number;
  /** The server's own time for one, without the way there and back; microseconds. */
  readonly serverMicros: number;
  /** Beside the same PING: a script that does nothing, and one that only looks at the time, reads once and writes once. */
  readonly nothingRatio: number;
  readonly onlyKeepsRatio: number;
  readonly admitted: number;
  readonly expected: number;
  readonly deadFirstMs: number;
  readonly deadThenMs: number;
}

export async function redisDecisions(limits: readonly DeclaredLimit[], one: Ask): Promise<RedisFigures> {
  const server = await startRedis();
  try {
    const timed = await besidePing(server, limits, one);
    const admitted = await together(server, one);
    return { ...timed, admitted, expected: ADMITTED, ...(await dead(server, limits, one)) };
  } finally {
    await server.stop();
  }
}

/** What a script of the same arguments costs that does nothing, and one that only looks at the time, reads and keeps. */
const NOTHING = 'return 1';
const ONLY_KEEPS = `
local t, before = redis.call('TIME'), redis.call('HGET', KEYS[1], 'b')
redis.call('HSET', KEYS[1], 'b', ARGV[6], 'h:' .. ARGV[4], ARGV[7])
return 1`;

/** Rounds by turns; the median of the rounds' medians. Each request is settled before the next one. */
async function besidePing(server: RedisServer, limits: readonly DeclaredLimit[], one: Ask) {
  const { redis, callBuffer } = connectRedis({ url: server.url }, Math.random, 5_000);
  await new Promise((resolve) => redis.once('ready', resolve));
  let asked: (string | Buffer)[] = [];
  const noting = (command: string, args: (string | Buffer)[]) => {
    asked = args;
    return callBuffer(command, args);
  };
  const books = new RedisBooks({ redis: { callBuffer: noting }, prefix: 'bench', clock: systemClock });
  await books.run('p', { kind: 'declare', limits });
  const bare = async (script: string) => {
    const sha = String(await redis.script('LOAD', script));
    return () => callBuffer('EVALSHA', [sha, '2', '{bench}:bare', ...asked.slice(3)]);
  };
  const [nothing, onlyKeeps] = [await bare(NOTHING), await bare(ONLY_KEEPS)];
  const ms = { ping: [], nothing: [], onlyKeeps: [], take: [] } as Record<string, number[]>;
  let count = 0;
  const take = async () => {
    count += 1;
    const ask = { ...one, id: `${count}` };
    const { ok } = await books.run('p', { kind: 'take', ask, holder: 'us', leaseMs: LEASE_MS });
    if (!ok) throw new Error('a decision was refused');
  };
  const settle = () => books.run('p', { kind: 'settle', id: `${count}`, used: one.demand });
  let micros = 0;
  for (let index = 0; index < ROUNDS; index += 1) {
    ms.ping?.push(await median(() => redis.ping()));
    await redis.config('RESETSTAT');
    ms.take?.push(await median(take, settle));
    micros = await serverMicros(redis);
    await take();
    ms.nothing?.push(await median(nothing));
    ms.onlyKeeps?.push(await median(onlyKeeps));
    await settle();
  }
  redis.disconnect();
  // The first rounds warm up.
  const of = (name: string) => quantile(ms[name]?.slice(3) ?? [], 0.5);
  const pingMs = of('ping');
  return {
    pingMs: round(pingMs),
    takeMs: round(of('take')),
    ratio: of('take') / pingMs,
    serverMicros: micros,
    nothingRatio: round(of('nothing') / pingMs),
    onlyKeepsRatio: round(of('onlyKeeps') / pingMs),
  };
}

/** Of the decisions and settlings since the last reset. */
async function serverMicros(redis: { info(section: string): Promise<string> }): Promise<number> {
  return Number(/cmdstat_evalsha:.*usec_per_call=([\d.]+)/.exec(await redis.info('commandstats'))?.[1]);
}

async function median(work: () => Promise<unknown>, after?: () => Promise<unknown>): Promise<number> {
  const ms: number[] = [];
  for (let index = 0; index < EACH; index += 1) {
    const startedMs = performance.now();
    await work();
    ms.push(performance.now() - startedMs);
    await after?.();
  }
  return quantile(ms, 0.5);
}

/** Four clients ask for ten times what there is. */
async function together(server: RedisServer, one: Ask): Promise<number> {
  const stores = await Promise.all(
    Array.from({ length: CLIENTS }, (_, index) => open(server, `client ${index}`)),
  );
  const limit = {
    platform: 'q',
    unit: 'requests',
    size: ADMITTED,
    window: '5h',
    windowMs: 5 * 3_600_000,
  } as const;
  await stores[0]?.run('q', { kind: 'declare', limits: [limit] });
  const granted = await Promise.all(
    stores.map(async (store, client) => {
      let count = 0;
      for (let index = 0; index < (ADMITTED * 10) / CLIENTS; index += 1) {
        const ask = { ...one, id: `${client} ${index}`, fair: false };
        if ((await store.run('q', { kind: 'take', ask, holder: `${client}`, leaseMs: LEASE_MS })).ok)
          count += 1;
      }
      return count;
    }),
  );
  for (const store of stores) store.dispose();
  return granted.reduce((sum, count) => sum + count, 0);
}

/** It stands still in the middle: the connection stays, no answer comes. */
async function dead(server: RedisServer, limits: readonly DeclaredLimit[], one: Ask) {
  const store = await open(server, 'us');
  await store.run('r', { kind: 'declare', limits });
  server.freeze();
  const ms: number[] = [];
  for (let index = 0; index < DEAD; index += 1) {
    const startedMs = performance.now();
    const ask = { ...one, id: `dead ${index}` };
    const { ok } = await store.run('r', { kind: 'take', ask, holder: 'us', leaseMs: LEASE_MS });
    ms.push(performance.now() - startedMs);
    if (!ok) throw new Error('a decision was refused');
  }
  store.dispose();
  server.thaw();
  const [first = 0, ...rest] = ms;
  return { deadFirstMs: round(first), deadThenMs: round(quantile(rest, 0.99)) };
}

function open({ url }: RedisServer, holder: string): Promise<RedisLevels> {
  const onState = () => undefined;
  return RedisLevels.open({
    ...{ address: { url }, prefix: 'bench', clock: systemClock, random: Math.random, holder, onState },
  });
}
