/** A connection to Redis that never queues and never waits long; it comes back by itself. Units: milliseconds. */
import { Redis } from 'ioredis';
import { systemClock } from '../base/clock.ts';
import type { Random } from '../base/random.ts';
import { ForeignBook } from './redisBook.ts';

/** An answer that takes longer is not waited for: a request of the editor is not later by more than this, once. */
export const ANSWER_WITHIN_MS = 140;
const LAST_TURN_MS = 1;
const CONNECT_WITHIN_MS = 5_000;
/** Between two tries to connect: full jitter below a bound that doubles. */
const RECONNECT = { firstMs: 200, maxMs: 10_000, leastMs: 50 };

export interface RedisAddress {
  /** `redis:` or `rediss:` (TLS); may hold user, password and database. */
  readonly url: string;
  /** In place of the address's own. */
  readonly password?: string;
}

/** Why the ledger of a team cannot be used. */
export type RedisTrouble = 'unreachable' | 'password' | 'read-only' | 'full' | 'foreign' | 'cluster';

export interface RedisConnection {
  readonly redis: Redis;
  /** Rejects when the answer takes too long; what was asked may happen all the same. */
  readonly callBuffer: (command: string, args: (string | Buffer)[]) => Promise<unknown>;
  /** What the connection itself complained of last; the errors of commands say less. */
  readonly complaint: () => unknown;
}

export function connectRedis(
  { url, password }: RedisAddress,
  random: Random,
  answerWithinMs = ANSWER_WITHIN_MS,
): RedisConnection {
  const redis = new Redis(url, {
    ...(password === undefined ? {} : { password }),
    connectionName: 'sluice',
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    connectTimeout: CONNECT_WITHIN_MS,
    retryStrategy: (times) =>
      RECONNECT.leastMs + random() * Math.min(RECONNECT.maxMs, RECONNECT.firstMs * 2 ** Math.min(times, 20)),
  });
  let complaint: unknown;
  // Without a listener an error would end the process.
  redis.on('error', (error) => {
    complaint = error;
  });
  redis.on('ready', () => {
    complaint = undefined;
  });
  const callBuffer = (command: string, args: (string | Buffer)[]) =>
    within(answerWithinMs, redis.callBuffer(command, args));
  return { redis, callBuffer, complaint: () => complaint };
}

/**
 * A process that stood still itself finds the time over before it has read what came meanwhile: a turn of the event loop
 * lies between the end of the time and the verdict.
 */
function within<T>(ms: number, answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = () => reject(new Error('Redis did not answer in time'));
    let timer = systemClock.after(ms, () => {
      timer = systemClock.after(LAST_TURN_MS, late);
    });
    answer.then(resolve, reject).finally(() => timer.dispose());
  });
}

/** A server's error reply begins with its code: redis.io/docs/latest/develop/reference/protocol-spec (2026-11-21). */
const CODES: readonly (readonly [RegExp, RedisTrouble])[] = [
  [/^(WRONGPASS|NOAUTH|NOPERM)\b|AUTH.*(without any password|no password)/, 'password'],
  [/^READONLY\b/, 'read-only'],
  [/^(OOM|MISCONF)\b/, 'full'],
  [/^WRONGTYPE\b|\bSLUICEFOREIGN\b/, 'foreign'],
  [/^(MOVED|ASK|CROSSSLOT|CLUSTERDOWN)\b/, 'cluster'],
];

export function troubleOf(error: unknown): RedisTrouble {
  if (error instanceof ForeignBook || error instanceof SyntaxError) return 'foreign';
  const text = error instanceof Error ? error.message : '';
  return CODES.find(([code]) => code.test(text))?.[1] ?? 'unreachable';
}
