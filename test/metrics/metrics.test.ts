import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { seededRandom } from '../../src/base/random.ts';
import { LatencyHistogram } from '../../src/metrics/latencyHistogram.ts';
import { Metrics } from '../../src/metrics/metrics.ts';
import { LazyLedger, localDay, MemoryLedger, type UsageRecord } from '../../src/metrics/usageLedger.ts';

const NOON = new Date(2026, 10, 21, 12).getTime();
const RECORD: UsageRecord = {
  atMs: NOON,
  day: '2026-11-21',
  task: 'explain',
  modelKey: 'p/m',
  simulated: false,
  cache: 'none',
  stop: 'complete',
  inputTokens: 100,
  outputTokens: 10,
  costUsd: 0.5,
  totalMs: 800,
};

suite('metrics', () => {
  test('quantiles are those of the latest thousand, bars and count those of all', () => {
    const random = seededRandom(11);
    const histogram = new LatencyHistogram();
    const times = Array.from({ length: 20_000 }, () => Math.round(20 * Math.exp(3 * random())));
    for (const ms of times) histogram.record(ms);
    const sorted = times.slice(-1_000).toSorted((a, b) => a - b);

    const { p50Ms, p95Ms, p99Ms, count, bins } = histogram.summary();

    assert.deepEqual([p50Ms, p95Ms, p99Ms], [sorted[499], sorted[949], sorted[989]]);
    assert.equal(count, 20_000);
    assert.equal(
      bins.reduce((sum, bin) => sum + bin.count, 0),
      20_000,
    );
  });

  test('only whole answers of the model itself count as its latency', () => {
    const metrics = new Metrics(new MemoryLedger());
    for (const overrides of [
      {},
      { cache: 'memory' },
      { cache: 'joined' },
      { stop: 'cut' },
      { stop: 'cancelled' },
    ] as const) {
      metrics.record({ ...RECORD, ...overrides });
    }

    assert.equal(metrics.latencies()[0]?.summary.count, 1);
  });

  test('money that nobody owes and money that is unknown are kept apart', () => {
    const ledger = new MemoryLedger();
    const { costUsd: _known, ...unpriced } = RECORD;
    ledger.add(RECORD);
    ledger.add({ ...RECORD, simulated: true });
    ledger.add(unpriced);

    assert.deepEqual(ledger.day('2026-11-21'), {
      day: '2026-11-21',
      requests: 3,
      inputTokens: 300,
      outputTokens: 30,
      usd: 0.5,
      simulatedUsd: 0.5,
      unknownCost: 1,
    });
  });

  test('a day begins and ends at local midnight', () => {
    const metrics = new Metrics(new MemoryLedger());
    const midnight = new Date(2026, 10, 22).getTime();

    assert.equal(localDay(midnight - 1), '2026-11-21');
    assert.deepEqual([metrics.today(midnight - 1), metrics.today(midnight)], ['2026-11-21', '2026-11-22']);
    assert.equal(metrics.today(midnight - 1), '2026-11-21');
  });

  test('a ledger that opens late gets what was recorded before; one that fails loses nothing in this window', async () => {
    const real = new MemoryLedger();
    const failures: unknown[] = [];
    const late = new LazyLedger(async () => real, ignore);
    const broken = new LazyLedger(
      () => Promise.reject(new Error('disk')),
      (failure) => failures.push(failure),
    );
    for (const ledger of [late, broken]) {
      ledger.add(RECORD);
      assert.equal(ledger.day(RECORD.day).requests, 1);
    }

    await new Promise<void>((resolve) => queueMicrotask(() => queueMicrotask(resolve)));
    for (const ledger of [late, broken]) ledger.add(RECORD);

    assert.deepEqual([late.day(RECORD.day).requests, broken.day(RECORD.day).requests], [2, 2]);
    assert.equal(real.day(RECORD.day).requests, 2);
    assert.equal(failures.length, 1);
  });
});

function ignore(): void {
  return;
}
