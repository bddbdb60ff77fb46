import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { Calibration } from '../../src/cache/verifierCalibration.ts';

const OFF = Number.POSITIVE_INFINITY;
/** All hits score at least 1. */
const judged = (right: number, wrong: number) =>
  new Calibration({ edges: [1], right: [0, right], wrong: [0, wrong] });

suite('calibration of the verifier', () => {
  test('fewer hits than tell the bound from its triple serve nothing, however right they were', () => {
    assert.deepEqual(
      [299, 300].map((right) => judged(right, 0).threshold(0.01)),
      [OFF, 1],
    );
    assert.deepEqual(
      [29, 30].map((right) => judged(right, 0).threshold(0.1)),
      [OFF, 1],
    );
  });

  test('with enough of them the likeliest share of wrong ones decides', () => {
    assert.deepEqual(
      [99, 100].map((wrong) => judged(1_000 - wrong, wrong).threshold(0.1)),
      [1, OFF],
    );
  });

  test('of the scores that may be served, the least; a bad stretch among good ones is borne by them', () => {
    const all = new Calibration({
      edges: [1, 2, 3],
      right: [100, 60, 60, 200],
      wrong: [100, 40, 40, 0],
    });

    assert.deepEqual(
      [0.01, 0.1, 0.14, 0.25].map((bound) => all.threshold(bound)),
      [OFF, 3, 2, 1],
    );
  });

  test('people who say otherwise are believed over the training', () => {
    const calibration = judged(2_000, 20);
    for (let verdict = 0; verdict < 10; verdict++)
      calibration.learn(1, verdict % 2 === 0 ? 'wrong' : 'right');

    assert.deepEqual([judged(2_000, 20).threshold(0.05), calibration.threshold(0.05)], [1, OFF]);
  });
});
