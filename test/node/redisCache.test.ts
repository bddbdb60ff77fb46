import { suiteSetup, suiteTeardown } from 'mocha';
import { seededRandom } from '../../src/base/random.ts';
import { RedisCache } from '../../src/node/redisCache.ts';
import { cacheLaws } from '../cache/cacheLaws.ts';
import { type RedisServer, startRedis } from '../support/redisServer.ts';

let server: RedisServer;
let opened = 0;
suiteSetup(async () => {
  server = await startRedis();
});
suiteTeardown(() => server.stop());

cacheLaws({
  name: 'in Redis',
  sequences: 10,
  open: (clock) =>
    RedisCache.open({
      ...{ clock, random: seededRandom(1), address: { url: server.url }, prefix: `laws ${++opened}` },
      ...{ maxTtlMs: () => 3_600_000, openWithinMs: 5_000 },
    }),
});
