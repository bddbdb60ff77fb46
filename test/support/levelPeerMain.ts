/** `levelPeerMain.ts FILE PLAN`: takes from the levels in FILE as PLAN says, reports, and stays. */
import { systemClock } from '../../src/base/clock.ts';
import { systemRandom } from '../../src/base/random.ts';
import { SqliteLevels } from '../../src/node/sqliteLevels.ts';
import type { PeerPlan, PeerReport } from './levelPeer.ts';

const [file = '', text = '{}'] = process.argv.slice(2);
const { holder, takes, pauseMs, settle, tokens = 1_000 } = JSON.parse(text) as PeerPlan;
const store = await SqliteLevels.open({
  file,
  clock: systemClock,
  random: systemRandom,
  onFailure: (error) => {
    throw error;
  },
});
const demand = { inputTokens: tokens, outputTokens: 0 };
process.send?.({ kind: 'ready' });
const ms: number[] = [];
let granted = 0;
for (let index = 0; index < takes; index += 1) {
  const id = `${holder} ${index}`;
  const ask = { id, model: 'm', demand, priority: 0, waitedMs: 0, patienceMs: 0, lent: [], fair: false };
  const startedMs = performance.now();
  const { ok } = await store.run('p', { kind: 'take', ask, holder, leaseMs: 15_000 });
  ms.push(performance.now() - startedMs);
  if (ok) granted += 1;
  if (ok && settle) await store.run('p', { kind: 'settle', id, used: demand });
  if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
}
ms.sort((a, b) => a - b);
const report: PeerReport = { granted, p99Ms: ms[Math.floor(ms.length * 0.99)] ?? 0, maxMs: ms.at(-1) ?? 0 };
process.send?.({ kind: 'done', report });
process.on('disconnect', () => process.exit());
