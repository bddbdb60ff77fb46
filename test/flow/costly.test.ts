import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { SluiceError } from '../../src/base/errors.ts';
import { type CostlyRequest, costlyRequest } from '../../src/flow/costly.ts';
import { DEFAULT_SETTINGS } from '../../src/flow/settings.ts';
import type { LimitState } from '../../src/quota/limit.ts';
import { bindModel } from '../../src/routing/catalogue.ts';
import { FakeClock } from '../support/fakeClock.ts';
import { FakeTransport } from '../support/fakeTransport.ts';
import { buildSpine, request, STRONG } from '../support/spine.ts';

const MODEL = bindModel(STRONG, 'test', false);
const DEMAND = { inputTokens: 1_000, outputTokens: 1_000, usd: 0.1 };
const ignore = () => undefined;

function limit(overrides: Partial<LimitState> = {}): LimitState {
  return {
    platform: 'test',
    unit: 'tokens',
    window: '5h',
    size: 8_000,
    level: 8_000,
    reserved: 0,
    reservations: 0,
    refill: 'at-reset',
    fullInMs: 18_000_000,
    source: 'headers',
    adaptations: [],
    waiting: 0,
    ...overrides,
  };
}

suite('costly requests', () => {
  const ask = (states: readonly LimitState[], usd = DEMAND.usd, model = MODEL) =>
    costlyRequest(model, { ...DEMAND, usd }, states, DEFAULT_SETTINGS);

  test('money above the bound is asked about, at the bound it is not', () => {
    assert.deepEqual(ask([], 0.26), { model: 'Strong', platform: 'test', usd: 0.26 });
    assert.equal(ask([], 0.25), undefined);
  });

  test('the limit of which it takes most is named, of the right platform and model', () => {
    const states = [
      limit(),
      limit({ window: '7d', size: 100_000 }),
      limit({ platform: 'other', size: 10 }),
      limit({ model: 'another', size: 10 }),
    ];

    assert.deepEqual(ask(states)?.limit, { name: '5h tokens', share: 0.25 });
    assert.equal(ask(states.slice(1)), undefined);
  });

  test('a limit that is back within minutes, a subscription’s price and a simulated model are not asked about', () => {
    const minute = limit({ refill: 'continuous', size: 2_000, refillPerMs: 2_000 / 60_000 });

    assert.equal(ask([minute]), undefined);
    assert.equal(ask([], 9, { ...MODEL, billing: 'subscription' }), undefined);
    assert.equal(ask([limit()], 9, bindModel(STRONG, 'test', true)), undefined);
  });

  function spine(answer: boolean) {
    const clock = new FakeClock();
    const transport = new FakeTransport(clock, [{ texts: ['x'] }]);
    const asked: CostlyRequest[] = [];
    const approve = async (costly: CostlyRequest) => {
      asked.push(costly);
      return answer;
    };
    const settings = { 'request.confirmAboveUsd': 0 };
    return { ...buildSpine({ clock, transport, approve, settings }), clock, transport, asked };
  }

  test('after a yes the request is sent, once asked however often it is tried', async () => {
    const { pipeline, clock, transport, asked } = spine(true);

    const answer = await clock.until(pipeline.run(request(), ignore, new AbortController().signal));

    assert.deepEqual([answer.text, transport.calls.length, asked.length], ['x', 1, 1]);
    assert.ok((asked[0]?.usd ?? 0) > 0);
  });

  test('after a no nothing is sent, nothing stands in, and nothing stays reserved', async () => {
    const { pipeline, clock, transport, asked, quota } = spine(false);

    const failure = await clock
      .until(pipeline.run(request(), ignore, new AbortController().signal))
      .catch((error: unknown) => error);

    assert.ok(SluiceError.is(failure, 'not-approved'));
    assert.deepEqual([transport.calls.length, asked.length], [0, 1]);
    assert.ok(quota.states().every(({ reserved }) => reserved === 0));
  });
});
