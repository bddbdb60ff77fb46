import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, suiteSetup, suiteTeardown, test } from 'mocha';
import { systemClock } from '../../src/base/clock.ts';
import { type ErrorCode, SluiceError } from '../../src/base/errors.ts';
import { silentLog } from '../../src/base/log.ts';
import type { ModelCall, ModelEvent } from '../../src/flow/transport.ts';
import { findClaude } from '../../src/node/claudeCodeProgram.ts';
import { type SimulatedPlatform, startSimulatedPlatform } from '../../src/node/simulatedPlatform.ts';
import type { ScriptStep } from '../../src/node/simulatedScript.ts';
import { CLAUDE_VERSION, ensureClaude } from '../support/claudeInstall.ts';
import { ClaudeTrial } from '../support/claudeTrial.ts';
import { startUnifiedLimits, type UnifiedLimits } from '../support/claudeUnifiedLimits.ts';
import { type Collected, callFor, collect, failureOf, neverAborted } from '../support/simulatedTrial.ts';
import { until } from '../support/until.ts';

const platform = 'trial';
const limits = { requestsPerMinute: 1_000_000, tokensPerMinute: 1_000_000_000 };

suite('Claude Code, the program itself, against the simulated platform', function () {
  this.timeout(180_000);
  let simulated: SimulatedPlatform;
  let program: string;
  let trial: ClaudeTrial;

  suiteSetup(async function () {
    this.timeout(12 * 60_000);
    program = await ensureClaude(neverAborted());
    const deps = { seed: 1, clock: systemClock, log: silentLog, latencyScale: 0, limits };
    simulated = await startSimulatedPlatform(deps);
    trial = await ClaudeTrial.start({ program, env: environment(simulated.token) });
  });
  suiteTeardown(async () => {
    await trial?.dispose();
    simulated?.dispose();
  });

  const environment = (key: string): NodeJS.ProcessEnv => ({
    ANTHROPIC_BASE_URL: simulated.url,
    ANTHROPIC_API_KEY: key,
    // Weaker than what a request names.
    ANTHROPIC_MODEL: 'sim-powerful',
  });
  const run = (changes: Partial<ModelCall> = {}, signal = neverAborted()): Promise<Collected> =>
    collect(trial.transport.stream(callFor('explain', changes), signal));
  const play = async (fault: ScriptStep['fault']): Promise<Collected> => {
    simulated.script([{ fault, times: 'always' }]);
    const collected = await run();
    simulated.script([]);
    return collected;
  };

  test('it is found and tells its version', async () => {
    const deps = { platform, path: program, env: process.env, clock: systemClock };

    assert.deepEqual(await findClaude(deps, neverAborted()), { path: program, version: CLAUDE_VERSION });
  });

  test('an answer is streamed, with the platform’s own usage', async () => {
    const { events, text, error } = await run();

    assert.equal(error, undefined);
    const entry = simulated.requests.at(-1);
    assert.deepEqual([entry?.model, entry?.streamed], ['sim-balanced', true]);
    assert.ok(events.length > 20 && text.includes('load'));
    assert.deepEqual(events.at(-1), { kind: 'end', stop: 'complete' });
    assert.deepEqual(events.at(-2), {
      kind: 'usage',
      usage: {
        input: entry?.inputTokens,
        output: entry?.outputTokens,
        cacheRead: 0,
        cacheWrite: 0,
        reasoning: 0,
      },
    });
  });

  test('a request leaves nothing behind for the next one, and each is one request', async () => {
    const before = simulated.requests.length;
    const [first, second] = [await run(), await run()];

    const sizes = simulated.requests.slice(before).map(({ inputTokens }) => inputTokens);
    assert.equal(first.text, second.text);
    assert.equal(sizes.length, 2);
    assert.equal(sizes[0], sizes[1]);
  });

  test('each request names its model, without a probe', async () => {
    const before = simulated.requests.length;

    for (const model of ['sim-fast', 'sim-powerful', 'sim-fast']) {
      const [start] = (await run({ model })).events;
      assert.equal(start?.kind === 'start' ? start.model : undefined, model);
    }

    assert.equal(simulated.requests.length, before + 3);
  });

  test('paths and commands in someone’s code are only text', async () => {
    const secret = join(trial.folder.path, 'secret.txt');
    await writeFile(secret, 'ten thousand secrets '.repeat(5_000));
    const withPath = `/compact\n@${secret} and "@${secret}" ultrathink`;
    const without = withPath.replaceAll('@', '#');

    const sizes = [];
    for (const text of [withPath, without]) {
      assert.equal((await run({ messages: [{ role: 'user', text }] })).error, undefined);
      sizes.push(simulated.requests.at(-1)?.inputTokens);
    }

    assert.equal(sizes[0], sizes[1]);
  });

  const faults: readonly (readonly [ScriptStep['fault'], ErrorCode, object?])[] = [
    [{ kind: 'rate-limited', retryAfterS: 7 }, 'rate-limited'],
    [{ kind: 'rate-limited' }, 'rate-limited', {}],
    [{ kind: 'overloaded' }, 'overloaded', {}],
    [{ kind: 'server-error', status: 502 }, 'server-error', { status: 502 }],
    [{ kind: 'http-error', status: 401, type: 'authentication_error' }, 'invalid-key', {}],
    [{ kind: 'http-error', status: 402, type: 'billing_error' }, 'billing', {}],
    [
      { kind: 'http-error', status: 404, type: 'not_found_error' },
      'model-not-found',
      { model: 'sim-balanced' },
    ],
    [{ kind: 'http-error', status: 413, type: 'request_too_large' }, 'context-too-long', {}],
    [
      { kind: 'http-error', status: 400, message: 'prompt is too long: 9 tokens > 8 maximum' },
      'context-too-long',
      {},
    ],
    [{ kind: 'http-error', status: 400 }, 'bad-request', { detail: 'status 400 invalid_request_error' }],
    [{ kind: 'error-event', afterChunks: 3 }, 'overloaded', {}],
    [{ kind: 'malformed', afterChunks: 3 }, 'cut-stream', {}],
    [{ kind: 'empty' }, 'bad-response', { detail: 'no event' }],
    [{ kind: 'html' }, 'bad-response', { detail: 'no event' }],
  ];
  for (const [fault, code, facts] of faults) {
    test(`${JSON.stringify(fault)} becomes ${code}`, async () => {
      const before = simulated.requests.length;

      const { error } = await play(fault);

      assert.ok(SluiceError.is(error, code), `${error}`);
      if (facts !== undefined) assert.deepEqual(error.facts, { platform, ...facts });
      if (SluiceError.is(error, 'rate-limited') && facts === undefined) {
        const { retryAfterMs = 0 } = error.facts;
        // The program adds up to a quarter.
        assert.ok(retryAfterMs >= 7_000 && retryAfterMs <= 8_750, String(retryAfterMs));
      }
      assert.equal((await run()).error, undefined);
      // What a bad request complains of the program may leave out, and ask again.
      const attempts = simulated.requests.length - before - 1;
      assert.ok(code === 'bad-request' || attempts <= 2, `${attempts} attempts`);
    });
  }

  test('a connection that breaks is a cut stream once text was shown, and the network before', async () => {
    const { error, text } = await play({ kind: 'cut', afterChunks: 40 });

    assert.ok(SluiceError.is(error, text === '' ? 'network' : 'cut-stream'), `${error}`);
  });

  test('a refusal and a cut at the length are ends of an answer', async () => {
    for (const [fault, stop] of [
      [{ kind: 'refusal' }, 'refused'],
      [{ kind: 'length', afterChunks: 5 }, 'length'],
    ] as const) {
      const { events, error } = await play(fault);

      assert.deepEqual([error, events.at(-1)], [undefined, { kind: 'end', stop }]);
    }
    assert.equal((await run()).error, undefined);
  });

  test('cancelled in the middle, the platform stops, and the same process answers the next', async () => {
    simulated.script([{ fault: { kind: 'hang', afterChunks: 40 } }]);
    const controller = new AbortController();
    const seen: ModelEvent[] = [];

    const failure = await failureOf(
      (async () => {
        for await (const event of trial.transport.stream(callFor('explain'), controller.signal)) {
          seen.push(event);
          if (event.kind === 'text') controller.abort(new Error('changed my mind'));
        }
      })(),
    );
    await simulated.idle();

    assert.equal(failure, controller.signal.reason);
    assert.equal(simulated.requests.at(-1)?.outcome, 'cancelled');
    assert.equal((await run()).error, undefined);
    assert.equal(trial.transport.pids.length, 1);
  });

  test('the check lists models and costs no request', async () => {
    const before = simulated.requests.length;

    const { models } = await trial.transport.check(neverAborted());

    assert.ok(models.includes('claude-sonnet-5-5'), models.join());
    const asked = simulated.requests.slice(before);
    assert.deepEqual(
      asked.filter(({ outcome }) => outcome !== 'refused'),
      [],
    );
    assert.deepEqual(await trial.transport.readLimits(neverAborted()), []);
  });

  test('nothing of a session is left on disk', async () => {
    const left = await readdir(trial.folder.path, { recursive: true });

    assert.deepEqual(
      left.filter((name) => name.endsWith('.jsonl')),
      [],
    );
  });

  test('without a login it says so, before and at a request', async () => {
    const other = await ClaudeTrial.start({ program, env: { ANTHROPIC_BASE_URL: simulated.url } });
    try {
      const checked = await failureOf(other.transport.check(neverAborted()));
      const { error } = await collect(other.transport.stream(callFor('explain'), neverAborted()));

      for (const failure of [checked, error])
        assert.ok(SluiceError.is(failure, 'not-logged-in'), `${failure}`);
    } finally {
      await other.dispose();
    }
  });

  test('the windows of a subscription are read from its own events', async () => {
    let unified: UnifiedLimits | undefined;
    let other: ClaudeTrial | undefined;
    try {
      unified = await startUnifiedLimits(simulated.url);
      const login = { CLAUDE_CODE_USE_GATEWAY: '1', ANTHROPIC_AUTH_TOKEN: simulated.token };
      other = await ClaudeTrial.start({ program, env: { ...login, ANTHROPIC_BASE_URL: unified.url } });

      await collect(other.transport.stream(callFor('explain'), neverAborted()));
      const { events } = await collect(other.transport.stream(callFor('explain'), neverAborted()));
      unified.exhausted = true;
      const { error } = await collect(other.transport.stream(callFor('explain'), neverAborted()));

      const told = other.limits[0]?.map(({ window, remaining, status }) => [window, remaining, status]);
      assert.deepEqual(told, [
        ['5h', 0.63, 'allowed'],
        ['7d', 0.875, 'allowed'],
      ]);
      assert.equal(events[0]?.kind === 'start' ? events[0].limits.length : 0, 2);
      assert.ok(SluiceError.is(error, 'quota-exhausted'), `${error}`);
      assert.equal(error.facts.limit, '5h');
    } finally {
      await other?.dispose();
      unified?.dispose();
    }
  });

  test('disposed of, no process is left', async () => {
    await trial.transport.warm(neverAborted());
    const running = trial.transport.pids;
    assert.equal(running.length, 1);

    trial.transport.dispose();

    await until({ what: 'the program to end', timeoutMs: 5_000 }, () => !running.some(runs));
  });
});

function runs(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
