/** What holds in every store of the cache, over random sequences. */
import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { type Random, seededRandom } from '../../src/base/random.ts';
import type { CacheStore, FileUse, Kept } from '../../src/cache/cacheStore.ts';
import { GuardedLevel } from '../../src/cache/guardedLevel.ts';
import { TieredCache } from '../../src/cache/tieredCache.ts';
import { FakeClock } from '../support/fakeClock.ts';

export interface CacheUnderTest {
  readonly name: string;
  readonly sequences: number;
  /** Empty; absent: the memory alone is what is looked at. `maxBytes` of what it may hold. */
  readonly open: ((clock: FakeClock, maxBytes: number) => Promise<CacheStore>) | undefined;
  /** Its answers come in real time: the clock of the test stands still meanwhile. */
  readonly remote?: boolean;
}

export const MINUTE_MS = 60_000;
const never = new AbortController().signal;

export function kept(clock: FakeClock, text: string, changes: Partial<Kept> = {}): Kept {
  const storedAtMs = clock.now();
  const until = storedAtMs + 30 * MINUTE_MS;
  return {
    ...{ text, strategy: 'answers', scope: 'here', model: 'p/m', files: [], savesUsd: 0.01 },
    ...{ storedAtMs, staleAtMs: until, expiresAtMs: until },
    ...changes,
  };
}

interface Value {
  readonly text: string;
  readonly file: FileUse;
  readonly bornMs: number;
}

const pick = <T>(random: Random, values: readonly T[]): T =>
  values[Math.floor(random() * values.length)] as T;

export function cacheLaws({ name, sequences, open }: CacheUnderTest): void {
  const MAX_BYTES = 40_000;
  const TTL_MS = 20 * MINUTE_MS;
  const PATHS = ['a', 'b', 'c'];

  async function start(seed: number) {
    const clock = new FakeClock();
    // lru-cache takes a beginning at 0 for none.
    clock.advance(1);
    const random = seededRandom(seed);
    const store = await open?.(clock, MAX_BYTES);
    const level = store && new GuardedLevel(store, { clock, random, slowAfterMs: () => 60_000 });
    const lower = level && (async () => ({ levels: [level], holder: 'us' }));
    const cache = new TieredCache<Value>({
      strategies: ['answers'],
      clock,
      random,
      // With a store below, the memory is so small that most is read there.
      limits: { maxEntries: store ? 2 : 20, maxBytes: MAX_BYTES, ttlMs: TTL_MS },
      sizeOf: ({ text }) => text.length,
      encode: (value) => JSON.stringify(value),
      decode: (text) => JSON.parse(text) as Value,
      lower,
    });
    return { clock, random, cache, level, store };
  }

  suite(`the laws of the cache ${name}`, () => {
    test('hits and misses are the requests, it is never over its size, and no value outlives its time or its file', async () => {
      for (let seed = 1; seed <= sequences; seed += 1) {
        const { clock, random, cache, level, store } = await start(seed);
        const states = new Map(PATHS.map((path) => [path, 0]));
        const fileOf = (path: string): FileUse => ({ path, hash: `${path}${states.get(path)}` });
        let asked = 0;
        let askedBelow = 0;
        for (let step = 0; step < 60; step += 1) {
          const key = `k${seed}-${Math.floor(random() * 12)}`;
          const path = pick(random, PATHS);
          const what = random();
          if (what < 0.35) {
            const value = {
              text: pick(random, ['x', 'y'] as const).repeat(random() * 6_000),
              file: fileOf(path),
              bornMs: clock.now(),
            };
            await cache.keep(key, value, { files: [value.file], savesUsd: random(), ttlMs: TTL_MS });
          } else if (what < 0.75) {
            asked += 1;
            const files = PATHS.map(fileOf);
            const now = cache.getNow(key, files)?.value;
            if (now === undefined) askedBelow += 1;
            const value = now ?? (await cache.find(key, files, never))?.value;
            if (value !== undefined) {
              const where = `seed ${seed}, step ${step}`;
              assert.equal(value.file.hash, fileOf(value.file.path).hash, `${where}: of a file that changed`);
              assert.ok(clock.now() - value.bornMs < TTL_MS, `${where}: too old`);
            }
          } else if (what < 0.85) {
            states.set(path, (states.get(path) ?? 0) + 1);
            if (random() < 0.5) await cache.drop({ kind: 'file', path, hash: fileOf(path).hash });
          } else clock.advance(random() * 8 * MINUTE_MS);

          const facts = cache.facts();
          assert.equal(facts.hits + facts.misses, asked);
          assert.ok(facts.bytes <= MAX_BYTES && facts.entries <= 20);
          const below = level?.counts();
          if (below) assert.equal(below.hits + below.misses, askedBelow);
          const { bytes = 0 } = store?.facts() ?? {};
          assert.ok(bytes <= MAX_BYTES, `${bytes} bytes`);
        }
        store?.dispose();
      }
    }).timeout(60_000);

    test('what is forgotten is not found again: all, a workspace, a kind, a model, a file', async () => {
      const drops = [
        { kind: 'all' },
        { kind: 'scope', scope: 'here' },
        { kind: 'strategies', strategies: ['answers'] },
        { kind: 'model', model: 'p/m', strategies: ['answers'] },
        { kind: 'file', path: 'a', hash: 'new' },
        { kind: 'file', path: 'a' },
      ] as const;
      const fileNow = { path: 'a', hash: 'new' };
      for (const [index, what] of drops.entries()) {
        const { cache, store } = await start(1_000 + index);
        const file = { path: 'a', hash: 'old' };
        const value = { text: 'x', file, bornMs: 0 };
        const about = { scope: 'here', model: 'p/m', files: [file] };
        await cache.keep(`gone ${index}`, value, about);
        const ofNow = what.kind === 'file' && 'hash' in what ? { files: [fileNow] } : {};
        await cache.keep(`stays ${index}`, value, { scope: 'there', model: 'p/n', ...ofNow });

        await cache.drop(what);
        // What lies below is looked at itself.
        if (store) cache.dropNow({ kind: 'all' });

        const get = async (key: string) => cache.getNow(key) ?? (await cache.find(key, [], never));
        const others = what.kind !== 'all' && what.kind !== 'strategies';
        assert.equal(await get(`gone ${index}`), undefined, what.kind);
        assert.equal((await get(`stays ${index}`)) !== undefined, others, what.kind);
        store?.dispose();
      }
    });
  });
}
