/** `redisPeerMain.ts URL PLAN`: takes from the levels in Redis as PLAN says (see levelPeer.ts), reports, and stays. */
import { systemClock } from '../../src/base/clock.ts';
import { systemRandom } from '../../src/base/random.ts';
import { RedisLevels } from '../../src/node/redisLevels.ts';
import type { PeerPlan, PeerReport } from './levelPeer.ts';

const [url = '', text = '{}'] = process.argv.slice(2);
const { holder, takes, tokens = 1_000 } = JSON.parse(text) as PeerPlan;
const store = await RedisLevels.open({
  address: { url },
  prefix: 'peers',
  clock: systemClock,
  random: systemRandom,
  holder,
  // A machine under load is no dead Redis.
  answerWithinMs: 10_000,
  onState: () => undefined,
});
process.send?.({ kind: 'ready' });
const demand = { inputTokens: tokens, outputTokens: 0 };
let granted = 0;
for (let index = 0; index < takes; index += 1) {
  const id = `${holder} ${index}`;
  const ask = { id, model: 'm', demand, priority: 0, waitedMs: 0, patienceMs: 0, lent: [], fair: false };
  if ((await store.run('p', { kind: 'take', ask, holder, leaseMs: 15_000 })).ok) granted += 1;
}
const report: PeerReport = { granted, p99Ms: 0, maxMs: 0 };
process.send?.({ kind: 'done', report });
process.on('disconnect', () => process.exit());
