import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { SluiceError } from '../../src/base/errors.ts';
import { type RouteRequest, staysHere } from '../../src/flow/request.ts';
import { FakeClock } from '../support/fakeClock.ts';
import { FakeTransport } from '../support/fakeTransport.ts';
import { buildSpine, FAST, request, type SpineOptions, STRONG } from '../support/spine.ts';

const never = new AbortController().signal;
const HERE = { ...FAST, name: 'here', label: 'Here', local: true, quality: 0.2 };
const code = { language: 'typescript', text: 'const secret = 42;', problems: [], cutChars: 0 };
const ofFolder: Partial<RouteRequest> = { code: { ...code, localOnly: true } };

function world(options: Partial<SpineOptions> = {}) {
  const clock = new FakeClock();
  const transport = new FakeTransport(clock);
  const spine = buildSpine({ clock, transport, models: [FAST, HERE, STRONG], random: () => 0.5, ...options });
  const ask = (overrides: Partial<RouteRequest>) =>
    clock.until(spine.pipeline.run(request(overrides), () => undefined, never));
  return { ...spine, clock, transport, ask };
}

suite('a folder of which nothing may leave this machine', () => {
  test('its code goes to a local model only, and the receipt says so; other code goes where it may', async () => {
    const { ask } = world();

    const own = await ask(ofFolder);
    const other = await ask({ code });
    const talk = await ask({ code, instruction: 'and?', localOnly: true });

    assert.deepEqual(
      [own, other, talk].map(({ receipt }) => receipt.modelKey),
      ['test/here', 'test/fast', 'test/here'],
    );
    assert.ok(own.receipt.decision.reasons.some(({ kind }) => kind === 'local-only'));
    assert.deepEqual(own.receipt.decision.fallbacks, []);
    assert.ok(!other.receipt.decision.reasons.some(({ kind }) => kind === 'local-only'));
  });

  test('no other model judges its answers, and none is gone up to', async () => {
    for (const asked of [ofFolder, { code, localOnly: true } as const]) {
      const { ask, transport } = world({ settings: { 'checks.judge': true } });

      const { receipt } = await ask({ ...asked, held: true });

      assert.deepEqual(new Set(transport.calls.map(({ model }) => model)), new Set(['here']));
      assert.deepEqual(receipt.checks?.at(-1)?.why, { kind: 'no-judge' });
    }
  });

  test('without a local model nothing is sent, whatever was asked for', async () => {
    const { ask, transport } = world({ models: [FAST, STRONG] });

    for (const more of [{}, { model: 'test/strong' }, { strongerThan: 'test/fast' }]) {
      const failure = await ask({ ...ofFolder, ...more }).catch((error: unknown) => error);
      assert.ok(SluiceError.is(failure, 'no-model') && failure.facts.why === 'none-local');
    }
    assert.equal(transport.calls.length, 0);
  });

  test('its answers are kept by the window alone: no level below is asked or told', async () => {
    let opened = 0;
    const levels = async () => {
      opened += 1;
      return { levels: [], holder: 'window' };
    };
    const { ask } = world({ lower: { levels, read: () => undefined, scope: () => 'here' } });

    await ask(ofFolder);
    const again = await ask(ofFolder);
    const before = opened;
    await ask({ code });

    assert.equal(again.receipt.cache, 'memory');
    assert.equal(before, 0);
    assert.ok(opened > 0);
  });

  test('a request says so by its code or by itself', () => {
    assert.ok(staysHere(request(ofFolder)));
    assert.ok(staysHere(request({ localOnly: true })));
    assert.ok(!staysHere(request()));
  });
});
