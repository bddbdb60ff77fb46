/** One request made ready for any model: its prompt, its size for each, and what it will take. Units: tokens, USD. */
import { type Priority, promptTokens, type TaskType } from '../base/task.ts';
import { buildPrompt, type Prompt } from '../prompt/buildPrompt.ts';
import { prefixKey } from '../prompt/stablePrefix.ts';
import { usualOutputTokens as usualOutput } from '../prompt/taskPrompts.ts';
import type { TokenEstimator } from '../prompt/tokenEstimator.ts';
import type { Demand } from '../quota/limit.ts';
import type { Attempt } from '../quota/platformHealth.ts';
import type { TaskAhead } from '../quota/taskPredictor.ts';
import { listedMs, type ModelInfo } from '../routing/catalogue.ts';
import { costUsd, estimateUsd } from '../routing/cost.ts';
import type { AttemptResult } from './attempt.ts';
import {
  type Conversation,
  callTokens,
  conversationTokens,
  goesOn,
  hasImages,
  talkKey,
  textOf,
} from './conversation.ts';
import type { Foresight } from './foresight.ts';
import type { RouteRequest, Turn } from './request.ts';
import type { ChatMessage, ModelCall, StablePrefix, ToolOffer } from './transport.ts';

export interface CallPlan {
  readonly task: TaskType;
  readonly priority: Priority;
  readonly prompt: Prompt;
  /** Earlier turns, then the prompt. */
  readonly messages: readonly ChatMessage[];
  readonly language: string;
  /** By the tokenizer's ratio, before any model's own factor. */
  readonly inputTokens: number;
  /** What the answer will most likely have: P50. */
  readonly outputTokens: number;
  /** What it will have at most, nine times in ten; by the key of a model. */
  readonly mostOutputTokens: (info: ModelInfo) => number;
  /** As such tasks usually need, before anything was learned. */
  readonly usualOutputTokens: number;
  readonly prefix: PlannedPrefix;
  /** The longest answer that was asked for; absent: as the task usually needs, with room to spare. */
  readonly askedOutputTokens?: number;
  readonly tools?: ToolOffer;
  /** The estimate says little of how the platform counts: nothing is to be learned from the difference. */
  readonly vague?: boolean;
}

/** What later requests will begin with: of a task the system prompt, of a talk that goes on all that was said so far. */
interface PlannedPrefix {
  readonly key: string;
  readonly tokens: number;
  /** Messages in it. */
  readonly messages: number;
  /** Nobody will ask for it again soon: not worth a surcharge. */
  readonly once?: boolean;
}

/** Room for an answer longer than usual; the platform's own limit still holds. */
const OUTPUT_ALLOWANCE = 8;
/** With tools an answer may be a whole file that is to be written. */
const TALK_ALLOWANCE = 16_384;
/** A first guess of how much longer changed code is. */
const EDIT_GROWTH = 1.25;
/** Asked of a model whose own limit is unknown: nearly every one can give so much. */
const UNKNOWN_MOST_OUTPUT = 4_096;

/** Without `foresight` an answer is expected to be as long as such answers usually are. */
export function planCall(request: RouteRequest, estimator: TokenEstimator, foresight?: Foresight): CallPlan {
  if (request.conversation !== undefined)
    return planTalk(request, request.conversation, estimator, foresight);
  const { task, priority, instruction, code, form, history = [] } = request;
  const language = code?.language ?? '';
  const prompt = buildPrompt({
    task,
    instruction,
    language,
    code: code?.text ?? '',
    problems: code?.problems ?? [],
    ...(code?.fileName === undefined ? {} : { fileName: code.fileName }),
    ...(code?.symbol === undefined ? {} : { symbol: code.symbol }),
    ...(code?.before === undefined ? {} : { before: code.before }),
    ...(code?.after === undefined ? {} : { after: code.after }),
    ...(form === undefined ? {} : { form }),
  });
  const messages = [...history.flatMap(messagesOf), { role: 'user' as const, text: prompt.user }];
  const tokens = estimator.estimate(prompt.system, '');
  const prefix = { key: prefixKey(prompt.system), tokens, messages: 0 };
  const inputTokens = messages.reduce(
    (sum, { text }) => sum + estimator.estimate(text, language),
    prefix.tokens,
  );
  const usualOutputTokens = Math.max(usualOutput(task), wholeCode(request, estimator));
  const lengths = outputLengths({ task, inputTokens, usualOutputTokens }, foresight);
  return { task, priority, prompt, messages, language, inputTokens, usualOutputTokens, ...lengths, prefix };
}

/** Nothing is added to another program's talk, and nothing is left out of it. */
function planTalk(
  { task, priority }: RouteRequest,
  conversation: Conversation,
  estimator: TokenEstimator,
  foresight: Foresight | undefined,
): CallPlan {
  const { system, messages, tools, toolMode, maxOutputTokens } = conversation;
  const inputTokens = conversationTokens(conversation, estimator);
  const usualOutputTokens = usualOutput(task);
  const last = messages.findLast(({ role }) => role === 'user');
  const goes = goesOn(conversation);
  return {
    task,
    priority,
    prompt: { system: system.join('\n\n'), user: last === undefined ? '' : textOf(last.parts) },
    messages: messages.map(({ role, parts }) => ({ role, text: textOf(parts), parts })),
    language: '',
    inputTokens,
    usualOutputTokens,
    ...outputLengths({ task, inputTokens, usualOutputTokens }, foresight, maxOutputTokens),
    prefix: { key: talkKey(conversation), tokens: inputTokens, messages: messages.length, once: !goes },
    vague: hasImages(conversation),
    ...(maxOutputTokens === undefined ? {} : { askedOutputTokens: maxOutputTokens }),
    ...(tools.length === 0 ? {} : { tools: { specs: tools, mode: toolMode } }),
  };
}

function messagesOf({ asked, answer }: Turn): ChatMessage[] {
  return [
    { role: 'user', text: asked },
    { role: 'assistant', text: answer },
  ];
}

/** An edit gives the code back as a whole, changed. */
function wholeCode({ form, code }: RouteRequest, estimator: TokenEstimator): number {
  if (form !== 'edit' || code === undefined) return 0;
  return Math.ceil(estimator.estimate(code.text, code.language) * EDIT_GROWTH);
}

/** How long the answer will be: most likely, and at most nine times in ten. */
function outputLengths(
  ahead: { readonly task: TaskType; readonly inputTokens: number; readonly usualOutputTokens: number },
  foresight: Foresight | undefined,
  asked = Number.POSITIVE_INFINITY,
): Pick<CallPlan, 'outputTokens' | 'mostOutputTokens'> {
  const { usualOutputTokens } = ahead;
  const usual = { p50: usualOutputTokens, p90: usualOutputTokens };
  const foreseen = (model: string) => foresight?.outputTokens({ ...ahead, model }) ?? usual;
  return {
    outputTokens: Math.min(asked, Math.ceil(foreseen('').p50)),
    mostOutputTokens: ({ key, maxOutputTokens = UNKNOWN_MOST_OUTPUT }) =>
      Math.min(asked, maxOutputTokens, Math.ceil(foreseen(key).p90)),
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
    messages: plan.messages,
    maxOutputTokens: Math.min(
      info.maxOutputTokens ?? UNKNOWN_MOST_OUTPUT,
      plan.askedOutputTokens ?? (plan.tools ? TALK_ALLOWANCE : outputAllowance(info, plan)),
    ),
    prefix: prefixOf(info, plan, estimator),
    ...(plan.tools === undefined ? {} : { tools: plan.tools }),
  };
}

function outputAllowance(info: ModelInfo, { usualOutputTokens, mostOutputTokens }: CallPlan): number {
  return Math.max(usualOutputTokens * OUTPUT_ALLOWANCE, mostOutputTokens(info) * 2);
}

function prefixOf(info: ModelInfo, { prefix }: CallPlan, estimator: TokenEstimator): StablePrefix {
  const { price, minCacheTokens = Number.POSITIVE_INFINITY } = info;
  const { inputUsdPerMTok = 0, cacheWriteUsdPerMTok = inputUsdPerMTok } = price ?? {};
  return {
    key: prefix.key,
    messages: prefix.messages,
    kept: prefix.once !== true && prefix.tokens * factorOf(info, estimator) >= minCacheTokens,
    writesCost: cacheWriteUsdPerMTok > inputUsdPerMTok,
  };
}

/** How an attempt went: what it took beside what the catalogue says of an answer of its length. */
export function attemptOf(info: ModelInfo, { stop, usage, platformMs }: AttemptResult): Attempt {
  if (stop === 'cut') return { failed: true };
  if (usage === undefined) return { failed: false };
  return { failed: false, tookMs: platformMs, expectedMs: listedMs(info, usage.output) };
}

/** What is known of this call before it is sent. */
export function aheadOf(info: ModelInfo, { task, inputTokens, usualOutputTokens }: CallPlan): TaskAhead {
  const usualMs = listedMs(info, usualOutputTokens);
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
    const calls = result.toolCalls.reduce((sum, call) => sum + callTokens(call, estimator), 0);
    const outputTokens = Math.ceil((estimator.estimate(result.text, plan.language) + calls) * factor);
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
