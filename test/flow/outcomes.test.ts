import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { Outcomes } from '../../src/flow/outcomes.ts';
import type { Receipt } from '../../src/flow/request.ts';
import {
  type DecisionRecord,
  LazyOutcomes,
  type Outcome,
  type OutcomeStore,
} from '../../src/routing/outcomes.ts';
import { FakeClock } from '../support/fakeClock.ts';
import { FakeTransport } from '../support/fakeTransport.ts';
import { buildSpine, request } from '../support/spine.ts';

class KeptOutcomes implements OutcomeStore {
  readonly decisions: DecisionRecord[] = [];
  readonly outcomes: Outcome[] = [];

  decided(record: DecisionRecord): void {
    this.decisions.push(record);
  }

  happened(outcome: Outcome): void {
    this.outcomes.push(outcome);
  }
}

async function receipt(id = 'one'): Promise<Receipt> {
  const clock = new FakeClock();
  const { pipeline } = buildSpine({ clock, transport: new FakeTransport(clock, [{ texts: ['x'] }]) });
  const answer = await clock.until(pipeline.run(request(), () => undefined, new AbortController().signal));
  return { ...answer.receipt, id };
}

suite('outcomes', () => {
  test('the decision is kept once, with its features, before what became of it', async () => {
    const store = new KeptOutcomes();
    const outcomes = new Outcomes(store, new FakeClock());
    const answered = await receipt();

    outcomes.happened(answered, { kind: 'copied' });
    outcomes.happened(answered, { kind: 'asked-stronger' });

    assert.deepEqual(
      store.decisions.map(({ receiptId, features }) => [receiptId, features.task, features.language]),
      [[answered.id, 'explain', 'typescript']],
    );
    assert.deepEqual(
      outcomes.recent.map(({ kind }) => kind),
      ['asked-stronger', 'copied'],
    );
  });

  test('what comes before the store is open is kept for it, in order', async () => {
    const store = new KeptOutcomes();
    let opened = 0;
    const lazy = new LazyOutcomes(
      async () => {
        opened += 1;
        return store;
      },
      () => assert.fail('it opens'),
    );
    const outcomes = new Outcomes(lazy, new FakeClock());

    const answered = [await receipt('a'), await receipt('b'), await receipt('c')] as const;
    outcomes.happened(answered[0], { kind: 'copied' });
    outcomes.happened(answered[1], { kind: 'cancelled' });
    await Promise.resolve();
    outcomes.happened(answered[2], { kind: 'used' });

    assert.deepEqual([opened, store.decisions.length], [1, 3]);
    assert.deepEqual(
      store.outcomes.map(({ kind }) => kind),
      ['copied', 'cancelled', 'used'],
    );
  });

  test('a store that cannot be opened is told once, and nothing piles up', async () => {
    const failures: unknown[] = [];
    const lazy = new LazyOutcomes(
      () => Promise.reject(new Error('no disk')),
      (error) => failures.push(error),
    );
    const outcomes = new Outcomes(lazy, new FakeClock());

    const answered = await receipt();
    for (let time = 0; time < 300; time += 1) outcomes.happened(answered, { kind: 'copied' });
    await Promise.resolve();

    assert.equal(failures.length, 1);
    assert.equal(outcomes.recent.length, 200);
  });
});
