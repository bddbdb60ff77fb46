import { suiteSetup, suiteTeardown } from 'mocha';
import { seededRandom } from '../../src/base/random.ts';
import { RedisLevels } from '../../src/node/redisLevels.ts';
import { storeLaws } from '../quota/storeLaws.ts';
import { type RedisServer, startRedis } from '../support/redisServer.ts';

let server: RedisServer;
suiteSetup(async () => {
  server = await startRedis();
});
suiteTeardown(() => server.stop());

let opened = 0;
storeLaws({
  name: 'in Redis',
  sequences: 100,
  open: (clock) =>
    RedisLevels.open({
      address: { url: server.url },
      prefix: `laws ${++opened}`,
      clock,
      random: seededRandom(1),
      holder: 'us',
      answerWithinMs: 5_000,
      onState: (trouble) => {
        if (trouble) throw new Error(trouble);
      },
      serverMs: () => clock.now(),
    }),
});
