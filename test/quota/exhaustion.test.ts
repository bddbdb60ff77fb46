import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { seededRandom } from '../../src/base/random.ts';
import { DemandForecast, HOUR_MS } from '../../src/quota/demandForecast.ts';
import { bucketWorth, enoughInMs, outlook, unusedPart } from '../../src/quota/exhaustion.ts';

const START = new Date(2026, 10, 2).getTime();
const NOW = START + 100 * HOUR_MS;

suite('exhaustion', () => {
  test('a steady use runs a window out when it should, inside its band', () => {
    const forecast = steady(100, 5);
    const window = { size: 1_000, level: 250, refillPerMs: 0, resetInMs: 5 * HOUR_MS };

    const {
      exhaustedAtMs = 0,
      exhaustedFromMs = 0,
      exhaustedToMs,
      shortChance,
    } = outlook(window, forecast, NOW);

    assert.ok(Math.abs((exhaustedAtMs - NOW) / HOUR_MS - 2.5) < 0.3, `${(exhaustedAtMs - NOW) / HOUR_MS} h`);
    assert.ok(exhaustedFromMs <= exhaustedAtMs && exhaustedAtMs <= (exhaustedToMs ?? 0));
    assert.ok(shortChance > 0.95);
  });

  test('a window that ends before it is used up does not run out', () => {
    const window = { size: 1_000, level: 900, refillPerMs: 0, resetInMs: 2 * HOUR_MS };

    const ahead = outlook(window, steady(100, 5), NOW);

    assert.equal(ahead.exhaustedAtMs, undefined);
    assert.ok(ahead.shortChance < 0.01);
  });

  test('what refills faster than it is used never runs out; the other way round it does', () => {
    const bucket = { size: 500, level: 400, refillPerMs: 120 / HOUR_MS };

    const lasting = outlook(bucket, steady(100, 5), NOW);
    const ending = outlook(bucket, steady(300, 5), NOW);

    assert.equal(lasting.exhaustedAtMs, undefined);
    assert.ok(Math.abs(((ending.exhaustedAtMs ?? 0) - NOW) / HOUR_MS - 400 / 180) < 0.3);
  });

  test('a planned event brings the end nearer', () => {
    const window = { size: 1_000, level: 400, refillPerMs: 0, resetInMs: 5 * HOUR_MS };
    const forecast = steady(100, 5);
    const event = (atMs: number) => (atMs >= NOW + HOUR_MS ? 4 : 1);

    const usual = outlook(window, forecast, NOW);
    const planned = outlook(window, forecast, NOW, event);

    assert.ok((planned.exhaustedAtMs ?? Number.POSITIVE_INFINITY) < (usual.exhaustedAtMs ?? 0) - HOUR_MS);
  });

  test('without a history nothing is foretold', () => {
    const ahead = outlook({ size: 10, level: 1, refillPerMs: 0 }, new DemandForecast(), NOW);

    assert.deepEqual(ahead, { shortChance: 0 });
  });

  test('there is enough again when the bucket has refilled so far, or when the window ends', () => {
    const bucket = { size: 1_000, level: 100, refillPerMs: 0.5 };
    const window = { size: 1, level: 0, refillPerMs: 0, resetInMs: 7_000 };

    assert.equal(enoughInMs(bucket, 100), 0);
    assert.equal(enoughInMs(bucket, 300), 400);
    assert.equal(enoughInMs(bucket, 5_000), 1_800);
    assert.equal(enoughInMs(window, 0.1), 7_000);
    assert.equal(enoughInMs({ size: 1, level: 0, refillPerMs: 0 }, 0.1), undefined);
  });

  test('law: less left is never later out, never less likely short, never worth less', () => {
    const random = seededRandom(1);
    for (let round = 0; round < 100; round += 1) {
      const forecast = steady(20 + 300 * random(), 100 * random(), round);
      const size = 100 + 3_000 * random();
      const supply = {
        size,
        refillPerMs: (50 * random()) / HOUR_MS,
        resetInMs: (1 + 9 * random()) * HOUR_MS,
      };
      const levels = [0, random(), random(), random(), 1].sort((a, b) => a - b).map((part) => part * size);

      const ahead = levels.map((level) => outlook({ ...supply, level }, forecast, NOW));

      for (const [index, one] of ahead.slice(1).entries()) {
        const less = ahead[index];
        const never = Number.POSITIVE_INFINITY;
        assert.ok((less?.exhaustedAtMs ?? never) <= (one.exhaustedAtMs ?? never));
        assert.ok((less?.shortChance ?? 0) >= one.shortChance - 1e-9);
        assert.ok(bucketWorth(less ?? one) >= bucketWorth(one) - 1e-9 && bucketWorth(one) >= 1);
      }
    }
  });

  test('what a priority will hardly need may be lent; what it needs, and what is not known, may not', () => {
    const own = steady(10, 2);

    const plenty = unusedPart(1_000, own, 2 * HOUR_MS, NOW);
    const scarce = unusedPart(15, own, 2 * HOUR_MS, NOW);
    const unknown = unusedPart(1_000, new DemandForecast(), 2 * HOUR_MS, NOW);

    assert.ok((plenty ?? 0) > 0.95);
    assert.equal(scarce, 0);
    assert.equal(unknown, undefined);
  });
});

/** A hundred hours of much the same demand. */
function steady(perHour: number, noise: number, seed = 3): DemandForecast {
  const forecast = new DemandForecast();
  const random = seededRandom(seed);
  for (let quarter = 0; quarter < 400; quarter += 1) {
    forecast.add((perHour + noise * (2 * random() - 1)) / 4, START + (quarter * HOUR_MS) / 4);
  }
  forecast.add(0, NOW);
  return forecast;
}
