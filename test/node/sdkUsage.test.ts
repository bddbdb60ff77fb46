import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { seededRandom } from '../../src/base/random.ts';
import { promptTokens, type TokenUsage } from '../../src/base/task.ts';
import {
  anthropicUsage,
  mergeAnthropicCounters,
  openaiUsage,
  readAnthropicCounters,
} from '../../src/node/sdkUsage.ts';

const fromAnthropic = (...reports: unknown[]): TokenUsage | undefined =>
  anthropicUsage(
    reports.map(readAnthropicCounters).reduce(mergeAnthropicCounters, undefined) ??
      mergeAnthropicCounters(undefined, undefined),
  );

suite('usage as the platforms report it', () => {
  test("Anthropic's input leaves the cache out, and its counters are cumulative", () => {
    const usage = fromAnthropic(
      {
        input_tokens: 20,
        cache_read_input_tokens: 5_000,
        cache_creation_input_tokens: 300,
        output_tokens: 1,
      },
      { output_tokens: 80, output_tokens_details: { thinking_tokens: 30 } },
      { output_tokens: 120, input_tokens: null },
    );

    assert.deepEqual(usage, { input: 20, output: 120, cacheRead: 5_000, cacheWrite: 300, reasoning: 30 });
  });

  test("OpenAI's input includes the cache in both of its protocols", () => {
    const details = { cached_tokens: 900, cache_write_tokens: 50 };
    const chat = {
      prompt_tokens: 1_000,
      completion_tokens: 70,
      prompt_tokens_details: details,
      completion_tokens_details: { reasoning_tokens: 60 },
    };
    const responses = {
      input_tokens: 1_000,
      output_tokens: 70,
      input_tokens_details: details,
      output_tokens_details: { reasoning_tokens: 60 },
    };

    const expected = { input: 50, output: 70, cacheRead: 900, cacheWrite: 50, reasoning: 60 };
    assert.deepEqual(openaiUsage(chat), expected);
    assert.deepEqual(openaiUsage(responses), expected);
  });

  test('what Anthropic writes for an hour is told apart, also where the sum is missing', () => {
    const cache_creation = { ephemeral_5m_input_tokens: 100, ephemeral_1h_input_tokens: 200 };
    const whole = { input_tokens: 1, output_tokens: 1, cache_creation_input_tokens: 300, cache_creation };
    const { cache_creation_input_tokens: _sum, ...parts } = whole;

    for (const report of [whole, parts]) {
      const usage = fromAnthropic(report, { output_tokens: 2 });

      assert.deepEqual([usage?.cacheWrite, usage?.cacheWriteLong], [300, 200]);
    }
    assert.equal(fromAnthropic({ ...whole, cache_creation: { x: 1 } })?.cacheWriteLong, undefined);
  });

  test('terms other than the standard ones are told, in the words of the platform', () => {
    const anthropic = (more: object) =>
      fromAnthropic({ input_tokens: 1, output_tokens: 1, ...more }, { output_tokens: 2 })?.terms;
    const openai = (tier?: string) => openaiUsage({ prompt_tokens: 1, completion_tokens: 1 }, tier)?.terms;

    assert.equal(
      anthropic({ service_tier: 'standard', speed: 'standard', inference_geo: 'global' }),
      undefined,
    );
    assert.equal(anthropic({ service_tier: null, speed: null, inference_geo: 'not_available' }), undefined);
    assert.deepEqual(anthropic({ service_tier: 'batch', speed: 'fast', inference_geo: 'us' }), [
      'batch',
      'fast',
      'us',
    ]);
    assert.equal(openai(), undefined);
    assert.equal(openai('default'), undefined);
    assert.equal(openai('on_demand'), undefined);
    assert.deepEqual(openai('priority'), ['priority']);
  });

  test('what OpenAI keeps for twelve hours is told apart', () => {
    const usage = openaiUsage({
      input_tokens: 1_000,
      output_tokens: 5,
      input_tokens_details: {
        cache_write_tokens: 300,
        cache_write_tokens_details: { ttl_30m_tokens: 100, ttl_12h_tokens: 200 },
      },
    });

    assert.deepEqual([usage?.input, usage?.cacheWrite, usage?.cacheWriteLong], [700, 300, 200]);
  });

  test('what OpenRouter charged is taken, with what the host behind costs when the key is one of our own', () => {
    const charged = (more: object) =>
      openaiUsage({ prompt_tokens: 10, completion_tokens: 5, ...more })?.chargedUsd;

    assert.equal(charged({ cost: 0.0125 }), 0.0125);
    assert.equal(charged({ cost: 0, is_byok: false, cost_details: { upstream_inference_cost: 9 } }), 0);
    assert.equal(charged({ cost: 0.5, is_byok: true, cost_details: { upstream_inference_cost: 2 } }), 2.5);
    assert.equal(charged({ cost: 0.5, is_byok: true }), undefined);
    for (const bad of [-1, Number.NaN, '0.1', null, {}, 1e18])
      assert.equal(charged({ cost: bad }), undefined);
  });

  test('details that are missing or null are nothing', () => {
    const expected = { input: 10, output: 5, cacheRead: 0, cacheWrite: 0, reasoning: 0 };

    assert.deepEqual(
      openaiUsage({ prompt_tokens: 10, completion_tokens: 5, prompt_tokens_details: null }),
      expected,
    );
    assert.deepEqual(
      fromAnthropic({ input_tokens: 10, output_tokens: 5, output_tokens_details: null }),
      expected,
    );
  });

  test('what is no usage is unknown, not nothing', () => {
    for (const usage of [
      undefined,
      null,
      {},
      [],
      'many',
      { prompt_tokens: 10 },
      { input_tokens: Number.NaN },
    ]) {
      assert.equal(openaiUsage(usage), undefined);
      assert.equal(fromAnthropic(usage), undefined);
    }
  });

  test('whatever is reported, the classes add up to the prompt and none is negative', () => {
    const random = seededRandom(11);
    const number = () =>
      [random() * 1e4, -5, Math.floor(random() * 1e4), 1e12, Number.NaN][Math.floor(random() * 5)];
    for (let round = 0; round < 2_000; round++) {
      const prompt = number();
      const usage = openaiUsage({
        prompt_tokens: prompt,
        completion_tokens: number(),
        prompt_tokens_details: {
          cached_tokens: number(),
          cache_write_tokens: number(),
          cache_write_tokens_details: { ttl_12h_tokens: number() },
        },
        completion_tokens_details: { reasoning_tokens: number() },
      });

      if (usage === undefined) continue;
      assert.equal(promptTokens(usage), prompt);
      assert.ok(Object.values(usage).every((count) => Number.isInteger(count) && count >= 0));
      assert.ok(usage.reasoning <= usage.output && (usage.cacheWriteLong ?? 0) <= usage.cacheWrite);
    }
  });
});
