import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { type Random, seededRandom } from '../../src/base/random.ts';
import { LIMIT_STATUSES, LIMIT_UNITS, type LimitReading, REFILLS } from '../../src/quota/limitReading.ts';
import { Quota } from '../../src/quota/quota.ts';
import { parseOpenrouterKey, parseSyntheticQuotas } from '../../src/quota/quotaReplies.ts';
import { FakeClock } from '../support/fakeClock.ts';

const NOW_MS = Date.UTC(2026, 10, 20, 12, 0, 0);
const inMs = (ms: number) => new Date(NOW_MS + ms).toISOString();

const SYNTHETIC = {
  subscription: { limit: 500, requests: 0, renewsAt: inMs(1) },
  rollingFiveHourLimit: {
    max: 100,
    remaining: 40,
    nextTickAt: inMs(60_000),
    tickPercent: 0.05,
    limited: false,
  },
  weeklyTokenLimit: {
    percentRemaining: 50,
    remainingCredits: '$12.00',
    maxCredits: '$24.00',
    nextRegenAt: inMs(3_600_000),
    nextRegenCredits: '$0.48',
  },
};

suite('quotas of Synthetic', () => {
  test('both limits are token buckets that are full after so many ticks', () => {
    const readings = parseSyntheticQuotas(SYNTHETIC, NOW_MS);

    assert.deepEqual(readings, [
      {
        unit: 'requests',
        window: '5h',
        limit: 100,
        remaining: 40,
        fullInMs: 60_000 + 11 * 180_000,
        source: 'endpoint',
        atMs: NOW_MS,
      },
      {
        unit: 'usd',
        window: 'week',
        limit: 24,
        remaining: 12,
        fullInMs: 3_600_000 + 24 * 3 * 3_600_000,
        source: 'endpoint',
        atMs: NOW_MS,
      },
    ]);
  });

  test('a tick as a percentage, credits as numbers and a rest as a percentage are understood', () => {
    const [rolling, weekly] = parseSyntheticQuotas(
      {
        rollingFiveHourLimit: { max: 100, remaining: 89.9286, tickPercent: 5, nextTickAt: inMs(-5) },
        weeklyTokenLimit: { percentRemaining: 75, maxCredits: 24 },
      },
      NOW_MS,
    );

    assert.deepEqual([rolling?.remaining, rolling?.fullInMs], [89.9286, 2 * 180_000]);
    assert.equal(weekly?.remaining, 18);
  });

  test('while it says that it is limited the limit is closed', () => {
    const [rolling] = parseSyntheticQuotas(
      { rollingFiveHourLimit: { ...SYNTHETIC.rollingFiveHourLimit, remaining: 0, limited: true } },
      NOW_MS,
    );

    assert.equal(rolling?.status, 'rejected');
  });

  test('a limit that is missing, empty or absurd is left out, the other one stays', () => {
    for (const rollingFiveHourLimit of [undefined, null, {}, [], 7, { max: 0, remaining: 0 }, { max: -1 }]) {
      const readings = parseSyntheticQuotas({ ...SYNTHETIC, rollingFiveHourLimit }, NOW_MS);

      assert.deepEqual(
        readings.map(({ window }) => window),
        ['week'],
      );
    }
    for (const body of [undefined, null, '', 'x', 7, [], {}]) {
      assert.deepEqual(parseSyntheticQuotas(body, NOW_MS), []);
    }
  });
});

suite('the key of OpenRouter', () => {
  const key = (data: unknown) => parseOpenrouterKey({ data }, NOW_MS);

  test('a limit of a month is back at its end, one without a reset never', () => {
    const common = { limit: 100, limit_remaining: 74.5, usage: 25.5 };

    assert.deepEqual(key({ ...common, limit_reset: 'monthly' }), [
      {
        unit: 'usd',
        window: 'key',
        limit: 100,
        remaining: 74.5,
        refill: 'at-reset',
        source: 'endpoint',
        atMs: NOW_MS,
        fullInMs: Date.UTC(2026, 11, 1) - NOW_MS,
      },
    ]);
    assert.equal(key({ ...common, limit_reset: 'daily' })[0]?.fullInMs, 12 * 3_600_000);
    // 20 November 2026 is a Friday; the week ends on Monday.
    assert.equal(key({ ...common, limit_reset: 'weekly' })[0]?.fullInMs, 60 * 3_600_000);
    assert.deepEqual(
      [key({ ...common, limit_reset: null })[0]?.refill, key(common)[0]?.fullInMs],
      ['never', undefined],
    );
  });

  test('an overdrawn key has nothing left, a key without a limit has none to show', () => {
    assert.equal(key({ limit: 10, limit_remaining: -0.25, usage: 10.25 })[0]?.remaining, 0);
    assert.equal(key({ limit: 10, usage: 4 })[0]?.remaining, 6);
    assert.deepEqual(key({ limit: null, limit_remaining: null, usage: 3 }), []);
    assert.deepEqual(key({ limit: 10, usage: 400, limit_reset: 'monthly' }), []);
    for (const body of [undefined, null, 'x', [], {}, { data: 3 }]) {
      assert.deepEqual(parseOpenrouterKey(body, NOW_MS), []);
    }
  });
});

suite('readings', () => {
  test('whatever a platform answers, a reading stays within its limit and can be used', () => {
    const random = seededRandom(29);
    const clock = new FakeClock(NOW_MS);
    for (let run = 0; run < 4_000; run += 1) {
      const body = garbage(random, 3);
      const readings = [...parseSyntheticQuotas(body, NOW_MS), ...parseOpenrouterKey(body, NOW_MS)];

      for (const reading of readings) assertSound(reading);
      const quota = new Quota(clock);
      quota.read('p', readings);
      const { waitMs } = quota.room('p', 'm', { inputTokens: 10, outputTokens: 10 });
      assert.ok(waitMs >= 0 && Number.isFinite(waitMs));
    }
  });
});

function assertSound(reading: LimitReading): void {
  const { unit, limit, remaining, fullInMs, refill = 'continuous', status = 'allowed' } = reading;
  assert.ok(LIMIT_UNITS.includes(unit) && REFILLS.includes(refill) && LIMIT_STATUSES.includes(status));
  assert.ok(limit > 0 && remaining >= 0 && remaining <= limit, JSON.stringify(reading));
  assert.ok(fullInMs === undefined || (fullInMs >= 0 && Number.isFinite(fullInMs)));
}

/** Objects with the right names and anything in them. */
function garbage(random: Random, depth: number): unknown {
  const names = [
    'rollingFiveHourLimit',
    'weeklyTokenLimit',
    'data',
    'max',
    'remaining',
    'tickPercent',
    'nextTickAt',
    'percentRemaining',
    'maxCredits',
    'remainingCredits',
    'nextRegenAt',
    'nextRegenCredits',
    'limited',
    'limit',
    'limit_remaining',
    'usage',
    'limit_reset',
  ];
  const leaves = [
    0,
    -1,
    5,
    1e18,
    1e-300,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    '',
    '$',
    '$5',
    '1e9',
    '-3',
    'daily',
    'monthly',
    'constructor',
    null,
    undefined,
    true,
    [],
    inMs(5_000),
    inMs(-5_000),
    '9999-99-99T00:00:00Z',
  ];
  if (depth === 0 || random() < 0.2) return leaves[Math.floor(random() * leaves.length)];
  return Object.fromEntries(
    names.filter(() => random() < 0.6).map((name) => [name, garbage(random, random() < 0.4 ? depth - 1 : 0)]),
  );
}
