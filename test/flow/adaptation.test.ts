import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { SluiceError } from '../../src/base/errors.ts';
import { bucketViews } from '../../src/flow/bucketViews.ts';
import { LookAhead } from '../../src/flow/lookAhead.ts';
import { machineQuota } from '../../src/flow/machineQuota.ts';
import { DEFAULT_SETTINGS, type Settings } from '../../src/flow/settings.ts';
import { MemoryLevels } from '../../src/quota/memoryLevels.ts';
import { bindModel } from '../../src/routing/catalogue.ts';
import { FakeClock } from '../support/fakeClock.ts';
import { FakeTransport } from '../support/fakeTransport.ts';
import { buildSpine, FAST, request } from '../support/spine.ts';

const never = new AbortController().signal;
const DAY = 86_400_000;
const down = new SluiceError('server-error', { platform: 'shaky', status: 500 });
const demand = { inputTokens: 10, outputTokens: 10, usd: 1 };

/** Two platforms with the same model, `steady` a little dearer; `shaky` fails whatever it is asked. */
function two(change: Partial<Settings> = {}) {
  const clock = new FakeClock();
  const settings = { ...DEFAULT_SETTINGS, ...change };
  const ahead = new LookAhead({ clock, settings: () => settings, events: () => [] });
  const quota = machineQuota({
    clock,
    holder: 'us',
    settings: () => settings,
    ahead: () => ahead,
    open: async () => new MemoryLevels(clock),
    onFailure: (error) => {
      throw error;
    },
  });
  const shaky = new FakeTransport(clock, [{ failsWith: down }]);
  const steady = new FakeTransport(clock);
  const spine = buildSpine({ clock, transport: shaky, quota, settings, foresight: async () => ahead });
  const dearer = { ...FAST, price: { inputUsdPerMTok: 1.2, outputUsdPerMTok: 6 } };
  const platform = (id: string, row: typeof FAST, transport: FakeTransport) => ({
    ...{ id, label: id, simulated: false, models: [bindModel(row, id, false)] },
    open: async () => transport,
  });
  spine.platforms.set([platform('shaky', FAST, shaky), platform('steady', dearer, steady)]);
  let asked = 0;
  const ask = () => {
    asked += 1;
    return clock.until(spine.pipeline.run(request({ instruction: `${asked}` }), () => undefined, never));
  };
  const lent = () =>
    quota
      .states()
      .flatMap(({ adaptations }) => adaptations.flatMap((one) => (one.kind === 'lent' ? one.part : [])));
  return { ...spine, clock, quota, ahead, shaky, steady, ask, lent };
}

suite('adaptation to a platform’s performance', () => {
  test('a platform that keeps failing is passed over for one a little dearer, and the decision says why', async () => {
    const { ask, shaky } = two();
    const first = await ask();
    await ask();
    const before = shaky.calls.length;

    const { receipt } = await ask();
    const reason = receipt.decision.reasons.find(({ kind }) => kind === 'unsteady');

    assert.equal(first.receipt.decision.reasons.at(-1)?.kind, 'fell-back');
    assert.equal(shaky.calls.length, before);
    assert.equal(receipt.platform, 'steady');
    assert.ok(
      reason?.kind === 'unsteady' && reason.failed > 0.4 && reason.worth <= 2,
      JSON.stringify(reason),
    );
  });

  test('it is asked again once that is forgotten', async () => {
    const { ask, shaky, clock } = two();
    await ask();
    await ask();
    const before = shaky.calls.length;

    clock.advance(60 * 60_000);
    await ask();

    assert.ok(shaky.calls.length > before);
  });

  test('turned off, nothing is held against it', async () => {
    const { ask, shaky, ahead } = two({ 'quota.adaptToPerformance': false });
    await ask();
    await ask();
    const before = shaky.calls.length;

    const { receipt } = await ask();

    assert.ok(shaky.calls.length > before);
    assert.deepEqual(ahead.restraints('shaky'), []);
    assert.equal(receipt.decision.reasons.at(-1)?.kind, 'fell-back');
  });

  test('of its shares less is lent, and the limit says so', async () => {
    const { ahead, quota, platforms, lent, clock } = two();
    quota.declare('shaky', [{ platform: 'shaky', unit: 'tokens', size: 1_000, refillPerMs: 0.001 }]);
    await clock.until(quota.request({ platform: 'shaky', model: 'fast', priority: 'medium', demand }));
    const well = lent();

    for (let time = 0; time < 3; time += 1) ahead.attempted('shaky', { failed: true });
    const badly = lent();
    const [view] = bucketViews({ quota, platforms, lookAhead: { current: ahead } }, clock.now());

    assert.ok(well.length > 0);
    assert.deepEqual(
      badly,
      well.map((part) => part / 2),
    );
    assert.deepEqual(view?.adaptations?.at(-1), { kind: 'unsteady', failed: 0.5, factor: 2, lent: 0.5 });
  });
});

suite('adaptation to cost', () => {
  const budget = [{ platform: 'steady', unit: 'usd', window: '1d', windowMs: DAY, size: 10 }] as const;

  async function spend(change: Partial<Settings>) {
    const bench = two(change);
    const { quota, clock, ahead } = bench;
    quota.declare('steady', budget);
    for (let time = 0; time < 6; time += 1) {
      const grant = await clock.until(
        quota.request({ platform: 'steady', model: 'fast', priority: 'critical', demand }),
      );
      assert.ok(grant.approved);
      grant.reservation.settle(demand);
    }
    clock.advance(0.3 * DAY);
    ahead.watch(quota.states());
    return bench;
  }

  test('while money goes twice as fast as its day, less of the shares is lent, and it is said', async () => {
    const thrifty = await spend({});
    const open = await spend({ 'quota.adaptToCost': false });

    const [haste] = thrifty.ahead.restraints('steady');

    assert.ok(haste?.kind === 'haste' && Math.abs(haste.times - 2) < 0.01, JSON.stringify(haste));
    assert.ok(Math.abs(haste.lent - 4 / 7) < 0.01);
    assert.deepEqual(open.ahead.restraints('steady'), []);
    const [less = 0, all = 0] = [thrifty.lent()[0], open.lent()[0]];
    assert.ok(all > 0 && Math.abs(less / all - 4 / 7) < 0.01, `${less} of ${all}`);
  });

  test('lending that is turned off lends nothing', async () => {
    const { lent } = await spend({ 'quota.lendShares': false });

    assert.deepEqual(lent(), []);
  });
});

suite('bursts of critical work', () => {
  for (const criticalBurst of [true, false])
    test(`it takes more than there is ${criticalBurst ? 'once' : 'never, when that is turned off'}`, async () => {
      const { quota, clock } = two({ 'quota.criticalBurst': criticalBurst });
      quota.declare('steady', [{ platform: 'steady', unit: 'tokens', size: 100, refillPerMs: 0.001 }]);
      const ask = (tokens: number) =>
        clock.until(
          quota.request({
            ...{ platform: 'steady', model: 'fast', priority: 'critical' },
            demand: { inputTokens: tokens, outputTokens: 0 },
          }),
        );

      const first = await ask(90);
      const second = await ask(30);

      assert.deepEqual([first.approved, second.approved], [true, criticalBurst]);
      assert.equal(
        quota.states()[0]?.adaptations.some(({ kind }) => kind === 'burst'),
        criticalBurst,
      );
    });
});
