import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { type AnySluiceError, SluiceError } from '../../src/base/errors.ts';
import type { AnswerEvent } from '../../src/flow/request.ts';
import { FakeClock } from '../support/fakeClock.ts';
import { FakeTransport, type Reply } from '../support/fakeTransport.ts';
import { buildSpine, request, type SpineOptions } from '../support/spine.ts';

const never = new AbortController().signal;
const ignore = () => undefined;
const overloaded = new SluiceError('overloaded', { platform: 'test' }) as AnySluiceError;
const cut = new SluiceError('cut-stream', { platform: 'test' }) as AnySluiceError;

function spine(replies: readonly Reply[] = [{}], options: Partial<SpineOptions> = {}) {
  const clock = new FakeClock();
  const transport = new FakeTransport(clock, replies);
  return { ...buildSpine({ clock, transport, ...options }), clock, transport };
}

const textOf = (events: readonly AnswerEvent[]) =>
  events.map((event) => (event.kind === 'text' ? event.text : '')).join('');

suite('pipeline', () => {
  test('an answer streams, and its receipt says model, reason, tokens, cost and time', async () => {
    const { pipeline, clock } = spine([{ texts: ['one ', 'two'], everyMs: 100, model: 'fast-2026' }]);
    const events: AnswerEvent[] = [];

    const { text, receipt } = await clock.until(
      pipeline.run(request(), (event) => events.push(event), never),
    );

    assert.equal(text, 'one two');
    assert.equal(textOf(events), 'one two');
    assert.equal(events[0]?.kind, 'routed');
    assert.equal(receipt.model, 'fast-2026');
    assert.equal(receipt.modelKey, 'test/fast');
    assert.equal(receipt.platformRequestId, 'req_1');
    assert.deepEqual([receipt.usage?.input, receipt.usage?.output], [100, 50]);
    assert.equal(receipt.costUsd, 0.00035);
    assert.deepEqual([receipt.firstTokenMs, receipt.totalMs, receipt.ownMs], [100, 200, 0]);
    assert.deepEqual([receipt.cache, receipt.stop], ['none', 'complete']);
  });

  test('the second time it comes from memory, at once and for nothing, and says how old it is', async () => {
    const { pipeline, clock, transport, metrics } = spine();
    await clock.until(pipeline.run(request(), ignore, never));
    clock.advance(5_000);
    const events: AnswerEvent[] = [];

    const { text, receipt } = await pipeline.run(request(), (event) => events.push(event), never);

    assert.equal(transport.calls.length, 1);
    assert.deepEqual([text, textOf(events)], ['an answer', 'an answer']);
    assert.deepEqual(
      [receipt.cache, receipt.costUsd, receipt.savedUsd, receipt.cacheAgeMs],
      ['memory', 0, 0.00035, 5_000],
    );
    assert.deepEqual(metrics.cacheCounts(), { hits: 1, misses: 1, joined: 0, savedUsd: 0.00035, savedMs: 0 });
  });

  test('other code, another instruction, another task or other models are another request', async () => {
    const { pipeline, clock, transport, platforms } = spine();
    const asked = [
      request(),
      request({ instruction: 'why?' }),
      request({ task: 'review' }),
      request({ code: { language: 'typescript', text: 'const answer = 43;', problems: [], cutChars: 0 } }),
      request({ code: { language: 'javascript', text: 'const answer = 42;', problems: [], cutChars: 0 } }),
      request({
        code: { language: 'typescript', text: 'const answer = 42;', problems: ['line 1: x'], cutChars: 0 },
      }),
    ];
    for (const one of asked) await clock.until(pipeline.run(one, ignore, never));
    platforms.set(platforms.list.map((platform) => ({ ...platform, models: platform.models.slice(0, 1) })));

    await clock.until(pipeline.run(request(), ignore, never));

    assert.equal(transport.calls.length, asked.length + 1);
  });

  test('an edit, earlier turns, a chosen model or lines around the code make another request', async () => {
    const { pipeline, clock, transport } = spine();
    const code = { language: 'typescript', text: 'const answer = 42;', problems: [], cutChars: 0 };
    const asked = [
      request(),
      request({ form: 'edit' }),
      request({ form: 'edit', code: { ...code, text: `${code.text} ` } }),
      request({ history: [{ asked: 'a', answer: 'b' }] }),
      request({ model: 'test/strong' }),
      request({ code: { ...code, before: 'let x;' } }),
      request({ code: { ...code, after: 'let x;' } }),
    ];

    for (const one of asked) await clock.until(pipeline.run(one, ignore, never));

    assert.equal(transport.calls.length, asked.length);
    assert.deepEqual(transport.calls[3]?.messages.slice(0, 2), [
      { role: 'user', text: 'a' },
      { role: 'assistant', text: 'b' },
    ]);
  });

  test('a preview says what would be chosen and sends nothing', async () => {
    const { pipeline, clock, transport, quota } = spine();

    const before = pipeline.preview(request());
    const answer = await clock.until(pipeline.run(request(), ignore, never));
    const after = pipeline.preview(request());

    assert.deepEqual([before.cached, after.cached, transport.calls.length], [false, true, 1]);
    assert.deepEqual(before.decision.chosen, answer.receipt.decision.chosen);
    assert.ok(quota.states().every(({ reserved }) => reserved === 0));
  });

  test('line endings and trailing blanks are the same code', async () => {
    const { pipeline, clock, transport } = spine();
    const code = (text: string) =>
      request({ code: { language: 'typescript', text, problems: [], cutChars: 0 } });

    await clock.until(pipeline.run(code('a;\n  b;\n'), ignore, never));
    await clock.until(pipeline.run(code('a;  \r\n  b;'), ignore, never));
    await clock.until(pipeline.run(code('a;\nb;'), ignore, never));

    assert.equal(transport.calls.length, 2);
  });

  test('asked fresh, the cache is not read but the new answer is kept', async () => {
    const { pipeline, clock, transport } = spine([{ texts: ['old'] }, { texts: ['new'] }]);
    await clock.until(pipeline.run(request(), ignore, never));

    const fresh = await clock.until(pipeline.run(request({ freshness: 'fresh' }), ignore, never));
    const after = await pipeline.run(request(), ignore, never);

    assert.equal(transport.calls.length, 2);
    assert.deepEqual([fresh.text, after.text, after.receipt.cache], ['new', 'new', 'memory']);
  });

  test('a stronger answer takes the place of the one that was not good enough', async () => {
    const { pipeline, clock } = spine([{ texts: ['weak'] }, { texts: ['strong'] }]);
    const weak = await clock.until(pipeline.run(request(), ignore, never));

    const strong = await clock.until(
      pipeline.run(request({ strongerThan: weak.receipt.modelKey }), ignore, never),
    );
    const after = await pipeline.run(request(), ignore, never);

    assert.equal(strong.receipt.modelKey, 'test/strong');
    assert.deepEqual([after.text, after.receipt.modelKey], ['strong', 'test/strong']);
  });

  test('a thousand equal requests at once are one call; the others say that they joined and cost nothing', async () => {
    const { pipeline, clock, transport, metrics } = spine([{ everyMs: 10 }]);

    const all = await clock.until(
      Promise.all(Array.from({ length: 1_000 }, () => pipeline.run(request(), ignore, never))),
    );

    assert.equal(transport.calls.length, 1);
    assert.equal(
      all.filter(({ receipt }) => receipt.cache === 'joined' && receipt.costUsd === 0).length,
      999,
    );
    const { hits, misses, joined } = metrics.cacheCounts();
    assert.deepEqual([hits, misses, joined], [0, 1, 999]);
    assert.equal(metrics.totals(clock.now()).requests, 1_000);
    assert.equal(metrics.totals(clock.now()).inputTokens, 100);
  });

  test('cancelled before the first token: the reason is thrown, nothing is charged, the call is ended', async () => {
    const { pipeline, clock, transport, quota } = spine([{ everyMs: 1_000 }]);
    quota.read('test', [{ unit: 'tokens', limit: 10_000, remaining: 10_000, atMs: clock.now() }]);
    const abort = new AbortController();
    const running = pipeline.run(request(), ignore, abort.signal);
    clock.advance(500);
    await Promise.resolve();

    abort.abort('enough');

    await assert.rejects(running, (reason) => reason === 'enough');
    await clock.until(Promise.resolve());
    assert.equal(pipeline.running, 0);
    assert.deepEqual([quota.states()[0]?.level, quota.states()[0]?.reserved], [10_000, 0]);
    assert.ok(transport.aborted === 1 || transport.calls.length === 0);
  });

  test('cancelled after the first token: what came is charged as estimated and recorded as cancelled', async () => {
    const { pipeline, clock, transport, quota } = spine([
      { texts: ['a long beginning', 'rest'], everyMs: 1_000 },
    ]);
    quota.read('test', [{ unit: 'tokens', limit: 10_000, remaining: 10_000, atMs: clock.now() }]);
    const abort = new AbortController();
    const hear = (event: AnswerEvent) => {
      if (event.kind === 'text') abort.abort('enough');
    };

    await assert.rejects(
      clock.until(pipeline.run(request(), hear, abort.signal)),
      (reason) => reason === 'enough',
    );
    await clock.until(new Promise<void>((resolve) => clock.after(1, resolve)));

    assert.equal(transport.aborted, 1);
    assert.equal(pipeline.recent[0]?.stop, 'cancelled');
    assert.equal(pipeline.recent[0]?.costUsd, undefined);
    const level = quota.states()[0]?.level ?? 0;
    assert.ok(level < 10_000 && level > 9_000);
    assert.equal(quota.states()[0]?.reserved, 0);
  });

  test('a stream that is cut keeps its text, is marked, is not retried and is not cached', async () => {
    const { pipeline, clock, transport } = spine([
      { texts: ['half'], breaksWith: cut },
      { texts: ['whole'] },
    ]);

    const answer = await clock.until(pipeline.run(request(), ignore, never));
    const again = await clock.until(pipeline.run(request(), ignore, never));

    assert.deepEqual([answer.text, answer.receipt.stop, answer.failure?.code], ['half', 'cut', 'cut-stream']);
    assert.equal(answer.receipt.usage, undefined);
    assert.deepEqual([again.text, again.receipt.cache], ['whole', 'none']);
    assert.equal(transport.calls.length, 2);
  });

  test('a refused or shortened answer is shown as such and never cached', async () => {
    const { pipeline, clock, transport } = spine([{ stop: 'refused' }, { stop: 'length' }, {}]);

    const first = await clock.until(pipeline.run(request(), ignore, never));
    const second = await clock.until(pipeline.run(request(), ignore, never));
    await clock.until(pipeline.run(request(), ignore, never));

    assert.deepEqual([first.receipt.stop, second.receipt.stop], ['refused', 'length']);
    assert.equal(transport.calls.length, 3);
  });

  test('an overloaded platform is tried again, then the next model answers, and the decision says so', async () => {
    const { pipeline, clock, transport } = spine([
      { failsWith: overloaded },
      { failsWith: overloaded },
      { failsWith: overloaded },
      { texts: ['from the other'] },
    ]);

    const { text, receipt } = await clock.until(pipeline.run(request(), ignore, never));

    assert.deepEqual(
      transport.calls.map(({ model }) => model),
      ['fast', 'fast', 'fast', 'strong'],
    );
    assert.equal(text, 'from the other');
    assert.equal(receipt.modelKey, 'test/strong');
    assert.deepEqual(receipt.decision.reasons.at(-1), {
      kind: 'fell-back',
      from: 'Fast',
      code: 'overloaded',
    });
  });

  test('Retry-After is kept to: a short one is waited for, a long one goes to another model at once', async () => {
    const limited = (retryAfterMs: number) =>
      new SluiceError('rate-limited', { platform: 'test', retryAfterMs }) as AnySluiceError;
    const short = spine([{ failsWith: limited(1_500) }, {}]);
    const long = spine([{ failsWith: limited(60_000) }, {}]);
    const waits: AnswerEvent[] = [];

    await short.clock.until(short.pipeline.run(request(), (event) => waits.push(event), never));
    await long.clock.until(long.pipeline.run(request(), ignore, never));

    assert.equal(short.clock.monotonic(), 1_500);
    assert.deepEqual(
      short.transport.calls.map(({ model }) => model),
      ['fast', 'fast'],
    );
    assert.ok(waits.some((event) => event.kind === 'waiting' && event.waitMs === 1_500));
    assert.deepEqual(
      long.transport.calls.map(({ model }) => model),
      ['fast', 'strong'],
    );
  });

  test('a wrong key is told at once and goes nowhere else', async () => {
    const refused = new SluiceError('invalid-key', { platform: 'test' }) as AnySluiceError;
    const { pipeline, clock, transport } = spine([{ failsWith: refused }]);

    const failure = clock.until(pipeline.run(request(), ignore, never));

    await assert.rejects(failure, (error) => SluiceError.is(error, 'invalid-key'));
    assert.equal(transport.calls.length, 1);
  });

  test('a limit without room is waited for within patience, else refused with the time', async () => {
    const { pipeline, clock, quota, state } = spine();
    const empty = { unit: 'tokens', limit: 10_000, remaining: 0, fullInMs: 100_000 } as const;
    quota.read('test', [{ ...empty, atMs: clock.now() }]);
    state.settings = { ...state.settings, 'request.maxWaitSeconds': 0 };

    const refused = clock.until(pipeline.run(request(), ignore, never));

    await assert.rejects(
      refused,
      (error) => SluiceError.is(error, 'quota-exhausted') && error.facts.retryAfterMs > 0,
    );
    state.settings = { ...state.settings, 'request.maxWaitSeconds': 60 };
    const { receipt } = await clock.until(pipeline.run(request(), ignore, never));
    assert.equal(receipt.stop, 'complete');
    assert.ok(receipt.totalMs > 1_000);
  });

  test('with the cache off nothing is kept', async () => {
    const { pipeline, clock, transport } = spine([{}], {});
    const off = spine([{}]);
    off.state.settings = { ...off.state.settings, 'cache.enabled': false };

    for (let run = 0; run < 2; run += 1) {
      await clock.until(pipeline.run(request(), ignore, never));
      await off.clock.until(off.pipeline.run(request(), ignore, never));
    }

    assert.deepEqual([transport.calls.length, off.transport.calls.length], [1, 2]);
  });

  test('the window closes while streaming: the call is ended and nothing stays reserved', async () => {
    const { pipeline, clock, transport, quota } = spine([{ texts: ['a', 'b'], everyMs: 1_000 }]);
    quota.read('test', [{ unit: 'requests', limit: 10, remaining: 10, atMs: clock.now() }]);
    const hear = (event: AnswerEvent) => {
      if (event.kind === 'text') pipeline.dispose();
    };

    await clock.until(pipeline.run(request(), hear, never)).then(ignore, ignore);

    assert.equal(transport.aborted, 1);
    assert.ok(quota.states().every(({ reserved }) => reserved === 0));
  });

  test('hits, misses and joined add up to the requests over random sequences', async () => {
    const { pipeline, clock, metrics } = spine([{ everyMs: 5 }]);
    const running: Promise<unknown>[] = [];

    for (let step = 0; step < 400; step += 1) {
      running.push(pipeline.run(request({ instruction: `question ${(step * 7) % 13}` }), ignore, never));
      if (step % 3 === 0) clock.advance(4);
      if (step % 10 === 0) await Promise.resolve();
    }
    await clock.until(Promise.all(running));

    const { hits, misses, joined } = metrics.cacheCounts();
    assert.equal(hits + misses + joined, 400);
    assert.equal(misses, 13);
  });
});
