import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { buildSnapshot } from '../../src/flow/buildSnapshot.ts';
import { FakeClock } from '../support/fakeClock.ts';
import { FakeTransport } from '../support/fakeTransport.ts';
import { buildSpine, FAST, request } from '../support/spine.ts';

const words = { why: () => 'because', notices: () => ['a notice'] };
const never = new AbortController().signal;

function spine(models = [FAST]) {
  const clock = new FakeClock();
  const limits = [
    { unit: 'requests', limit: 10, remaining: 4, fullInMs: 60_000, atMs: clock.now() },
  ] as const;
  const transport = new FakeTransport(clock, [{ limits, everyMs: 50 }]);
  return { ...buildSpine({ clock, transport, models }), clock };
}

suite('snapshot', () => {
  test('before the first request nothing is known, and nothing is shown as 0 that is not', () => {
    const sources = spine();

    const snapshot = buildSnapshot(sources, words);

    assert.deepEqual([snapshot.buckets, snapshot.latencies, snapshot.decisions], [[], [], []]);
    assert.equal(snapshot.caches[0]?.savedUsd, undefined);
    assert.deepEqual(snapshot.notices, ['a notice']);
    assert.deepEqual(snapshot.platforms, [{ id: 'test', label: 'Test', simulated: false, models: 1 }]);
  });

  test('after a miss and a hit it shows the limit, the latency, both decisions and the spend', async () => {
    const sources = spine();
    await sources.clock.until(sources.pipeline.run(request(), () => undefined, never));
    sources.clock.advance(3_000);
    await sources.pipeline.run(request(), () => undefined, never);

    const { buckets, caches, latencies, decisions, today, atMs } = buildSnapshot(sources, words);

    assert.equal(buckets[0]?.id, 'test//requests/');
    assert.ok(Math.abs((buckets[0]?.level ?? 0) - 4.31) < 0.01);
    assert.deepEqual([buckets[0]?.refillPerMinute, buckets[0]?.readingAgeMs], [6, 3_100]);
    assert.deepEqual(
      [caches[0]?.hits, caches[0]?.misses, caches[0]?.entries, caches[0]?.savedMs],
      [1, 1, 1, 100],
    );
    assert.deepEqual([latencies[0]?.label, latencies[0]?.count, latencies[0]?.p50Ms], ['Fast', 1, 100]);
    assert.deepEqual(
      decisions.map(({ cache, why }) => [cache, why]),
      [
        ['memory', 'because'],
        ['none', 'because'],
      ],
    );
    assert.deepEqual([today.requests, today.inputTokens, today.usd], [2, 100, 0.00035]);
    assert.equal(decisions[0]?.atMs, atMs);
  });

  test('a bucket of several platforms is shown once, with the names of those that are in use', () => {
    const sources = spine();
    const key = 'shared:test+gone';
    const limits = [{ platform: key, unit: 'units', size: 5_000, refillPerMs: 0.1 }] as const;
    sources.quota.share([{ key, platforms: ['test'], limits }]);

    const { buckets } = buildSnapshot(sources, words);

    assert.deepEqual(
      buckets.map(({ id, owner, level, simulated }) => [id, owner, level, simulated]),
      [['shared:test+gone//units/', 'Test', 5_000, false]],
    );
  });

  test('a limit is shown with its shares, what is held of it, who said it and what others used', async () => {
    const sources = spine();
    await sources.clock.until(sources.pipeline.run(request(), () => undefined, never));
    const { platform, model } = { platform: 'test', model: 'fast' };
    const demand = { inputTokens: 1, outputTokens: 1 };
    await sources.quota.request({ platform, model, priority: 'high', demand });
    sources.quota.declare('test', [
      { platform: 'test', unit: 'usd', size: 5, window: '1d', windowMs: 86_400_000 },
    ]);

    const [reported, declared] = buildSnapshot(sources, words).buckets;

    assert.deepEqual(
      [reported?.source, reported?.readBy, reported?.reservations, reported?.drift, reported?.waiting],
      ['reported', 'headers', 1, 0, 0],
    );
    const shares = reported?.shares ?? [];
    assert.deepEqual(
      shares.map(({ priority, entitled }) => [priority, entitled]),
      [
        ['critical', 4],
        ['high', 3],
        ['medium', 2],
        ['low', 1],
      ],
    );
    const sum = shares.reduce((total, { level }) => total + level, 0);
    assert.ok(Math.abs(sum - (reported?.level ?? 0)) < 1e-9);
    assert.deepEqual(
      [declared?.source, declared?.readBy, declared?.readingAgeMs],
      ['declared', undefined, undefined],
    );
  });

  test('an unknown price stays unknown all the way', async () => {
    const { price: _unknown, ...unpriced } = FAST;
    const sources = spine([unpriced]);
    await sources.clock.until(sources.pipeline.run(request(), () => undefined, never));

    const { decisions, today } = buildSnapshot(sources, words);

    assert.ok(decisions[0] && !('costUsd' in decisions[0]));
    assert.deepEqual([today.usd, today.unknownCost], [0, 1]);
  });

  test('a decision says what became of its answer in the words it is given, others say nothing', async () => {
    const sources = spine();
    const first = await sources.clock.until(sources.pipeline.run(request(), () => undefined, never));
    await sources.clock.until(sources.pipeline.run(request(), () => undefined, never));
    const happened = { receiptId: first.receipt.id, atMs: 1, kind: 'copied' } as const;
    const outcomes = { recent: [happened, { ...happened, receiptId: 'not listed' }] };

    const { decisions, fates } = buildSnapshot(
      { ...sources, outcomes },
      {
        ...words,
        outcome: (facts) => (facts.length === 0 ? undefined : facts.map(({ kind }) => kind).join()),
      },
    );

    assert.deepEqual(
      decisions.map(({ outcome }) => outcome),
      [undefined, 'copied'],
    );
    assert.deepEqual(fates, { known: 1, accepted: 1, undone: 0 });
    assert.ok(!('fates' in buildSnapshot(sources, words)));
  });

  test('limits of a platform that is not in use are not shown', async () => {
    const sources = spine();
    await sources.clock.until(sources.pipeline.run(request(), () => undefined, never));
    sources.platforms.set([]);

    assert.deepEqual(buildSnapshot(sources, words).buckets, []);
  });
});
