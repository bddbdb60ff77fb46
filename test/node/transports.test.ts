import assert from 'node:assert/strict';
import { setup, suite, teardown, test } from 'mocha';
import { type ErrorCode, SluiceError } from '../../src/base/errors.ts';
import type { TokenUsage } from '../../src/base/task.ts';
import type { ModelEvent } from '../../src/flow/transport.ts';
import type { ScriptStep } from '../../src/node/simulatedScript.ts';
import { FakeClock } from '../support/fakeClock.ts';
import {
  basePath,
  type Collected,
  callFor,
  collect,
  failureOf,
  neverAborted,
  openTransport,
  SimulatedTrial,
  WIRES,
} from '../support/simulatedTrial.ts';

type FaultCase = readonly [
  name: string,
  fault: ScriptStep['fault'],
  code: ErrorCode,
  facts: Readonly<Record<string, unknown>>,
];

const platform = 'trial';

/** Each way in which a platform can fail, and what it must become. */
const FAULTS: readonly FaultCase[] = [
  ['429 with a wait', { kind: 'rate-limited', retryAfterS: 7 }, 'rate-limited', { retryAfterMs: 7_000 }],
  ['429 without one', { kind: 'rate-limited' }, 'rate-limited', {}],
  ['overload with a wait', { kind: 'overloaded', retryAfterS: 2 }, 'overloaded', { retryAfterMs: 2_000 }],
  ['overload without one', { kind: 'overloaded' }, 'overloaded', {}],
  ['500', { kind: 'server-error' }, 'server-error', { status: 500 }],
  ['502', { kind: 'server-error', status: 502 }, 'server-error', { status: 502 }],
  [
    '403',
    { kind: 'http-error', status: 403, type: 'permission_error' },
    'invalid-key',
    { why: 'not-allowed' },
  ],
  ['402', { kind: 'http-error', status: 402, type: 'billing_error' }, 'billing', {}],
  ['413', { kind: 'http-error', status: 413, type: 'request_too_large' }, 'context-too-long', {}],
  ['400', { kind: 'http-error', status: 400 }, 'bad-request', { detail: 'status 400 invalid_request_error' }],
  ['an HTML page with status 200', { kind: 'html' }, 'bad-response', { detail: 'content-type text/html' }],
  [
    'an HTML page with status 404',
    { kind: 'html', status: 404 },
    'bad-response',
    { detail: 'status 404 without a known error' },
  ],
  ['an HTML page with status 502', { kind: 'html', status: 502 }, 'server-error', { status: 502 }],
  ['an empty body with status 200', { kind: 'empty' }, 'bad-response', { detail: 'no event' }],
  ['a cut socket', { kind: 'cut', afterChunks: 3 }, 'cut-stream', {}],
  ['a stream without its end', { kind: 'early-end', afterChunks: 3 }, 'cut-stream', {}],
  ['an event that is no JSON', { kind: 'malformed' }, 'bad-response', { detail: 'not JSON' }],
];

/** Text that was shown before the failure stays; these fail before any. */
const SILENT = new Set<ErrorCode>([
  'rate-limited',
  'overloaded',
  'server-error',
  'invalid-key',
  'billing',
  'context-too-long',
  'bad-request',
]);

for (const wire of WIRES) {
  suite(`transport over ${wire}`, () => {
    let trial: SimulatedTrial;
    setup(async () => {
      trial = await SimulatedTrial.start(wire);
    });
    teardown(() => trial.dispose());

    const run = (changes = {}): Promise<Collected> =>
      collect(trial.transport.stream(callFor('explain', changes), neverAborted()));
    const play = (fault: ScriptStep['fault']): Promise<Collected> => {
      trial.platform.script([{ fault }]);
      return run();
    };

    test('an answer is a start, texts, usage and an end, in this order', async () => {
      const { events, text, error } = await run();

      assert.equal(error, undefined);
      const kinds = events.map(({ kind }) => kind);
      assert.equal(kinds[0], 'start');
      assert.equal(kinds.filter((kind) => kind === 'start').length, 1);
      assert.deepEqual(events.at(-1), { kind: 'end', stop: 'complete' });
      assert.match(text, /Simulated answer[\s\S]*`load\(path, tries\)`/);
    });

    test('the start names the model that answers, the request and what is left of the limits', async () => {
      const { events } = await run();

      const start = events.find((event) => event.kind === 'start');
      assert.equal(start?.model, 'sim-balanced');
      assert.match(start?.requestId ?? '', /^req_sim_/);
      assert.deepEqual(
        start?.limits.map(({ unit }) => unit),
        ['requests', 'tokens'],
      );
      for (const limit of start?.limits ?? []) {
        assert.ok(limit.remaining < limit.limit && limit.fullInMs !== undefined, limit.unit);
        assert.equal(limit.atMs, trial.clock.now());
      }
    });

    test('the last usage is what the platform counted', async () => {
      const { events } = await run();
      await trial.platform.idle();

      const entry = trial.platform.requests[0];
      assert.deepEqual(lastUsage(events), {
        input: entry?.inputTokens,
        output: entry?.outputTokens,
        cacheRead: 0,
        cacheWrite: 0,
        reasoning: 0,
      });
    });

    test('classes of usage do not overlap', async () => {
      const usage = { input: 100, output: 40, cacheRead: 1_000, cacheWrite: 300, reasoning: 25 };
      const { events } = await play({ kind: 'usage', ...usage });

      assert.deepEqual(lastUsage(events), usage);
    });

    test('absurd counts are unknown, and the answer is none the worse', async () => {
      for (const [input, output] of [
        [-5, 10],
        [10, 1e30],
        [0.5, 10],
      ] as const) {
        const { events, error } = await play({ kind: 'usage', input, output });

        assert.equal(error, undefined);
        assert.equal(lastUsage(events), undefined, `${input} ${output}`);
        assert.equal(events.at(-1)?.kind, 'end');
      }
    });

    test('without usage there is none, and the answer is whole', async () => {
      const { events, error } = await play({ kind: 'no-usage' });

      assert.equal(error, undefined);
      assert.equal(lastUsage(events), undefined);
      assert.deepEqual(events.at(-1), { kind: 'end', stop: 'complete' });
    });

    test('events and fields that the protocol may have one day are passed over', async () => {
      const plain = await run();
      const strange = await play({ kind: 'strange-events' });

      assert.equal(strange.error, undefined);
      assert.equal(strange.text, plain.text);
    });

    test('a refusal and a full answer are told apart from a whole one', async () => {
      const refused = await play({ kind: 'refusal' });
      const cut = await play({ kind: 'length', afterChunks: 4 });
      const short = await run({ maxOutputTokens: 3 });

      assert.deepEqual(refused.events.at(-1), { kind: 'end', stop: 'refused' });
      assert.deepEqual(cut.events.at(-1), { kind: 'end', stop: 'length' });
      assert.deepEqual(short.events.at(-1), { kind: 'end', stop: 'length' });
      assert.equal(lastUsage(short.events)?.output, 3);
    });

    for (const [name, fault, code, facts] of FAULTS) {
      test(`${name} becomes ${code}`, async () => {
        const { events, error } = await play(fault);

        assert.ok(SluiceError.is(error, code), String(error));
        assert.deepEqual(error.facts, { platform, ...facts });
        assert.ok(!events.some(({ kind }) => kind === 'end'));
        if (SILENT.has(code)) assert.deepEqual(events, []);
        assertSilent(error, trial.platform.token);
      });
    }

    test('an event without its fields is a bad response, and what came before it stays', async () => {
      const { text, error } = await play({ kind: 'malformed', afterChunks: 5, how: 'missing-fields' });

      assert.ok(SluiceError.is(error, 'bad-response'));
      assert.match(error.facts.detail, /^unexpected (delta|choices)/);
      assert.match(text, /^> \*\*Simul/);
    });

    test('an error in the middle of a stream is the error that it would be before it', async () => {
      for (const [type, code] of [
        ['overloaded_error', 'overloaded'],
        ['rate_limit_error', 'rate-limited'],
        ['api_error', 'server-error'],
        ['billing_error', 'billing'],
      ] as const) {
        const { text, error } = await play({ kind: 'error-event', afterChunks: 3, type });

        assert.ok(SluiceError.is(error, code), `${type}: ${String(error)}`);
        assert.notEqual(text, '');
      }
    });

    test('a model that is not there is named', async () => {
      const { error } = await run({ model: 'sim-gone' });

      assert.ok(SluiceError.is(error, 'model-not-found'));
      assert.deepEqual(error.facts, { platform, model: 'sim-gone' });
    });

    test('a prompt that is too long says how long it is and how long it may be', async () => {
      const { error } = await run({
        model: 'sim-fast',
        messages: [{ role: 'user', text: 'x'.repeat(400_000) }],
      });

      assert.ok(SluiceError.is(error, 'context-too-long'));
      assert.deepEqual(error.facts, { platform, tokens: 100_006, limitTokens: 64_000 });
      assertSilent(error, 'xxxx');
    });

    test('a wrong key is refused, in a stream and in a check', async () => {
      const baseUrl = `${trial.platform.url}${basePath(wire)}`;
      for (const apiKey of ['wrong', 'not\na key', 'ключ', '']) {
        const other = openTransport(wire, { apiKey, baseUrl, clock: trial.clock });

        const { error } = await collect(other.stream(callFor('explain'), neverAborted()));
        const checked = await failureOf(other.check(neverAborted()));

        assert.ok(SluiceError.is(error, 'invalid-key'), String(error));
        assert.ok(SluiceError.is(checked, 'invalid-key'));
        other.dispose();
      }
    });

    test('a port where nobody listens is a network error with its cause', async () => {
      const gone = await SimulatedTrial.start(wire);
      const baseUrl = `${gone.platform.url}${basePath(wire)}`;
      gone.dispose();
      const other = openTransport(wire, { apiKey: 'key', baseUrl, clock: new FakeClock() });

      const { error } = await collect(other.stream(callFor('explain'), neverAborted()));

      assert.ok(SluiceError.is(error, 'network'), String(error));
      assert.deepEqual(error.facts, { platform, cause: 'ECONNREFUSED' });
      other.dispose();
    });

    test('an address that is none is a network error, not a crash', async () => {
      const other = openTransport(wire, { apiKey: 'key', baseUrl: 'nowhere at all', clock: new FakeClock() });

      const { error } = await collect(other.stream(callFor('explain'), neverAborted()));

      assert.ok(SluiceError.is(error, 'network'), String(error));
      assert.equal(error.facts.cause, 'ERR_INVALID_URL');
      other.dispose();
    });

    test('a check lists the models and spends no tokens', async () => {
      const { models } = await trial.transport.check(neverAborted());

      assert.deepEqual(models, ['sim-fast', 'sim-balanced', 'sim-powerful']);
      assert.deepEqual(
        trial.platform.requests.map(({ wire: asked }) => asked),
        ['models'],
      );
    });

    test('nothing is retried by the SDK', async () => {
      trial.platform.script([{ fault: { kind: 'overloaded' }, times: 'always' }]);

      await run();

      assert.equal(trial.platform.requests.length, 1);
    });
  });
}

function lastUsage(events: readonly ModelEvent[]): TokenUsage | undefined {
  const last = events.findLast((event) => event.kind === 'usage');
  return last?.kind === 'usage' ? last.usage : undefined;
}

/** Neither what was sent nor the key may be found anywhere in an error. */
function assertSilent(error: Error, secret: string): void {
  const told = `${error.message} ${JSON.stringify(error)} ${error.stack} ${String(error.cause)}`;
  assert.ok(!told.includes(secret));
  assert.ok(!told.includes('readFile'));
  assert.equal(error.cause, undefined);
}
