/** What a call costs. Units: USD, kept to a millionth; tokens. */
import { promptTokens, type TokenUsage } from '../base/task.ts';
import type { Price } from './catalogue.ts';

const TOKENS_PER_MTOK = 1_000_000;

/** `undefined` while the price is unknown. Cached tokens without a price of their own cost as input. */
export function costUsd(price: Price | undefined, usage: TokenUsage): number | undefined {
  if (price === undefined) return undefined;
  const long = price.longPrompt;
  const rates = long && promptTokens(usage) > long.aboveTokens ? long : price;
  const read = rates.cacheReadUsdPerMTok ?? rates.inputUsdPerMTok;
  const write = rates.cacheWriteUsdPerMTok ?? rates.inputUsdPerMTok;
  const usd =
    (usage.input * rates.inputUsdPerMTok +
      usage.output * rates.outputUsdPerMTok +
      usage.cacheRead * read +
      usage.cacheWrite * write) /
    TOKENS_PER_MTOK;
  return Math.round(usd * 1e6) / 1e6;
}

export function estimateUsd(
  price: Price | undefined,
  inputTokens: number,
  outputTokens: number,
): number | undefined {
  return costUsd(price, {
    input: inputTokens,
    output: outputTokens,
    cacheRead: 0,
    cacheWrite: 0,
    reasoning: 0,
  });
}
