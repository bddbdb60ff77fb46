import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { seededRandom } from '../../src/base/random.ts';
import type { LimitReading } from '../../src/quota/limitReading.ts';
import { Quota } from '../../src/quota/quota.ts';
import { FakeClock } from '../support/fakeClock.ts';

const demand = { inputTokens: 300, outputTokens: 100 };

function reading(clock: FakeClock, overrides: Partial<LimitReading> = {}): LimitReading {
  return { unit: 'tokens', limit: 1_000, remaining: 500, fullInMs: 60_000, atMs: clock.now(), ...overrides };
}

/** All there is may be used: priorities have tests of their own. */
const FIRST_COME = { priorities: () => false };

function ask(quota: Quota, wants = demand) {
  return quota.request({ platform: 'p', model: 'm', demand: wants, priority: 'medium' });
}

suite('quota', () => {
  test('a platform of which nothing is known lets everything pass', async () => {
    const quota = new Quota(new FakeClock(), FIRST_COME);

    assert.deepEqual(quota.room('p', 'm', demand), { waitMs: 0 });
    assert.ok((await ask(quota)).approved);
    assert.deepEqual(quota.states(), []);
  });

  test('what is reserved is gone until it is settled to what was used', async () => {
    const clock = new FakeClock();
    const quota = new Quota(clock, FIRST_COME);
    quota.read('p', [reading(clock, { remaining: 1_000, fullInMs: 0 })]);

    const grant = await ask(quota);
    const held = quota.states()[0];
    assert.ok(grant.approved);
    grant.reservation.settle({ inputTokens: 300, outputTokens: 20 });
    grant.reservation.settle({ inputTokens: 900, outputTokens: 0 });
    grant.reservation.dispose();

    assert.deepEqual([held?.level, held?.reserved], [600, 400]);
    assert.deepEqual([quota.states()[0]?.level, quota.states()[0]?.reserved], [680, 0]);
  });

  test('a reservation that is dropped gives everything back', async () => {
    const clock = new FakeClock();
    const quota = new Quota(clock, FIRST_COME);
    quota.read('p', [reading(clock, { remaining: 800, fullInMs: 0 })]);

    const grant = await ask(quota);
    if (grant.approved) grant.reservation.dispose();

    assert.equal(quota.states()[0]?.level, 800);
  });

  test('every limit that concerns the model must have room, and the slowest one is named', async () => {
    const clock = new FakeClock();
    const quota = new Quota(clock, FIRST_COME);
    quota.read('p', [
      reading(clock, { unit: 'requests', limit: 10, remaining: 0, fullInMs: 10_000 }),
      reading(clock, { unit: 'input-tokens', model: 'm', limit: 1_000, remaining: 0, fullInMs: 100_000 }),
    ]);

    const refused = await ask(quota);
    const other = quota.room('p', 'other', demand);

    assert.deepEqual(refused, { approved: false, limit: 'input-tokens (m)', waitMs: 30_000 });
    assert.deepEqual(other, { limit: 'requests', waitMs: 1_000 });
  });

  test('the newest reading wins, and one from the past changes nothing', async () => {
    const clock = new FakeClock();
    const quota = new Quota(clock, FIRST_COME);
    quota.read('p', [reading(clock, { remaining: 500, fullInMs: 0 })]);

    quota.read('p', [reading(clock, { remaining: 900, atMs: clock.now() - 1_000 })]);
    const afterOld = quota.states()[0]?.level;
    clock.advance(1_000);
    quota.read('p', [reading(clock, { remaining: 200, atMs: clock.now() })]);

    assert.equal(afterOld, 500);
    assert.equal(quota.states()[0]?.level, 200);
  });

  test('a reading that comes with an answer does not charge that answer twice', async () => {
    const clock = new FakeClock();
    const quota = new Quota(clock, FIRST_COME);
    quota.read('p', [reading(clock, { remaining: 1_000, fullInMs: 0 })]);
    const grant = await ask(quota);
    assert.ok(grant.approved);

    grant.reservation.correct([reading(clock, { remaining: 700, fullInMs: 0 })]);
    grant.reservation.settle({ inputTokens: 300, outputTokens: 50 });

    assert.equal(quota.states()[0]?.level, 650);
  });

  test('settled, refunded or corrected in any order, the level stays in bounds and nothing stays reserved', async () => {
    for (let seed = 0; seed < 500; seed += 1) {
      const random = seededRandom(seed);
      const clock = new FakeClock();
      const quota = new Quota(clock, FIRST_COME);
      quota.read('p', [reading(clock), reading(clock, { unit: 'requests', limit: 20, remaining: 20 })]);
      const open = [];
      for (let step = 0; step < 40; step += 1) {
        clock.advance(random() * 2_000);
        const grant = await ask(quota, { inputTokens: random() * 300, outputTokens: random() * 300 });
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
