import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import type { Priority } from '../../src/base/task.ts';
import type { DeclaredLimit } from '../../src/quota/declaredLimits.ts';
import { idleShare } from '../../src/quota/idleShares.ts';
import { Quota } from '../../src/quota/quota.ts';
import type { QuotaOptions } from '../../src/quota/quotaOptions.ts';
import { FakeClock } from '../support/fakeClock.ts';

const HOUR_MS = 3_600_000;
/** A window of a thousand tokens: nothing comes back by itself. */
const WINDOW: DeclaredLimit = {
  platform: 'p',
  unit: 'tokens',
  window: '5h',
  windowMs: 5 * HOUR_MS,
  size: 1_000,
};
const MINUTE: DeclaredLimit = { platform: 'p', unit: 'tokens', size: 600, refillPerMs: 0.01 };

function quotaWith(limit: DeclaredLimit, options: QuotaOptions = {}) {
  const clock = new FakeClock();
  const quota = new Quota(clock, options);
  quota.declare('p', [limit]);
  const ask = (priority: Priority, tokens: number) =>
    quota.request({ platform: 'p', model: 'm', priority, demand: { inputTokens: tokens, outputTokens: 0 } });
  const share = (priority: Priority) => quota.states()[0]?.shares?.find((one) => one.priority === priority);
  return { clock, quota, ask, share, state: () => quota.states()[0] };
}

suite('priorities', () => {
  test('shares are 40, 30, 20 and 10 %; a low task has only its own', async () => {
    const { ask, state, share } = quotaWith(WINDOW);

    const within = await ask('low', 100);
    const beyond = await ask('low', 1);

    assert.ok(within.approved);
    assert.ok(!beyond.approved && beyond.limit === '5h tokens' && beyond.waitMs === 5 * HOUR_MS);
    assert.deepEqual(
      state()?.shares?.map(({ entitled }) => entitled),
      [400, 300, 200, 100],
    );
    assert.deepEqual([share('low')?.level, share('low')?.used, state()?.level], [0, 100, 900]);
  });

  test('a share borrows downwards, never upwards, and it is shown', async () => {
    const { ask, share } = quotaWith(WINDOW);

    const high = await ask('high', 550);
    const more = await ask('high', 60);
    const medium = await ask('medium', 50);

    assert.deepEqual([high.approved, more.approved, medium.approved], [true, false, true]);
    assert.equal(share('high')?.borrowed, 250);
    assert.deepEqual([share('medium')?.lent, share('low')?.lent, share('critical')?.lent], [200, 100, 0]);
  });

  test('a critical task is served while anything is left, and one overdraft is paid back before the next', async () => {
    const { clock, ask, state } = quotaWith(MINUTE);
    await ask('critical', 590);

    const burst = await ask('critical', 110);
    const second = await ask('critical', 1);
    const owed = state()?.adaptations;
    if (!second.approved) clock.advance(second.waitMs);

    assert.ok(burst.approved && !second.approved);
    assert.deepEqual(owed, [{ kind: 'burst', priority: 'critical', owed: 100 }]);
    assert.equal(second.waitMs, (100 + 1) / 0.01);
    assert.ok((await ask('critical', 1)).approved);
  });

  test('a burst that used less than it wanted owes nothing; one that used it all owes the rest', async () => {
    for (const [used, level, owed] of [
      [5, 5, 0],
      [110, 0, 100],
    ] as const) {
      const { quota, ask, state } = quotaWith(WINDOW);
      await ask('critical', 990);
      const burst = await ask('critical', 110);
      assert.ok(burst.approved);

      burst.reservation.settle({ inputTokens: used, outputTokens: 0 });

      assert.deepEqual([state()?.level, state()?.reserved], [level, 990]);
      const rest = quota.states()[0]?.adaptations.find(({ kind }) => kind === 'burst');
      assert.equal(rest?.kind === 'burst' ? rest.owed : 0, owed);
    }
  });

  test('what a forecast says stays unused is lent, the rest of the share is kept, and the reason is shown', async () => {
    const unusedShare = (priority: Priority) => (priority === 'critical' ? 0.75 : 0);
    const { ask, share, state } = quotaWith(WINDOW, { unusedShare });

    const lent = await ask('low', 400);
    const more = await ask('low', 1);

    assert.deepEqual([lent.approved, more.approved], [true, false]);
    assert.deepEqual(
      [share('critical')?.level, share('critical')?.lent, share('low')?.borrowed],
      [100, 300, 300],
    );
    assert.deepEqual(state()?.adaptations, [{ kind: 'lent', priority: 'critical', part: 0.75 }]);
  });

  test('who used more than its share gets less of the refill, until it is even', async () => {
    const { clock, ask, state, share } = quotaWith(MINUTE);
    for (let round = 0; round < 30; round += 1) {
      await ask('critical', 1);
      await ask('medium', 60);
      clock.advance(3_000);
    }
    const penalised = state()?.adaptations.find(({ kind }) => kind === 'penalised');
    const used = share('medium')?.used ?? 0;
    clock.advance(120_000);

    assert.ok(used > 120, `${used}`);
    assert.ok(penalised?.kind === 'penalised' && penalised.priority === 'medium' && penalised.factor < 1);
    assert.deepEqual(state()?.adaptations, []);
  });

  test('without a penalty nobody gets less, and nothing is shown', async () => {
    const { clock, ask, state } = quotaWith(MINUTE, { overusePenalty: () => false });
    for (let round = 0; round < 30; round += 1) {
      await ask('critical', 1);
      await ask('medium', 60);
      clock.advance(3_000);
    }

    assert.deepEqual(state()?.adaptations, []);
  });

  test('turned off, whoever comes first may use all there is', async () => {
    const { ask, state } = quotaWith(WINDOW, { priorities: () => false });

    const all = await ask('low', 1_000);

    assert.ok(all.approved);
    assert.deepEqual([state()?.level, state()?.shares, state()?.adaptations], [0, undefined, []]);
  });

  test('below the threshold of a limit only critical and high tasks pass', async () => {
    const { ask } = quotaWith({ ...WINDOW, threshold: 600 });
    await ask('high', 350);

    const answers = [await ask('medium', 60), await ask('high', 60), await ask('critical', 60)];

    assert.deepEqual(
      answers.map(({ approved }) => approved),
      [false, true, true],
    );
  });

  test('a request larger than all that its priority may have waits for a full share, not for ever', async () => {
    const { clock, ask } = quotaWith(MINUTE);
    await ask('low', 60);

    const refused = await ask('low', 200);
    assert.ok(!refused.approved);
    clock.advance(refused.waitMs);

    assert.ok(refused.waitMs <= 6_000, `${refused.waitMs}`);
    assert.ok((await ask('low', 200)).approved);
  });

  test('the shares of a window of which only the percent is known are parts of what remains', async () => {
    const { clock, quota, ask } = quotaWith(WINDOW);
    quota.declare('p', []);
    const read = (remaining: number) =>
      quota.read('p', [
        {
          unit: 'share',
          window: '5h',
          limit: 1,
          remaining,
          refill: 'at-reset',
          fullInMs: HOUR_MS,
          atMs: clock.now(),
        },
      ]);
    read(0.0005);
    const [low, high] = [await ask('low', 10), await ask('high', 10)];
    clock.advance(1);
    read(0.5);

    assert.deepEqual([low.approved, high.approved], [false, true]);
    assert.ok((await ask('low', 10)).approved);
    assert.deepEqual(
      quota.states()[0]?.shares?.map(({ level }) => level),
      [0.2, 0.15, 0.1, 0.05],
    );
  });

  test('a priority that has not asked for a while lends most of its share', () => {
    assert.deepEqual(
      [idleShare(60_000), idleShare(HOUR_MS), idleShare(Number.POSITIVE_INFINITY)],
      [0, 0.9, 0.9],
    );
  });
});
