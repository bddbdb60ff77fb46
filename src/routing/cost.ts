/**
 * What a call costs. Units: USD, kept to a millionth; tokens. A price per million tokens is the price of one token
 * in millionths; sums are kept in whole 10⁻¹² USD, so that nothing is lost before the one rounding at the end.
 */
import { promptTokens, type TokenUsage } from '../base/task.ts';
import type { Price, Rates } from './catalogue.ts';

/** More than any call can use: such a number is an error, and its cost is unknown. */
const MOST_TOKENS = 1_000_000_000;
/** A million USD for one call is no price. */
const MOST_MICROS = 1e12;
const PICO_PER_MICRO = 1_000_000;
/** Priority prices leave long prompts out: openai.com/api-priority-processing (read 2026-11-21). */
const NOT_FOR_LONG_PROMPTS: ReadonlySet<string> = new Set(['priority', 'fast']);

/**
 * What the platform charged where it says so, else by its price; `undefined` while either price or terms are unknown,
 * or the counters make no sense. Cached tokens without a price of their own cost as input.
 */
export function costUsd(price: Price | undefined, usage: TokenUsage): number | undefined {
  const { chargedUsd } = usage;
  if (chargedUsd !== undefined) return chargedUsd >= 0 ? toMillionth(chargedUsd * 1e6) : undefined;
  return price === undefined || price.floats ? undefined : toMillionth(listedMicros(price, usage));
}

export interface Estimate {
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** The part of the input that the platform's prompt cache is expected to hold. */
  readonly cachedTokens?: number;
}

export function estimateUsd(price: Price | undefined, estimate: Estimate): number | undefined {
  if (price === undefined) return undefined;
  const { inputTokens, outputTokens, cachedTokens = 0 } = estimate;
  const cacheRead = Math.min(inputTokens, cachedTokens);
  const input = inputTokens - cacheRead;
  const usage = { input, output: outputTokens, cacheRead, cacheWrite: 0, reasoning: 0 };
  return toMillionth(listedMicros(price, usage));
}

/**
 * What the platform's prompt cache spared: cached tokens at the input price less at the read price, less the surcharge
 * for writing. Negative when more was written than read. `undefined` when nothing was cached, or its price is unknown.
 */
export function promptCacheSavedUsd(price: Price | undefined, usage: TokenUsage): number | undefined {
  if (price === undefined || price.floats || usage.cacheRead + usage.cacheWrite === 0) return undefined;
  const { cacheWriteLong: _kept, ...rest } = usage;
  const uncached = listedMicros(price, { ...rest, input: promptTokens(usage), cacheRead: 0, cacheWrite: 0 });
  const cached = listedMicros(price, usage);
  return uncached === undefined || cached === undefined ? undefined : toMillionth(uncached - cached);
}

/** Not rounded yet. */
function listedMicros(price: Price, usage: TokenUsage): number | undefined {
  const { input, output, cacheRead, cacheWrite, cacheWriteLong = 0 } = usage;
  if (![input, output, cacheRead, cacheWrite, cacheWriteLong].every(plausible)) return undefined;
  const { longPrompt } = price;
  const long = longPrompt !== undefined && promptTokens(usage) > longPrompt.aboveTokens;
  const rates: Rates = long ? longPrompt : price;
  const factor = factorOf(price, usage.terms ?? [], long);
  const writeLong = rates.cacheWriteLongUsdPerMTok;
  if (factor === undefined || cacheWriteLong > cacheWrite) return undefined;
  if (cacheWriteLong > 0 && writeLong === undefined) return undefined;
  const pico =
    input * whole(rates.inputUsdPerMTok) +
    output * whole(rates.outputUsdPerMTok) +
    cacheRead * whole(rates.cacheReadUsdPerMTok ?? rates.inputUsdPerMTok) +
    (cacheWrite - cacheWriteLong) * whole(rates.cacheWriteUsdPerMTok ?? rates.inputUsdPerMTok) +
    cacheWriteLong * whole(writeLong ?? 0);
  return (pico * factor) / PICO_PER_MICRO;
}

function factorOf(price: Price, terms: readonly string[], long: boolean): number | undefined {
  let factor = 1;
  for (const term of terms) {
    const known = price.termFactors?.[term];
    if (known === undefined || (long && NOT_FOR_LONG_PROMPTS.has(term))) return undefined;
    factor *= known;
  }
  return factor;
}

function plausible(tokens: number): boolean {
  return tokens >= 0 && tokens <= MOST_TOKENS;
}

/** A price of one token in whole 10⁻¹² USD. */
function whole(usdPerMTok: number): number {
  return Math.round(usdPerMTok * PICO_PER_MICRO);
}

/** From millionths to USD; what is no sensible amount of money is unknown. */
function toMillionth(micros: number | undefined): number | undefined {
  if (micros === undefined || !(Math.abs(micros) <= MOST_MICROS)) return undefined;
  // `+ 0` makes 0 of −0.
  return Math.round(micros) / 1e6 + 0;
}
