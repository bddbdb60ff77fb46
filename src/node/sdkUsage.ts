/** The platforms' counters as our four classes, which do not overlap. What is no count is unknown. Unit: tokens. */
import * as v from 'valibot';
import type { TokenUsage } from '../base/task.ts';

/** More than any request can use: such a number is an error of the platform. */
const MAX_TOKENS = 1_000_000_000;

const Count = v.fallback(
  v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MAX_TOKENS))),
  undefined,
);

const AnthropicSchema = v.object({
  input_tokens: Count,
  output_tokens: Count,
  cache_read_input_tokens: Count,
  cache_creation_input_tokens: Count,
  output_tokens_details: v.fallback(v.optional(v.object({ thinking_tokens: Count })), undefined),
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
    output_tokens_details: newer?.output_tokens_details ?? older?.output_tokens_details,
  };
}

/** Anthropic's `input_tokens` leaves the cache out. Undefined while input or output is unknown. */
export function anthropicUsage(counters: AnthropicCounters): TokenUsage | undefined {
  const { input_tokens: input, output_tokens: output } = counters;
  if (input === undefined || output === undefined) return undefined;
  return {
    input,
    output,
    cacheRead: counters.cache_read_input_tokens ?? 0,
    cacheWrite: counters.cache_creation_input_tokens ?? 0,
    reasoning: Math.min(output, counters.output_tokens_details?.thinking_tokens ?? 0),
  };
}

const InputDetails = v.fallback(
  v.optional(v.object({ cached_tokens: Count, cache_write_tokens: Count })),
  undefined,
);
const OutputDetails = v.fallback(v.optional(v.object({ reasoning_tokens: Count })), undefined);

const OpenaiSchema = v.union([
  v.object({
    prompt_tokens: v.number(),
    completion_tokens: Count,
    prompt_tokens_details: InputDetails,
    completion_tokens_details: OutputDetails,
  }),
  v.object({
    input_tokens: v.number(),
    output_tokens: Count,
    input_tokens_details: InputDetails,
    output_tokens_details: OutputDetails,
  }),
]);

/** OpenAI's input includes what came from and went to the cache. Undefined when input or output is unknown. */
export function openaiUsage(usage: unknown): TokenUsage | undefined {
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
  };
}
