import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { seededRandom } from '../../src/base/random.ts';
import { PRIORITIES } from '../../src/base/task.ts';
import type { LimitReading } from '../../src/quota/limitReading.ts';
import { Quota } from '../../src/quota/quota.ts';
import { FakeClock } from '../support/fakeClock.ts';

const WILD = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -1, -1e300, 1e300, 5e-324, 0];
const LIMITS = [
  { platform: 'p', unit: 'tokens', size: 1_000, refillPerMs: 0.001 },
  { platform: 'p', unit: 'usd', window: '1d', windowMs: 86_400_000, size: 5 },
  { platform: 'p', unit: 'units', window: '5h', windowMs: 18_000_000, sliding: true, size: 50 },
] as const;

function healthy(quota: Quota, where: string): void {
  for (const { unit, size, level, reserved, shares = [] } of quota.states()) {
    const said = `${where}: ${unit} ${level} of ${size}, ${reserved} reserved`;
    assert.ok(Number.isFinite(size) && size > 0, said);
    assert.ok(level >= 0 && level <= size * (1 + 1e-9), said);
    assert.ok(reserved >= 0 && reserved <= Number.MAX_VALUE, said);
    assert.ok(
      shares.every((share) => share.level >= 0 && share.used >= 0),
      said,
    );
  }
}

suite('numbers that make no sense', () => {
  for (const wild of WILD)
    test(`a request or a settlement of ${wild} tokens, dollars or units leaves every limit what it is`, async () => {
      const clock = new FakeClock();
      const quota = new Quota(clock);
      quota.declare('p', LIMITS);
      const demand = { inputTokens: wild, outputTokens: wild, usd: wild, units: wild, cachedTokens: wild };
      const ask = (wants: typeof demand) =>
        quota.request({ platform: 'p', model: 'm', priority: 'critical', demand: wants });

      const first = await ask(demand);
      if (first.approved) first.reservation.settle(demand);
      const sane = await ask({ inputTokens: 1, outputTokens: 1, usd: 0.01, units: 1, cachedTokens: 0 });
      if (sane.approved) sane.reservation.settle(demand);
      clock.advance(10);
      healthy(quota, String(wild));
      quota.room('p', 'm', demand);
      clock.advance(86_400_000);
      healthy(quota, `${wild}, a day later`);
    });

  test('a reading of nonsense changes nothing that is known', () => {
    for (const field of ['limit', 'remaining', 'fullInMs', 'atMs'] as const)
      for (const wild of WILD) {
        const clock = new FakeClock();
        const quota = new Quota(clock);
        const good: LimitReading = {
          unit: 'tokens',
          limit: 100,
          remaining: 40,
          fullInMs: 60_000,
          atMs: clock.now(),
        };
        quota.read('p', [good]);
        clock.advance(5);

        quota.read('p', [{ ...good, atMs: clock.now(), [field]: wild }]);
        clock.advance(5);

        healthy(quota, `${field} ${wild}`);
      }
  });

  test('law: sizes and demands of any order of magnitude, over random sequences', async () => {
    for (let seed = 0; seed < 300; seed += 1) {
      const random = seededRandom(seed);
      const clock = new FakeClock();
      const quota = new Quota(clock);
      const any = () => 10 ** (random() * 24 - 12);
      quota.declare('p', [
        { platform: 'p', unit: 'tokens', size: any(), refillPerMs: any() },
        {
          platform: 'p',
          unit: 'usd',
          window: '1d',
          windowMs: 1 + any(),
          sliding: random() < 0.5,
          size: any(),
        },
      ]);
      for (let step = 0; step < 20; step += 1) {
        const priority = PRIORITIES[Math.floor(random() * 4)] ?? 'low';
        const demand = { inputTokens: any(), outputTokens: any(), usd: any() };
        const grant = await quota.request({ platform: 'p', model: 'm', priority, demand });
        if (grant.approved && random() < 0.7)
          grant.reservation.settle({ inputTokens: any(), outputTokens: any(), usd: any() });
        else if (!grant.approved)
          assert.ok(grant.waitMs > 0 && Number.isFinite(grant.waitMs), `seed ${seed}`);
        clock.advance(random() * 10 ** (random() * 9));
        healthy(quota, `seed ${seed}, step ${step}`);
      }
    }
  });
});
