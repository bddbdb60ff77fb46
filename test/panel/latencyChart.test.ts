import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { placeOf, shownBins } from '../../src/panel/latencyChart.ts';

const bins = (counts: readonly number[]) =>
  counts.map((count, index) =>
    index === counts.length - 1 ? { count } : { upToMs: 100 * 2 ** index, count },
  );

suite('panel/latencyChart', () => {
  test('the axis holds every answer and is widened to an even number of bins around them', () => {
    const one = shownBins(bins([0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0]));

    assert.equal(one.length, 8);
    assert.equal(
      one.reduce((sum, { count }) => sum + count, 0),
      5,
    );
  });

  test('no bin is lost at either end or when there are few', () => {
    const counts = [
      [1, 0, 0, 0, 0, 0, 0, 0, 0, 1],
      [3],
      [0, 2],
      [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7],
      [9, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0],
    ];
    for (const list of counts) {
      const total = list.reduce((sum, count) => sum + count, 0);
      assert.equal(
        shownBins(bins(list)).reduce((sum, { count }) => sum + count, 0),
        total,
      );
    }
    assert.deepEqual(shownBins(bins([0, 0, 0])), []);
    assert.deepEqual(shownBins([]), []);
  });

  test('a mark stands inside its own bin, in proportion', () => {
    const shown = shownBins(bins([1, 1, 1, 1]));

    assert.equal(placeOf(50, shown), 5);
    assert.equal(placeOf(100, shown), 10);
    assert.equal(placeOf(150, shown), 15);
    assert.equal(placeOf(1e9, shown), 35);
    assert.equal(placeOf(10, []), undefined);
  });
});
