/** What is asked ahead: warming and prefetch. */
import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { AskedLog } from '../../src/flow/askedLog.ts';
import { Background } from '../../src/flow/background.ts';
import { LazyBackground } from '../../src/flow/lazyBackground.ts';
import type { RouteRequest } from '../../src/flow/request.ts';
import type { Settings } from '../../src/flow/settings.ts';
import { hasSpare } from '../../src/flow/spareQuota.ts';
import { FakeClock } from '../support/fakeClock.ts';
import { FakeTransport, type Reply } from '../support/fakeTransport.ts';
import { buildSpine, request } from '../support/spine.ts';

const MINUTE_MS = 60_000;
const never = new AbortController().signal;

async function open(settings: Partial<Settings> = {}, spare = true, replies: readonly Reply[] = [{}]) {
  const clock = new FakeClock();
  const transport = new FakeTransport(clock, replies);
  const spine = buildSpine({ clock, transport, settings: { 'background.usdPerDay': 1, ...settings } });
  const kept: { state?: unknown } = {};
  const start = () =>
    Background.open({
      clock,
      settings: () => spine.state.settings,
      run: (asked, signal) => spine.pipeline.run(asked, () => undefined, signal),
      preview: (asked) => spine.pipeline.preview(asked).decision,
      keyOf: (asked) => spine.cache.key(asked),
      known: async (key) => spine.cache.peek(key) !== undefined,
      running: () => spine.pipeline.running,
      spare: () => spare,
      day: (atMs) => String(Math.floor(atMs / 86_400_000)),
      store: {
        read: async () => kept.state,
        write: (state) => Object.assign(kept, { state: JSON.parse(JSON.stringify(state)) }),
      },
    });
  const background = await start();
  spine.pipeline.onPersonsRequest(({ request: asked, answered }) => {
    if (answered) background.served(asked, answered.key, answered.receipt);
    else background.asked(asked);
  });
  const ask = (overrides: Partial<RouteRequest>) =>
    spine.pipeline.run(request(overrides), () => undefined, never);
  /** Lets time pass, and what it has started come to its end. */
  const pass = async (ms: number) => {
    clock.advance(ms);
    await settled();
  };
  return { ...spine, background, start, transport, kept, ask, pass };
}

/** Nothing here waits for anything but promises. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 400; turn++) await Promise.resolve();
}

/** So often that it is a habit: explain, then tests, about code that is new each time. */
async function habit({ ask, pass }: Awaited<ReturnType<typeof open>>, times = 3): Promise<void> {
  for (let round = 0; round < times; round++) {
    const code = { language: 'typescript', text: `const round = ${round};`, problems: [], cutChars: 0 };
    await ask({ task: 'explain', code });
    await ask({ task: 'tests', code });
    await pass(MINUTE_MS);
  }
}

const NEW_CODE = { language: 'typescript', text: 'const unseen = 1;', problems: [], cutChars: 0 };

suite('asked ahead', () => {
  test('what usually comes next is there when it is asked, and counts as used', async () => {
    const world = await open();
    await habit(world);
    const before = world.transport.calls.length;

    await world.ask({ task: 'explain', code: NEW_CODE });
    await world.pass(MINUTE_MS);
    const sent = world.transport.calls.length - before;
    const { receipt } = await world.ask({ task: 'tests', code: NEW_CODE });

    assert.deepEqual([sent, receipt.cache], [2, 'memory']);
    const [, prefetch] = world.background.facts().kinds;
    assert.deepEqual([prefetch?.sent, prefetch?.used], [1, 1]);
    const { spentTodayUsd, newest } = world.background.facts();
    assert.ok(spentTodayUsd > 0);
    assert.deepEqual(
      newest.map(({ task, used }) => [task, used]),
      [['tests', true]],
    );
  });

  test('nothing without a budget, without spare quota, or turned off; nothing is kept of what was asked either', async () => {
    const sent: number[] = [];
    const kept: boolean[] = [];
    for (const [settings, spare] of [
      [{ 'background.usdPerDay': 0 }, true],
      [{}, false],
      [{ 'background.enabled': false }, true],
    ] as const) {
      const world = await open(settings, spare);
      await habit(world);
      await world.ask({ task: 'explain', code: NEW_CODE });
      await world.pass(MINUTE_MS);
      sent.push(world.transport.calls.length);
      kept.push(JSON.stringify(world.kept.state ?? {}).includes('const round'));
    }

    assert.deepEqual(sent, [7, 7, 7]);
    assert.deepEqual(kept, [false, true, false]);
  });

  test('a day costs no more than its budget', async () => {
    const world = await open();
    await habit(world);
    const { estimatedUsd = 0 } = world.pipeline.preview(request({ task: 'tests' })).decision.chosen;
    const budget = 1.2 * estimatedUsd;
    world.state.settings = { ...world.state.settings, 'background.usdPerDay': budget };

    for (let round = 0; round < 20; round++) {
      const code = { ...NEW_CODE, text: `const other = ${round};` };
      await world.ask({ task: 'explain', code });
      await world.pass(MINUTE_MS);
    }

    const { spentTodayUsd, kinds } = world.background.facts();
    assert.ok(spentTodayUsd > 0 && spentTodayUsd <= budget, `${spentTodayUsd} of ${budget}`);
    assert.ok((kinds[1]?.sent ?? 0) < 20);
  });

  test('a key stops what is under way, and a request does', async () => {
    for (const by of ['key', 'request'] as const) {
      const quick = Array.from({ length: 7 }, (): Reply => ({}));
      const world = await open({}, true, [...quick, { everyMs: 60_000 }]);
      await habit(world);
      await world.ask({ task: 'explain', code: NEW_CODE });
      await world.pass(10_000);
      const begun = world.transport.calls.length;
      const before = world.background.facts().spentTodayUsd;

      if (by === 'key') world.background.interrupt();
      else void world.ask({ task: 'review', code: NEW_CODE });
      await world.pass(MINUTE_MS);

      const { kinds, spentTodayUsd } = world.background.facts();
      assert.deepEqual([begun, world.transport.aborted, kinds[1]?.sent], [8, 1, 0]);
      // It may be charged for: the day's budget knows of it.
      assert.ok(spentTodayUsd > before && kinds[1]?.usd === spentTodayUsd, `${spentTodayUsd} USD`);
    }
  });

  test('who asks for the very thing that is under way gets it, and it is paid once', async () => {
    const quick = Array.from({ length: 7 }, (): Reply => ({}));
    const world = await open({}, true, [...quick, { everyMs: 1_000 }]);
    await habit(world);
    await world.ask({ task: 'explain', code: NEW_CODE });
    await world.pass(10_000);

    const asking = world.ask({ task: 'tests', code: NEW_CODE });
    for (let tick = 0; tick < 5; tick++) await world.pass(1_000);
    const { receipt } = await asking;

    assert.deepEqual(
      [receipt.cache, world.transport.calls.length, world.transport.aborted],
      ['joined', 8, 0],
    );
    assert.equal(world.background.facts().kinds[1]?.used, 1);
  });

  test('fewer than one in ten used: it switches itself off, and says so; after a week it tries again', async () => {
    const world = await open({ 'background.usdPerDay': 100 });
    await habit(world);

    for (let round = 0; round < 30; round++) {
      const code = { ...NEW_CODE, text: `const other = ${round};` };
      await world.ask({ task: 'explain', code });
      await world.pass(2 * 60 * MINUTE_MS);
    }
    const calls = world.transport.calls.length;
    await world.ask({ task: 'explain', code: NEW_CODE });
    await world.pass(MINUTE_MS);

    const [, prefetch] = world.background.facts().kinds;
    assert.deepEqual([prefetch?.off, world.transport.calls.length - calls], [true, 1]);
    await world.pass(8 * 24 * 60 * MINUTE_MS);
    assert.equal(world.background.facts().kinds[1]?.off, false);
  });

  test('what is asked often is there after a restart, although its answer had gone', async () => {
    const world = await open();
    for (let time = 0; time < 4; time++)
      await world.ask({ task: 'explain', code: NEW_CODE, freshness: 'fresh' });
    await world.pass(MINUTE_MS);
    await world.cache.drop({ kind: 'all' });
    const calls = world.transport.calls.length;

    const restarted = await world.start();
    await world.pass(MINUTE_MS);
    const { receipt } = await world.ask({ task: 'explain', code: NEW_CODE });

    assert.deepEqual([receipt.cache, world.transport.calls.length - calls], ['memory', 1]);
    assert.equal(restarted.facts().kinds[0]?.sent, 1);
  });

  test('an edit is not warmed, however often it is asked: its strategy says so', async () => {
    const world = await open();
    for (let round = 0; round < 4; round++) await world.ask({ task: 'refactor', form: 'edit' });
    await world.pass(MINUTE_MS);
    assert.match(JSON.stringify(world.kept.state), /"form":"edit"/);
    world.background.dispose();
    await world.cache.drop({ kind: 'all' });
    const before = world.transport.calls.length;

    const restarted = await world.start();
    await world.pass(2 * MINUTE_MS);

    assert.deepEqual([world.transport.calls.length - before, restarted.facts().kinds[0]?.sent], [0, 0]);
  });

  test('law: the log stays within its bounds, and what it says is what was asked', () => {
    const log = new AskedLog();
    for (let at = 0; at < 1_000; at++) {
      const code = { ...NEW_CODE, text: 'x'.repeat((at * 37) % 30_000) };
      log.note(
        request({ task: at % 2 ? 'explain' : 'review', instruction: `about ${at % 150}`, code }),
        `key ${at % 400}`,
        at,
      );
    }
    const state = JSON.parse(JSON.stringify(log));
    const again = new AskedLog(state);

    const chars = JSON.stringify(state.asked).length;
    assert.ok(Object.keys(state.asked).length <= 100 && chars < 700_000, String(chars));
    assert.ok(Object.keys(state.steps).length <= 100);
    assert.deepEqual(JSON.parse(JSON.stringify(again)), state);
    for (const broken of [null, 7, [], { asked: 7 }, { asked: { a: {} }, steps: { no: { b: 'x' } } }])
      assert.deepEqual(new AskedLog(broken).frequent(5, 0), []);
  });

  test('only a limit that was watched long enough and does not run out has something to spare', () => {
    const limit = {
      platform: 'p',
      unit: 'tokens',
      size: 100,
      level: 60,
      reserved: 0,
      refill: 'at-reset',
    } as const;
    const state = { ...limit, source: 'declared', reservations: 0, adaptations: [], waiting: 0 } as never;
    const spare = (ahead: { foretold: boolean; exhaustedAtMs?: number }) =>
      hasSpare('p', 'm', [state], () => ({ shortChance: 0, ...ahead }));

    const told = [
      spare({ foretold: true }),
      spare({ foretold: false }),
      spare({ foretold: true, exhaustedAtMs: 5 }),
    ];

    assert.deepEqual([...told, hasSpare('q', 'm', [state], () => undefined)], [true, false, false, true]);
  });

  test('it is loaded when it is wanted, and hears of the requests that came before', async () => {
    const world = await open();
    let wanted = false;
    let opened = 0;
    const lazy = new LazyBackground({
      clock: world.clock,
      pipeline: world.pipeline,
      wanted: () => wanted,
      onFailure: (error) => assert.fail(String(error)),
      open: async () => {
        opened += 1;
        return world.start();
      },
    });

    await world.ask({ task: 'explain' });
    await world.pass(MINUTE_MS);
    const unwanted = opened;
    wanted = true;
    await world.ask({ task: 'explain' });
    await world.pass(MINUTE_MS);

    assert.deepEqual([unwanted, opened, lazy.current === undefined], [0, 1, false]);
    lazy.dispose();
  });
});
