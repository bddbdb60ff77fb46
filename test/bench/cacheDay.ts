/**
 * A day of work with repeats, replayed on a clock of its own. Generator: 1,200 requests over ten hours at random moments;
 * each asks one of 500 tasks, chosen by Zipf's law (exponent 0.9, the most frequent first); a task has code in one of 40
 * files, and a file changes every 90 minutes on average, which makes another task of all that is in it. The window is
 * reloaded every two hours. A call takes 4 s and costs what 1,500 tokens in and 400 out cost at 1 and 5 USD a million.
 */
import { join } from 'node:path';
import { seededRandom } from '../../src/base/random.ts';
import { GuardedLevel } from '../../src/cache/guardedLevel.ts';
import { TieredCache } from '../../src/cache/tieredCache.ts';
import { SqliteCache } from '../../src/node/sqliteCache.ts';
import { FakeClock } from '../support/fakeClock.ts';
import { round } from './report.ts';

const REQUESTS = 1_200;
const TASKS = 500;
const FILES = 40;
const EXPONENT = 0.9;
const HOUR_MS = 3_600_000;
const DAY_MS = 10 * HOUR_MS;
const CHANGE_EVERY_MS = 1.5 * HOUR_MS;
const RELOAD_EVERY_MS = 2 * HOUR_MS;
const CALL_S = 4;
const CALL_USD = 1_500e-6 + 400 * 5e-6;
const never = new AbortController().signal;

export async function replayedDay(folder: string) {
  const [none, memory, all] = [0, await day(undefined), await day(join(folder, 'day.db'))];
  return { requests: REQUESTS, none: saved(none), memoryOnly: saved(memory), allLevels: saved(all) };
}

function saved(hits: number) {
  return { hitRate: round(hits / REQUESTS), savedUsd: round(hits * CALL_USD), savedS: hits * CALL_S };
}

/** How many requests were spared. */
async function day(file: string | undefined): Promise<number> {
  const clock = new FakeClock();
  const random = seededRandom(11);
  const moments = Array.from({ length: REQUESTS }, () => random() * DAY_MS).toSorted((a, b) => a - b);
  const weights = Array.from({ length: TASKS }, (_, rank) => 1 / (rank + 1) ** EXPONENT);
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  const store =
    file === undefined ? undefined : await SqliteCache.open({ file, clock, random, maxBytes: () => 100e6 });
  const level = store && new GuardedLevel(store, { clock, random, slowAfterMs: () => 60_000 });
  const open = () =>
    new TieredCache<{ readonly text: string }>({
      strategies: ['answers'],
      ...{ clock, random: seededRandom(3) },
      limits: { maxEntries: 1_000, maxBytes: 16e6, ttlMs: HOUR_MS },
      sizeOf: () => 4_096,
      encode: (value) => JSON.stringify(value),
      decode: (text) => JSON.parse(text),
      lower: level && (async () => ({ levels: [level], holder: 'day' })),
    });
  let [cache, reloads, calls, nowMs] = [open(), 0, 0, 0];
  const versions = Array.from({ length: FILES }, () => 0);
  for (const atMs of moments) {
    const passedMs = atMs - nowMs;
    clock.advance(passedMs);
    nowMs = atMs;
    for (const [index, version] of versions.entries())
      if (random() < passedMs / CHANGE_EVERY_MS) versions[index] = version + 1;
    if (Math.floor(atMs / RELOAD_EVERY_MS) > reloads) {
      reloads += 1;
      cache = open();
    }
    let left = random() * whole;
    const task = Math.max(
      0,
      weights.findIndex((weight) => {
        left -= weight;
        return left <= 0;
      }),
    );
    const make = async () => {
      calls += 1;
      return { text: 'answer '.repeat(200) };
    };
    await cache.getOrSet(`${task} ${versions[task % FILES]}`, make, never, { savesUsd: CALL_USD });
  }
  level?.dispose();
  return REQUESTS - calls;
}
