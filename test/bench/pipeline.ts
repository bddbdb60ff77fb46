/**
 * Our own time on the way of one request, over a platform that answers at once: a hit in memory, a miss, and a thousand
 * equal requests at the same moment. The peer for the hit is bentocache's `getOrSet`. Units: microseconds.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BentoCache, bentostore } from 'bentocache';
import { memoryDriver } from 'bentocache/drivers/memory';
import { systemClock } from '../../src/base/clock.ts';
import type { RouteRequest } from '../../src/flow/request.ts';
import { SqliteLedger } from '../../src/node/sqliteLedger.ts';
import { FakeTransport } from '../support/fakeTransport.ts';
import { buildSpine, request } from '../support/spine.ts';
import { type Bench, check, round, summary } from './report.ts';

const ROUNDS = 5;
const HITS = 20_000;
const MISSES = 3_000;
const AT_ONCE = 1_000;
const never = new AbortController().signal;
const ignore = () => undefined;
/** 1 KB of code, as varied as code is. */
const KILOBYTE = Array.from(
  { length: 26 },
  (_, line) => `const value${line} = compute(${line * 37}, 'item');`,
)
  .join('\n')
  .slice(0, 1_024);

export const pipeline: Bench = async ({ say }) => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
  const ledger = await SqliteLedger.open(join(folder, 'sluice.db'), systemClock, (error) =>
    say(`ledger: ${error.code}`),
  );
  try {
    const transport = new FakeTransport(systemClock, [{ texts: ['an answer of some length. '.repeat(20)] }]);
    const spine = buildSpine({ clock: systemClock, transport, ledger });
    const ask = (one: RouteRequest) => spine.pipeline.run(one, ignore, never);
    await ask(request({ code: code(KILOBYTE) }));
    const hits: number[] = [];
    const peer: number[] = [];
    const bento = await bentoHit();
    for (let round = 0; round < ROUNDS; round += 1) {
      say(`round ${round + 1} of ${ROUNDS}`);
      hits.push(...(await times(HITS, () => ask(request({ code: code(KILOBYTE) })))));
      peer.push(...(await times(HITS, bento.get)));
    }
    let next = 0;
    const misses = await times(MISSES, () => ask(request({ code: code(`${next++}\n${KILOBYTE}`) })));
    const before = transport.calls.length;
    const startedMs = performance.now();
    await Promise.all(
      Array.from({ length: AT_ONCE }, () =>
        ask(request({ instruction: 'all at once', code: code(KILOBYTE) })),
      ),
    );
    const onceMs = performance.now() - startedMs;
    const calls = transport.calls.length - before;
    await bento.end();
    return report({ hits, peer, misses, calls, onceMs });
  } finally {
    ledger.dispose();
    rmSync(folder, { recursive: true, force: true });
  }
};

interface Measured {
  readonly hits: readonly number[];
  readonly peer: readonly number[];
  readonly misses: readonly number[];
  readonly calls: number;
  readonly onceMs: number;
}

function report({ hits, peer, misses, calls, onceMs }: Measured) {
  const [hit, bento, miss] = [summary(hits), summary(peer), summary(misses)];
  return {
    results: {
      hitUs: { ...hit, perSecond: perSecond(hits) },
      bentocacheHitUs: { ...bento, perSecond: perSecond(peer) },
      missOwnUs: { ...miss, perSecond: perSecond(misses) },
      equalAtOnce: { requests: AT_ONCE, calls, totalMs: round(onceMs) },
      note: 'the hit includes the SHA-256 key over 1 KB, receipt, metrics and history; bentocache gets a ready key',
    },
    checks: [
      check('memory hit through the whole pipeline, P50', hit.p50, '<=', 25, 'µs'),
      check('own time of a miss, P50', miss.p50, '<=', 300, 'µs'),
      check(`calls for ${AT_ONCE} equal requests at once`, calls, '=', 1, 'calls'),
    ],
  };
}

async function times(count: number, run: () => Promise<unknown>): Promise<number[]> {
  const taken: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const startedMs = performance.now();
    await run();
    taken.push((performance.now() - startedMs) * 1_000);
  }
  return taken;
}

async function bentoHit() {
  const store = bentostore().useL1Layer(memoryDriver({ maxItems: 1_000, serialize: false }));
  const bento = new BentoCache({ default: 'memory', stores: { memory: store } });
  const options = { key: 'the same key', ttl: '1h', factory: () => ({ text: 'an answer' }) };
  await bento.getOrSet(options);
  return { get: () => bento.getOrSet(options), end: () => bento.disconnectAll() };
}

function code(text: string) {
  return { language: 'typescript', text, problems: [], cutChars: 0 };
}

function perSecond(us: readonly number[]): number {
  return round((us.length * 1e6) / us.reduce((sum, value) => sum + value, 0));
}
