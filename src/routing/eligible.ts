/** Which models may answer at all: the person's word, what the request needs, what it must not exceed. */
import { SluiceError } from '../base/errors.ts';
import { type Candidate, candidatesOf, inputTokensOf } from './candidates.ts';
import { lacking } from './capabilities.ts';
import type { ModelInfo } from './catalogue.ts';
import type { Reason } from './decision.ts';
import type { RouteInput } from './router.ts';
import { matchingRule, type RoutingRule } from './rules.ts';

/** What a request must not exceed; absent: no such limit. Units: USD, milliseconds. */
export interface RouteLimits {
  /** Keys of models, or patterns with `*`; an empty list allows all. */
  readonly allow?: readonly string[];
  readonly deny?: readonly string[];
  /** Nothing may leave this machine. */
  readonly localOnly?: boolean;
  /** Of one answer, as estimated. Where a price is unknown it cannot be held. */
  readonly maxUsd?: number;
  /** Until the answer is whole, as estimated. Where no model is so fast the fastest is taken. */
  readonly maxMs?: number;
}

/** Cheapest first. Throws `no-model` or `context-too-long` when nothing is left. */
export function eligible(input: RouteInput, reasons: Reason[]): Candidate[] {
  const able = capableOnly(input, strongerOnly(input, allowedOnly(input, reasons), reasons), reasons);
  const fitting = able.filter((model) => {
    const fits = fitsInto(model, input);
    if (!fits)
      reasons.push({ kind: 'skipped-too-long', model: model.label, contextTokens: longestPrompt(model) });
    return fits;
  });
  if (fitting.length === 0) {
    const limitTokens = Math.max(...able.map(longestPrompt));
    const platform = able[0]?.platform ?? '';
    throw new SluiceError('context-too-long', { platform, tokens: input.features.inputTokens, limitTokens });
  }
  return fastEnough(input, cheapEnough(input, candidatesOf(fitting, input), reasons), reasons);
}

/** What the person asks for just now is not overruled by a rule made earlier. */
export function ruleOf({ rules, features, strongerThan, model }: RouteInput): RoutingRule | undefined {
  if (strongerThan !== undefined || model !== undefined) return undefined;
  return matchingRule(rules, features.task, features.language);
}

/** Throws `no-model` when the lists or privacy leave none. Even a model chosen by name is held to them. */
function allowedOnly(input: RouteInput, reasons: Reason[]): readonly ModelInfo[] {
  const { allow = [], deny = [], localOnly = false } = input.limits ?? {};
  const here = localOnly ? input.models.filter(({ local }) => local === true) : input.models;
  if (localOnly) {
    if (here.length === 0) throw new SluiceError('no-model', { why: 'none-local' });
    reasons.push({ kind: 'local-only', others: input.models.length - here.length });
  }
  const left = here.filter(
    ({ key }) => (allow.length === 0 || allow.some(names(key))) && !deny.some(names(key)),
  );
  if (left.length === 0) throw new SluiceError('no-model', { why: 'none-allowed' });
  if (left.length < here.length) reasons.push({ kind: 'not-allowed', count: here.length - left.length });
  return left;
}

/** `*` stands for any characters. */
function names(key: string): (pattern: string) => boolean {
  return (pattern) => {
    const parts = pattern.split('*');
    const [first = '', ...others] = parts;
    if (others.length === 0) return key === pattern;
    const last = others.pop() ?? '';
    if (!key.startsWith(first) || !key.slice(first.length).endsWith(last)) return false;
    let from = first.length;
    for (const part of others) {
      const found = key.indexOf(part, from);
      if (found < 0 || found + part.length > key.length - last.length) return false;
      from = found + part.length;
    }
    return true;
  };
}

/** What the router may choose from: the models meant for it, and the one that a rule names for this task. */
function selectable(input: RouteInput, models: readonly ModelInfo[]): readonly ModelInfo[] {
  const named = ruleOf(input)?.model;
  const chosen = models.filter((model) => model.use !== 'by-name' || model.key === named);
  return chosen.length > 0 ? chosen : models;
}

function strongerOnly(
  input: RouteInput,
  allowed: readonly ModelInfo[],
  reasons: Reason[],
): readonly ModelInfo[] {
  const than = input.models.find((model) => model.key === input.strongerThan);
  if (input.model !== undefined) return [chosenByName(input.model, input, allowed, reasons)];
  const models = ofTiers(input, selectable(input, allowed), reasons);
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

/** Throws `model-not-found` when it is no longer connected, `no-model` when it may not be used. */
function chosenByName(
  key: string,
  { models }: RouteInput,
  allowed: readonly ModelInfo[],
  reasons: Reason[],
): ModelInfo {
  if (!models.some((model) => model.key === key))
    throw new SluiceError('model-not-found', { platform: '', model: key });
  const named = allowed.find((model) => model.key === key);
  if (named === undefined) throw new SluiceError('no-model', { why: 'none-allowed' });
  reasons.push({ kind: 'asked-by-name' });
  return named;
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

/** An unknown limit lets everything pass. */
function fitsInto(model: ModelInfo, input: RouteInput): boolean {
  const { contextTokens = Number.POSITIVE_INFINITY, maxInputTokens = contextTokens } = model;
  const inputTokens = inputTokensOf(model, input);
  return inputTokens + input.outputTokens <= contextTokens && inputTokens <= maxInputTokens;
}

function longestPrompt({ contextTokens, maxInputTokens }: ModelInfo): number {
  return maxInputTokens ?? contextTokens ?? Number.POSITIVE_INFINITY;
}

/** Throws `no-model` when each would cost more than the person wants to spend on one answer. */
function cheapEnough({ limits }: RouteInput, from: Candidate[], reasons: Reason[]): Candidate[] {
  const { maxUsd } = limits ?? {};
  if (maxUsd === undefined) return from;
  const left = from.filter(({ option }) => (option.estimatedUsd ?? 0) <= maxUsd);
  if (left.length === 0) throw new SluiceError('no-model', { why: 'none-so-cheap' });
  for (const { model, option } of from) {
    const usd = option.estimatedUsd ?? 0;
    if (usd > maxUsd) reasons.push({ kind: 'skipped-too-dear', model: model.label, usd, maxUsd });
  }
  return left;
}

function fastEnough({ limits }: RouteInput, from: Candidate[], reasons: Reason[]): Candidate[] {
  const { maxMs } = limits ?? {};
  if (maxMs === undefined) return from;
  const left = from.filter(({ option }) => option.estimatedMs <= maxMs);
  const fastest = Math.min(...from.map(({ option }) => option.estimatedMs));
  const kept = left.length > 0 ? left : from.filter(({ option }) => option.estimatedMs === fastest);
  if (left.length === 0) reasons.push({ kind: 'none-so-fast', maxMs });
  for (const { model, option } of from) {
    if (left.length > 0 && option.estimatedMs > maxMs)
      reasons.push({ kind: 'skipped-too-slow', model: model.label, ms: option.estimatedMs, maxMs });
  }
  return kept;
}
