import assert from 'node:assert/strict';
import type { LLMock } from '@copilotkit/aimock';
import { setup, suite, teardown, test } from 'mocha';
import { type ErrorCode, SluiceError } from '../../src/base/errors.ts';
import type { ModelCall, ModelEvent, ModelTransport, StopReason } from '../../src/flow/transport.ts';
import { FakeClock } from '../support/fakeClock.ts';
import {
  GREETING,
  MOCK_KEY,
  MOCK_MODEL,
  MOCK_USAGE,
  startIndependentMock,
} from '../support/independentMock.ts';
import {
  basePath,
  type Collected,
  collect,
  failureOf,
  neverAborted,
  openTransport,
  SimulatedTrial,
  WIRES,
  type WireName,
} from '../support/simulatedTrial.ts';

const platform = 'trial';

/** What it is told to fail with, in the words of each protocol, and what that must become. */
const FAILURES: readonly (readonly [
  status: number,
  error: { message: string; type: string; code: string },
  code: ErrorCode,
  facts: object,
])[] = [
  [429, told('rate_limit_error', 'rate_limit_exceeded'), 'rate-limited', { retryAfterMs: 1_000 }],
  [429, told('insufficient_quota', 'insufficient_quota'), 'billing', {}],
  [402, told('billing_error', 'insufficient_credits'), 'billing', {}],
  [403, told('permission_error', 'forbidden'), 'invalid-key', { why: 'not-allowed' }],
  [500, told('api_error', 'internal'), 'server-error', { status: 500 }],
  [502, told('api_error', 'bad_gateway'), 'server-error', { status: 502 }],
  [503, told('api_error', 'unavailable'), 'overloaded', {}],
  [529, told('overloaded_error', 'overloaded'), 'overloaded', {}],
];

/** It says `length` and `content_filter` as each protocol does, except that Responses are `completed` all the same. */
const UNFINISHED: Readonly<Record<WireName, readonly StopReason[]>> = {
  messages: ['length', 'other'],
  chat: ['length', 'refused'],
  responses: ['other', 'other'],
};

function told(type: string, code: string) {
  return { message: 'made up', type, code };
}

function ask(text: string): ModelCall {
  return {
    model: 'sim-balanced',
    system: 'You help.',
    messages: [{ role: 'user', text }],
    maxOutputTokens: 100,
  };
}

for (const wire of WIRES) {
  suite(`somebody else's server over ${wire}`, () => {
    let mock: LLMock;
    let transport: ModelTransport;
    const open = (apiKey: string): ModelTransport =>
      openTransport(wire, { apiKey, baseUrl: `${mock.url}${basePath(wire)}`, clock: new FakeClock() });
    const run = (text: string): Promise<Collected> => collect(transport.stream(ask(text), neverAborted()));

    setup(async () => {
      mock = await startIndependentMock();
      transport = open(MOCK_KEY);
    });
    teardown(async () => {
      transport.dispose();
      await mock.stop();
    });

    test('an answer has its text in pieces, its model, its usage and its end', async () => {
      const { events, text, error } = await run(GREETING.asked);

      assert.equal(error, undefined);
      assert.equal(text, GREETING.text);
      assert.ok(events.filter(({ kind }) => kind === 'text').length > 1);
      const start = events.find((event) => event.kind === 'start');
      assert.equal(start?.model, MOCK_MODEL);
      assert.match(start?.requestId ?? '', /^req/);
      assert.deepEqual(lastUsage(events), { ...MOCK_USAGE, cacheRead: 0, cacheWrite: 0, reasoning: 0 });
      assert.deepEqual(events.at(-1), { kind: 'end', stop: 'complete' });
    });

    test('its events become the same ones, in the same order, as those of the simulated platform', async () => {
      const trial = await SimulatedTrial.start(wire);
      trial.platform.script([{ fault: { kind: 'say', text: GREETING.text } }]);

      const ours = await collect(trial.transport.stream(ask(GREETING.asked), neverAborted()));
      trial.dispose();
      const theirs = await run(GREETING.asked);

      assert.equal(ours.text, theirs.text);
      assert.deepEqual(kinds(ours.events), kinds(theirs.events));
    });

    for (const [status, error, code, facts] of FAILURES) {
      test(`${status} ${error.type} becomes ${code}`, async () => {
        mock.nextRequestError(status, error);

        const { events, error: failure } = await run(GREETING.asked);

        assert.ok(SluiceError.is(failure, code), String(failure));
        assert.deepEqual(failure.facts, { platform, ...facts });
        assert.deepEqual(events, []);
      });
    }

    test('a key that it does not know is refused, in a stream and in a check', async () => {
      const stranger = open('another-key');

      const { error } = await collect(stranger.stream(ask(GREETING.asked), neverAborted()));
      const checked = await failureOf(stranger.check(neverAborted()));
      stranger.dispose();

      assert.ok(SluiceError.is(error, 'invalid-key'), String(error));
      assert.ok(SluiceError.is(checked, 'invalid-key'), String(checked));
    });

    test('its list of models is read', async () => {
      const { models } = await transport.check(neverAborted());

      assert.ok(models.length > 0 && models.every((name) => name !== ''));
    });

    test('an answer that is not whole is never taken for a whole one', async () => {
      mock.onMessage('long', { content: 'half an', finishReason: 'length' });
      mock.onMessage('filtered', { content: 'no', finishReason: 'content_filter' });

      const long = await run('long');
      const filtered = await run('filtered');

      assert.deepEqual([stopOf(long), stopOf(filtered)], UNFINISHED[wire]);
    });

    test('thinking before the answer is no part of it', async () => {
      mock.onMessage('think', { content: 'Four.', reasoning: 'Two and two, carefully.' });

      const { text, error, events } = await run('think');

      assert.equal(error, undefined);
      assert.equal(text, 'Four.');
      assert.equal(events.at(-1)?.kind, 'end');
    });

    test('cut in the middle, what came is kept and the stream is a cut one', async () => {
      mock.onMessage('cut', { content: GREETING.text }, { truncateAfterChunks: 4, latency: 1 });

      const { text, error } = await run('cut');

      assert.ok(SluiceError.is(error, 'cut-stream'), String(error));
      assert.ok(GREETING.text.startsWith(text) && text.length < GREETING.text.length);
    });

    test('what it says that is no JSON is a bad response', async () => {
      mock.onMessage('broken', { content: 'x' }, { chaos: { malformedRate: 1 } });

      const { error } = await run('broken');

      assert.ok(SluiceError.is(error, 'bad-response'), String(error));
    });

    test('cancelled in the middle, the reason comes back and nothing follows', async () => {
      mock.onMessage('slow', { content: GREETING.text }, { latency: 20 });
      const controller = new AbortController();
      const seen: ModelEvent[] = [];

      const stream = transport.stream(ask('slow'), controller.signal);
      const failure = await failureOf(
        (async () => {
          for await (const event of stream) {
            seen.push(event);
            if (event.kind === 'text') controller.abort(new Error('changed my mind'));
          }
        })(),
      );

      assert.equal(failure, controller.signal.reason);
      assert.deepEqual(seen.filter(({ kind }) => kind === 'text').length, 1);
    });
  });
}

function stopOf({ events }: Collected): StopReason | undefined {
  const last = events.at(-1);
  return last?.kind === 'end' ? last.stop : undefined;
}

function lastUsage(events: readonly ModelEvent[]): unknown {
  const last = events.findLast((event) => event.kind === 'usage');
  return last?.kind === 'usage' ? last.usage : undefined;
}

/** Which kinds of event came, neighbours of one kind as one. */
function kinds(events: readonly ModelEvent[]): string[] {
  return events.map(({ kind }) => kind).filter((kind, index, all) => kind !== all[index - 1]);
}
