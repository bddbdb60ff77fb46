/** What every store of trial results does. */
import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import type { BenchmarkRow, Observation, ShadowRow, TrialStore } from '../../src/routing/trialStore.ts';

const seen = (receiptId: string, changes: Partial<Observation> = {}): Observation => ({
  receiptId,
  atMs: 1_795_000_000_000,
  experiment: 'bar#1',
  variant: 'a',
  costUsd: 0.25,
  totalMs: 100,
  ...changes,
});

const shadow = (modelKey: string, changes: Partial<ShadowRow> = {}): ShadowRow => ({
  day: '2026-11-20',
  modelKey,
  simulated: false,
  usd: 0.5,
  actualUsd: 0.25,
  chance: 0.75,
  ...changes,
});

const row = (atMs: number, task: string, passed: boolean): BenchmarkRow => ({
  suite: 'bundled',
  atMs,
  modelKey: 'p/m',
  task,
  passed,
  costUsd: 0.125,
  totalMs: 80,
});

/** `within` gives an empty store, and may give `reopen`, which closes it and opens what it kept. */
export function trialStoreLaws(
  name: string,
  within: (run: (store: TrialStore, reopen: () => Promise<TrialStore>) => Promise<void>) => Promise<void>,
): void {
  suite(`trial store laws: ${name}`, () => {
    test('sums are kept for each variant of one experiment, unknown ones in no sum', () =>
      within(async (store, reopen) => {
        store.observed(seen('1'));
        store.observed(seen('2', { totalMs: 300 }));
        store.observed({ receiptId: '3', atMs: 1, experiment: 'bar#1', variant: 'b', totalMs: 50 });
        store.observed(seen('4', { experiment: 'bar#2' }));
        store.judged({ receiptId: '1', accepted: 1, quality: 0.5 });
        const kept = await reopen();

        const sums = kept.sums('bar#1').toSorted((x, y) => x.variant.localeCompare(y.variant));

        const none = { count: 0, sum: 0, squares: 0 };
        assert.deepEqual(sums, [
          {
            variant: 'a',
            count: 2,
            accepted: { count: 1, sum: 1, squares: 1 },
            quality: { count: 1, sum: 0.5, squares: 0.25 },
            cost: { count: 2, sum: 0.5, squares: 0.125 },
            time: { count: 2, sum: 400, squares: 100_000 },
          },
          {
            variant: 'b',
            count: 1,
            accepted: none,
            quality: none,
            cost: none,
            time: { count: 1, sum: 50, squares: 2_500 },
          },
        ]);
      }));

    test('a later judgement takes the place of an earlier one', () =>
      within(async (store, reopen) => {
        store.observed(seen('1'));
        store.judged({ receiptId: '1', accepted: 1, quality: 1 });
        store.judged({ receiptId: '1', accepted: 0, quality: 0 });
        const kept = await reopen();

        assert.deepEqual(kept.sums('bar#1')[0]?.accepted, { count: 1, sum: 0, squares: 0 });
      }));

    test('shadow choices are summed over days for each model, simulated ones apart', () =>
      within(async (store, reopen) => {
        store.shadowed([shadow('p/a'), shadow('p/b', { usd: 2 })]);
        store.shadowed([shadow('p/a', { day: '2026-11-21', chance: 0.25 })]);
        store.shadowed([shadow('p/a', { day: '2026-10-01' }), shadow('s/c', { simulated: true })]);
        const kept = await reopen();

        const sums = kept.shadow('2026-11-01', false).toSorted((x, y) => x.usd - y.usd);

        assert.deepEqual(sums, [
          { modelKey: 'p/a', requests: 2, usd: 1, actualUsd: 0.5, chances: 2, chanceSum: 1 },
          { modelKey: 'p/b', requests: 1, usd: 2, actualUsd: 0.25, chances: 1, chanceSum: 0.75 },
        ]);
        assert.deepEqual(
          kept.shadow('2026-11-01', true).map(({ modelKey }) => modelKey),
          ['s/c'],
        );
      }));

    test('what answers took is summed for each model and kind of task', () =>
      within(async (store, reopen) => {
        store.answered({ modelKey: 'p/m', task: 'fix', costUsd: 0.5, totalMs: 100 });
        store.answered({ modelKey: 'p/m', task: 'fix', totalMs: 300 });
        store.answered({ modelKey: 'p/m', task: 'explain', costUsd: 0.25, totalMs: 10 });
        const kept = await reopen();

        assert.deepEqual(
          kept.answers().toSorted((x, y) => y.count - x.count),
          [
            { modelKey: 'p/m', task: 'fix', count: 2, priced: 1, usd: 0.5, ms: 400 },
            { modelKey: 'p/m', task: 'explain', count: 1, priced: 1, usd: 0.25, ms: 10 },
          ],
        );
      }));

    test('of benchmarks the newest run of a model is given', () =>
      within(async (store, reopen) => {
        store.benchmarked([row(1, 'one', false), row(1, 'two', false)]);
        store.benchmarked([row(2, 'one', true), row(2, 'two', false)]);
        const kept = await reopen();

        assert.deepEqual(kept.lastBenchmark('bundled', 'p/m'), [row(2, 'one', true), row(2, 'two', false)]);
        assert.deepEqual(kept.lastBenchmark('bundled', 'p/other'), []);
      }));
  });
}
