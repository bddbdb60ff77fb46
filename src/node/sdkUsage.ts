/** The platforms' counters as our classes, which do not overlap. What is no count is unknown. Units: tokens, USD. */
import * as v from 'valibot';
import type { TokenUsage } from '../base/task.ts';

/** More than any request can use: such a number is an error of the platform. */
const MAX_TOKENS = 1_000_000_000;
const MAX_USD = 1_000_000;

const Count = v.fallback(
  v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MAX_TOKENS))),
  undefined,
);

const Word = v.fallback(v.optional(v.string()), undefined);

const AnthropicSchema = v.object({
  input_tokens: Count,
  output_tokens: Count,
  cache_read_input_tokens: Count,
  cache_creation_input_tokens: Count,
  cache_creation: v.fallback(
    v.optional(v.object({ ephemeral_5m_input_tokens: Count, ephemeral_1h_input_tokens: Count })),
    undefined,
  ),
  output_tokens_details: v.fallback(v.optional(v.object({ thinking_tokens: Count })), undefined),
  service_tier: Word,
  speed: Word,
  inference_geo: Word,
});

export type AnthropicCounters = v.InferOutput<typeof AnthropicSchema>;

/** Undefined when `usage` is no object. */
export function readAnthropicCounters(usage: unknown): AnthropicCounters | undefined {
  const parsed = v.safeParse(AnthropicSchema, usage);
  return parsed.success ? parsed.output : undefined;
}

/** Counters are cumulative: a newer one replaces an older one, and one that is not repeated still holds. */
export function mergeAnthropicCounters(
  older: AnthropicCounters | undefined,
  newer: AnthropicCounters | undefined,
): AnthropicCounters {
  return {
    input_tokens: newer?.input_tokens ?? older?.input_tokens,
    output_tokens: newer?.output_tokens ?? older?.output_tokens,
    cache_read_input_tokens: newer?.cache_read_input_tokens ?? older?.cache_read_input_tokens,
    cache_creation_input_tokens: newer?.cache_creation_input_tokens ?? older?.cache_creation_input_tokens,
    cache_creation: newer?.cache_creation ?? older?.cache_creation,
    output_tokens_details: newer?.output_tokens_details ?? older?.output_tokens_details,
    service_tier: newer?.service_tier ?? older?.service_tier,
    speed: newer?.speed ?? older?.speed,
    inference_geo: newer?.inference_geo ?? older?.inference_geo,
  };
}

/** Anthropic's `input_tokens` leaves the cache out. Undefined while input or output is unknown. */
export function anthropicUsage(counters: AnthropicCounters): TokenUsage | undefined {
  const { input_tokens: input, output_tokens: output } = counters;
  if (input === undefined || output === undefined) return undefined;
  const { ephemeral_5m_input_tokens: short = 0, ephemeral_1h_input_tokens: long = 0 } =
    counters.cache_creation ?? {};
  const cacheWrite = counters.cache_creation_input_tokens ?? short + long;
  return {
    input,
    output,
    cacheRead: counters.cache_read_input_tokens ?? 0,
    cacheWrite,
    reasoning: Math.min(output, counters.output_tokens_details?.thinking_tokens ?? 0),
    ...longWrite(cacheWrite, long),
    ...termsOf([counters.service_tier, counters.speed, counters.inference_geo]),
  };
}

function longWrite(cacheWrite: number, long: number): { cacheWriteLong?: number } {
  return long > 0 && cacheWrite > 0 ? { cacheWriteLong: Math.min(cacheWrite, long) } : {};
}

/** The platforms' words for the terms that a list price is for. */
const STANDARD: ReadonlySet<string> = new Set([
  '',
  'auto',
  'default',
  'standard',
  'on_demand',
  'global',
  'not_available',
]);
const LONGEST_TERM = 40;

function termsOf(words: readonly (string | undefined)[]): { terms?: readonly string[] } {
  const terms = words
    .filter((word) => word !== undefined)
    .map((word) => word.trim().toLowerCase().slice(0, LONGEST_TERM))
    .filter((word) => !STANDARD.has(word));
  return terms.length === 0 ? {} : { terms };
}

const InputDetails = v.fallback(
  v.optional(
    v.object({
      cached_tokens: Count,
      cache_write_tokens: Count,
      cache_write_tokens_details: v.fallback(v.optional(v.object({ ttl_12h_tokens: Count })), undefined),
    }),
  ),
  undefined,
);
const OutputDetails = v.fallback(v.optional(v.object({ reasoning_tokens: Count })), undefined);

/** USD. */
const Money = v.fallback(v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(MAX_USD))), undefined);

/** What OpenRouter adds: openrouter.ai/docs/use-cases/usage-accounting (read 2026-11-21). */
const Charged = {
  cost: Money,
  is_byok: v.fallback(v.optional(v.boolean()), undefined),
  cost_details: v.fallback(v.optional(v.object({ upstream_inference_cost: Money })), undefined),
};

const OpenaiSchema = v.union([
  v.object({
    ...Charged,
    prompt_tokens: v.number(),
    completion_tokens: Count,
    prompt_tokens_details: InputDetails,
    completion_tokens_details: OutputDetails,
  }),
  v.object({
    ...Charged,
    input_tokens: v.number(),
    output_tokens: Count,
    input_tokens_details: InputDetails,
    output_tokens_details: OutputDetails,
  }),
]);

/**
 * OpenAI's input includes what came from and went to the cache; `tier` is the `service_tier` beside the usage.
 * Undefined when input or output is unknown.
 */
export function openaiUsage(usage: unknown, tier?: string): TokenUsage | undefined {
  const parsed = v.safeParse(OpenaiSchema, usage);
  if (!parsed.success) return undefined;
  const fields = parsed.output;
  const isChat = 'prompt_tokens' in fields;
  const prompt = v.parse(Count, isChat ? fields.prompt_tokens : fields.input_tokens);
  const output = isChat ? fields.completion_tokens : fields.output_tokens;
  if (prompt === undefined || output === undefined) return undefined;
  const inputDetails = isChat ? fields.prompt_tokens_details : fields.input_tokens_details;
  const outputDetails = isChat ? fields.completion_tokens_details : fields.output_tokens_details;
  const cacheRead = Math.min(prompt, inputDetails?.cached_tokens ?? 0);
  const cacheWrite = Math.min(prompt - cacheRead, inputDetails?.cache_write_tokens ?? 0);
  return {
    input: prompt - cacheRead - cacheWrite,
    output,
    cacheRead,
    cacheWrite,
    reasoning: Math.min(output, outputDetails?.reasoning_tokens ?? 0),
    ...longWrite(cacheWrite, inputDetails?.cache_write_tokens_details?.ttl_12h_tokens ?? 0),
    ...termsOf([tier]),
    ...chargedOf(fields),
  };
}

/** With a key of the person's own the host behind is paid as well. */
function chargedOf({ cost, is_byok, cost_details }: v.InferOutput<typeof OpenaiSchema>) {
  if (cost === undefined) return {};
  const upstream = is_byok ? cost_details?.upstream_inference_cost : 0;
  return upstream === undefined ? {} : { chargedUsd: cost + upstream };
}
