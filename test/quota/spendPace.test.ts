import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import type { LimitState } from '../../src/quota/limit.ts';
import { spendPace } from '../../src/quota/spendPace.ts';

const DAY = 86_400_000;
const state = (change: Partial<LimitState>): LimitState => ({
  platform: 'p',
  unit: 'usd',
  window: '1d',
  windowMs: DAY,
  size: 10,
  level: 4,
  reserved: 0,
  reservations: 0,
  refill: 'at-reset',
  fullInMs: 0.7 * DAY,
  source: 'declared',
  adaptations: [],
  waiting: 0,
  ...change,
});

suite('spend pace', () => {
  test('money that goes faster than its window says how fast, and what is left for each part of the time', () => {
    const pace = spendPace(state({}));

    assert.ok(pace);
    assert.ok(Math.abs(pace.times - 2) < 1e-9, `${pace.times}`);
    assert.ok(Math.abs(pace.kept - 4 / 7) < 1e-9, `${pace.kept}`);
  });

  test('what lasts, what has hardly begun, and what is no window of money is no haste', () => {
    const calm = [
      state({ level: 7 }),
      state({ level: 8.5, fullInMs: 0.99 * DAY }),
      state({ unit: 'tokens' }),
      state({ refill: 'continuous' }),
      state({ fullInMs: 0 }),
      state({ size: 0, level: 0 }),
    ].map(spendPace);

    assert.deepEqual(calm, [undefined, undefined, undefined, undefined, undefined, undefined]);
  });

  test('a window without its length, or with a level that makes no sense, gives nothing wild', () => {
    const { windowMs: _length, ...rest } = state({});

    assert.equal(spendPace(rest), undefined);
    for (const level of [-5, 0, 50]) {
      const { times = 1, kept = 1 } = spendPace(state({ level })) ?? {};
      assert.ok(Number.isFinite(times) && kept >= 0 && kept <= 1);
    }
  });
});
