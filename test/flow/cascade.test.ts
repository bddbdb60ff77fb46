import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { type AnySluiceError, SluiceError } from '../../src/base/errors.ts';
import type { AnswerEvent } from '../../src/flow/request.ts';
import type { Outcome } from '../../src/routing/outcomes.ts';
import { FakeClock } from '../support/fakeClock.ts';
import { FakeTransport, type Reply } from '../support/fakeTransport.ts';
import { buildSpine, FAST, heldEdit, MIDDLE, type SpineOptions, STRONG } from '../support/spine.ts';

/** More than the cheapest model's chance of a good answer to `heldEdit`. */
const BAR = 0.9;
const never = new AbortController().signal;
const ignore = () => undefined;
const NEW = 'function a() {\n  return 2;\n}';
const fenced = (code: string): Reply => ({ texts: ['Done.\n\n```typescript\n', `${code}\n`, '```\n'] });
const good = fenced(NEW);
const broken = fenced('function a() {\n  return 2;');

function spine(replies: readonly Reply[], options: Partial<SpineOptions> = {}) {
  const clock = new FakeClock();
  const transport = new FakeTransport(clock, replies);
  const built = buildSpine({ clock, transport, models: [FAST, MIDDLE, STRONG], ...options });
  const said: Outcome[] = [];
  built.outcomes.onOutcome((outcome) => said.push(outcome));
  return { ...built, clock, transport, said };
}

const asked = ({ transport }: { transport: FakeTransport }) => transport.calls.map(({ model }) => model);

suite('cascade', () => {
  test('a good answer is checked, shown once as a whole, and nobody else is asked', async () => {
    const trial = spine([good]);
    const events: AnswerEvent[] = [];

    const { text, receipt } = await trial.clock.until(
      trial.pipeline.run(heldEdit(), (event) => events.push(event), never),
    );

    assert.deepEqual(asked(trial), ['fast']);
    assert.deepEqual(
      events.map(({ kind }) => kind),
      ['routed', 'held', 'text'],
    );
    assert.deepEqual(events.at(-1), { kind: 'text', text });
    assert.deepEqual(
      receipt.checks?.map(({ check, verdict }) => [check, verdict]),
      [
        ['complete', 'pass'],
        ['applies', 'pass'],
        ['parses', 'pass'],
      ],
    );
    assert.deepEqual([receipt.attempts, receipt.costUsd], [undefined, 0.00035]);
    assert.deepEqual(
      trial.said.map(({ receiptId: _id, atMs: _at, ...facts }) => facts),
      [{ kind: 'checked', check: 'parses', passed: true }],
    );
  });

  test('an answer that does not parse is never seen; the receipt says who, why, and what both cost', async () => {
    const trial = spine([broken, good]);
    const events: AnswerEvent[] = [];

    const { text, receipt } = await trial.clock.until(
      trial.pipeline.run(heldEdit(), (event) => events.push(event), never),
    );

    const [first = '', second = ''] = asked(trial);
    assert.equal(first, 'fast');
    assert.ok(['middle', 'strong'].includes(second));
    assert.equal(receipt.model, second);
    assert.equal(receipt.modelKey, `test/${second}`);
    assert.ok(text.includes('return 2;\n}'));
    assert.deepEqual(
      events.filter(({ kind }) => kind === 'text'),
      [{ kind: 'text', text }],
    );
    const up = events.find((event) => event.kind === 'went-up');
    assert.ok(up?.kind === 'went-up' && up.from === 'Fast');
    assert.deepEqual(up.failure.why, { kind: 'syntax', before: 0, after: 1, line: 1 });
    const [attempt] = receipt.attempts ?? [];
    assert.equal(attempt?.modelKey, 'test/fast');
    const own = second === 'strong' ? 0.0035 : 0.00105;
    assert.equal(receipt.costUsd?.toFixed(6), (0.00035 + own).toFixed(6));
    assert.deepEqual([receipt.usage?.input, receipt.usage?.output], [200, 100]);
    assert.ok(receipt.decision.reasons.some(({ kind }) => kind === 'went-up'));
    assert.ok(receipt.decision.reasons.every(({ kind }) => kind !== 'asked-by-name'));
  });

  test('where checks were seen to catch what is bad, a cheaper model begins than the bar would choose', async () => {
    const counts = (fail: number) => ({ pass: 100 - fail, fail, unknown: 0 });
    const seen = { good: counts(2), bad: counts(90), runs: 200, ms: 0, usd: 0 };
    const settings = { 'routing.qualityBar': BAR, 'routing.qualityBars': [] };
    const usual = spine([good], { settings });
    const trial = spine([good], { settings, kept: { 'sluice.checkRates': { parses: seen } } });

    const { receipt } = await usual.clock.until(usual.pipeline.run(heldEdit(), ignore, never));
    const told = trial.pipeline.preview(heldEdit()).decision;
    const begun = await trial.clock.until(trial.pipeline.run(heldEdit(), ignore, never));

    assert.notEqual(receipt.model, 'fast');
    assert.deepEqual([told.chosen.label, begun.receipt.model], ['Fast', 'fast']);
    const why = begun.receipt.decision.reasons.find(({ kind }) => kind === 'planned');
    assert.ok(why?.kind === 'planned' && why.chance < BAR && why.inAll >= BAR);
    const shown = trial.pipeline.preview(heldEdit({ held: false, freshness: 'fresh' }));
    assert.equal(shown.decision.chosen.label, receipt.decision.chosen.label);
  });

  test('each attempt is counted for its own model, and every reservation is settled', async () => {
    const trial = spine([broken, good]);
    const spent: string[] = [];
    trial.pipeline.onAnswer(({ modelKey }) => spent.push(modelKey));

    const { receipt } = await trial.clock.until(trial.pipeline.run(heldEdit(), ignore, never));

    const today = trial.metrics.totals(trial.clock.now());
    assert.deepEqual(spent, ['test/fast', receipt.modelKey]);
    assert.equal(today.usd.toFixed(6), receipt.costUsd?.toFixed(6));
    assert.equal(today.inputTokens, 200);
    assert.ok(trial.quota.states().every(({ reserved }) => reserved === 0));
    assert.equal(trial.pipeline.recent.length, 1);
    assert.deepEqual(
      trial.said.map((outcome) => [outcome.receiptId, 'passed' in outcome && outcome.passed]),
      [
        [receipt.attempts?.[0]?.id, false],
        [receipt.id, true],
      ],
    );
  });

  test('when all fail, the one that got furthest is kept, is said to be so, and is not cached', async () => {
    const trial = spine([broken, { texts: ['I would, but words are all I have.'] }]);

    const first = await trial.clock.until(trial.pipeline.run(heldEdit(), ignore, never));
    const calls = trial.transport.calls.length;
    await trial.clock.until(trial.pipeline.run(heldEdit(), ignore, never));

    assert.ok(calls > 1 && calls <= 3);
    assert.ok(trial.transport.calls.length > calls);
    assert.equal(first.receipt.modelKey, 'test/fast');
    const [best] = first.receipt.decision.reasons;
    assert.ok(best?.kind === 'best-of-failed' && best.failure.check === 'parses' && best.of === calls);
    assert.ok(first.text.includes('return 2;'));
  });

  test('what passed comes from memory the next time, with its checks', async () => {
    const trial = spine([broken, good]);
    await trial.clock.until(trial.pipeline.run(heldEdit(), ignore, never));

    const { receipt } = await trial.pipeline.run(heldEdit(), ignore, never);

    assert.equal(receipt.cache, 'memory');
    assert.equal(receipt.costUsd, 0);
    assert.ok(receipt.checks?.every(({ verdict }) => verdict === 'pass'));
    assert.equal(trial.transport.calls.length, 2);
  });

  test('a model that the person named, or a rule, answers whatever the checks say', async () => {
    const named = spine([broken]);
    const ruled = spine([broken], { settings: { 'routing.rules': [{ model: 'test/fast' }] } });

    const one = await named.clock.until(named.pipeline.run(heldEdit({ model: 'test/fast' }), ignore, never));
    const other = await ruled.clock.until(ruled.pipeline.run(heldEdit(), ignore, never));

    assert.deepEqual([asked(named), asked(ruled)], [['fast'], ['fast']]);
    assert.ok(one.receipt.checks?.some(({ verdict }) => verdict === 'fail'));
    assert.ok(other.receipt.checks?.some(({ verdict }) => verdict === 'fail'));
  });

  test('the budget of attempts, of money and the worth of an answer each end it', async () => {
    const bounds = [
      { 'cascade.maxAttempts': 1 },
      { 'request.confirmAboveUsd': 0.0004 },
      { 'cascade.worthUsd': 0.0001 },
    ];
    for (const settings of bounds) {
      const trial = spine([broken], { settings });
      await trial.clock.until(trial.pipeline.run(heldEdit(), ignore, never));
      assert.deepEqual(asked(trial), ['fast'], JSON.stringify(settings));
    }
  });

  test('time that runs out ends the later attempt, and the earlier answer stays', async () => {
    const slow = { ...good, everyMs: 60_000 };
    const trial = spine([broken, slow], { settings: { 'request.timeoutSeconds': 30 } });

    const { text, receipt } = await trial.clock.until(trial.pipeline.run(heldEdit(), ignore, never));

    assert.equal(trial.transport.calls.length, 2);
    assert.equal(receipt.modelKey, 'test/fast');
    assert.ok(text.includes('return 2;') && receipt.totalMs <= 30_000);
    assert.ok(trial.quota.states().every(({ reserved }) => reserved === 0));
  });

  test('a stronger model that cannot answer gives way to the next, else to the answer that there is', async () => {
    const refused = { failsWith: new SluiceError('billing', { platform: 'test' }) as AnySluiceError };
    const trial = spine([broken, refused]);

    const { receipt } = await trial.clock.until(trial.pipeline.run(heldEdit(), ignore, never));

    assert.equal(trial.transport.calls.length, 3);
    assert.equal(receipt.modelKey, 'test/fast');
    assert.equal(receipt.costUsd, 0.00035);
  });

  test('who cancels hears no more, at whichever attempt; what was spent is counted', async () => {
    for (const attempt of [1, 2]) {
      const trial = spine([
        { ...broken, everyMs: 10 },
        { ...good, everyMs: 10 },
      ]);
      const abort = new AbortController();
      const events: AnswerEvent[] = [];
      const running = trial.pipeline.run(heldEdit(), (event) => events.push(event), abort.signal);
      const ended = assert.rejects(running, { name: 'AbortError' });
      await trial.clock.until(reached(trial, attempt));
      abort.abort(new DOMException('cancelled', 'AbortError'));
      await trial.clock.until(ended);

      assert.equal(trial.transport.calls.length, attempt);
      assert.ok(events.every(({ kind }) => kind !== 'text'));
      assert.ok(trial.quota.states().every(({ reserved }) => reserved === 0));
      assert.equal(trial.metrics.totals(trial.clock.now()).usd > 0, attempt === 2);
      assert.equal(trial.pipeline.recent.length, 0);
    }
  });

  test('a stream that is cut before anyone saw it is an answer that failed', async () => {
    const cut = new SluiceError('cut-stream', { platform: 'test' }) as AnySluiceError;
    const trial = spine([{ texts: ['```typescript\nfunction'], breaksWith: cut }, good]);

    const { receipt, failure } = await trial.clock.until(trial.pipeline.run(heldEdit(), ignore, never));

    assert.equal(failure, undefined);
    assert.equal(receipt.stop, 'complete');
    assert.equal(receipt.attempts?.[0]?.stop, 'cut');
    // What the one that was cut cost nobody has said.
    assert.equal(receipt.costUsd, undefined);
  });

  test('what is shown as it comes is not checked before, whatever it is', async () => {
    const trial = spine([broken]);

    const { receipt } = await trial.clock.until(trial.pipeline.run(heldEdit({ held: false }), ignore, never));

    assert.deepEqual([receipt.checks, trial.transport.calls.length], [undefined, 1]);
  });

  test('two that ask the same share one cascade', async () => {
    const trial = spine([broken, good]);

    const both = await trial.clock.until(
      Promise.all([1, 2].map(() => trial.pipeline.run(heldEdit(), ignore, never))),
    );

    assert.equal(trial.transport.calls.length, 2);
    assert.deepEqual(new Set(both.map(({ receipt }) => receipt.cache)), new Set(['none', 'joined']));
  });
});

async function reached({ transport, clock }: { transport: FakeTransport; clock: FakeClock }, calls: number) {
  while (transport.calls.length < calls) await new Promise<void>((resolve) => clock.after(1, resolve));
}
