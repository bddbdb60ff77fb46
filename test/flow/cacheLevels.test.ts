import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, suiteSetup, suiteTeardown, test } from 'mocha';
import { type AnySluiceError, SluiceError } from '../../src/base/errors.ts';
import { seededRandom } from '../../src/base/random.ts';
import { GuardedLevel } from '../../src/cache/guardedLevel.ts';
import { buildSnapshot } from '../../src/flow/buildSnapshot.ts';
import type { RouteRequest } from '../../src/flow/request.ts';
import type { Settings } from '../../src/flow/settings.ts';
import { readAnswer } from '../../src/node/answerSchema.ts';
import { SqliteCache } from '../../src/node/sqliteCache.ts';
import { FakeClock } from '../support/fakeClock.ts';
import { FakeTransport, type Reply } from '../support/fakeTransport.ts';
import { buildSpine, request } from '../support/spine.ts';

const never = new AbortController().signal;
const ignore = () => undefined;
const cut = new SluiceError('cut-stream', { platform: 'test' }) as AnySluiceError;

let folder = '';
let opened = 0;
suiteSetup(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-'));
});
suiteTeardown(() => rmSync(folder, { recursive: true, force: true }));

/** A window on a file; with the transport of another one both ask the same platform. */
async function openWindow(
  file: string,
  shared: { clock: FakeClock; transport: FakeTransport },
  settings: Partial<Settings> = {},
) {
  const { clock, transport } = shared;
  const random = seededRandom(3);
  const store = await SqliteCache.open({ file, clock, random, maxBytes: () => 1e7 });
  const level = new GuardedLevel(store, { clock, random, slowAfterMs: () => 60_000 });
  const levels = { levels: [level], holder: `window ${++opened}` };
  const lower = { levels: async () => levels, read: readAnswer, scope: () => 'here' };
  const spine = buildSpine({ clock, transport, lower, settings });
  const ask = async (one: RouteRequest) => {
    const answer = await clock.until(spine.pipeline.run(one, ignore, never));
    // What is stored behind the answer is there before anybody asks again.
    for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
    return answer;
  };
  return { ...spine, lower: { current: levels }, ask, close: () => store.dispose() };
}

function shared(replies: readonly Reply[] = [{}]) {
  const clock = new FakeClock();
  clock.advance(1);
  return { clock, transport: new FakeTransport(clock, replies) };
}

const file = () => join(folder, `${++opened}.db`);

suite('answers over all cache levels', () => {
  test('what one window asked another gets from disk, for nothing, with its age; the dashboard shows it', async () => {
    const world = shared();
    const path = file();
    const [a, b] = [await openWindow(path, world), await openWindow(path, world)];
    const first = await a.ask(request());
    world.clock.advance(60_000);

    const second = await b.ask(request());
    const third = await b.ask(request());

    assert.equal(world.transport.calls.length, 1);
    const { receipt } = second;
    assert.deepEqual([receipt.cache, receipt.costUsd, receipt.savedUsd], ['disk', 0, first.receipt.costUsd]);
    assert.deepEqual([receipt.cacheAgeMs, second.text, third.receipt.cache], [60_000, first.text, 'memory']);
    const { caches, cacheStrategies } = buildSnapshot(b, { why: () => '', notices: () => [] });
    assert.deepEqual(
      caches.map(({ level, hits, misses, savedUsd }) => [level, hits, misses, savedUsd]),
      [
        ['memory', 1, 1, first.receipt.costUsd],
        ['disk', 1, 0, first.receipt.costUsd],
      ],
    );
    assert.deepEqual(
      cacheStrategies?.map(({ strategy, hits, misses }) => [strategy, hits, misses]),
      [['answers', 2, 0]],
    );
    for (const one of [a, b]) one.close();
  });

  test('two windows that ask the same at once are one call', async () => {
    const world = shared([{ everyMs: 500 }]);
    const path = file();
    const [a, b] = [await openWindow(path, world), await openWindow(path, world)];

    const [first, second] = await Promise.all([a.ask(request()), b.ask(request())]);

    assert.equal(world.transport.calls.length, 1);
    assert.deepEqual([first.receipt.cache, second.receipt.cache, second.text], ['none', 'disk', first.text]);
    for (const one of [a, b]) one.close();
  });

  test('what was cut or refused is kept nowhere, and the other window may ask for itself', async () => {
    const world = shared([{ texts: ['half'], breaksWith: cut }, { stop: 'refused' }, {}]);
    const path = file();
    const [a, b] = [await openWindow(path, world), await openWindow(path, world)];

    const answers = [await a.ask(request()), await b.ask(request()), await a.ask(request())];

    const stops = answers.map(({ receipt }) => receipt.stop);
    assert.equal(stops.at(-1), 'complete', stops.join());
    assert.ok(stops.slice(0, 2).every((stop) => stop !== 'complete'));
    assert.equal(world.transport.calls.length, 3);
    for (const one of [a, b]) one.close();
  });

  test('an answer ends with its file, or with the code alone where the setting says so', async () => {
    const asked = (hash: string) =>
      request({
        code: {
          ...{ language: 'typescript', text: 'a;', problems: [], cutChars: 0 },
          file: { path: 'p', hash },
        },
      });
    const calls: number[] = [];
    for (const boundTo of ['file', 'code'] as const) {
      const world = shared();
      const path = file();
      const [a, b] = [
        await openWindow(path, world, { 'cache.boundTo': boundTo }),
        await openWindow(path, world, { 'cache.boundTo': boundTo }),
      ];

      await a.ask(asked('before'));
      await a.ask(asked('after'));
      await b.ask(asked('after'));
      await b.ask(asked('later'));

      calls.push(world.transport.calls.length);
      for (const one of [a, b]) one.close();
    }

    assert.deepEqual(calls, [3, 1]);
  });

  test('what a changed model answered is asked again, by every window; the answers of others stay', async () => {
    const world = shared();
    const path = file();
    const [a, b] = [await openWindow(path, world), await openWindow(path, world)];
    const { receipt } = await a.ask(request());

    await world.clock.until(b.cache.happened({ kind: 'model_update', model: receipt.modelKey }));
    const closed = await b.ask(request());
    await world.clock.until(b.cache.happened({ kind: 'model_update', model: 'another/model' }));
    const kept = await b.ask(request());
    await world.clock.until(b.cache.happened({ kind: 'model_update', model: receipt.modelKey }));
    const gone = await b.ask(request());

    // A window that has asked nothing yet opens nothing for it.
    assert.deepEqual(
      [closed, kept, gone].map((one) => one.receipt.cache),
      ['disk', 'memory', 'none'],
    );
    for (const one of [a, b]) one.close();
  });

  test('a level that cannot forget keeps no other from it, and whoever asked for it hears of it', async () => {
    const world = shared();
    const a = await openWindow(file(), world);
    const [disk] = a.lower.current.levels;
    assert.ok(disk);
    const { clock } = world;
    const random = seededRandom(4);
    const dead = new GuardedLevel(disk.store, { clock, random, slowAfterMs: () => 50 });
    dead.drop = async () => Promise.reject(new Error('no Redis'));
    await a.ask(request());
    a.lower.current.levels.unshift(dead);

    await assert.rejects(world.clock.until(a.cache.drop({ kind: 'all' })), /no Redis/);

    assert.equal(disk.facts().entries, 0);
    a.close();
  });

  test('a file that is gone takes its answers with it, also from the disk', async () => {
    const world = shared();
    const path = file();
    const a = await openWindow(path, world, { 'cache.boundTo': 'file' });
    const bound = (name: string) =>
      request({
        code: {
          ...{ language: 'typescript', text: `${name};`, problems: [], cutChars: 0 },
          file: { path: name, hash: '1' },
        },
      });
    const before = a.cache.isOpen;
    await a.ask(bound('gone'));
    await a.ask(bound('there'));

    await world.clock.until(a.cache.happened({ kind: 'file_change', path: 'gone' }));

    // Until then nobody need look at a file that is saved.
    assert.deepEqual([before, a.cache.isOpen], [false, true]);
    assert.equal(a.lower.current.levels[0]?.facts().entries, 1);
    assert.equal((await a.ask(bound('there'))).receipt.cache, 'memory');
    assert.equal((await a.ask(bound('gone'))).receipt.cache, 'none');
    a.close();
  });

  test('what was learned from the words of a question stays in the window that was asked', async () => {
    const world = shared();
    const path = file();
    const [a, b] = [await openWindow(path, world), await openWindow(path, world)];
    const asked = request({ task: 'question', instruction: 'why is the zebrafish striped' });
    const { receipt } = await a.ask(asked);
    const { receipt: found } = await b.ask(asked);

    assert.ok(receipt.decision.features.words?.length);
    assert.equal(found.cache, 'disk');
    const { words, shape, repository } = found.decision.features;
    assert.deepEqual([words, shape, repository, found.trial], [undefined, undefined, undefined, undefined]);
    const kept = await a.lower.current.levels[0]?.store.get(a.cache.key(asked) ?? '');
    assert.match(kept?.text ?? '', /"features"/);
    assert.doesNotMatch(kept?.text ?? '', /"words"|"shape"|"repository"|"trial"|zebrafish/);
    for (const one of [a, b]) one.close();
  });

  test('a value on disk that is no answer of ours is not believed', () => {
    assert.equal(readAnswer('{"text":"buy gold"}'), undefined);
    assert.equal(readAnswer('not JSON'), undefined);
  });
});
