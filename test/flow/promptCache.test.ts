import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import type { ModelRow } from '../../src/routing/catalogue.ts';
import { FakeClock } from '../support/fakeClock.ts';
import { FakeTransport, type Reply } from '../support/fakeTransport.ts';
import { buildSpine, FAST, request, STRONG } from '../support/spine.ts';

const never = new AbortController().signal;
const ignore = () => undefined;
const PRICE = {
  inputUsdPerMTok: 1,
  outputUsdPerMTok: 5,
  cacheReadUsdPerMTok: 0.1,
  cacheWriteUsdPerMTok: 1.25,
};
const CLAUDE: ModelRow = { ...FAST, price: PRICE, minCacheTokens: 10, tokenFactor: 1.5, cacheTtlMs: 60_000 };

function spine(model: ModelRow, replies: readonly Reply[] = [{}]) {
  const clock = new FakeClock();
  const transport = new FakeTransport(clock, replies);
  const built = buildSpine({ clock, transport, models: [model] });
  const ask = (instruction: string, code = 'const answer = 42;') =>
    clock.until(
      built.pipeline.run(
        request({ instruction, code: { language: 'typescript', text: code, problems: [], cutChars: 0 } }),
        ignore,
        never,
      ),
    );
  return { ...built, clock, transport, ask };
}

suite("the platforms' prompt caches", () => {
  test('a call names its stable prefix, which is the same whatever code it is about', async () => {
    const { transport, ask } = spine(CLAUDE);

    await ask('one', 'the first secret');
    await ask('two', 'the second secret');

    const [first, second] = transport.calls.map(({ prefix }) => prefix);
    assert.deepEqual(first, second);
    assert.deepEqual([first?.messages, first?.kept, first?.writesCost], [0, true, true]);
  });

  test('a prefix that is too short for the model, or a model of which that is unknown, is not kept', async () => {
    const short = spine({ ...CLAUDE, minCacheTokens: 4_096 });
    const unknown = spine(FAST);

    await short.ask('one');
    await unknown.ask('one');

    assert.equal(short.transport.calls[0]?.prefix?.kept, false);
    assert.deepEqual(
      [unknown.transport.calls[0]?.prefix?.kept, unknown.transport.calls[0]?.prefix?.writesCost],
      [false, false],
    );
  });

  test('the receipt says what the cache saved, and what it cost to fill', async () => {
    const { ask } = spine(CLAUDE, [
      { usage: { cacheWrite: 1_000 } },
      { usage: { cacheRead: 1_000 } },
      { usage: {} },
    ]);

    const written = await ask('one');
    const read = await ask('two');
    const none = await ask('three');

    assert.equal(written.receipt.promptCacheSavedUsd, -0.00025);
    assert.equal(read.receipt.promptCacheSavedUsd, 0.0009);
    assert.equal(none.receipt.promptCacheSavedUsd, undefined);
    assert.equal(written.receipt.costUsd, 0.0016);
  });

  test('a warm prefix makes the next estimate cheaper, until its time is over', async () => {
    const { ask, clock } = spine(CLAUDE, [{ usage: { cacheWrite: 1_000 } }]);
    const usdOf = (answer: Awaited<ReturnType<typeof ask>>) =>
      answer.receipt.decision.chosen.estimatedUsd ?? 0;

    await ask('one');
    const warm = await ask('two');
    clock.advance(60_001);
    const cold = await ask('six');

    assert.ok(usdOf(warm) < usdOf(cold));
  });
});

suite('sizes for each model', () => {
  test('estimates begin with the factor of the catalogue and learn from what the platform reports', async () => {
    const { ask, quota, clock } = spine(CLAUDE, [{ usage: { input: 250 } }]);
    quota.read('test', [{ unit: 'input-tokens', limit: 10_000, remaining: 10_000, atMs: clock.now() }]);

    const first = await ask('one', 'x'.repeat(400));

    const { estimatedUsd = 0 } = first.receipt.decision.chosen;
    const plain = spine({ ...CLAUDE, tokenFactor: 1 });
    const unscaled = (await plain.ask('one', 'x'.repeat(400))).receipt.decision.chosen.estimatedUsd ?? 0;
    assert.ok(estimatedUsd > unscaled);
    assert.equal(quota.states()[0]?.level, 9_750);
  });

  test('a model of unknown price and limits is asked all the same, for a usual length of answer', async () => {
    const { price: _price, contextTokens: _context, maxOutputTokens: _output, ...unknown } = FAST;
    const { ask, transport } = spine(unknown as ModelRow);

    const { receipt } = await ask('one', 'y'.repeat(2_000_000));

    assert.equal(receipt.costUsd, undefined);
    assert.equal(receipt.decision.chosen.estimatedUsd, undefined);
    assert.equal(transport.calls[0]?.maxOutputTokens, 4_000);
  });

  test('what the platform charged is what the receipt says', async () => {
    const { ask } = spine({ ...FAST, price: { ...PRICE, floats: true } }, [
      { usage: { chargedUsd: 0.0123456 } },
      {},
    ]);

    const charged = await ask('one');
    const unknown = await ask('two');

    assert.deepEqual([charged.receipt.costUsd, unknown.receipt.costUsd], [0.012346, undefined]);
  });
});

suite('models that wait to be named', () => {
  test('answer where a rule names them, and never otherwise', async () => {
    const clock = new FakeClock();
    const transport = new FakeTransport(clock);
    const { pipeline, state } = buildSpine({
      clock,
      transport,
      models: [FAST, { ...STRONG, use: 'by-name' }],
    });
    const ask = (instruction: string) => clock.until(pipeline.run(request({ instruction }), ignore, never));

    const before = await ask('one');
    state.settings = { ...state.settings, 'routing.rules': [{ model: 'test/strong' }] };
    const named = await ask('two');

    assert.deepEqual([before.receipt.modelKey, before.receipt.decision.fallbacks], ['test/fast', []]);
    assert.equal(named.receipt.modelKey, 'test/strong');
  });
});
