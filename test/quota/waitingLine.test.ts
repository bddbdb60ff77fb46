import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { seededRandom } from '../../src/base/random.ts';
import { PRIORITIES, type Priority } from '../../src/base/task.ts';
import type { DeclaredLimit } from '../../src/quota/declaredLimits.ts';
import type { Grant, Patience } from '../../src/quota/grant.ts';
import { Quota } from '../../src/quota/quota.ts';
import { FakeClock } from '../support/fakeClock.ts';

const never = new AbortController().signal;
const MINUTE: DeclaredLimit = { platform: 'p', unit: 'tokens', size: 600, refillPerMs: 0.01 };

function lineOf(limit = MINUTE) {
  const clock = new FakeClock();
  const quota = new Quota(clock);
  quota.declare('p', [limit]);
  const acquire = (priority: Priority, tokens: number, patience: Partial<Patience> = {}, signal = never) =>
    quota.acquire(
      { platform: 'p', model: 'm', priority, demand: { inputTokens: tokens, outputTokens: 0 } },
      { patienceMs: 600_000, ...patience },
      signal,
    );
  return { clock, quota, acquire };
}

/** In the order in which they are served, each settled at once. */
function served(order: string[], name: string, granted: Promise<Grant>) {
  return granted.then((grant) => {
    assert.ok(grant.approved, name);
    order.push(name);
    grant.reservation.settle({ inputTokens: 1, outputTokens: 0 });
  });
}

suite('waiting line', () => {
  test('critical first, then by priority, then by age', async () => {
    const { clock, quota, acquire } = lineOf();
    const holder = await acquire('critical', 600);
    const order: string[] = [];
    const all = [
      served(order, 'low', acquire('low', 20)),
      served(order, 'medium 1', acquire('medium', 20)),
      served(order, 'critical', acquire('critical', 20)),
      served(order, 'medium 2', acquire('medium', 20)),
      served(order, 'high', acquire('high', 20)),
    ];
    for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
    const waiting = quota.states()[0]?.waiting;

    if (holder.approved) holder.reservation.dispose();
    await clock.until(Promise.all(all));

    assert.equal(waiting, 5);
    assert.deepEqual(order, ['critical', 'high', 'medium 1', 'medium 2', 'low']);
    assert.equal(quota.states()[0]?.waiting, 0);
  });

  test('who waits hears how long, and is served when told', async () => {
    const { clock, acquire } = lineOf();
    await acquire('critical', 600);
    const told: number[] = [];
    const granted = acquire('critical', 300, { onWait: (waitMs) => told.push(waitMs) });

    await clock.until(granted);

    assert.equal((await granted).approved, true);
    assert.deepEqual([told[0], clock.monotonic()], [100, 100]);
  });

  test('a wait that is longer than the patience is refused at once, with the limit and the time', async () => {
    const { clock, acquire } = lineOf();
    await acquire('critical', 600);

    const refused = await acquire('high', 300, { patienceMs: 20_000 });

    assert.ok(!refused.approved && refused.limit === 'tokens' && refused.waitMs > 20_000);
    assert.equal(clock.monotonic(), 0);
  });

  test('who stops waiting leaves the line, holds nothing and stands in nobody’s way', async () => {
    const { clock, quota, acquire } = lineOf();
    await acquire('high', 360);
    const abort = new AbortController();
    const first = acquire('high', 180, {}, abort.signal);
    const second = acquire('high', 6);
    for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();

    abort.abort(new Error('enough'));
    await assert.rejects(first, /enough/);
    await clock.until(second);

    assert.ok(clock.monotonic() < 3_000, `${clock.monotonic()}`);
    assert.deepEqual([quota.states()[0]?.waiting, quota.states()[0]?.reserved], [0, 366]);
  });

  test('a deadline that passes ends the wait of who stands behind', async () => {
    const { clock, acquire } = lineOf();
    await acquire('high', 360);
    const first = acquire('high', 180);
    const second = acquire('high', 10, { patienceMs: 5_000 });

    const refused = await clock.until(second);

    assert.equal(refused.approved, false);
    assert.ok(clock.monotonic() <= 5_000);
    assert.ok((await clock.until(first)).approved);
  });

  test('a low task is served after a minute, however many critical ones come', async () => {
    const { clock, acquire } = lineOf();
    await acquire('low', 60);
    let servedMs = Number.NaN;
    const low = acquire('low', 300).then((grant) => {
      servedMs = clock.monotonic();
      return grant;
    });
    let critical = 0;
    const flood = async () => {
      while (Number.isNaN(servedMs) && clock.monotonic() < 300_000) {
        const grant = await acquire('critical', 60);
        if (grant.approved) critical += 1;
      }
    };

    const flooding = flood();
    await clock.until(low);
    await clock.until(flooding);

    assert.ok(critical > 5, `${critical}`);
    assert.ok(servedMs <= 60_000 + 36_000, `${servedMs}`);
  });

  test('a grant that is refused names what could answer instead', async () => {
    const { quota, acquire } = lineOf();
    await acquire('critical', 600);
    const demand = { inputTokens: 100, outputTokens: 0 };
    const alternatives = [
      { platform: 'p', model: 'other', demand },
      { platform: 'elsewhere', model: 'm', demand },
    ];

    const refused = await quota.request({
      platform: 'p',
      model: 'm',
      priority: 'high',
      demand,
      alternatives,
    });

    assert.ok(!refused.approved);
    assert.deepEqual(refused.alternative, alternatives[1]);
  });

  test('over random arrivals everyone is served or refused, and nothing stays held', async () => {
    for (let seed = 0; seed < 300; seed += 1) {
      const random = seededRandom(seed);
      const { clock, quota, acquire } = lineOf();
      const all: Promise<unknown>[] = [];
      for (let index = 0; index < 15; index += 1) {
        const priority = PRIORITIES[Math.floor(random() * 4)] ?? 'low';
        const abort = new AbortController();
        const granted = acquire(priority, random() * 400, { patienceMs: random() * 200_000 }, abort.signal);
        const done = granted.then(
          (grant) => {
            if (!grant.approved) return;
            if (random() < 0.3) grant.reservation.dispose();
            else grant.reservation.settle({ inputTokens: random() * 300, outputTokens: 0 });
          },
          (error: unknown) => assert.equal(error, 'enough'),
        );
        all.push(done);
        if (random() < 0.2) clock.after(random() * 5_000, () => abort.abort('enough'));
        clock.advance(random() * 3_000);
      }

      await clock.until(Promise.all(all));

      const [state] = quota.states();
      assert.deepEqual([state?.waiting, state?.reserved], [0, 0], `seed ${seed}`);
    }
  });
});
