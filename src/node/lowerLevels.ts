/**
 * Opens the cache levels below the memory: the team's Redis where there is one, and the disk. A chunk of its own that the
 * first miss loads. Units: milliseconds, bytes.
 */
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import type { Log } from '../base/log.ts';
import type { Random } from '../base/random.ts';
import { type GuardDeps, GuardedLevel } from '../cache/guardedLevel.ts';
import type { LowerLevels } from '../cache/tieredCache.ts';
import { openDiskCache } from './diskCache.ts';
import type { RedisAddress } from './redisConnection.ts';

export interface LowerLevelsDeps {
  readonly holder: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly slowAfterMs: () => number;
  /** Absent: nothing is kept on disk. */
  readonly disk?: { readonly file: string; readonly maxBytes: () => number };
  /** Absent: no team, or a workspace whose answers stay here. */
  readonly redis?: {
    readonly address: RedisAddress;
    readonly prefix: string;
    readonly secret?: string;
    readonly maxTtlMs: () => number;
  };
  /** The file on disk cannot be used, or was made anew; said once. */
  readonly onDiskFailure: (error: unknown) => void;
}

export async function openLowerLevels(deps: LowerLevelsDeps): Promise<LowerLevels & Disposable> {
  const [redis, disk] = await Promise.all([openRedis(deps), openDisk(deps)]);
  const levels = [redis, disk].filter((level) => level !== undefined);
  return {
    levels,
    holder: deps.holder,
    dispose: () => {
      for (const level of levels) level.dispose();
    },
  };
}

async function openRedis(deps: LowerLevelsDeps): Promise<GuardedLevel | undefined> {
  if (deps.redis === undefined) return undefined;
  const { address, prefix, secret, maxTtlMs } = deps.redis;
  const { clock, random, log } = deps;
  const [{ RedisCache }, { CacheSecret }] = await Promise.all([
    import('./redisCache.ts'),
    import('./cacheSecret.ts'),
  ]);
  const store = await RedisCache.open({
    ...{ address, prefix, clock, random, maxTtlMs },
    openWithinMs: deps.slowAfterMs(),
    ...(secret === undefined ? {} : { secret: new CacheSecret(secret) }),
    onTrouble: (trouble) => log.warn('cache in Redis not written', { why: trouble }),
  });
  return new GuardedLevel(store, guard(deps, 'redis'));
}

async function openDisk(deps: LowerLevelsDeps): Promise<GuardedLevel | undefined> {
  if (deps.disk === undefined) return undefined;
  const { clock, random, onDiskFailure } = deps;
  const store = await openDiskCache({ ...deps.disk, clock, random, onFailure: onDiskFailure });
  return store && new GuardedLevel(store, guard(deps, 'disk'));
}

function guard({ clock, random, slowAfterMs, log }: LowerLevelsDeps, level: string): GuardDeps {
  return {
    clock,
    random,
    slowAfterMs,
    onTrouble: (error) =>
      log.warn('cache level skipped', { level, name: error instanceof Error ? error.name : '' }),
    onRecovery: () => log.info('cache level used again', { level }),
  };
}
