import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { seededRandom } from '../../src/base/random.ts';
import type { LimitState } from '../../src/quota/limit.ts';
import { ThresholdWatch } from '../../src/quota/thresholdWatch.ts';

const HOUR_MS = 3_600_000;
const AT = [0.95, 0.8];

function limit(used: number, overrides: Partial<LimitState> = {}): LimitState {
  return {
    platform: 'claude',
    unit: 'share',
    window: '5h',
    size: 1,
    level: 1 - used,
    reserved: 0,
    reservations: 0,
    adaptations: [],
    waiting: 0,
    refill: 'at-reset',
    fullInMs: 5 * HOUR_MS,
    source: 'headers',
    readingAtMs: 0,
    ...overrides,
  };
}

suite('threshold watch', () => {
  test('each threshold is told once, the higher one alone when both are passed at once', () => {
    const watch = new ThresholdWatch();
    const at = (used: number) => watch.check([limit(used)], AT).map(({ threshold }) => threshold);

    assert.deepEqual([at(0.5), at(0.8), at(0.85), at(0.96), at(0.99)], [[], [0.8], [], [0.95], []]);
    assert.deepEqual(
      new ThresholdWatch().check([limit(0.97)], AT).map(({ threshold }) => threshold),
      [0.95],
    );
  });

  test('after a reset it is told again; trembling around a threshold is not told', () => {
    const watch = new ThresholdWatch();
    const at = (used: number) => watch.check([limit(used)], AT).length;

    const trembling = [0.81, 0.79, 0.81, 0.79, 0.81].map(at);
    const reset = [0, 0.81].map(at);

    assert.deepEqual(
      [trembling, reset],
      [
        [1, 0, 0, 0, 0],
        [0, 1],
      ],
    );
  });

  test('limits are told apart by platform, unit, model and window', () => {
    const watch = new ThresholdWatch();
    const states = [
      limit(0.9),
      limit(0.9, { window: '7d' }),
      limit(0.9, { platform: 'b' }),
      limit(0.9, { model: 'm' }),
    ];

    assert.equal(watch.check(states, AT).length, 4);
    assert.equal(watch.check(states, AT).length, 0);
  });

  test('a limit that is back within minutes is no news, nor is one without a size', () => {
    const minute = limit(0.99, { refill: 'continuous', size: 1_000, level: 10, refillPerMs: 1_000 / 60_000 });
    const day = limit(0.99, {
      refill: 'continuous',
      size: 1_000,
      level: 10,
      refillPerMs: 1_000 / (24 * HOUR_MS),
    });

    const told = new ThresholdWatch().check([minute, day, limit(0, { size: 0, level: 0 })], AT);

    assert.deepEqual(
      told.map(({ limit: { refillPerMs } }) => refillPerMs),
      [day.refillPerMs],
    );
  });

  test('over random levels there is never a second word without a fall in between', () => {
    const random = seededRandom(11);
    for (let run = 0; run < 200; run += 1) {
      const watch = new ThresholdWatch();
      let told = 0;
      for (let step = 0; step < 50; step += 1) {
        const used = random();
        const [crossing] = watch.check([limit(used)], AT);
        if (crossing) assert.ok(crossing.threshold > told && used >= crossing.threshold);
        if (crossing) told = crossing.threshold;
        else if (used < told) told = used >= 0.8 ? 0.8 : 0;
      }
    }
  });
});
