import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { Emitter } from '../../src/base/event.ts';
import { declareLimits, machineQuota } from '../../src/flow/machineQuota.ts';
import { DEFAULT_SETTINGS, parseSettings, type Settings } from '../../src/flow/settings.ts';
import { MemoryLevels } from '../../src/quota/memoryLevels.ts';
import { FakeClock } from '../support/fakeClock.ts';
import { FakeTransport } from '../support/fakeTransport.ts';
import { buildSpine } from '../support/spine.ts';

const DAY = { platform: 'test', unit: 'usd', size: 5, window: '1d' };
const demand = { inputTokens: 10, outputTokens: 10, usd: 1 };

function machine(fails = false) {
  const clock = new FakeClock();
  const state = { settings: DEFAULT_SETTINGS };
  const told: unknown[] = [];
  let opened = 0;
  const quota = machineQuota({
    clock,
    holder: 'us',
    settings: () => state.settings,
    open: async () => {
      opened += 1;
      if (fails) throw new Error('no SQLite here');
      return new MemoryLevels(clock);
    },
    onFailure: (error) => void told.push(error),
  });
  const { platforms } = buildSpine({ clock, transport: new FakeTransport(clock) });
  const changed = new Emitter<void>();
  const declaring = declareLimits({
    clock,
    quota,
    platforms,
    settings: () => state.settings,
    onSettings: (listener) => changed.on(listener),
  });
  const set = (limits: unknown, more: Partial<Settings> = {}) => {
    const settings: Record<string, unknown> = { ...more, limits };
    state.settings = parseSettings((key) => settings[key]).settings;
    changed.fire();
  };
  const turns = async () => {
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  };
  return { clock, quota, set, turns, told, declaring, platforms, opened: () => opened };
}

suite('the quota of a machine', () => {
  test('nothing is opened while the extension starts, and once a moment later', async () => {
    const { clock, quota, turns, opened } = machine();
    const early = opened();

    clock.advance(1_500);
    await turns();
    await quota.request({ platform: 'test', model: 'fast', priority: 'medium', demand });

    assert.deepEqual([early, opened()], [0, 1]);
  });

  test('what the settings declare is in force when they change, and gone when they say so', async () => {
    const { quota, set, turns } = machine();

    set([DAY]);
    await turns();
    const [declared] = quota.states();
    set([]);
    await turns();

    assert.deepEqual([declared?.size, declared?.window, declared?.source], [5, '1d', 'declared']);
    assert.deepEqual(quota.states(), []);
  });

  test('a platform that was removed and is connected anew has its declared limits again', async () => {
    const { quota, set, turns, platforms } = machine();
    set([DAY]);
    await turns();
    const list = platforms.list;

    platforms.set([]);
    quota.forget('test');
    await turns();
    const without = quota.states();
    platforms.set(list);
    await turns();

    assert.deepEqual(without, []);
    assert.deepEqual(
      quota.states().map(({ size, window }) => [size, window]),
      [[5, '1d']],
    );
  });

  test('the penalty for overuse is turned off and on while limits are in use, shared buckets included', async () => {
    const { clock, quota, set, turns } = machine();
    const own = { platform: 'test', unit: 'tokens', size: 1_000, refillPerHour: 60_000 };
    const shared = { ...own, platform: ['test', 'elsewhere'], name: 'both' };
    const large = { inputTokens: 400, outputTokens: 0 };
    set([own, shared]);
    await turns();
    await quota.request({ platform: 'test', model: 'fast', priority: 'medium', demand: large });
    clock.advance(1_000);
    const kinds = () => quota.states().map(({ adaptations }) => adaptations.map(({ kind }) => kind));
    const before = kinds();

    set([own, shared], { 'quota.penalizeOveruse': false });
    await turns();
    const off = kinds();
    set([own, shared]);
    await turns();

    const penalised = before.map((row) => row.includes('penalised'));
    assert.deepEqual(penalised, [true, true]);
    assert.deepEqual(
      off.map((row) => row.includes('penalised')),
      [false, false],
    );
    assert.deepEqual(kinds(), before);
  });

  test('a bucket that a row names several platforms for is one, charged by those in use, and gone with the row', async () => {
    const { quota, set, turns } = machine();
    const row = { platform: ['test', 'elsewhere'], name: 'fallback', unit: 'usd', size: 5, window: '1d' };

    set([row]);
    await turns();
    await quota.request({ platform: 'test', model: 'fast', priority: 'medium', demand });
    const declared = quota.states();
    set([{ ...row, platform: ['elsewhere', 'nowhere'] }]);
    await turns();

    assert.deepEqual(
      declared.map(({ shared, level }) => [shared, level]),
      [[{ name: 'fallback', platforms: ['test'] }, 4]],
    );
    assert.deepEqual(quota.states(), []);
  });

  test('a priority that nobody used for a while lends: one who only asks as usual has nearly all of a limit', async () => {
    const { quota, set, turns } = machine();
    set([DAY]);
    await turns();
    const ask = () => quota.request({ platform: 'test', model: 'fast', priority: 'medium', demand });

    const grants = [await ask(), await ask(), await ask(), await ask(), await ask()];

    assert.deepEqual(
      grants.map(({ approved }) => approved),
      [true, true, true, true, false],
    );
    assert.ok(quota.states()[0]?.adaptations.some(({ kind }) => kind === 'lent'));
  });

  test('a machine without a store counts for itself, and says so once', async () => {
    const { quota, set, turns, told } = machine(true);

    set([DAY]);
    await turns();
    const grant = await quota.request({ platform: 'test', model: 'fast', priority: 'medium', demand });

    assert.ok(grant.approved);
    assert.deepEqual([told.length, quota.states()[0]?.level], [1, 4]);
  });
});
