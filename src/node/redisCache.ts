/**
 * The cache level in Redis, shared by a team. What is read there is checked, sealed values by the team's secret; what is
 * not ours is left alone. Units: milliseconds, bytes.
 */
import { Buffer } from 'node:buffer';
import type { Clock } from '../base/clock.ts';
import type { Random } from '../base/random.ts';
import {
  alive,
  type CacheStore,
  type Drop,
  type Kept,
  type LeaseAnswer,
  type StoreFacts,
} from '../cache/cacheStore.ts';
import { disclose, enclose } from './cacheEnvelope.ts';
import type { CacheSecret } from './cacheSecret.ts';
import {
  connectRedis,
  type RedisAddress,
  type RedisConnection,
  type RedisTrouble,
  troubleOf,
} from './redisConnection.ts';
import { RedisFilter } from './redisFilter.ts';

export interface RedisCacheDeps {
  readonly address: RedisAddress;
  /** In front of every key. */
  readonly prefix: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly secret?: CacheSecret;
  /** No value lives longer here. */
  readonly maxTtlMs: () => number;
  /** So long the first request may wait for the connection. */
  readonly openWithinMs: number;
  /** Hears why nothing can be written just now. */
  readonly onTrouble?: (trouble: RedisTrouble) => void;
}

/** A command that takes longer has failed; how long a request waits is decided above. */
const ANSWER_WITHIN_MS = 2_000;
/** How long it does not try to write where Redis said that it takes nothing. */
const NOT_WRITABLE_MS = 30_000;
/** No value of ours lives longer, whatever the settings say. */
const MOST_TTL_MS = 120 * 60_000;
/** Between the clocks of a team. */
const CLOCKS_APART_MS = 15 * 60_000;
const MOST_FOREIGN = 1_000;
const SCAN = '500';

/** A value that is there already; else the right to make it, for whoever has it or finds it free. */
const LEASE = `
local value = redis.call('GET', KEYS[1])
if value then return value end
local holder = redis.call('GET', KEYS[2])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[2])
return 1`;
const RELEASE = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`;

export class RedisCache implements CacheStore {
  readonly level = 'redis';
  readonly #deps: RedisCacheDeps;
  readonly #connection: RedisConnection;
  readonly #filter: RedisFilter;
  readonly #valuesAt: string;
  readonly #foreign = new Set<string>();
  readonly #counts = { plainBytes: 0, packedBytes: 0, rejected: 0 };
  #writableFromMs = Number.NEGATIVE_INFINITY;

  private constructor(deps: RedisCacheDeps) {
    this.#deps = deps;
    this.#valuesAt = this.#at('v', '');
    this.#connection = connectRedis(deps.address, deps.random, ANSWER_WITHIN_MS);
    this.#filter = new RedisFilter({ ...deps, ask: (command, args) => this.#call(command, args) });
    this.#connection.redis.on('ready', () => this.#filter.start());
  }

  /** Never rejects: a Redis that is not there is asked again later. */
  static async open(deps: RedisCacheDeps): Promise<RedisCache> {
    const cache = new RedisCache(deps);
    const { redis } = cache.#connection;
    await new Promise<void>((resolve) => {
      const late = deps.clock.after(deps.openWithinMs, () => resolve());
      for (const event of ['ready', 'close']) {
        redis.once(event, () => {
          late.dispose();
          resolve();
        });
      }
    });
    return cache;
  }

  get(key: string): Kept | undefined | Promise<Kept | undefined> {
    const name = this.#nameOf(key);
    return this.#filter.mayHave(name) ? this.#get(name) : undefined;
  }

  async set(key: string, kept: Kept, lease?: string): Promise<void> {
    const name = this.#nameOf(key);
    const { clock, secret, maxTtlMs } = this.#deps;
    const ttlMs = Math.floor(Math.min(MOST_TTL_MS, maxTtlMs(), kept.expiresAtMs - clock.now()));
    const envelope = enclose(kept, name, secret);
    if (this.#writable() && envelope && ttlMs > 0 && !this.#foreign.has(name)) {
      await this.#write(async () => {
        // What could not be found when it is to be forgotten is not kept.
        await this.#tag(name, kept);
        await this.#call('SET', [this.#at('v', name), envelope.bytes, 'PX', `${ttlMs}`]);
        await this.#filter.add(name);
        this.#counts.plainBytes += envelope.plainBytes;
        this.#counts.packedBytes += envelope.bytes.length;
      });
    }
    if (lease !== undefined) await this.release(key, lease);
  }

  async delete(key: string): Promise<void> {
    if (this.#writable()) await this.#write(() => this.#call('UNLINK', [this.#at('v', this.#nameOf(key))]));
  }

  async lease(key: string, holder: string, forMs: number): Promise<LeaseAnswer> {
    const name = this.#nameOf(key);
    if (!this.#writable() || this.#foreign.has(name)) return undefined;
    const args = [LEASE, '2', this.#at('v', name), this.#at('l', name), holder, `${forMs}`];
    let answer: unknown;
    await this.#write(async () => {
      answer = await this.#call('EVAL', args);
    });
    if (answer instanceof Buffer) return this.#read(answer, name) ?? undefined;
    return answer === 1 ? 'ours' : answer === 0 ? 'taken' : undefined;
  }

  async release(key: string, holder: string): Promise<void> {
    if (!this.#writable()) return;
    await this.#write(() => this.#call('EVAL', [RELEASE, '1', this.#at('l', this.#nameOf(key)), holder]));
  }

  async drop(what: Drop): Promise<void> {
    if (what.kind === 'all') return this.#dropAll();
    for (const tag of tagsOf(what)) {
      const set = this.#at('g', this.#nameOf(tag));
      const members = (await this.#call('ZRANGE', [set, '0', '-1'])) as Buffer[];
      const names = members.map(String);
      const gone = await this.#meant(names, what);
      if (gone.length > 0)
        await this.#call(
          'UNLINK',
          gone.map((name) => this.#at('v', name)),
        );
      if (gone.length === names.length) await this.#call('UNLINK', [set]);
    }
  }

  facts(): StoreFacts {
    return { ...this.#counts, filter: this.#filter.counts };
  }

  dispose(): void {
    this.#filter.dispose();
    const { redis } = this.#connection;
    // What was written just before is on its way already.
    if (redis.status === 'ready') redis.quit().catch(() => redis.disconnect());
    else redis.disconnect();
  }

  /** Read as the answer comes: a promise for each step would cost a hit more than reading it does. */
  #get(name: string): Promise<Kept | undefined> {
    const read = (answer: unknown): Kept | undefined => {
      if (answer instanceof Buffer) return this.#read(answer, name);
      if (answer === null) this.#filter.wasWrong(name);
      else if (troubleOf(answer) !== 'foreign') throw answer;
      else this.#reject(name);
      return undefined;
    };
    // ioredis compares names in small letters: those of others it turns into them, four times.
    return this.#connection.callBuffer('get', [this.#valuesAt + name], read) as Promise<Kept | undefined>;
  }

  #read(bytes: Buffer, name: string): Kept | undefined {
    const { secret, clock } = this.#deps;
    const kept = disclose(bytes, name, secret);
    if (kept === undefined) this.#reject(name);
    return kept && alive(kept, clock.now()) ? kept : undefined;
  }

  /** It is left where it is, and so is its place. */
  #reject(name: string): void {
    this.#counts.rejected += 1;
    if (this.#foreign.size < MOST_FOREIGN) this.#foreign.add(name);
  }

  #writable(): boolean {
    return this.#deps.clock.monotonic() >= this.#writableFromMs;
  }

  /** A Redis that only reads, or is full, is still read. */
  async #write(write: () => Promise<unknown>): Promise<void> {
    const { clock, onTrouble } = this.#deps;
    try {
      await write();
    } catch (error) {
      const trouble = troubleOf(error);
      if (trouble === 'unreachable' || trouble === 'password' || trouble === 'cluster') throw error;
      if (trouble !== 'foreign') this.#writableFromMs = clock.monotonic() + NOT_WRITABLE_MS;
      onTrouble?.(trouble);
    }
  }

  /** By which it is found when something is to be forgotten; what has ended by itself goes from there. */
  async #tag(name: string, { scope, model, strategy, files }: Kept): Promise<void> {
    const tags = [
      ...[`k ${strategy}`, `s ${scope}`, `m ${model}`],
      ...files.flatMap(({ path, hash }) => [`f ${path}`, `h ${path} ${hash}`]),
    ];
    const nowMs = this.#deps.clock.now();
    await Promise.all(
      tags.flatMap((tag) => {
        const set = this.#at('g', this.#nameOf(tag));
        return [
          this.#call('ZADD', [set, `${nowMs}`, name]),
          this.#call('ZREMRANGEBYSCORE', [set, '-inf', `${nowMs - MOST_TTL_MS - CLOCKS_APART_MS}`]),
          this.#call('PEXPIRE', [set, `${MOST_TTL_MS}`]),
        ];
      }),
    );
  }

  /** Of those that have its tag. */
  async #meant(names: readonly string[], what: Drop): Promise<readonly string[]> {
    if (what.kind === 'model') {
      const known = await this.#taggedWith(what.strategies.map((strategy) => `k ${strategy}`));
      return names.filter((name) => known.has(name));
    }
    if (what.kind !== 'file' || what.hash === undefined) return names;
    const same = await this.#taggedWith([`h ${what.path} ${what.hash}`]);
    return names.filter((name) => !same.has(name));
  }

  async #taggedWith(tags: readonly string[]): Promise<ReadonlySet<string>> {
    const sets = tags.map((tag) => this.#at('g', this.#nameOf(tag)));
    const all = sets.map((set) => this.#call('ZRANGE', [set, '0', '-1']));
    const members = (await Promise.all(all)) as Buffer[][];
    return new Set(members.flat().map(String));
  }

  async #dropAll(): Promise<void> {
    let cursor = '0';
    do {
      const [next, keys] = (await this.#call('SCAN', [
        cursor,
        'MATCH',
        `${escaped(this.#deps.prefix)}:cache:*`,
        'COUNT',
        SCAN,
      ])) as [Buffer, Buffer[]];
      cursor = String(next);
      if (keys.length > 0) await this.#call('UNLINK', keys);
    } while (cursor !== '0');
  }

  #call(command: string, args: (string | Buffer)[]): Promise<unknown> {
    return this.#connection.callBuffer(command, args);
  }

  #nameOf(key: string): string {
    return this.#deps.secret?.name(key) ?? key;
  }

  #at(kind: 'v' | 'l' | 'g', name: string): string {
    return `${this.#deps.prefix}:cache:${kind}:${name}`;
  }
}

function tagsOf(what: Exclude<Drop, { readonly kind: 'all' }>): string[] {
  switch (what.kind) {
    case 'scope':
      return [`s ${what.scope}`];
    case 'strategies':
      return what.strategies.map((strategy) => `k ${strategy}`);
    case 'model':
      return [`m ${what.model}`];
    case 'file':
      return [`f ${what.path}`];
  }
}

/** Of a prefix only such signs can mean something to SCAN. */
function escaped(prefix: string): string {
  return prefix.replace(/[\\*?[\]]/g, '\\$&');
}
