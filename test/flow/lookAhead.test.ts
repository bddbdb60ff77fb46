import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { SluiceError } from '../../src/base/errors.ts';
import { bucketViews } from '../../src/flow/bucketViews.ts';
import { buildSnapshot } from '../../src/flow/buildSnapshot.ts';
import { LazyLookAhead } from '../../src/flow/lazyLookAhead.ts';
import { LookAhead } from '../../src/flow/lookAhead.ts';
import { Platforms } from '../../src/flow/platforms.ts';
import { DEFAULT_SETTINGS } from '../../src/flow/settings.ts';
import type { LimitReading } from '../../src/quota/limitReading.ts';
import { type PlannedEvent, WEEKDAYS } from '../../src/quota/plannedEvents.ts';
import { Quota } from '../../src/quota/quota.ts';
import { FakeClock } from '../support/fakeClock.ts';
import { FakeTransport } from '../support/fakeTransport.ts';
import { buildSpine, request } from '../support/spine.ts';

const HOUR = 3_600_000;
const AHEAD = {
  task: 'explain',
  model: 'test/fast',
  inputTokens: 500,
  usualOutputTokens: 500,
  usualMs: 1_000,
};
const WORDS = { why: () => '', notices: () => [] };

suite('look ahead', () => {
  test('a window that is used up elsewhere is foretold to run out, and when', () => {
    const { clock, quota, ahead } = start();
    useUp(clock, quota, ahead, 3);

    const [state] = quota.states();
    assert.ok(state);
    const { exhaustedAtMs = 0, exhaustedFromMs = 0, shortChance } = ahead.ahead(state);

    // 40 % are left, 20 % go in an hour.
    assert.ok(
      Math.abs((exhaustedAtMs - clock.now()) / HOUR - 2) < 0.7,
      `${(exhaustedAtMs - clock.now()) / HOUR}`,
    );
    assert.ok(exhaustedFromMs <= exhaustedAtMs);
    assert.ok(shortChance > 0.3);
    assert.ok(ahead.worth('claude', 'any') > 1.5);
    assert.equal(ahead.worth('elsewhere', 'any'), 1);
  });

  test('a planned event brings the end nearer', () => {
    const { clock, quota, ahead, planned } = start();
    useUp(clock, quota, ahead, 3);
    const [state] = quota.states();
    assert.ok(state);

    const calm = ahead.ahead(state);
    for (const day of WEEKDAYS)
      planned.push({ name: 'Release', day, fromMinute: 0, toMinute: 1_440, weight: 3 });
    clock.advance(60_000);
    const eventful = ahead.ahead(state);

    assert.ok((eventful.exhaustedAtMs ?? 0) < (calm.exhaustedAtMs ?? 0) - 0.3 * HOUR);
  });

  test('an empty window says when there is room again', () => {
    const { clock, quota, ahead } = start();
    quota.read('claude', [window(clock, 1, 2 * HOUR)]);

    const [state] = quota.states();

    assert.equal(state && ahead.ahead(state).enoughAtMs, clock.now() + 2 * HOUR);
  });

  test('what was learned is kept and restored; rubbish is not', () => {
    const { clock, quota, ahead, events } = start();
    useUp(clock, quota, ahead, 4);
    for (let time = 0; time < 40; time += 1) ahead.learn(AHEAD, { outputTokens: 50 }, 'high');

    const stored: unknown = JSON.parse(JSON.stringify(ahead));
    const restored = new LookAhead({ clock, events }, stored);
    const empty = [
      undefined,
      'x',
      { version: 99 },
      { version: 1, limits: 3, predictor: [], priorities: '' },
    ].map((raw) => new LookAhead({ clock, events }, raw).outputTokens(AHEAD).p50);

    const [state] = quota.states();
    assert.ok(state);
    assert.ok(restored.outputTokens(AHEAD).p50 < 100);
    assert.ok(Math.abs(restored.ahead(state).shortChance - ahead.ahead(state).shortChance) < 0.02);
    assert.ok(empty.every((p50) => Math.abs(p50 / 500 - 1) < 0.1));
  });

  test('a priority that hardly ever asks may lend its share, after a day of watching', () => {
    const { clock, quota, ahead } = start();
    quota.read('api', [
      { unit: 'tokens', limit: 10_000, remaining: 9_000, fullInMs: 30 * 60_000, atMs: clock.now() },
    ]);
    ahead.watch(quota.states());
    const before = ahead.unusedShare('critical', 'api');
    for (let hour = 0; hour < 30; hour += 1) {
      ahead.learn(AHEAD, { inputTokens: 5, outputTokens: 5 }, 'critical');
      ahead.learn(AHEAD, { inputTokens: 9_000, outputTokens: 900 }, 'low');
      clock.advance(HOUR);
    }
    ahead.learn(AHEAD, { inputTokens: 5, outputTokens: 5 }, 'critical');
    ahead.learn(AHEAD, { inputTokens: 9_000, outputTokens: 900 }, 'low');

    assert.equal(before, undefined);
    assert.ok((ahead.unusedShare('critical', 'api') ?? 0) > 0.9);
    assert.equal(ahead.unusedShare('low', 'api'), 0);
    assert.equal(ahead.unusedShare('critical', 'a platform without a limit in tokens'), undefined);
  });

  test('the pipeline learns from whole answers: less is reserved, the snapshot tells how good it was', async () => {
    const clock = new FakeClock();
    const transport = new FakeTransport(clock, [{ usage: { input: 80, output: 40 } }]);
    const kept = new Map<string, unknown>();
    const store = {
      get: (key: string) => kept.get(key),
      update: async (key: string, state: unknown) => void kept.set(key, state),
    };
    const quota = new Quota(clock);
    const lookAhead = new LazyLookAhead({
      quota,
      clock,
      settings: () => DEFAULT_SETTINGS,
      store,
    });
    const spine = buildSpine({ clock, transport, quota, foresight: () => lookAhead.get() });
    const run = (text: string) =>
      clock.until(spine.pipeline.run(request({ instruction: text }), () => undefined, never));
    const sources = { ...spine, lookAhead };
    const before = buildSnapshot(sources, WORDS).predictions;

    for (let time = 0; time < 30; time += 1) await run(`${time} ${'x'.repeat(60 * time)}`);
    const { receipt } = await run('once more');
    const { predictions } = buildSnapshot(sources, WORDS);
    lookAhead.dispose();

    assert.deepEqual(before, {});
    assert.ok(receipt.decision.estimatedOutputTokens < 100, `${receipt.decision.estimatedOutputTokens}`);
    assert.ok((predictions?.outputTokens?.outcomes ?? 0) > 25);
    assert.ok(JSON.stringify([...kept]).includes('explain'));
    assert.ok(!JSON.stringify([...kept]).includes('once more'), 'nothing of the question is kept');
  });

  test('a model that really takes longer than allowed is left out once that was learned; that it became so is in the snapshot', async () => {
    const clock = new FakeClock();
    const quick = { usage: { output: 50 }, everyMs: 100 };
    const replies = [...Array.from({ length: 15 }, () => quick), { ...quick, everyMs: 4_000 }];
    const transport = new FakeTransport(clock, replies);
    const ahead = new LookAhead({ clock, events: () => [] });
    const spine = buildSpine({
      ...{ clock, transport, foresight: async () => ahead, random: () => 0.5 },
      settings: { 'routing.maxSeconds': 5 },
    });
    const run = async (n: number) => {
      const running = spine.pipeline.run(request({ instruction: `${n}` }), () => undefined, never);
      return (await clock.until(running)).receipt;
    };
    const sources = { ...spine, lookAhead: { current: ahead } };

    const first = await run(0);
    for (let n = 1; n < 25; n += 1) await run(n);
    const { decision, modelKey } = await run(25);

    assert.deepEqual([first.modelKey, modelKey], ['test/fast', 'test/strong']);
    const slow = decision.reasons.find(({ kind }) => kind === 'skipped-too-slow');
    assert.ok(slow?.kind === 'skipped-too-slow' && slow.model === 'Fast' && slow.ms > 5_000);
    const { modelChanges = [] } = buildSnapshot(sources, WORDS);
    const told = modelChanges.map((one) => [one.label, one.change.kind]);
    assert.deepEqual(told.toSorted(), [
      ['Fast', 'first-token'],
      ['Fast', 'token'],
    ]);
  });

  test('a request that is cut teaches nothing about how long answers are', async () => {
    const clock = new FakeClock();
    const cut = new SluiceError('cut-stream', { platform: 'test' });
    const transport = new FakeTransport(clock, [{ breaksWith: cut }]);
    const quota = new Quota(clock);
    const ahead = new LookAhead({ clock, events: () => [] });
    const spine = buildSpine({ clock, transport, quota, foresight: async () => ahead });

    await clock.until(spine.pipeline.run(request(), () => undefined, never));

    assert.deepEqual(ahead.calibration(), {});
  });

  test('law: whatever the readings say, moments are in order and not in the past', () => {
    const { clock, quota, ahead } = start();
    const platforms = new Platforms();
    platforms.set([{ id: 'claude', label: 'c', simulated: false, models: [], open: neverOpened }]);
    for (let step = 0; step < 400; step += 1) {
      const used = ((step * 7) % 23) / 22;
      quota.read('claude', [window(clock, used, (1 + (step % 5)) * HOUR)]);
      ahead.watch(quota.states());
      clock.advance(20 * 60_000);
      const views = bucketViews({ quota, platforms, lookAhead: { current: ahead } }, clock.now());
      for (const { exhaustedFromMs, exhaustedAtMs, exhaustedToMs, enoughAtMs } of views) {
        const never = Number.POSITIVE_INFINITY;
        assert.ok((exhaustedFromMs ?? never) <= (exhaustedAtMs ?? never));
        assert.ok((exhaustedAtMs ?? never) <= (exhaustedToMs ?? never));
        assert.ok((exhaustedFromMs ?? never) >= clock.now());
        assert.ok((enoughAtMs ?? never) > clock.now());
      }
    }
  });
});

const never = new AbortController().signal;
const neverOpened = () => Promise.reject(new Error('not opened in this test'));

function start() {
  const clock = new FakeClock();
  const quota = new Quota(clock);
  const planned: PlannedEvent[] = [];
  const events = () => planned;
  return { clock, quota, events, planned, ahead: new LookAhead({ clock, events }) };
}

/** A fifth of a five-hour window goes each hour; the last reading is `hours` after the first. */
function useUp(clock: FakeClock, quota: Quota, ahead: LookAhead, hours: number): void {
  const quarters = hours * 4;
  for (let quarter = 0; quarter <= quarters; quarter += 1) {
    if (quarter > 0) clock.advance(HOUR / 4);
    quota.read('claude', [window(clock, (quarter / 4) * 0.2, 8 * HOUR - (quarter * HOUR) / 4)]);
    ahead.watch(quota.states());
  }
}

function window(clock: FakeClock, used: number, fullInMs: number): LimitReading {
  return {
    unit: 'share',
    window: '5h',
    limit: 1,
    remaining: 1 - used,
    refill: 'at-reset',
    fullInMs,
    atMs: clock.now(),
  };
}
