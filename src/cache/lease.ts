/**
 * The right to make a value that nobody has yet: one window of all that share a level gets it, the others wait for the
 * value. Units: milliseconds.
 */
import { type Clock, delay } from '../base/clock.ts';
import type { Random } from '../base/random.ts';
import type { Kept } from './cacheStore.ts';
import type { GuardedLevel } from './guardedLevel.ts';
import type { Found } from './tieredCache.ts';

/** `found`: somebody had made it before we got the right. */
export type Claim<V> = { readonly found: Found<V> } | Lease;

export interface Lease {
  readonly found?: undefined;
  /** `undefined` where nobody could give one: then all make their own. */
  readonly level: GuardedLevel | undefined;
  /** Gives the right to others. Without effect once the value is kept. */
  release(): Promise<void>;
}

export interface ClaimDeps<V> {
  readonly clock: Clock;
  readonly random: Random;
  readonly levels?: readonly GuardedLevel[];
  /** Names this window. */
  readonly holder?: string;
  readonly key: string;
  /** `undefined`: it is none of ours. */
  readonly read: (kept: Kept, level: GuardedLevel) => Promise<Found<V> | undefined>;
}

/** Whoever stops renewing has ended: the next one gets the right. */
const LEASE_MS = 10_000;
const RENEW_EVERY_MS = 3_000;
/** Between two looks whether another window has made the value; up to twice as long. */
const LOOK_EVERY_MS = 25;

/** From the first level that can give it. Rejects with the signal's reason. */
export async function claimFrom<V>(deps: ClaimDeps<V>, signal: AbortSignal): Promise<Claim<V>> {
  for (const level of deps.levels ?? []) {
    const claim = await claimAt(level, deps, signal);
    if (claim) return claim;
  }
  return { level: undefined, release: async () => undefined };
}

async function claimAt<V>(
  level: GuardedLevel,
  deps: ClaimDeps<V>,
  signal: AbortSignal,
): Promise<Claim<V> | undefined> {
  const { key, holder = '', clock, random, read } = deps;
  for (;;) {
    const answer = await level.lease(key, holder, LEASE_MS);
    if (signal.aborted && answer === 'ours') await level.release(key, holder);
    signal.throwIfAborted();
    if (answer === undefined) return undefined;
    if (answer === 'ours') return held(level, deps);
    if (answer !== 'taken') {
      const found = await read(answer, level);
      if (found) return { found };
      await level.delete(key);
      continue;
    }
    await delay(LOOK_EVERY_MS * (1 + random()), clock, signal);
  }
}

function held<V>(level: GuardedLevel, { key, holder = '', clock }: ClaimDeps<V>): Lease {
  let done = false;
  let timer = clock.after(RENEW_EVERY_MS, function renew() {
    void level.lease(key, holder, LEASE_MS);
    timer = clock.after(RENEW_EVERY_MS, renew);
  });
  return {
    level,
    release: async () => {
      timer.dispose();
      if (done) return;
      done = true;
      await level.release(key, holder);
    },
  };
}
