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

/** Rounds by turns; the median of the rounds' medians. */
async function besidePing(server: RedisServer, limits: readonly DeclaredLimit[], one: Ask) {
  const { redis, callBuffer } = connectRedis({ url: server.url }, Math.random);
  await new Promise((resolve) => redis.once('ready', resolve));
  const books = new RedisBooks({ redis: { callBuffer }, prefix: 'bench', clock: systemClock });
  await books.run('p', { kind: 'declare', limits });
  const ping: number[] = [];
  const take: number[] = [];
  let count = 0;
  for (let index = 0; index < ROUNDS; index += 1) {
    ping.push(await median(() => redis.ping()));
    const ids: string[] = [];
    take.push(
      await median(async () => {
        count += 1;
        ids.push(`${count}`);
        const ask = { ...one, id: `${count}` };
        const { ok } = await books.run('p', { kind: 'take', ask, holder: 'us', leaseMs: LEASE_MS });
        if (!ok) throw new Error('a decision was refused');
      }),
    );
    for (const id of ids) await books.run('p', { kind: 'settle', id, used: one.demand });
  }
  const serverMicros = Number(
    /cmdstat_evalsha:.*usec_per_call=([\d.]+)/.exec(await redis.info('commandstats'))?.[1],
  );
  redis.disconnect();
  // The first rounds warm up.
  const [pingMs, takeMs] = [quantile(ping.slice(3), 0.5), quantile(take.slice(3), 0.5)];
  return { pingMs: round(pingMs), takeMs: round(takeMs), ratio: takeMs / pingMs, serverMicros };
}

async function median(work: () => Promise<unknown>): Promise<number> {
  const ms: number[] = [];
  for (let index = 0; index < EACH; index += 1) {
    const startedMs = performance.now();
    await work();
    ms.push(performance.now() - startedMs);
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
