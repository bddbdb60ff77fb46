import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { type Random, seededRandom } from '../../src/base/random.ts';
import { promptTokens, type TokenUsage } from '../../src/base/task.ts';
import type { Price } from '../../src/routing/catalogue.ts';
import { CATALOGUE_KINDS, catalogueOf } from '../../src/routing/catalogueData.ts';
import { costUsd, estimateUsd, promptCacheSavedUsd } from '../../src/routing/cost.ts';

const NOTHING: TokenUsage = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, reasoning: 0 };
const priceOf = (kind: string, name: string) => catalogueOf(kind).find((row) => row.name === name)?.price;
const SONNET = priceOf('anthropic', 'claude-sonnet-5-5');
const HAIKU = priceOf('anthropic', 'claude-haiku-5-5');
const LUNA = priceOf('openai', 'gpt-6-luna');
const GPT55 = priceOf('openai', 'gpt-5.5');
const PRICES = CATALOGUE_KINDS.flatMap((kind) => catalogueOf(kind).map(({ price }) => price)).filter(
  (price) => price !== undefined && !price.floats,
);

/** The same sum with whole numbers of any size, rounded half up to a millionth. */
function exactMicros(price: Price, usage: TokenUsage): bigint {
  const long = price.longPrompt && promptTokens(usage) > price.longPrompt.aboveTokens;
  const rates = long ? price.longPrompt : price;
  const pico = (usdPerMTok: number | undefined) =>
    BigInt(Math.round((usdPerMTok ?? rates?.inputUsdPerMTok ?? 0) * 1e6));
  const longWrite = usage.cacheWriteLong ?? 0;
  const sum =
    BigInt(usage.input) * pico(rates?.inputUsdPerMTok) +
    BigInt(usage.output) * pico(rates?.outputUsdPerMTok) +
    BigInt(usage.cacheRead) * pico(rates?.cacheReadUsdPerMTok) +
    BigInt(usage.cacheWrite - longWrite) * pico(rates?.cacheWriteUsdPerMTok) +
    BigInt(longWrite) * pico(rates?.cacheWriteLongUsdPerMTok);
  return (sum + 500_000n) / 1_000_000n;
}

function someUsage(random: Random): TokenUsage {
  const some = (most: number) => Math.floor(random() ** 3 * most);
  return {
    input: some(400_000),
    output: some(60_000),
    cacheRead: some(300_000),
    cacheWrite: some(100_000),
    reasoning: 0,
  };
}

suite('cost', () => {
  test('each class of tokens has its own rate, the five-minute and the one-hour write apart', () => {
    const usage = { ...NOTHING, input: 1_000, output: 500, cacheRead: 10_000, cacheWrite: 3_000 };

    assert.equal(costUsd(SONNET, usage), 0.0155);
    assert.equal(costUsd(SONNET, { ...usage, cacheWriteLong: 2_000 }), 0.0185);
  });

  test('over random usage of every model the sum is exact to a millionth', () => {
    const random = seededRandom(17);
    for (let run = 0; run < 5_000; run += 1) {
      const price = PRICES[Math.floor(random() * PRICES.length)];
      const usage = someUsage(random);
      const usd = costUsd(price, usage);

      assert.ok(price && usd !== undefined && usd >= 0);
      assert.equal(Math.round(usd * 1e6), Number(exactMicros(price, usage)));
    }
  });

  test('half a millionth is rounded up, and less than half to nothing', () => {
    assert.equal(costUsd(LUNA, { ...NOTHING, input: 5 }), 0.000001);
    assert.equal(costUsd(LUNA, { ...NOTHING, input: 4 }), 0);
    assert.equal(costUsd(LUNA, { ...NOTHING, input: 15 }), 0.000002);
  });

  test('a prompt above the threshold costs the long rate as a whole, the cached part counted', () => {
    const at = { ...NOTHING, output: 1_000, input: 100_000 };

    assert.equal(costUsd(HAIKU, at), 0.0105);
    assert.equal(costUsd(HAIKU, { ...at, input: 50_000, cacheRead: 50_001 }), 0.03);
    assert.equal(costUsd(LUNA, { ...NOTHING, input: 272_001, output: 1_000 }), 0.05515);
  });

  test('batch costs half, US-only inference a tenth more, and both terms count', () => {
    const usage = { ...NOTHING, input: 100_000, output: 10_000 };

    assert.equal(costUsd(SONNET, usage), 0.3);
    assert.equal(costUsd(SONNET, { ...usage, terms: ['batch'] }), 0.15);
    assert.equal(costUsd(SONNET, { ...usage, terms: ['us'] }), 0.33);
    assert.equal(costUsd(SONNET, { ...usage, terms: ['batch', 'us'] }), 0.165);
  });

  test('priority costs what is published for short prompts; other terms make the cost unknown, not wrong', () => {
    const usage = { ...NOTHING, input: 100_000, output: 10_000 };

    assert.equal(costUsd(GPT55, { ...usage, terms: ['priority'] }), 2);
    assert.equal(costUsd(GPT55, { ...usage, terms: ['flex'] }), 0.4);
    assert.equal(costUsd(GPT55, { ...usage, input: 300_000, terms: ['priority'] }), undefined);
    for (const term of ['ultrafast', 'scale', '', 'constructor']) {
      assert.equal(costUsd(GPT55, { ...usage, terms: [term] }), undefined, term);
    }
    for (const term of ['priority', 'fast', 'flex']) {
      assert.equal(costUsd(SONNET, { ...usage, terms: [term] }), undefined, term);
    }
  });

  test('tokens kept for long without a known price make the cost unknown', () => {
    assert.equal(costUsd(LUNA, { ...NOTHING, cacheWrite: 10, cacheWriteLong: 10 }), undefined);
    assert.equal(costUsd(LUNA, { ...NOTHING, cacheWrite: 10_000, cacheWriteLong: 0 }), 0.00125);
  });

  test('absurd counters have no cost', () => {
    for (const bad of [-1, Number.NaN, Number.POSITIVE_INFINITY, 1e18]) {
      for (const field of ['input', 'output', 'cacheRead', 'cacheWrite', 'cacheWriteLong'] as const) {
        assert.equal(costUsd(SONNET, { ...NOTHING, [field]: bad }), undefined, `${field} ${bad}`);
      }
      assert.equal(costUsd(SONNET, { ...NOTHING, chargedUsd: bad }), undefined);
    }
    assert.equal(costUsd(SONNET, { ...NOTHING, cacheWrite: 1, cacheWriteLong: 2 }), undefined);
  });

  test('what the platform charged wins over any price of ours; without it a floating price is none', () => {
    const floating = priceOf('openrouter', 'z-ai/glm-5.3');
    const usage = { ...NOTHING, input: 1_000, output: 1_000 };

    assert.equal(costUsd(floating, { ...usage, chargedUsd: 0.00123456 }), 0.001235);
    assert.equal(costUsd(undefined, { ...usage, chargedUsd: 0 }), 0);
    assert.equal(costUsd(floating, usage), undefined);
    assert.equal(estimateUsd(floating, { inputTokens: 1_000, outputTokens: 1_000 }), 0.0058);
  });

  test('an estimate counts what the prompt cache is expected to hold, and no more than the prompt', () => {
    const estimate = { inputTokens: 10_000, outputTokens: 0 };

    assert.equal(estimateUsd(SONNET, estimate), 0.02);
    assert.equal(estimateUsd(SONNET, { ...estimate, cachedTokens: 9_000 }), 0.0029);
    assert.equal(estimateUsd(SONNET, { ...estimate, cachedTokens: 1e6 }), 0.001);
    assert.equal(estimateUsd(undefined, estimate), undefined);
  });
});

suite('what the prompt cache saved', () => {
  test('reading saves the difference to input, writing costs its surcharge', () => {
    const read = { ...NOTHING, input: 100, output: 100, cacheRead: 10_000 };
    const written = { ...NOTHING, input: 100, output: 100, cacheWrite: 10_000 };

    assert.equal(promptCacheSavedUsd(SONNET, read), 0.019);
    assert.equal(promptCacheSavedUsd(SONNET, written), -0.005);
    assert.equal(promptCacheSavedUsd(SONNET, { ...written, cacheWriteLong: 10_000 }), -0.02);
    assert.equal(promptCacheSavedUsd(SONNET, { ...read, terms: ['batch'] }), 0.0095);
  });

  test('nothing cached, an unknown or a floating price: nothing is said', () => {
    assert.equal(promptCacheSavedUsd(SONNET, { ...NOTHING, input: 100 }), undefined);
    assert.equal(promptCacheSavedUsd(undefined, { ...NOTHING, cacheRead: 100 }), undefined);
    assert.equal(
      promptCacheSavedUsd(priceOf('openrouter', 'z-ai/glm-5.3'), { ...NOTHING, cacheRead: 9 }),
      undefined,
    );
    assert.equal(promptCacheSavedUsd(SONNET, { ...NOTHING, cacheRead: 1, terms: ['fast'] }), undefined);
  });

  test('over random usage: cost and saving add up to the cost without a cache', () => {
    const random = seededRandom(23);
    for (let run = 0; run < 3_000; run += 1) {
      const price = PRICES[Math.floor(random() * PRICES.length)];
      const usage = { ...someUsage(random), cacheRead: 1 + Math.floor(random() * 1e5) };
      const uncached = { ...NOTHING, input: promptTokens(usage), output: usage.output };
      const sum = (costUsd(price, usage) ?? 0) + (promptCacheSavedUsd(price, usage) ?? Number.NaN);

      assert.ok(Math.abs(sum - (costUsd(price, uncached) ?? 0)) < 2.1e-6);
    }
  });
});
