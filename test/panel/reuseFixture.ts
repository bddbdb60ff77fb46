/** What the dashboard is sent of the cache levels, of similar questions and of what is asked ahead. */
import type { Snapshot } from '../../src/flow/snapshot.ts';

type Reuse = Pick<Snapshot, 'caches' | 'cacheStrategies' | 'similar' | 'background'>;

/** Every level in use, every figure known. */
export function fullReuse(nowMs: number): Reuse {
  return {
    caches: [
      {
        ...{ level: 'memory', hits: 31, misses: 23, joined: 4, entries: 19, maxEntries: 1_000 },
        ...{ bytes: 812_000, maxBytes: 16_777_216, evictions: 0, savedUsd: 0.121, savedMs: 61_000 },
      },
      {
        ...{ level: 'redis', hits: 4, misses: 19, rejected: 2, savedUsd: 0.014, savedMs: 9_000 },
        ...{
          filter: { asked: 23, spared: 18, wrong: 1 },
          packing: { plainBytes: 91_000, packedBytes: 31_000 },
        },
      },
      {
        ...{ level: 'disk', hits: 7, misses: 12, entries: 1_204, bytes: 4_810_000, maxBytes: 104_857_600 },
        ...{ evictions: 31, filter: { asked: 19, spared: 11, wrong: 0 }, savedMs: 14_200 },
        packing: { plainBytes: 812_000, packedBytes: 240_000 },
      },
    ],
    cacheStrategies: [
      { strategy: 'answers', hits: 40, misses: 9, joined: 3, savedUsd: 0.13, savedMs: 80_000 },
      { strategy: 'edits', hits: 2, misses: 5, joined: 1, savedMs: 4_000 },
    ],
    similar: {
      ...{ maxWrong: 0.01, asked: 61, hits: 9, entries: 140, maxEntries: 2_000, expectedWrong: 0.006 },
      ...{ askedAnyway: 1, accepted: 5, savedUsd: 0.03, savedMs: 12_000 },
    },
    background: {
      ...{ on: true, budgetUsd: 0.05, spentTodayUsd: 0.012 },
      kinds: [
        { kind: 'warming', sent: 12, used: 7, usd: 0.008, off: false },
        { kind: 'prefetch', sent: 40, used: 2, usd: 0.031, off: true },
      ],
      newest: [
        {
          ...{ kind: 'prefetch', task: 'tests', model: 'fast', simulated: true, usd: 0.0007 },
          ...{ atMs: nowMs - 90_000, used: true },
        },
        {
          ...{ kind: 'warming', task: 'explain', model: 'claude-haiku-5-5', simulated: false, usd: 0 },
          atMs: nowMs - 3_600_000,
        },
      ],
    },
  };
}

/** All of it there and without use: levels that fail, nothing known, everything off. */
export function idleReuse(): Reuse {
  return {
    caches: [
      {
        ...{ level: 'memory', hits: 0, misses: 9, joined: 0, entries: 0, maxEntries: 1_000 },
        ...{ bytes: 0, savedMs: 0 },
      },
      { level: 'redis', hits: 0, misses: 9, skipped: 9, down: true, savedMs: 0 },
      { level: 'disk', hits: 0, misses: 9, skipped: 4, down: true, rejected: 3, savedMs: 0 },
    ],
    cacheStrategies: [],
    similar: {
      ...{ maxWrong: 0, asked: 0, hits: 0, entries: 0, maxEntries: 2_000 },
      ...{ askedAnyway: 0, accepted: 0, savedMs: 0 },
    },
    background: {
      ...{ on: false, budgetUsd: 0, spentTodayUsd: 0 },
      kinds: [
        { kind: 'warming', sent: 0, used: 0, usd: 0, off: false },
        { kind: 'prefetch', sent: 21, used: 0, usd: 0.02, off: true },
      ],
      newest: [],
    },
  };
}
