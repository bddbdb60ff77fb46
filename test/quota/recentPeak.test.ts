import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { seededRandom } from '../../src/base/random.ts';
import { RecentPeak } from '../../src/quota/recentPeak.ts';

const MINUTE = 60_000;

suite('recent peak', () => {
  test('nothing is said before five minutes were watched; a watched quiet is a peak of nothing', () => {
    const peak = new RecentPeak();
    peak.watch(0);

    assert.equal(peak.amount(5 * MINUTE - 1), undefined);
    assert.equal(peak.amount(5 * MINUTE), 0);
  });

  test('law: it is the largest sum of any whole minute of the last hour', () => {
    const random = seededRandom(8);
    const peak = new RecentPeak();
    const seen: { atMs: number; amount: number }[] = [];
    for (let atMs = 0; atMs < 300 * MINUTE; atMs += MINUTE * 3 * random() ** 3) {
      const amount = 100 * random();
      peak.add(amount, atMs);
      seen.push({ atMs, amount });
      if (atMs < 5 * MINUTE) continue;

      const sums = new Map<number, number>();
      for (const one of seen) {
        const minute = Math.floor(one.atMs / MINUTE);
        if (minute > Math.floor(atMs / MINUTE) - 60) sums.set(minute, (sums.get(minute) ?? 0) + one.amount);
      }
      assert.ok(Math.abs((peak.amount(atMs) ?? -1) - Math.max(0, ...sums.values())) < 1e-6);
    }
  });
});
