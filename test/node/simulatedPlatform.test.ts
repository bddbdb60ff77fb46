import assert from 'node:assert/strict';
import { setup, suite, teardown, test } from 'mocha';
import { silentLog } from '../../src/base/log.ts';
import { seededRandom } from '../../src/base/random.ts';
import { goDuration, SimulatedLimits } from '../../src/node/simulatedLimits.ts';
import { startSimulatedPlatform } from '../../src/node/simulatedPlatform.ts';
import { goDurationMs, parseLimitHeaders } from '../../src/quota/limitHeaders.ts';
import { SIMULATED_MODELS } from '../../src/routing/simulatedModels.ts';
import { FakeClock } from '../support/fakeClock.ts';
import { callFor, collect, neverAborted, openTransport, SimulatedTrial } from '../support/simulatedTrial.ts';

const LIMITS = { requestsPerMinute: 60, tokensPerMinute: 60_000 };

suite('simulated platform', () => {
  let trial: SimulatedTrial;
  setup(async () => {
    trial = await SimulatedTrial.start('messages', LIMITS);
  });
  teardown(() => trial.dispose());

  const post = (path: string, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
    fetch(trial.platform.url + path, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${trial.platform.token}`,
        'content-type': 'application/json',
        ...headers,
      },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  const say = { messages: [{ role: 'user', content: 'Hello' }], model: 'sim-fast', max_tokens: 200 };

  test('it listens on the loopback only, and its token is new at each start', async () => {
    const other = await SimulatedTrial.start('messages');

    assert.match(trial.platform.url, /^http:\/\/127\.0\.0\.1:\d+$/);
    assert.match(trial.platform.token, /^[0-9a-f]{64}$/);
    assert.notEqual(other.platform.token, trial.platform.token);
    other.dispose();
  });

  test('no path answers without the token; both vendors may carry it in their way', async () => {
    const paths = [
      '/v1/messages',
      '/v1/chat/completions',
      '/v1/responses',
      '/v1/models',
      '/simulated/script',
      '/x',
    ];
    for (const path of paths) {
      const response = await post(path, say, { authorization: 'Bearer guess' });
      assert.equal(response.status, 401, path);
    }

    const byKey = await fetch(`${trial.platform.url}/v1/models`, {
      headers: { 'x-api-key': trial.platform.token },
    });
    assert.equal(byKey.status, 200);
  });

  test('without streaming each protocol answers with one whole body', async () => {
    const bodies = await Promise.all([
      post('/v1/messages', say),
      post('/v1/chat/completions', say),
      post('/v1/responses', { model: 'sim-fast', input: 'Hello' }),
    ]);

    for (const response of bodies) {
      const text = await response.text();
      assert.equal(response.status, 200);
      assert.match(text, /Simulated answer/);
      assert.match(text, /(output_tokens|completion_tokens)":[1-9]/);
      assert.ok(response.headers.get('request-id') ?? response.headers.get('x-request-id'));
    }
  });

  test('tokens are counted without being spent', async () => {
    const response = await post('/v1/messages/count_tokens', {
      messages: [{ role: 'user', content: 'x'.repeat(40) }],
    });

    assert.deepEqual(await response.json(), { input_tokens: 10 });
  });

  test('a body that is no request of its protocol is refused as such', async () => {
    for (const body of [
      '',
      '{',
      '[]',
      '{"model":"sim-fast"}',
      { ...say, max_tokens: -1 },
      { ...say, messages: [] },
    ]) {
      const response = await post('/v1/messages', body);
      assert.equal(response.status, 400);
    }
  });

  test('the journal tells counts and outcomes, and nothing that was said', async () => {
    await post('/v1/messages', { ...say, messages: [{ role: 'user', content: 'my secret plan' }] });
    const response = await fetch(`${trial.platform.url}/simulated/requests`, {
      headers: { 'x-api-key': trial.platform.token },
    });

    const text = await response.text();
    assert.doesNotMatch(text, /secret/);
    assert.deepEqual(JSON.parse(text), trial.platform.requests);
    assert.equal(trial.platform.requests[0]?.outcome, 'answered');
  });

  test('a script is played in order, each step as often as it says, on the requests that it fits', async () => {
    const status = async (model: string) => (await post('/v1/messages', { ...say, model })).status;
    await post('/simulated/script', [
      { fault: { kind: 'server-error' } },
      {
        match: { model: 'sim-powerful' },
        fault: { kind: 'overloaded' },
        times: 2,
      },
      { fault: { kind: 'none' } },
      { fault: { kind: 'rate-limited', retryAfterS: 1 } },
    ]);

    const seen: number[] = [];
    for (const model of [
      'sim-fast',
      'sim-fast',
      'sim-powerful',
      'sim-fast',
      'sim-powerful',
      'sim-powerful',
    ]) {
      seen.push(await status(model));
    }

    assert.deepEqual(seen, [500, 200, 529, 429, 529, 200]);
  });

  test('a script that makes no sense is refused, and the one before it stays', async () => {
    trial.platform.script([{ fault: { kind: 'server-error' } }]);

    const refused = await post('/simulated/script', [{ fault: { kind: 'explode' } }]);

    assert.equal(refused.status, 400);
    assert.equal((await post('/v1/messages', say)).status, 500);
  });

  test('what is over the limit gets 429, and waiting as long as told is enough', async () => {
    for (let round = 0; round < LIMITS.requestsPerMinute; round++) {
      assert.equal((await post('/v1/messages', say)).status, 200);
    }
    const refused = await post('/v1/messages', say);
    const waitMs = Number(refused.headers.get('retry-after')) * 1_000;

    assert.equal(refused.status, 429);
    assert.ok(waitMs > 0 && waitMs <= 1_000);
    trial.clock.advance(waitMs);
    assert.equal((await post('/v1/messages', say)).status, 200);
  });

  test('tokens of an answer that was not generated are given back', async () => {
    const remaining = () => {
      const get = (name: string) => headers.get(name);
      return parseLimitHeaders(get, trial.clock.now()).find(({ unit }) => unit === 'tokens')?.remaining ?? 0;
    };
    let { headers } = await post('/v1/messages', say);
    trial.clock.advance(60_000);
    trial.platform.script([{ fault: { kind: 'cut', afterChunks: 2 } }]);
    await collect(trial.transport.stream(callFor('explain'), neverAborted()));
    await trial.platform.idle();
    const spent = trial.platform.requests.at(-1)?.inputTokens ?? 0;

    ({ headers } = await post('/v1/messages', { ...say, max_tokens: 1 }));

    const small = trial.platform.requests.at(-1);
    const expected = LIMITS.tokensPerMinute - spent - 2 - (small?.inputTokens ?? 0) - 1;
    assert.equal(remaining(), expected);
  });

  test('with real latencies the first token waits as long as the model does, and the rest comes at its pace', async () => {
    const clock = new FakeClock();
    const platform = await startSimulatedPlatform({ seed: 1, clock, log: silentLog });
    const transport = openTransport('messages', {
      apiKey: platform.token,
      baseUrl: platform.url,
      clock: new FakeClock(),
    });
    const running = collect(transport.stream(callFor('explain'), neverAborted()));
    while (clock.pending === 0) await new Promise<void>((resolve) => setImmediate(resolve));

    const beforeMs = clock.monotonic();
    const pumping = { on: true };
    const pump = (async () => {
      for (; pumping.on; await new Promise<void>((resolve) => setImmediate(resolve))) clock.advance(1);
    })();
    const { error } = await running;
    pumping.on = false;
    await pump;

    const row = SIMULATED_MODELS.find(({ name }) => name === 'sim-balanced');
    const tokens = platform.requests[0]?.outputTokens ?? 0;
    const usualMs = (row?.firstTokenMs ?? 0) + (tokens * 1_000) / (row?.outputTokensPerS ?? 1);
    const tookMs = clock.monotonic() - beforeMs;
    assert.equal(error, undefined);
    assert.ok(tookMs > usualMs * 0.7 && tookMs < usualMs * 1.5, `${tookMs} against ${usualMs}`);
    transport.dispose();
    platform.dispose();
  });

  test('every model has a price, says that it is simulated, and dearer ones are slower and better', () => {
    for (const [index, row] of SIMULATED_MODELS.entries()) {
      const cheaper = SIMULATED_MODELS[index - 1];
      assert.match(row.label, /simulated/);
      assert.equal(row.source, 'made up for trying Sluice');
      assert.ok(row.price !== undefined);
      if (cheaper?.price === undefined) continue;
      assert.ok(row.price.outputUsdPerMTok > cheaper.price.outputUsdPerMTok && row.quality > cheaper.quality);
      assert.ok(row.firstTokenMs > cheaper.firstTokenMs && row.outputTokensPerS < cheaper.outputTokensPerS);
    }
  });
});

suite('simulated limits', () => {
  test('whatever is asked, the headers stay within the buckets, and a told wait is enough', () => {
    const random = seededRandom(3);
    const clock = new FakeClock();
    const limits = new SimulatedLimits({ requestsPerMinute: 10, tokensPerMinute: 1_000 }, clock);

    for (let round = 0; round < 2_000; round++) {
      const tokens = Math.floor(random() * 1_500);
      const waitMs = limits.admit(tokens);
      if (waitMs > 0) {
        clock.advance(waitMs);
        assert.equal(limits.admit(tokens), 0);
      }
      if (random() < 0.2) limits.giveBack(Math.floor(random() * tokens));
      for (const headers of [limits.anthropicHeaders(), limits.openaiHeaders()]) {
        const readings = parseLimitHeaders((name) => headers[name], clock.now());
        assert.equal(readings.length, 2);
        for (const { limit, remaining, fullInMs } of readings) {
          const missingMs = (1 - remaining / limit) * 60_000;
          assert.ok(remaining >= 0 && remaining <= limit);
          assert.ok(Math.abs((fullInMs ?? -1) - missingMs) <= 60_000 / limit + 1, `${fullInMs} ${missingMs}`);
        }
      }
      clock.advance(random() * 5_000);
    }
  });

  test('durations are written as they are read', () => {
    for (const ms of [0, 1, 999, 1_000, 1_500, 59_999, 60_000, 62_500, 360_000]) {
      assert.equal(goDurationMs(goDuration(ms)), ms, goDuration(ms));
    }
    assert.equal(goDuration(62_500), '1m2.5s');
  });
});
