import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { seededRandom } from '../../src/base/random.ts';
import type { Demand } from '../../src/quota/limit.ts';
import { parseLimitHeaders } from '../../src/quota/limitHeaders.ts';
import { type LimitReading, REFILLS, windowReading } from '../../src/quota/limitReading.ts';
import { Quota } from '../../src/quota/quota.ts';
import { FakeClock } from '../support/fakeClock.ts';

const demand = { inputTokens: 300, outputTokens: 100 };
const HOUR_MS = 3_600_000;

function window(clock: FakeClock, overrides: Partial<LimitReading> = {}): LimitReading {
  return {
    unit: 'share',
    window: '5h',
    limit: 1,
    remaining: 0.25,
    refill: 'at-reset',
    fullInMs: HOUR_MS,
    source: 'program',
    atMs: clock.now(),
    ...overrides,
  };
}

function quotaWith(readings: (clock: FakeClock) => LimitReading[]) {
  const clock = new FakeClock();
  const quota = new Quota(clock, { priorities: () => false });
  quota.read('p', readings(clock));
  return { clock, quota, state: () => quota.states()[0] };
}

function ask(quota: Quota, wants: Demand = demand) {
  return quota.request({ platform: 'p', model: 'm', demand: wants, priority: 'medium' });
}

suite('a window', () => {
  test('does not refill bit by bit; at its end all of it is back at once', async () => {
    const { clock, state } = quotaWith((now) => [window(now)]);

    clock.advance(HOUR_MS - 1);
    const before = state();
    clock.advance(1);
    const after = state();

    assert.deepEqual([before?.level, before?.fullInMs, before?.refillPerMs], [0.25, 1, undefined]);
    assert.deepEqual([after?.level, after?.fullInMs, after?.size], [1, 0, 1]);
  });

  test('lets requests pass until it is used up, and then names the time of its end', async () => {
    const { clock, quota } = quotaWith((now) => [window(now, { remaining: 0 })]);

    const refused = await ask(quota);
    clock.advance(HOUR_MS);

    assert.deepEqual(refused, { approved: false, limit: '5h', waitMs: HOUR_MS });
    assert.ok((await ask(quota)).approved);
  });

  test("the platform's verdict counts more than the number, until the window ends", async () => {
    const open = quotaWith((now) => [window(now, { remaining: 0, status: 'warning' })]);
    const closed = quotaWith((now) => [window(now, { remaining: 0.1, status: 'rejected' })]);
    const refused = closed.quota.room('p', 'm', demand);
    closed.clock.advance(HOUR_MS);

    assert.equal(open.quota.room('p', 'm', demand).waitMs, 0);
    assert.equal(refused.waitMs, HOUR_MS);
    assert.deepEqual([closed.quota.room('p', 'm', demand).waitMs, closed.state()?.status], [0, undefined]);
  });

  test('a reading of some time ago counts from when it was made', async () => {
    const half = quotaWith((now) => [window(now, { atMs: now.now() - HOUR_MS / 2 })]);
    const over = quotaWith((now) => [window(now, { atMs: now.now() - 2 * HOUR_MS })]);

    assert.equal(half.state()?.fullInMs, HOUR_MS / 2);
    assert.deepEqual([over.state()?.level, over.state()?.fullInMs], [1, 0]);
  });

  test('two windows and a bucket of one platform are kept apart, and the tightest decides', async () => {
    const { quota } = quotaWith((now) => [
      window(now, { remaining: 0, fullInMs: HOUR_MS }),
      window(now, { window: '7d', remaining: 0, fullInMs: 50 * HOUR_MS }),
      { unit: 'requests', limit: 10, remaining: 0, fullInMs: 1_000, atMs: now.now() },
    ]);

    assert.equal(quota.states().length, 3);
    assert.deepEqual(quota.room('p', 'm', demand), { limit: '7d', waitMs: 50 * HOUR_MS });
  });

  test('a limit of which nobody knows when it has room is tried again after a minute', async () => {
    const { clock, quota } = quotaWith((now) => [
      { unit: 'usd', window: 'key', limit: 5, remaining: 0, refill: 'never', atMs: now.now() },
    ]);
    const first = quota.room('p', 'm', demand);
    clock.advance(first.waitMs);
    clock.jump(-HOUR_MS);

    assert.deepEqual(first, { limit: 'key usd', waitMs: 60_000 });
    assert.equal(quota.room('p', 'm', demand).waitMs, 0);
  });
});

suite('limits', () => {
  test('money is reserved and settled like tokens', async () => {
    const { quota, state } = quotaWith((now) => [
      { unit: 'usd', window: 'week', limit: 24, remaining: 10, fullInMs: HOUR_MS, atMs: now.now() },
    ]);
    const grant = await ask(quota, { ...demand, usd: 0.5 });
    const held = state()?.level;

    assert.ok(grant.approved);
    grant.reservation.settle({ ...demand, usd: 0.25 });

    assert.deepEqual([held, state()?.level, state()?.reserved], [9.5, 9.75, 0]);
    assert.equal(quota.room('p', 'm', { ...demand, usd: 9.75 }).waitMs, 0);
    assert.ok(quota.room('p', 'm', { ...demand, usd: 12 }).waitMs > 0);
  });

  test('input tokens that came from the cache are not counted', async () => {
    const { quota, state } = quotaWith((now) => [
      { unit: 'input-tokens', limit: 1_000, remaining: 1_000, atMs: now.now() },
    ]);
    const grant = await ask(quota);
    assert.ok(grant.approved);

    grant.reservation.settle({ inputTokens: 300, outputTokens: 9, cachedTokens: 250 });

    assert.equal(state()?.level, 950);
  });

  test('over random sequences of both kinds: 0 ≤ level ≤ size, and an older reading changes nothing', async () => {
    for (let seed = 0; seed < 600; seed += 1) {
      const random = seededRandom(seed);
      const clock = new FakeClock();
      const quota = new Quota(clock, { priorities: () => false });
      const some = (): LimitReading => {
        const unit = random() < 0.5 ? 'tokens' : 'share';
        const limit = unit === 'share' ? 1 : 100 + Math.floor(random() * 1_000);
        const fullInMs = random() * 50_000;
        return {
          unit,
          ...(unit === 'share' ? { window: random() < 0.5 ? '5h' : '7d' } : {}),
          limit,
          remaining: random() * limit,
          refill: REFILLS[Math.floor(random() * 3)] ?? 'never',
          atMs: clock.now() - Math.floor(random() * 20_000),
          ...(random() < 0.8 ? { fullInMs } : {}),
          ...(random() < 0.2 ? { status: 'rejected' as const } : {}),
        };
      };
      const open = [];
      for (let step = 0; step < 60; step += 1) {
        clock.advance(random() * 8_000);
        const before = quota.states();
        const reading = some();
        quota.read('p', [reading]);
        for (const [index, state] of quota.states().entries()) {
          const known = before[index];
          const [then = 0, now = 0] = [known?.readingAtMs, state.readingAtMs];
          assert.ok(now >= then, `seed ${seed}`);
          if (known && reading.atMs < then) assert.equal(now, then);
        }
        const grant = await ask(quota, { inputTokens: random() * 200, outputTokens: random() * 200 });
        if (grant.approved) open.push(grant.reservation);
        else assert.ok(grant.waitMs > 0 && Number.isFinite(grant.waitMs), `seed ${seed}`);
        if (random() < 0.5) open.shift()?.settle({ inputTokens: random() * 400, outputTokens: 0 });
        for (const { level, size, reserved, fullInMs = 0 } of quota.states()) {
          assert.ok(
            level >= 0 && level <= size && reserved >= 0 && fullInMs >= 0,
            `seed ${seed} step ${step}`,
          );
        }
      }
      for (const reservation of open) reservation.dispose();
      assert.ok(
        quota.states().every(({ reserved }) => reserved < 1e-6),
        `seed ${seed}`,
      );
    }
  });

  test('waiting as long as told is enough, over random windows', async () => {
    for (let seed = 0; seed < 300; seed += 1) {
      const random = seededRandom(seed);
      const { clock, quota } = quotaWith((now) => [
        window(now, { remaining: random() < 0.5 ? 0 : random(), fullInMs: random() * HOUR_MS }),
        {
          unit: 'tokens',
          limit: 500,
          remaining: random() * 500,
          fullInMs: random() * 90_000,
          atMs: now.now(),
        },
      ]);
      const { waitMs } = quota.room('p', 'm', demand);
      clock.advance(waitMs);

      assert.equal(quota.room('p', 'm', demand).waitMs, 0, `seed ${seed}`);
    }
  });
});

suite('windows in headers', () => {
  const NOW_MS = Date.UTC(2026, 10, 20, 12, 0, 0);
  const HEADERS: Readonly<Record<string, string>> = {
    'anthropic-ratelimit-unified-status': 'allowed_warning',
    'anthropic-ratelimit-unified-5h-utilization': '0.9125',
    'anthropic-ratelimit-unified-5h-reset': String(NOW_MS / 1_000 + 600),
    'anthropic-ratelimit-unified-5h-status': 'allowed_warning',
    'anthropic-ratelimit-unified-7d-utilization': '1.02',
    'anthropic-ratelimit-unified-7d-reset': String(NOW_MS / 1_000 - 5),
    'anthropic-ratelimit-unified-7d-status': 'rejected',
    'anthropic-ratelimit-unified-overage-utilization': '0.5',
  };

  test('Anthropic names two: used part, end and verdict of each', async () => {
    const readings = parseLimitHeaders((name) => HEADERS[name], NOW_MS);
    const common = { unit: 'share', limit: 1, refill: 'at-reset', source: 'headers', atMs: NOW_MS };

    assert.deepEqual(readings, [
      { ...common, window: '5h', remaining: 1 - 0.9125, fullInMs: 600_000, status: 'warning' },
      { ...common, window: '7d', remaining: 0, fullInMs: 0, status: 'rejected' },
    ]);
  });

  test('a used part that is missing or absurd gives no reading, an end that is absurd is unknown', async () => {
    const read = (changes: Record<string, string>) =>
      parseLimitHeaders((name) => ({ ...HEADERS, ...changes })[name], NOW_MS);

    for (const bad of ['', '-1', 'NaN', '1e3', '99', 'half']) {
      assert.equal(read({ 'anthropic-ratelimit-unified-5h-utilization': bad }).length, 1, bad);
    }
    for (const bad of ['', 'soon', '99999999999', '2026-11-20T12:00:00Z']) {
      assert.equal(read({ 'anthropic-ratelimit-unified-5h-reset': bad })[0]?.fullInMs, undefined, bad);
    }
    assert.equal(read({ 'anthropic-ratelimit-unified-5h-status': 'maybe' })[0]?.status, undefined);
  });

  test('a program that names its windows otherwise makes the same readings', async () => {
    const report = { window: '5h', utilization: 0.42, resetsAtMs: NOW_MS + 1_000, model: 'claude-opus-5-5' };
    const reading = windowReading(report, 'program', { nowMs: NOW_MS });

    assert.deepEqual(
      [reading?.model, reading?.source, reading?.fullInMs, reading?.status],
      ['claude-opus-5-5', 'program', 1_000, undefined],
    );
    for (const utilization of [-0.1, Number.NaN, 1e18, Number.POSITIVE_INFINITY]) {
      assert.equal(windowReading({ window: '5h', utilization }, 'log', { nowMs: 0 }), undefined);
    }
  });
});
