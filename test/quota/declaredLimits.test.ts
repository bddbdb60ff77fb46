import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import {
  type DeclaredLimit,
  limitsOf,
  parseDeclaredLimits,
  sharedBuckets,
} from '../../src/quota/declaredLimits.ts';
import { Quota } from '../../src/quota/quota.ts';
import { FakeClock } from '../support/fakeClock.ts';

const HOUR_MS = 3_600_000;

function quotaWith(...limits: DeclaredLimit[]) {
  const clock = new FakeClock();
  const quota = new Quota(clock, { priorities: () => false });
  quota.declare('p', limits);
  const ask = (tokens: number, usd?: number) =>
    quota.request({
      platform: 'p',
      model: 'm',
      priority: 'medium',
      demand: { inputTokens: tokens, outputTokens: 0, ...(usd === undefined ? {} : { usd }) },
    });
  return { clock, quota, ask, state: () => quota.states()[0] };
}

suite('declared limits', () => {
  test('a bucket, a window, a sliding window and money a day are read from the settings', () => {
    const parsed = parseDeclaredLimits([
      { platform: 'openai', unit: 'tokens', size: 30_000, refillPerHour: 1_800_000 },
      { platform: 'anthropic', model: 'opus', unit: 'requests', size: 50, window: '5h' },
      { platform: '*', unit: 'usd', size: 5, window: ' 1d ', sliding: true },
    ]);

    assert.deepEqual(parsed, {
      bad: [],
      limits: [
        { platform: 'openai', unit: 'tokens', size: 30_000, refillPerMs: 0.5 },
        {
          platform: 'anthropic',
          model: 'opus',
          unit: 'requests',
          size: 50,
          window: '5h',
          windowMs: 5 * HOUR_MS,
        },
        { platform: '*', unit: 'usd', size: 5, window: '1d', windowMs: 24 * HOUR_MS, sliding: true },
      ],
    });
  });

  test('a row in units needs no more than a platform that has a usual bucket', () => {
    const { limits } = parseDeclaredLimits([
      { platform: 'claude_code', unit: 'units' },
      { platform: 'sonnet', unit: 'units', threshold: 100 },
      { platform: '*', unit: 'units' },
    ]) ?? { limits: [] };

    assert.deepEqual(
      limits.map(({ platform, size, refillPerMs = 0, threshold }) => [
        platform,
        size,
        refillPerMs * HOUR_MS,
        threshold,
      ]),
      [
        ['claude-code', 5_000, 100, 3_000],
        ['sonnet', 10_000, 200, 100],
        ['*', 5_000, 100, undefined],
      ],
    );
  });

  test('a list of platforms is one bucket of them all, whatever their order, with the usual size in units', () => {
    const { limits = [], bad } =
      parseDeclaredLimits([
        { platform: ['groq', 'open_ai', 'groq'], unit: 'units' },
        { platform: ['open-ai', 'groq'], unit: 'usd', size: 5, window: '1d' },
        { platform: ['groq'], name: ' fallback ', unit: 'requests', size: 9, window: '1d' },
      ]) ?? {};

    assert.deepEqual(bad, []);
    assert.deepEqual(
      limits.map(({ platform, shared, size }) => [platform, shared, size]),
      [
        ['shared:groq+open-ai', { platforms: ['groq', 'open-ai'] }, 5_000],
        ['shared:groq+open-ai', { platforms: ['groq', 'open-ai'] }, 5],
        ['shared:fallback', { platforms: ['groq'], name: 'fallback' }, 9],
      ],
    );
  });

  test('a second row for the same limit is named: it would silently take the place of the first', () => {
    const tokens = { platform: 'openai', unit: 'tokens', size: 100, refillPerHour: 10 };
    const daily = { platform: 'openai', unit: 'tokens', size: 900, window: '1d' };
    const shared = { ...tokens, platform: ['openai', 'groq'] };

    const { limits = [], bad } =
      parseDeclaredLimits([
        tokens,
        daily,
        shared,
        { ...tokens, model: 'a' },
        { ...tokens, size: 5 },
        { ...daily, window: '24h' },
        { ...daily, window: ' 1d ' },
        { ...shared, platform: ['groq', 'openai'] },
      ]) ?? {};

    assert.deepEqual(
      bad?.map(({ row, field }) => [row, field]),
      [
        [5, 'unit'],
        [7, 'unit'],
        [8, 'unit'],
      ],
    );
    assert.equal(limits.length, 5);
  });

  test('of one limit the row of the very platform wins over that of its kind, in whatever order', () => {
    const own: DeclaredLimit = { platform: 'openai-2', unit: 'tokens', size: 5, refillPerMs: 1 };
    const kind: DeclaredLimit = { ...own, platform: 'openai', size: 1 };
    const daily: DeclaredLimit = { ...kind, window: '1d' };

    for (const rows of [
      [own, kind, daily],
      [kind, daily, own],
    ])
      assert.deepEqual(
        limitsOf(rows, 'openai-2', 'openai')
          .map(({ size, window }) => [size, window])
          .sort(),
        [
          [1, '1d'],
          [5, undefined],
        ].sort(),
      );
  });

  test('a platform may be written as people do', () => {
    const { limits = [] } =
      parseDeclaredLimits([
        { platform: ' Claude Code ', unit: 'units' },
        { platform: ['OpenAI', 'claude_code'], unit: 'usd', size: 5, window: '1d' },
      ]) ?? {};

    assert.deepEqual(
      limits.map(({ platform, size }) => [platform, size]),
      [
        ['claude-code', 5_000],
        ['shared:claude-code+openai', 5],
      ],
    );
  });

  test('a platform in a shared bucket has no row of * for the same unit beside it', () => {
    const { limits = [] } =
      parseDeclaredLimits([
        { platform: ['openai', 'groq'], unit: 'units' },
        { platform: '*', unit: 'units', size: 1, refillPerHour: 1 },
        { platform: '*', unit: 'usd', size: 5, window: '1d' },
      ]) ?? {};
    const of = (id: string) => limitsOf(limits, id, id).map(({ unit }) => unit);

    assert.deepEqual([of('openai'), of('other')], [['usd'], ['units', 'usd']]);
    assert.deepEqual(
      sharedBuckets(limits, ['openai', 'openai-2', 'other'], (id) => id.replace(/-2$/, '')).map(
        ({ key, platforms }) => [key, platforms],
      ),
      [['shared:groq+openai', ['openai', 'openai-2']]],
    );
    assert.deepEqual(
      sharedBuckets(limits, ['other'], (id) => id),
      [],
    );
  });

  test('rows that cannot be used are named by what is wrong with them, the others are kept', () => {
    const good = { platform: 'openai', unit: 'tokens', size: 100, refillPerHour: 10 };
    const bad: readonly (readonly [unknown, string])[] = [
      [null, ''],
      [[], ''],
      [{ ...good, platform: ' ' }, 'platform'],
      [{ unit: 'tokens', size: 1, refillPerHour: 1 }, 'platform'],
      [{ ...good, unit: 'share' }, 'unit'],
      [{ ...good, unit: undefined }, 'unit'],
      [{ ...good, size: 0 }, 'size'],
      [{ ...good, size: undefined }, 'size'],
      [{ ...good, size: Number.NaN }, 'size'],
      [{ ...good, refillPerHour: undefined }, 'refillPerHour'],
      [{ ...good, window: '5h' }, 'refillPerHour'],
      [{ ...good, refillPerHour: undefined, window: '99d' }, 'window'],
      [{ ...good, refillPerHour: undefined, window: 5 }, 'window'],
      [{ ...good, sliding: true }, 'window'],
      [{ ...good, threshold: 101 }, 'threshold'],
      [{ ...good, colour: 'red' }, 'colour'],
      [{ ...good, platform: [] }, 'platform'],
      [{ ...good, platform: ['openai', '*'] }, 'platform'],
      [{ ...good, platform: ['openai', 7] }, 'platform'],
      [{ ...good, platform: ['openai', ' '] }, 'platform'],
      [{ ...good, platform: Array.from({ length: 21 }, (_, index) => `p${index}`) }, 'platform'],
      [{ ...good, name: 'fallback' }, 'name'],
      [{ ...good, platform: ['openai'], name: ' ' }, 'name'],
      [{ ...good, platform: ['openai'], name: 7 }, 'name'],
      [{ ...good, platform: ['openai'], name: 'x'.repeat(61) }, 'name'],
      [{ ...good, platform: ['openai', 'groq'], name: 'first' }, 'name'],
    ];

    const first = { ...good, platform: ['openai'], name: 'first' };
    const parsed = parseDeclaredLimits([first, ...bad.map(([row]) => row), good]);

    assert.equal(parseDeclaredLimits('5h'), undefined);
    assert.equal(parsed?.limits.length, 2);
    assert.deepEqual(
      parsed.bad,
      bad.map(([, field], index) => ({ row: index + 2, field })),
    );
  });

  test('a platform has the rows of its id, of its kind, and of all where it has none of that unit', () => {
    const row = (platform: string, unit: DeclaredLimit['unit'], size: number): DeclaredLimit => ({
      platform,
      unit,
      size,
    });
    const rows = [
      row('openai', 'tokens', 1),
      row('openai-2', 'usd', 2),
      row('*', 'tokens', 3),
      row('*', 'requests', 4),
    ];

    assert.deepEqual(
      limitsOf(rows, 'openai-2', 'openai').map(({ size }) => size),
      [1, 2, 4],
    );
    assert.deepEqual(
      limitsOf(rows, 'groq', 'groq').map(({ size }) => size),
      [3, 4],
    );
  });

  test('it is counted by us and shown as declared, until the platform reports the same limit', async () => {
    const { clock, quota, ask, state } = quotaWith({
      platform: 'p',
      unit: 'tokens',
      size: 1_000,
      refillPerMs: 0.001,
    });
    await ask(300);
    const declared = state();

    quota.read('p', [{ unit: 'tokens', limit: 2_000, remaining: 1_500, atMs: clock.now() }]);
    quota.declare('p', [{ platform: 'p', unit: 'tokens', size: 10, refillPerMs: 1 }]);

    assert.deepEqual(
      [declared?.level, declared?.source, declared?.readingAtMs],
      [700, 'declared', undefined],
    );
    assert.deepEqual([state()?.size, state()?.source, state()?.readingAtMs], [2_000, 'headers', clock.now()]);
  });

  test('what is no longer declared is forgotten; what was used of a changed one stays used', async () => {
    const { quota, ask, state } = quotaWith({
      platform: 'p',
      unit: 'tokens',
      size: 1_000,
      refillPerMs: 0.001,
    });
    await ask(300);

    quota.declare('p', [{ platform: 'p', unit: 'tokens', size: 500, refillPerMs: 0.001 }]);
    const smaller = state()?.level;
    quota.declare('p', []);

    assert.deepEqual([smaller, quota.states()], [200, []]);
  });

  test('a window begins with its first use and is whole again at its end', async () => {
    const { clock, ask, state } = quotaWith({
      platform: 'p',
      unit: 'usd',
      window: '1d',
      windowMs: 24 * HOUR_MS,
      size: 5,
    });
    clock.advance(HOUR_MS);
    await ask(10, 4);

    const refused = await ask(10, 2);
    assert.ok(!refused.approved);
    clock.advance(refused.waitMs - 1);
    const before = state()?.level;
    clock.advance(1);

    assert.deepEqual([refused.limit, refused.waitMs], ['1d usd', 24 * HOUR_MS]);
    assert.deepEqual([before, state()?.level], [1, 5]);
  });

  test('what a sliding window gave comes back when it is as old as the window', async () => {
    const { clock, ask, state } = quotaWith({
      platform: 'p',
      unit: 'tokens',
      window: '5h',
      windowMs: 5 * HOUR_MS,
      sliding: true,
      size: 100,
    });
    await ask(40);
    clock.advance(2 * HOUR_MS);
    await ask(60);
    const refused = await ask(30);
    assert.ok(!refused.approved);

    clock.advance(refused.waitMs);
    const first = state()?.level;
    clock.advance(2.5 * HOUR_MS);

    assert.ok(refused.waitMs >= 3 * HOUR_MS && refused.waitMs <= 3.25 * HOUR_MS, `${refused.waitMs}`);
    assert.deepEqual([first, state()?.level], [40, 100]);
  });
});

suite('drift', () => {
  test('what the platform counted more than we did is kept, and charged as used by others', () => {
    const { clock, quota, state } = quotaWith({
      platform: 'p',
      unit: 'tokens',
      size: 1_000,
      refillPerMs: 0.0001,
    });
    quota.read('p', [{ unit: 'tokens', limit: 1_000, remaining: 900, atMs: clock.now() }]);
    clock.advance(1);

    quota.read('p', [{ unit: 'tokens', limit: 1_000, remaining: 650, atMs: clock.now() }]);
    const more = state();
    clock.advance(1);
    quota.read('p', [{ unit: 'tokens', limit: 1_000, remaining: 700, atMs: clock.now() }]);

    assert.deepEqual(
      [Math.round(more?.drift ?? 0), Math.round(more?.foreign ?? 0), more?.level],
      [250, 350, 650],
    );
    assert.deepEqual([Math.round(state()?.drift ?? 0), Math.round(state()?.foreign ?? 0)], [-50, 350]);
  });

  test('of a limit of which only the percent is known we count nothing, so there is no drift to show', () => {
    const { clock, quota, state } = quotaWith();
    for (const remaining of [0.8, 0.3]) {
      quota.read('p', [
        { unit: 'share', window: '5h', limit: 1, remaining, refill: 'at-reset', atMs: clock.now() },
      ]);
      clock.advance(1);
    }

    assert.deepEqual([state()?.level, state()?.drift, state()?.foreign], [0.3, undefined, undefined]);
  });

  test('a clock that was set back does not make newer readings look old', () => {
    const { clock, quota, state } = quotaWith();
    const read = (remaining: number) =>
      quota.read('p', [{ unit: 'tokens', limit: 100, remaining, atMs: clock.now() }]);
    read(90);
    clock.advance(1_000);
    clock.jump(-HOUR_MS);

    read(40);

    assert.equal(state()?.level, 40);
  });
});
