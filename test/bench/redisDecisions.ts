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

const ROUNDS = 50;
const EACH = 200;
/** The first rounds warm up. */
const WARM = 10;
const CLIENTS = 4;
const ADMITTED = 250;
const DEAD = 2_000;
const LEASE_MS = 15_000;
/** A machine under load is no dead Redis. */
const PATIENT_MS = 5_000;

export interface RedisFigures {
  readonly pingMs: number;
  readonly takeMs: number;
  readonly ratio: number;
  /** The server's own time for one, without the way there and back; microseconds. */
  readonly serverMicros: number;
  /** Beside the same PING: as many bytes added to a list by nobody's decision, and sent to a script that does nothing. */
  readonly bareRatio: number;
  readonly nothingRatio: number;
  /** While another window settles in between: the script decides, and the whole book comes with the answer. */
  readonly togetherRatio: number;
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

/**
 * Rounds by turns, each with a PING of its own: what slows the machine down for a while slows both. The median of the
 * rounds' medians, and of their ratios. Each request is settled before the next one.
 */
async function besidePing(server: RedisServer, limits: readonly DeclaredLimit[], one: Ask) {
  const { redis, callBuffer } = connectRedis({ url: server.url }, Math.random, 5_000);
  await new Promise((resolve) => redis.once('ready', resolve));
  let entry: string | Buffer = '';
  const noting = (command: string, args: (string | Buffer)[]) => {
    if (command === 'rpushx' && entry === '') entry = Buffer.from(args[1] ?? '');
    return callBuffer(command, args);
  };
  const window = () => new RedisBooks({ redis: { callBuffer: noting }, prefix: 'bench', clock: systemClock });
  const [books, other, two] = [window(), window(), window()];
  await books.run('p', { kind: 'declare', limits });
  await two.run('t', { kind: 'declare', limits });
  const sha = String(await redis.script('LOAD', 'return 1'));
  const nothing = () => callBuffer('evalsha', [sha, '1', 'bare', entry]);
  const bare = () => callBuffer('rpushx', ['bare', entry]);
  const ms: Record<string, number[]> = {};
  let count = 0;
  const take = async (of = books, platform = 'p') => {
    count += 1;
    const ask = { ...one, id: `${count}` };
    const { ok } = await of.run(platform, { kind: 'take', ask, holder: 'us', leaseMs: LEASE_MS });
    if (!ok) throw new Error('a decision was refused');
  };
  const settle = (of = books, platform = 'p') =>
    of.run(platform, { kind: 'settle', id: `${count}`, used: one.demand });
  const add = (kind: string, value: number) => {
    ms[kind] = [...(ms[kind] ?? []), value];
  };
  let micros = 0;
  for (let index = 0; index < ROUNDS; index += 1) {
    add('ping', await median(() => redis.ping()));
    await redis.config('RESETSTAT');
    add(
      'take',
      await median(
        () => take(),
        () => settle(),
      ),
    );
    micros = await serverMicros(redis);
    add('nothing', await median(nothing));
    await redis.del('bare');
    await redis.rpush('bare', '');
    add('bare', await median(bare));
    add(
      'together',
      await median(
        () => take(other, 't'),
        () => settle(two, 't'),
      ),
    );
  }
  redis.disconnect();
  const of = (name: string) => quantile(ms[name]?.slice(WARM) ?? [], 0.5);
  const ratio = (name: string) =>
    quantile((ms[name] ?? []).map((value, index) => value / (ms.ping?.[index] ?? 1)).slice(WARM), 0.5);
  return {
    pingMs: round(of('ping')),
    takeMs: round(of('take')),
    ratio: ratio('take'),
    serverMicros: micros,
    bareRatio: round(ratio('bare')),
    nothingRatio: round(ratio('nothing')),
    togetherRatio: round(ratio('together')),
  };
}

/** Of the decisions and settlings since the last reset. */
async function serverMicros(redis: { info(section: string): Promise<string> }): Promise<number> {
  return Number(/cmdstat_rpushx:.*usec_per_call=([\d.]+)/.exec(await redis.info('commandstats'))?.[1]);
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
    Array.from({ length: CLIENTS }, (_, index) => open(server, `client ${index}`, PATIENT_MS)),
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

function open({ url }: RedisServer, holder: string, answerWithinMs?: number): Promise<RedisLevels> {
  const onState = () => undefined;
  return RedisLevels.open({
    ...{ address: { url }, prefix: 'bench', clock: systemClock, random: Math.random, holder, onState },
    ...(answerWithinMs === undefined ? {} : { answerWithinMs }),
  });
}
