/** A model with what it would cost and how likely its answer is good enough. Units: USD, milliseconds, tokens. */
import { chanceAdequate } from './adequacy.ts';
import { listedMs, type ModelInfo } from './catalogue.ts';
import { complexity } from './complexity.ts';
import { estimateUsd } from './cost.ts';
import type { Option } from './decision.ts';
import type { RouteInput } from './router.ts';

export interface Candidate {
  readonly model: ModelInfo;
  readonly option: Option;
  /** What a call counts: USD, with scarce tokens counted more; `Infinity` while unknown. */
  readonly cost: number;
}

/** Cheapest first; unknown prices come after the known ones of the same chance. */
export function byCost(a: Candidate, b: Candidate): number {
  const difference = a.cost - b.cost;
  return Number.isNaN(difference) || difference === 0 ? a.option.chance - b.option.chance : difference;
}

/** Cheapest first, with the chances that were learned, else by the formula. */
export function candidatesOf(models: readonly ModelInfo[], input: RouteInput): Candidate[] {
  const priced = models.map((model) => candidateOf(model, input)).sort(byCost);
  const keys = priced.map(({ model }) => model.key);
  const learned = input.chances?.(keys, input.features) ?? [];
  return priced.map((candidate, index) => {
    const { chance, deviation, seen } = learned[index] ?? {};
    if (chance === undefined || deviation === undefined || seen === undefined) return candidate;
    return { ...candidate, option: { ...candidate.option, chance, deviation, seen } };
  });
}

export function inputTokensOf(model: ModelInfo, { features, tokenFactor }: RouteInput): number {
  return Math.ceil(features.inputTokens * (tokenFactor?.(model) ?? 1));
}

function candidateOf(model: ModelInfo, input: RouteInput): Candidate {
  const option = optionOf(model, input);
  const { estimatedUsd: usd = Number.POSITIVE_INFINITY } = option;
  const extra = (input.worth?.(model) ?? 1) + (input.trouble?.(model)?.factor ?? 1) - 2;
  return { model, option, cost: extra > 0 ? usd + extra * listedUsd(model, usd, input) : usd };
}

/** A subscription's tokens cost nothing while there are plenty; scarce ones count what they would cost otherwise. */
function listedUsd(model: ModelInfo, usd: number, input: RouteInput): number {
  if (model.billing !== 'subscription') return usd;
  const demand = { inputTokens: inputTokensOf(model, input), outputTokens: input.outputTokens };
  return estimateUsd(model.price, demand) ?? usd;
}

function optionOf(model: ModelInfo, input: RouteInput): Option {
  const demand = {
    inputTokens: inputTokensOf(model, input),
    outputTokens: input.outputTokens,
    cachedTokens: input.warmTokens?.(model) ?? 0,
  };
  const estimatedUsd = model.billing === 'subscription' ? 0 : estimateUsd(model.price, demand);
  return {
    modelKey: model.key,
    label: model.label,
    tier: model.tier,
    chance: chanceAdequate(model.quality, complexity(input.features)),
    ...(estimatedUsd === undefined ? {} : { estimatedUsd }),
    estimatedMs: input.answerMs?.(model) ?? listedMs(model, input.outputTokens),
    simulated: model.simulated,
    ...(model.billing === undefined ? {} : { billing: model.billing }),
  };
}
