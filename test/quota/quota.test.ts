import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { seededRandom } from '../../src/base/random.ts';
import type { LimitReading } from '../../src/quota/limitReading.ts';
import { Quota } from '../../src/quota/quota.ts';
import { TokenBucket } from '../../src/quota/tokenBucket.ts';
import { FakeClock } from '../support/fakeClock.ts';

const demand = { inputTokens: 300, outputTokens: 100 };

function reading(clock: FakeClock, overrides: Partial<LimitReading> = {}): LimitReading {
  return { unit: 'tokens', limit: 1_000, remaining: 500, fullInMs: 60_000, atMs: clock.now(), ...overrides };
}

suite('token bucket', () => {
  test('a refusal says how long to wait, and waiting that long is enough', () => {
    const clock = new FakeClock();
    const bucket = new TokenBucket({ size: 600, refillPerMs: 0.01 }, clock);
    bucket.take(600);

    const waitMs = bucket.waitMs(10);
    clock.advance(waitMs - 1);
    const tooEarly = bucket.waitMs(10);
    clock.advance(1);

    assert.ok(tooEarly > 0);
    assert.equal(bucket.waitMs(10), 0);
  });

  test('the level stays between 0 and the size over any sequence, and no more is granted than size and refill', () => {
    for (let seed = 0; seed < 300; seed += 1) {
      const random = seededRandom(seed);
      const clock = new FakeClock();
      const size = 1 + Math.floor(random() * 1_000);
      const refillPerMs = random() * 2;
      const bucket = new TokenBucket({ size, refillPerMs }, clock);
      let granted = 0;
      for (let step = 0; step < 60; step += 1) {
        if (random() < 0.3) clock.jump((random() - 0.5) * 1e9);
        clock.advance(random() * 200);
        granted += bucket.take(random() * size * 1.5);
        assert.ok(bucket.level() >= 0 && bucket.level() <= size, `seed ${seed} step ${step}`);
      }
      assert.ok(granted <= size + clock.monotonic() * refillPerMs + 1e-6, `seed ${seed}`);
    }
  });

  test('an amount above the size asks for a full bucket; an unknown refill has no end in sight', () => {
    const clock = new FakeClock();
    const bucket = new TokenBucket({ size: 100, refillPerMs: 1 }, clock, 40);
    const unknown = new TokenBucket({ size: 100, refillPerMs: 0 }, clock, 40);

    assert.equal(bucket.waitMs(5_000), 60);
    assert.equal(unknown.waitMs(50), Number.POSITIVE_INFINITY);
    assert.equal(unknown.fullInMs(), undefined);
  });
});

suite('quota', () => {
  test('a platform of which nothing is known lets everything pass', () => {
    const quota = new Quota(new FakeClock());

    assert.deepEqual(quota.room('p', 'm', demand), { waitMs: 0 });
    assert.ok(quota.reserve('p', 'm', demand).approved);
    assert.deepEqual(quota.states(), []);
  });

  test('what is reserved is gone until it is settled to what was used', () => {
    const clock = new FakeClock();
    const quota = new Quota(clock);
    quota.read('p', [reading(clock, { remaining: 1_000, fullInMs: 0 })]);

    const grant = quota.reserve('p', 'm', demand);
    const held = quota.states()[0];
    assert.ok(grant.approved);
    grant.reservation.settle({ inputTokens: 300, outputTokens: 20 });
    grant.reservation.settle({ inputTokens: 900, outputTokens: 0 });
    grant.reservation.dispose();

    assert.deepEqual([held?.level, held?.reserved], [600, 400]);
    assert.deepEqual([quota.states()[0]?.level, quota.states()[0]?.reserved], [680, 0]);
  });

  test('a reservation that is dropped gives everything back', () => {
    const clock = new FakeClock();
    const quota = new Quota(clock);
    quota.read('p', [reading(clock, { remaining: 800, fullInMs: 0 })]);

    const grant = quota.reserve('p', 'm', demand);
    if (grant.approved) grant.reservation.dispose();

    assert.equal(quota.states()[0]?.level, 800);
  });

  test('every limit that concerns the model must have room, and the slowest one is named', () => {
    const clock = new FakeClock();
    const quota = new Quota(clock);
    quota.read('p', [
      reading(clock, { unit: 'requests', limit: 10, remaining: 0, fullInMs: 10_000 }),
      reading(clock, { unit: 'input-tokens', model: 'm', limit: 1_000, remaining: 0, fullInMs: 100_000 }),
    ]);

    const refused = quota.reserve('p', 'm', demand);
    const other = quota.room('p', 'other', demand);

    assert.deepEqual(refused, { approved: false, limit: 'input-tokens (m)', waitMs: 30_000 });
    assert.deepEqual(other, { limit: 'requests', waitMs: 1_000 });
  });

  test('the newest reading wins, and one from the past changes nothing', () => {
    const clock = new FakeClock();
    const quota = new Quota(clock);
    quota.read('p', [reading(clock, { remaining: 500, fullInMs: 0 })]);

    quota.read('p', [reading(clock, { remaining: 900, atMs: clock.now() - 1_000 })]);
    const afterOld = quota.states()[0]?.level;
    clock.advance(1_000);
    quota.read('p', [reading(clock, { remaining: 200, atMs: clock.now() })]);

    assert.equal(afterOld, 500);
    assert.equal(quota.states()[0]?.level, 200);
  });

  test('a reading that comes with an answer does not charge that answer twice', () => {
    const clock = new FakeClock();
    const quota = new Quota(clock);
    quota.read('p', [reading(clock, { remaining: 1_000, fullInMs: 0 })]);
    const grant = quota.reserve('p', 'm', demand);
    assert.ok(grant.approved);

    grant.reservation.correct([reading(clock, { remaining: 700, fullInMs: 0 })]);
    grant.reservation.settle({ inputTokens: 300, outputTokens: 50 });

    assert.equal(quota.states()[0]?.level, 650);
  });

  test('settled, refunded or corrected in any order, the level stays in bounds and nothing stays reserved', () => {
    for (let seed = 0; seed < 500; seed += 1) {
      const random = seededRandom(seed);
      const clock = new FakeClock();
      const quota = new Quota(clock);
      quota.read('p', [reading(clock), reading(clock, { unit: 'requests', limit: 20, remaining: 20 })]);
      const open = [];
      for (let step = 0; step < 40; step += 1) {
        clock.advance(random() * 2_000);
        const grant = quota.reserve('p', 'm', { inputTokens: random() * 300, outputTokens: random() * 300 });
        if (grant.approved) open.push(grant.reservation);
        if (random() < 0.3) open.at(-1)?.correct([reading(clock, { remaining: random() * 1_000 })]);
        if (random() < 0.5)
          open.shift()?.settle({ inputTokens: random() * 900, outputTokens: random() * 900 });
        if (random() < 0.2) open.shift()?.dispose();
        for (const state of quota.states()) {
          assert.ok(state.level >= 0 && state.level <= state.size && state.reserved >= 0, `seed ${seed}`);
        }
      }
      for (const reservation of open) reservation.dispose();
      assert.ok(
        quota.states().every((state) => state.reserved < 1e-6),
        `seed ${seed}`,
      );
    }
  });
});
