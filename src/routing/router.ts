/**
 * Chooses the cheapest model whose chance of being good enough passes the bar and that has room, with reasons.
 * Pure: the same input gives the same decision. Units: USD, milliseconds, tokens.
 */
import { SluiceError } from '../base/errors.ts';
import type { Tier } from '../base/task.ts';
import { chanceAdequate } from './adequacy.ts';
import { lacking, type Needs } from './capabilities.ts';
import { automatic, type ModelInfo } from './catalogue.ts';
import { bandOf, complexity } from './complexity.ts';
import { estimateUsd } from './cost.ts';
import type { Decision, HelperKind, Option, Reason } from './decision.ts';
import type { TaskFeatures } from './features.ts';
import { matchingRule, type RoutingRule } from './rules.ts';

export interface RouteInput {
  readonly features: TaskFeatures;
  readonly models: readonly ModelInfo[];
  readonly rules: readonly RoutingRule[];
  /** Least chance in [0, 1] that a chosen model must have. */
  readonly bar: number;
  readonly outputTokens: number;
  /** `waitMs` 0: there is room. */
  readonly room: (model: ModelInfo) => { readonly limit?: string; readonly waitMs: number };
  readonly strongerThan?: string;
  /** Key of the model that the person chose: no other may answer. */
  readonly model?: string;
  /** Tokens of a model for one of `features.inputTokens`; absent: 1. */
  readonly tokenFactor?: (model: ModelInfo) => number;
  /** Input tokens that the model's platform still holds in its prompt cache; absent: none. */
  readonly warmTokens?: (model: ModelInfo) => number;
  /** Absent: text, which every model takes. */
  readonly needs?: Needs;
  /** Absent: any. */
  readonly tiers?: readonly Tier[];
  /** VS Code's own small request: the cheapest model, however it is rated. */
  readonly helper?: HelperKind;
  /** A talk that goes on: it stays with the model whose platform holds most of it (`warmTokens`). */
  readonly keepWarm?: boolean;
  /** How many times its price a token of the model's platform counts, at least 1; absent: 1. */
  readonly worth?: (model: ModelInfo) => number;
}

interface Candidate {
  readonly model: ModelInfo;
  readonly option: Option;
  /** What the choice goes by: USD, with scarce tokens counted more; `Infinity` while unknown. */
  readonly cost: number;
}

/** Throws `no-model` when nothing is connected, fits, or is more capable than what was asked to be surpassed. */
export function route(input: RouteInput): Decision {
  if (input.models.length === 0) throw new SluiceError('no-model', { why: 'none-connected' });
  const reasons: Reason[] = [];
  const value = complexity(input.features);
  reasons.push({ kind: 'complexity', value, band: bandOf(value) });
  const able = allowed(input, value, reasons);
  const ruled = byRule(input, able, reasons);
  const roomy = ruled ? [ruled] : withRoom(input, able, reasons);
  const chosen = ruled ?? choose(input, roomy, reasons);
  return explain(input, chosen, roomy, reasons);
}

/** Cheapest first; unknown prices come after the known ones of the same chance. */
function byCost(a: Candidate, b: Candidate): number {
  const difference = a.cost - b.cost;
  return Number.isNaN(difference) || difference === 0 ? a.option.chance - b.option.chance : difference;
}

function allowed(input: RouteInput, value: number, reasons: Reason[]): Candidate[] {
  const stronger = capableOnly(input, strongerOnly(input, reasons), reasons);
  const fitting = stronger.filter((model) => {
    const fits = fitsInto(model, input);
    if (!fits)
      reasons.push({ kind: 'skipped-too-long', model: model.label, contextTokens: longestPrompt(model) });
    return fits;
  });
  if (fitting.length === 0) {
    const largest = Math.max(...stronger.map(longestPrompt));
    const platform = stronger[0]?.platform ?? '';
    throw new SluiceError('context-too-long', {
      platform,
      tokens: input.features.inputTokens,
      limitTokens: largest,
    });
  }
  return fitting.map((model) => candidateOf(model, value, input)).sort(byCost);
}

function inputTokensOf(model: ModelInfo, { features, tokenFactor }: RouteInput): number {
  return Math.ceil(features.inputTokens * (tokenFactor?.(model) ?? 1));
}

/** An unknown limit lets everything pass. */
function fitsInto(model: ModelInfo, input: RouteInput): boolean {
  const { contextTokens = Number.POSITIVE_INFINITY, maxInputTokens = contextTokens } = model;
  const inputTokens = inputTokensOf(model, input);
  return inputTokens + input.outputTokens <= contextTokens && inputTokens <= maxInputTokens;
}

function longestPrompt({ contextTokens, maxInputTokens }: ModelInfo): number {
  return maxInputTokens ?? contextTokens ?? Number.POSITIVE_INFINITY;
}

/** What the router may choose from: the models meant for it, and the one that a rule names for this task. */
function selectable(input: RouteInput): readonly ModelInfo[] {
  const named = ruleOf(input)?.model;
  const chosen = input.models.filter((model) => model.use !== 'by-name' || model.key === named);
  return chosen.length > 0 ? chosen : input.models;
}

function strongerOnly(input: RouteInput, reasons: Reason[]): readonly ModelInfo[] {
  const than = input.models.find((model) => model.key === input.strongerThan);
  if (input.model !== undefined) return [chosenByName(input, input.model, reasons)];
  const models = ofTiers(input, selectable(input), reasons);
  if (than === undefined) return models;
  const stronger = models.filter((model) => model.quality > than.quality);
  if (stronger.length === 0) throw new SluiceError('no-model', { why: 'none-stronger' });
  reasons.push({ kind: 'asked-stronger', than: than.label });
  return stronger;
}

/** Throws `no-model` when none of the tiers asked for is connected. */
function ofTiers(
  { tiers }: RouteInput,
  models: readonly ModelInfo[],
  reasons: Reason[],
): readonly ModelInfo[] {
  if (tiers === undefined) return models;
  const found = models.filter(({ tier }) => tiers.includes(tier));
  if (found.length === 0) throw new SluiceError('no-model', { why: 'none-in-tier' });
  reasons.push({ kind: 'tiers', tiers });
  return found;
}

/** Throws `no-model` when none can take what the request needs. */
function capableOnly(
  { needs, model: named }: RouteInput,
  models: readonly ModelInfo[],
  reasons: Reason[],
): readonly ModelInfo[] {
  if (needs === undefined || !(needs.tools || needs.images)) return models;
  const lacks = lacking(models, needs, named !== undefined);
  for (const [model, ability] of lacks) {
    const sure = model[ability] !== undefined;
    reasons.push({ kind: 'skipped-cannot', model: model.label, lacks: ability, sure });
  }
  const able = models.filter((model) => !lacks.has(model));
  if (able.length === 0) throw new SluiceError('no-model', { why: 'none-able' });
  return able;
}

/** Throws `model-not-found` when it is no longer connected. */
function chosenByName({ models }: RouteInput, key: string, reasons: Reason[]): ModelInfo {
  const named = models.find((model) => model.key === key);
  if (named === undefined) throw new SluiceError('model-not-found', { platform: '', model: key });
  reasons.push({ kind: 'asked-by-name' });
  return named;
}

/** What the person asks for just now is not overruled by a rule made earlier. */
function ruleOf({ rules, features, strongerThan, model }: RouteInput): RoutingRule | undefined {
  if (strongerThan !== undefined || model !== undefined) return undefined;
  return matchingRule(rules, features.task, features.language);
}

function byRule(input: RouteInput, able: readonly Candidate[], reasons: Reason[]): Candidate | undefined {
  const rule = ruleOf(input);
  if (rule === undefined) return undefined;
  const named = able.find(({ model }) => model.key === rule.model);
  if (named) reasons.push({ kind: 'rule', rule: rule.model });
  else if (!input.models.some((model) => model.key === rule.model)) {
    reasons.push({ kind: 'rule-names-missing-model', model: rule.model });
  }
  return named;
}

/** When none has room all stay: the pipeline then waits, or says how long it would take. */
function withRoom(input: RouteInput, able: readonly Candidate[], reasons: Reason[]): readonly Candidate[] {
  const refused: Reason[] = [];
  const roomy = able.filter(({ model }) => {
    const { limit, waitMs } = input.room(model);
    if (limit !== undefined) refused.push({ kind: 'skipped-no-room', model: model.label, limit, waitMs });
    return limit === undefined;
  });
  if (roomy.length === 0) return able;
  reasons.push(...refused);
  return roomy;
}

function choose(input: RouteInput, from: readonly Candidate[], reasons: Reason[]): Candidate {
  const unasked =
    input.model === undefined ? (helped(input, from, reasons) ?? kept(input, from, reasons)) : undefined;
  if (unasked !== undefined) return unasked;
  const adequate = from.find(({ option }) => option.chance >= input.bar);
  const best = from.reduce((a, b) => (b.option.chance > a.option.chance ? b : a));
  const chosen = adequate ?? best;
  if (input.model !== undefined) return chosen;
  if (from.length === 1) reasons.push({ kind: 'only-model' });
  else {
    const kind = adequate ? 'cheapest-adequate' : 'best-available';
    reasons.push({ kind, chance: chosen.option.chance, bar: input.bar });
    if (adequate) reasons.push(...spared(input, from, adequate));
  }
  return chosen;
}

function helped({ helper }: RouteInput, [cheapest]: readonly Candidate[], reasons: Reason[]) {
  if (helper === undefined) return undefined;
  reasons.push({ kind: 'helper', helper });
  return cheapest;
}

/** To go elsewhere would cost the whole talk again at the full price, and what the model had thought so far. */
function kept(input: RouteInput, from: readonly Candidate[], reasons: Reason[]): Candidate | undefined {
  if (input.keepWarm !== true || input.strongerThan !== undefined) return undefined;
  const warmth = ({ model }: Candidate) => input.warmTokens?.(model) ?? 0;
  const warmest = from.reduce((a, b) => (warmth(b) > warmth(a) ? b : a));
  const tokens = warmth(warmest);
  if (tokens === 0) return undefined;
  reasons.push({ kind: 'kept-warm', tokens });
  return warmest;
}

/** Those that would have been chosen if their tokens were not scarce. */
function spared(input: RouteInput, from: readonly Candidate[], chosen: Candidate): Reason[] {
  const usd = ({ option }: Candidate) => option.estimatedUsd ?? Number.POSITIVE_INFINITY;
  return from
    .filter((other) => other.option.chance >= input.bar && usd(other) < usd(chosen))
    .map(({ model }) => ({ kind: 'spared', model: model.label, worth: input.worth?.(model) ?? 1 }));
}

/** Among all that may be chosen automatically, so that 'ask stronger' still shows what was left behind. */
function neighbours(input: RouteInput, chosen: Candidate): { cheaper?: Option; dearer?: Option } {
  const value = complexity(input.features);
  const others = automatic(input.models).filter((model) => model !== chosen.model);
  const candidates = others.map((model) => candidateOf(model, value, input));
  const inOrder = [chosen, ...candidates].sort(byCost);
  const place = inOrder.indexOf(chosen);
  const cheaper = inOrder[place - 1]?.option;
  const dearer = inOrder[place + 1]?.option;
  return { ...(cheaper ? { cheaper } : {}), ...(dearer ? { dearer } : {}) };
}

function explain(
  input: RouteInput,
  chosen: Candidate,
  roomy: readonly Candidate[],
  reasons: readonly Reason[],
): Decision {
  const { cheaper, dearer } = neighbours(input, chosen);
  const others = roomy.filter((candidate) => candidate !== chosen);
  const stronger = others.filter(({ option }) => option.chance >= chosen.option.chance);
  const weaker = others.filter(({ option }) => option.chance < chosen.option.chance).reverse();
  return {
    chosen: chosen.option,
    reasons,
    confidence: Math.abs(chosen.option.chance - (cheaper?.chance ?? 0)),
    ...(cheaper ? { nextCheaper: cheaper } : {}),
    ...(dearer ? { nextDearer: dearer } : {}),
    fallbacks: [...stronger, ...weaker].map(({ option }) => option),
    features: input.features,
    estimatedInputTokens: input.features.inputTokens,
    estimatedOutputTokens: input.outputTokens,
  };
}

function candidateOf(model: ModelInfo, value: number, input: RouteInput): Candidate {
  const option = optionOf(model, value, input);
  const { estimatedUsd: usd = Number.POSITIVE_INFINITY } = option;
  const extra = (input.worth?.(model) ?? 1) - 1;
  return { model, option, cost: extra > 0 ? usd + extra * listedUsd(model, usd, input) : usd };
}

/** A subscription's tokens cost nothing while there are plenty; scarce ones count what they would cost otherwise. */
function listedUsd(model: ModelInfo, usd: number, input: RouteInput): number {
  if (model.billing !== 'subscription') return usd;
  const demand = { inputTokens: inputTokensOf(model, input), outputTokens: input.outputTokens };
  return estimateUsd(model.price, demand) ?? usd;
}

function optionOf(model: ModelInfo, value: number, input: RouteInput): Option {
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
    chance: chanceAdequate(model.quality, value),
    ...(estimatedUsd === undefined ? {} : { estimatedUsd }),
    estimatedMs: model.firstTokenMs + (input.outputTokens / model.outputTokensPerS) * 1_000,
    simulated: model.simulated,
    ...(model.billing === undefined ? {} : { billing: model.billing }),
  };
}
