/** Another process that asks for values at the same time as its peers: `FILE HOLDER COUNT [REDIS]`; says how many it made. */
import { systemClock as clock } from '../../src/base/clock.ts';
import { silentLog as log } from '../../src/base/log.ts';
import { systemRandom as random } from '../../src/base/random.ts';
import { TieredCache } from '../../src/cache/tieredCache.ts';
import { openLowerLevels } from '../../src/node/lowerLevels.ts';

const [file = '', holder = '', count = '0', url = ''] = process.argv.slice(2);
const lower = await openLowerLevels({
  ...{ holder, clock, random, log, slowAfterMs: () => 5_000 },
  ...(url === ''
    ? { disk: { file, maxBytes: () => 10_000_000 } }
    : { redis: { address: { url }, prefix: 'peers', maxTtlMs: () => 3_600_000 } }),
  onDiskFailure: (error) => {
    throw error;
  },
});
const cache = new TieredCache<{ readonly by: string }>({
  strategies: ['answers'],
  ...{ clock, random },
  limits: { maxEntries: 1_000, maxBytes: 1e6, ttlMs: 3_600_000 },
  sizeOf: () => 1,
  encode: (value) => JSON.stringify(value),
  decode: (text) => JSON.parse(text),
  lower: async () => lower,
});
let made = 0;
const make = async () => {
  made += 1;
  await new Promise<void>((resolve) => clock.after(50, resolve));
  return { by: holder };
};
process.stdout.write('ready\n');
await new Promise<void>((resolve) => process.stdin.once('data', () => resolve()));
const { signal } = new AbortController();
await Promise.all(Array.from({ length: Number(count) }, () => cache.getOrSet('the same', make, signal)));
lower.dispose();
process.stdout.write(`made ${made}\n`);
process.exit(0);
