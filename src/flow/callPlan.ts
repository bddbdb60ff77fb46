/** One request made ready for any model: its prompt, its size for each, and what it will take. Units: tokens, USD. */
import { type Priority, promptTokens, type TaskType } from '../base/task.ts';
import { buildPrompt, type Prompt } from '../prompt/buildPrompt.ts';
import { prefixKey } from '../prompt/stablePrefix.ts';
import { usualOutputTokens as usualOutput } from '../prompt/taskPrompts.ts';
import type { TokenEstimator } from '../prompt/tokenEstimator.ts';
import type { Demand } from '../quota/limit.ts';
import type { TaskAhead } from '../quota/taskPredictor.ts';
import type { ModelInfo } from '../routing/catalogue.ts';
import { costUsd, estimateUsd } from '../routing/cost.ts';
import type { AttemptResult } from './attempt.ts';
import type { Foresight } from './foresight.ts';
import type { RouteRequest } from './request.ts';
import type { ModelCall, StablePrefix } from './transport.ts';

export interface CallPlan {
  readonly task: TaskType;
  readonly priority: Priority;
  readonly prompt: Prompt;
  readonly language: string;
  /** By the tokenizer's ratio, before any model's own factor. */
  readonly inputTokens: number;
  /** What the answer will most likely have: P50. */
  readonly outputTokens: number;
  /** What it will have at most, nine times in ten; by the key of a model. */
  readonly mostOutputTokens: (info: ModelInfo) => number;
  /** What all requests of this task begin with: the system prompt. */
  readonly prefix: { readonly key: string; readonly tokens: number };
}

/** Room for an answer longer than usual; the platform's own limit still holds. */
const OUTPUT_ALLOWANCE = 8;
/** Asked of a model whose own limit is unknown: nearly every one can give so much. */
const UNKNOWN_MOST_OUTPUT = 4_096;

/** Without `foresight` an answer is expected to be as long as such answers usually are. */
export function planCall(
  { task, priority, instruction, code }: RouteRequest,
  estimator: TokenEstimator,
  foresight?: Foresight,
): CallPlan {
  const language = code?.language ?? '';
  const prompt = buildPrompt({
    task,
    instruction,
    language,
    code: code?.text ?? '',
    problems: code?.problems ?? [],
    ...(code?.fileName === undefined ? {} : { fileName: code.fileName }),
    ...(code?.symbol === undefined ? {} : { symbol: code.symbol }),
  });
  const prefix = { key: prefixKey(prompt.system), tokens: estimator.estimate(prompt.system, '') };
  const inputTokens = prefix.tokens + estimator.estimate(prompt.user, language);
  const usualOutputTokens = usualOutput(task);
  const foreseen = (model: string) =>
    foresight?.outputTokens({ task, model, inputTokens, usualOutputTokens }) ?? {
      p50: usualOutputTokens,
      p90: usualOutputTokens,
    };
  return {
    task,
    priority,
    prompt,
    language,
    inputTokens,
    outputTokens: Math.ceil(foreseen('').p50),
    mostOutputTokens: ({ key, maxOutputTokens = UNKNOWN_MOST_OUTPUT }) =>
      Math.min(maxOutputTokens, Math.ceil(foreseen(key).p90)),
    prefix,
  };
}

/** Tokens of this model for one of the tokenizer: learned, else as the catalogue says. */
export function factorOf(info: ModelInfo, estimator: TokenEstimator): number {
  return estimator.factor(info.key, info.tokenFactor);
}

export function demandOf(info: ModelInfo, plan: CallPlan, estimator: TokenEstimator): Demand {
  const outputTokens = plan.mostOutputTokens(info);
  const inputTokens = Math.ceil(plan.inputTokens * factorOf(info, estimator));
  const usd = estimateUsd(info.price, { inputTokens, outputTokens });
  return { inputTokens, outputTokens, ...(usd === undefined ? {} : { usd }) };
}

export function callOf(info: ModelInfo, plan: CallPlan, estimator: TokenEstimator): ModelCall {
  return {
    model: info.name,
    system: plan.prompt.system,
    messages: [{ role: 'user', text: plan.prompt.user }],
    maxOutputTokens: Math.min(
      info.maxOutputTokens ?? UNKNOWN_MOST_OUTPUT,
      Math.max(usualOutput(plan.task) * OUTPUT_ALLOWANCE, plan.mostOutputTokens(info) * 2),
    ),
    prefix: prefixOf(info, plan, estimator),
  };
}

function prefixOf(info: ModelInfo, { prefix }: CallPlan, estimator: TokenEstimator): StablePrefix {
  const { price, minCacheTokens = Number.POSITIVE_INFINITY } = info;
  const { inputUsdPerMTok = 0, cacheWriteUsdPerMTok = inputUsdPerMTok } = price ?? {};
  return {
    key: prefix.key,
    messages: 0,
    kept: prefix.tokens * factorOf(info, estimator) >= minCacheTokens,
    writesCost: cacheWriteUsdPerMTok > inputUsdPerMTok,
  };
}

/** What is known of this call before it is sent. */
export function aheadOf(info: ModelInfo, { task, inputTokens }: CallPlan): TaskAhead {
  const usualOutputTokens = usualOutput(task);
  const usualMs = info.firstTokenMs + (usualOutputTokens / info.outputTokensPerS) * 1_000;
  return { task, model: info.key, inputTokens, usualOutputTokens, usualMs };
}

/** What the platform reported, or for a stream that was cut what can be told from the text. */
export function usedBy(
  info: ModelInfo,
  plan: CallPlan,
  result: AttemptResult,
  estimator: TokenEstimator,
): Demand {
  const { usage } = result;
  if (usage === undefined) {
    const factor = factorOf(info, estimator);
    const outputTokens = Math.ceil(estimator.estimate(result.text, plan.language) * factor);
    const inputTokens = Math.ceil(plan.inputTokens * factor);
    const usd = estimateUsd(info.price, { inputTokens, outputTokens });
    return { inputTokens, outputTokens, ...(usd === undefined ? {} : { usd }) };
  }
  const usd = costUsd(info.price, usage);
  return {
    inputTokens: promptTokens(usage),
    outputTokens: usage.output,
    cachedTokens: usage.cacheRead,
    ...(usd === undefined ? {} : { usd }),
  };
}
