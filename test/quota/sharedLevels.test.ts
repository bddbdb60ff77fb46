import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { parseDeclaredLimits, sharedBuckets } from '../../src/quota/declaredLimits.ts';
import { ownerLabel } from '../../src/quota/limit.ts';
import { MemoryLevels } from '../../src/quota/memoryLevels.ts';
import { Quota } from '../../src/quota/quota.ts';
import { LEASE_MS } from '../../src/quota/reservations.ts';
import { FakeClock } from '../support/fakeClock.ts';

const FALLBACK = { platform: ['openai', 'groq'], name: 'fallback', unit: 'tokens', size: 100, window: '5h' };
const demand = (tokens: number) => ({ inputTokens: tokens, outputTokens: 0 });

function shared(rows: readonly unknown[], ids = ['openai', 'groq', 'other']) {
  return sharedBuckets(parseDeclaredLimits(rows)?.limits ?? [], ids, (id) => id);
}

function quotaWith(rows: readonly unknown[], clock = new FakeClock(), store?: MemoryLevels) {
  const quota = new Quota(clock, { priorities: () => false, ...(store === undefined ? {} : { store }) });
  quota.share(shared(rows));
  const ask = (platform: string, tokens: number) =>
    quota.request({ platform, model: 'm', priority: 'medium', demand: demand(tokens) });
  return { clock, quota, ask, level: () => quota.states().find((state) => state.shared)?.level };
}

suite('a bucket that several platforms share', () => {
  test('each of them charges it, others do not, and it is shown once with all that it covers', async () => {
    const { quota, ask, level } = quotaWith([FALLBACK]);

    await ask('openai', 30);
    await ask('groq', 20);
    await ask('other', 40);
    const states = quota.states();

    assert.equal(level(), 50);
    assert.deepEqual(
      states.map(({ platform, shared }) => [platform, shared]),
      [['shared:fallback', { name: 'fallback', platforms: ['openai', 'groq'] }]],
    );
    assert.deepEqual(
      states.map((state) => ownerLabel(state, (id) => id.toUpperCase())),
      ['fallback (OPENAI + GROQ)'],
    );
  });

  test('without room in it a request is refused with its name and the time, and nothing stays taken anywhere', async () => {
    const { quota, ask, level } = quotaWith([FALLBACK]);
    quota.declare('groq', [{ platform: 'groq', unit: 'tokens', size: 1_000, refillPerMs: 1 }]);
    await ask('openai', 80);

    const refused = await ask('groq', 30);

    assert.deepEqual(refused, { approved: false, limit: '5h tokens (fallback)', waitMs: 5 * 3_600_000 });
    assert.deepEqual(quota.room('groq', 'm', demand(30)), {
      limit: '5h tokens (fallback)',
      waitMs: 5 * 3_600_000,
    });
    assert.deepEqual(
      [level(), quota.states().find(({ platform }) => platform === 'groq')?.level],
      [20, 1_000],
    );
    assert.deepEqual(quota.room('groq', 'm', demand(20)), { waitMs: 0 });
  });

  test('the tightest of a platform’s own limits and the shared ones decides and is named', async () => {
    const { quota, ask } = quotaWith([FALLBACK]);
    quota.declare('groq', [{ platform: 'groq', unit: 'tokens', size: 50, refillPerMs: 0.05 }]);
    await ask('groq', 50);

    const own = await ask('groq', 30);
    const both = await ask('groq', 60);

    assert.deepEqual([own.approved, !own.approved && own.limit], [false, 'tokens']);
    assert.deepEqual([both.approved, !both.approved && both.limit], [false, '5h tokens (fallback)']);
  });

  test('what is settled, given back or dropped counts in it as in any limit', async () => {
    const { ask, level } = quotaWith([FALLBACK]);
    const [first, second] = [await ask('openai', 40), await ask('groq', 30)];
    assert.ok(first.approved && second.approved);

    first.reservation.settle(demand(10));
    first.reservation.settle(demand(90));
    second.reservation.dispose();

    assert.equal(level(), 90);
  });

  test('a platform in two of them needs room in both; what the first gave goes back', async () => {
    const small = { platform: ['groq', 'other'], name: 'small', unit: 'tokens', size: 20, window: '1d' };
    const { quota, ask } = quotaWith([FALLBACK, small]);
    await ask('other', 15);

    const refused = await ask('groq', 10);
    const levels = quota.states().map(({ level }) => level);

    assert.deepEqual([refused.approved, !refused.approved && refused.limit], [false, '1d tokens (small)']);
    assert.deepEqual(levels, [100, 5]);
  });

  test('who waits for its own platform stands in nobody’s way at what it shares', async () => {
    const { quota, ask, clock } = quotaWith([FALLBACK]);
    const first = await ask('openai', 90);
    const waiting = new AbortController();
    const line = quota.acquire(
      { platform: 'groq', model: 'm', priority: 'critical', demand: demand(50) },
      { patienceMs: 6 * 3_600_000 },
      waiting.signal,
    );
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    // Now its own platform says that it is full, and it waits for that.
    quota.read('groq', [{ unit: 'requests', limit: 2, remaining: 0, fullInMs: 1e6, atMs: clock.now() }]);
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    assert.ok(first.approved);
    first.reservation.dispose();
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();

    const other = await ask('openai', 90);
    waiting.abort(new DOMException('enough', 'AbortError'));

    await assert.rejects(line);
    assert.ok(other.approved, JSON.stringify(other));
  });

  test('a request of one platform waits for what another gives back', async () => {
    const { ask, quota } = quotaWith([FALLBACK]);
    const first = await ask('openai', 90);
    assert.ok(first.approved);
    const patience = { patienceMs: 6 * 3_600_000 };
    const waiting = quota.acquire(
      { platform: 'groq', model: 'm', priority: 'medium', demand: demand(50) },
      patience,
      new AbortController().signal,
    );
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    const line = quota.states()[0]?.waiting;

    first.reservation.dispose();
    const grant = await waiting;

    assert.equal(line, 1);
    assert.ok(grant.approved);
    assert.equal(quota.states()[0]?.waiting, 0);
  });

  test('when it is no longer declared nothing is charged or shown, and what was taken still ends where it was made', async () => {
    const store = new MemoryLevels(new FakeClock());
    const { ask, quota } = quotaWith([FALLBACK], new FakeClock(), store);
    const grant = await ask('openai', 40);
    assert.ok(grant.approved);

    quota.share([]);
    const states = quota.states();
    grant.reservation.settle(demand(5));

    assert.deepEqual(states, []);
    assert.deepEqual(store.book('shared:fallback')?.held, []);
    assert.deepEqual(quota.room('openai', 'm', demand(1_000)), { waitMs: 0 });
  });

  test('a bucket of another window’s settings is not shown here', async () => {
    const clock = new FakeClock();
    const store = new MemoryLevels(clock);
    const theirs = quotaWith([FALLBACK], clock, store);
    await theirs.ask('openai', 10);

    const ours = new Quota(clock, { store });

    assert.deepEqual(ours.states(), []);
  });

  test('who holds something of it and renews keeps it beyond the lease', async () => {
    const clock = new FakeClock();
    class Leased extends MemoryLevels {
      override readonly shared = true as never;
    }
    const { ask, level } = quotaWith([FALLBACK], clock, new Leased(clock));
    const grant = await ask('openai', 40);
    assert.ok(grant.approved);

    for (let tick = 0; tick < 10; tick += 1) clock.advance(LEASE_MS / 3);
    const more = await ask('groq', 70);
    grant.reservation.settle(demand(40));

    assert.deepEqual([more.approved, level()], [false, 60]);
  });
});
