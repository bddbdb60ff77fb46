import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import type { Receipt, RouteRequest } from '../../src/flow/request.ts';
import { parseSettings } from '../../src/flow/settings.ts';
import { Trials } from '../../src/flow/trials.ts';
import { MemoryTrials } from '../../src/routing/memoryTrials.ts';
import type { TrialStore } from '../../src/routing/trialStore.ts';
import { FakeClock } from '../support/fakeClock.ts';
import { FakeTransport } from '../support/fakeTransport.ts';
import { buildSpine, request } from '../support/spine.ts';

const never = new AbortController().signal;
/** A model that a rule names shows which settings were in force. */
const ruled = (model: string) => ({ 'routing.rules': [{ model: `test/${model}` }] });
const MODELS = {
  name: 'models',
  per: 'request',
  variants: [
    { name: 'fast', settings: ruled('fast') },
    { name: 'strong', settings: ruled('strong') },
  ],
};

function world(experiments: readonly unknown[], options: { store?: TrialStore; installation?: string } = {}) {
  const clock = new FakeClock();
  const { settings, rejected } = parseSettings((key) => (key === 'experiments' ? experiments : undefined));
  assert.deepEqual(rejected, []);
  const { store: trialStore = new MemoryTrials(), installation = 'me' } = options;
  const spine = buildSpine({
    clock,
    transport: new FakeTransport(clock),
    settings,
    trialStore,
    installation,
  });
  const ask = async (overrides: Partial<RouteRequest> = {}): Promise<Receipt> =>
    (await clock.until(spine.pipeline.run(request(overrides), () => undefined, never))).receipt;
  const trials = spine.trials ?? assert.fail('it has them');
  return { ...spine, trials, clock, ask, store: trialStore };
}

const viewsOf = ({ current }: Trials) => current?.book.experimentViews(current.own);

suite('trials', () => {
  test('equal requests have one variant, others another, and it decides which model answers', async () => {
    const { ask } = world([MODELS]);

    const receipts: Receipt[] = [];
    for (let n = 0; n < 40; n += 1) {
      receipts.push(await ask({ instruction: `question ${n % 20}`, freshness: 'fresh' }));
    }

    const models = receipts.map(({ modelKey }) => modelKey);
    assert.deepEqual(models.slice(0, 20), models.slice(20));
    assert.deepEqual(new Set(models), new Set(['test/fast', 'test/strong']));
    for (const { modelKey, trial, decision } of receipts) {
      assert.deepEqual(
        trial?.map(({ variant }) => `test/${variant}`),
        [modelKey],
      );
      assert.deepEqual(decision.reasons.at(-1), {
        kind: 'experiment',
        experiment: 'models',
        variant: trial?.[0]?.variant,
      });
    }
  });

  test('one installation always has the same variant, in all that it asks and in its settings', async () => {
    const perPerson = {
      ...MODELS,
      per: 'person',
      variants: [
        { name: 'small', settings: { 'cache.maxEntries': 7 } },
        { name: 'large', settings: { 'cache.maxEntries': 9 } },
      ],
    };
    const entries: number[] = [];
    for (let person = 0; person < 12; person += 1) {
      const { ask, cache, trials } = world([perPerson], { installation: `person ${person}` });
      const variants = [await ask({ instruction: 'a' }), await ask({ instruction: 'b' })].map(
        ({ trial }) => trial?.[0]?.variant,
      );
      assert.deepEqual(variants, [variants[0], variants[0]]);
      assert.equal(trials.settings(), trials.settings());
      assert.equal(cache.facts().maxEntries, variants[0] === 'small' ? 7 : 9);
      entries.push(cache.facts().maxEntries);
    }

    assert.deepEqual(new Set(entries), new Set([7, 9]));
  });

  test('a variant without a cache neither keeps answers nor gives kept ones, and counts what it costs', async () => {
    const { ask, store, trials, clock } = world([
      {
        name: 'cache',
        per: 'request',
        metric: 'cost',
        variants: [{ name: 'with' }, { name: 'without', settings: { 'cache.enabled': false } }],
      },
    ]);

    const second = new Map<string | undefined, string>();
    for (let n = 0; n < 8; n += 1) {
      await ask({ instruction: `${n}` });
      const { trial, cache } = await ask({ instruction: `${n}` });
      second.set(trial?.[0]?.variant, cache);
    }

    clock.advance(2_000);
    const [experiment] = viewsOf(trials) ?? [];
    assert.deepEqual(
      new Map([...second].toSorted()),
      new Map([
        ['with', 'memory'],
        ['without', 'none'],
      ]),
    );
    assert.equal(
      experiment?.variants.reduce((sum, { count }) => sum + count, 0),
      16,
    );
    const [cached, uncached] = experiment?.variants ?? [];
    assert.ok((cached?.costUsd ?? 1) < (uncached?.costUsd ?? 0), 'half of them came from the cache');
    assert.ok(store.shadow('2000-01-01', false).length > 0);
  });

  test('an experiment for some tasks leaves the others alone', async () => {
    const { ask } = world([{ ...MODELS, tasks: ['fix'] }]);

    const receipts = [await ask({ task: 'explain' }), await ask({ task: 'fix' })];

    assert.deepEqual(
      receipts.map(({ trial }) => trial?.length),
      [undefined, 1],
    );
    assert.ok(!receipts[0]?.decision.reasons.some(({ kind }) => kind === 'experiment'));
  });

  test('a variant whose answers are refused is stopped, stays so after a restart, and the first takes its place', async () => {
    const store = new MemoryTrials();
    const { ask, trials, clock } = world([MODELS], { store });
    for (let n = 0; n < 60; n += 1) {
      const { id, trial } = await ask({ instruction: `${n}` });
      const bad = trial?.[0]?.variant === 'strong';
      trials.happened({ kind: bad ? 'asked-again' : 'used', receiptId: id, atMs: clock.now() });
    }
    clock.advance(2_000);

    const [view] = viewsOf(trials) ?? [];
    const later = world([MODELS], { store });
    const afterwards = new Set<string>();
    for (let n = 100; n < 120; n += 1) afterwards.add((await later.ask({ instruction: `${n}` })).modelKey);

    assert.equal(view?.variants[1]?.verdict?.kind, 'harmful');
    assert.deepEqual([...afterwards], ['test/fast']);
  });

  test('what became of an answer last is what counts', async () => {
    const { ask, trials, clock } = world([MODELS]);
    const { id, trial } = await ask();
    const accepted = () => {
      clock.advance(2_000);
      const [view] = viewsOf(trials) ?? [];
      return view?.variants.find(({ name }) => name === trial?.[0]?.variant)?.accepted;
    };

    trials.happened({ kind: 'edit-settled', accepted: 1, rejected: 0, lost: 0, receiptId: id, atMs: 1 });
    const before = accepted();
    trials.happened({ kind: 'undone', afterMs: 5, receiptId: id, atMs: 2 });

    assert.deepEqual([before, accepted()], [1, 0]);
    trials.happened({ kind: 'thumbs', up: true, receiptId: id, atMs: 3 });
    assert.equal(accepted(), 1);
  });

  test('without an experiment nothing is loaded or waited for before a request, and its settings are the person’s own', async () => {
    const { trials, state, cache, pipeline } = world([]);
    await pipeline.run(request(), () => undefined, never);

    assert.equal(trials.settings(), state.settings);
    assert.equal(await trials.of(request()), undefined);
    assert.equal(cache.facts().entries, 1);
  });

  test('results that cannot be kept on disk are kept by the window, and the failure is told', async () => {
    const failures: unknown[] = [];
    const { settings } = parseSettings((key) => (key === 'experiments' ? [MODELS] : undefined));
    const trials = new Trials({
      clock: new FakeClock(),
      settings: () => settings,
      installation: () => 'me',
      digest: ([first = '']) => first,
      models: () => [],
      factor: () => 1,
      open: () => Promise.reject(new Error('no disk')),
      onFailure: (error) => failures.push(error),
    });

    const { book, own } = await trials.load();

    assert.equal(failures.length, 1);
    assert.equal(book.experimentViews(own).length, 1);
  });
});
