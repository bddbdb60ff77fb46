import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { seededRandom } from '../../src/base/random.ts';
import { MOST_FACTOR, NO_TROUBLE, PlatformHealth } from '../../src/quota/platformHealth.ts';

const MINUTE = 60_000;
const good = (tookMs = 1_000) => ({ failed: false, tookMs, expectedMs: 500 });
const bad = { failed: true };

function after(...attempts: readonly { readonly failed: boolean }[]): PlatformHealth {
  const health = new PlatformHealth();
  for (const attempt of attempts) health.note(attempt, 0);
  return health;
}

suite('platform health', () => {
  test('nothing known, all well, and one failure among some are no trouble', () => {
    const fine = [after(), after(good(), good()), after(bad, good(), good())];

    assert.deepEqual(
      fine.map((health) => health.trouble(0)),
      [NO_TROUBLE, NO_TROUBLE, NO_TROUBLE],
    );
  });

  test('who fails again and again counts as often as it must be asked, at most twice', () => {
    const half = after(bad, bad, bad).trouble(0);
    const all = after(...Array.from({ length: 30 }, () => bad)).trouble(0);

    assert.deepEqual([half.failed, half.factor], [0.5, 2]);
    assert.ok(all.failed > 0.9);
    assert.equal(all.factor, MOST_FACTOR);
  });

  test('it is forgotten within the hour, and sooner when it does well again', () => {
    const left = after(bad, bad, bad).trouble(60 * MINUTE);
    const health = after(bad, bad);
    for (let time = 0; time < 6; time += 1) health.note(good(), MINUTE);

    assert.deepEqual([left, health.trouble(MINUTE)], [NO_TROUBLE, NO_TROUBLE]);
  });

  test('slow is what takes longer than usual there, not longer than the catalogue says', () => {
    const always = after(...Array.from({ length: 40 }, () => good(5_000)));
    const turned = after(
      ...Array.from({ length: 40 }, () => good(1_000)),
      ...[1, 2, 3, 4].map(() => good(4_000)),
    );

    const { failed, slower, factor } = turned.trouble(0);

    assert.deepEqual(always.trouble(0), NO_TROUBLE);
    assert.equal(failed, 0);
    assert.ok(slower > 2 && slower < 4, `${slower}`);
    assert.equal(factor, 1.5);
  });

  test('law: whatever happens and whatever the clock does, 0 ≤ failed < 1 and 1 ≤ factor ≤ most', () => {
    for (let seed = 0; seed < 300; seed += 1) {
      const random = seededRandom(seed);
      const health = new PlatformHealth();
      let nowMs = 0;
      for (let step = 0; step < 30; step += 1) {
        nowMs += (random() - 0.2) * 10 * MINUTE;
        const wild = random() < 0.1 ? Number.MAX_VALUE : random() * 1e5;
        health.note({ failed: random() < 0.4, tookMs: wild, expectedMs: random() * 1e4 }, nowMs);
        const { failed, slower, factor } = health.trouble(nowMs);
        assert.ok(failed >= 0 && failed < 1 && slower >= 1, `seed ${seed}`);
        assert.ok(factor >= 1 && factor <= MOST_FACTOR, `seed ${seed}: ${factor}`);
      }
    }
  });
});
