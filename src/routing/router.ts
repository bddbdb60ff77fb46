/**
 * Chooses the cheapest model whose chance of being good enough passes the bar and that has room, with reasons.
 * Pure: the same input gives the same decision. Units: USD, milliseconds, tokens.
 */
import { SluiceError } from '../base/errors.ts';
import type { Tier } from '../base/task.ts';
import type { Chance } from './adequacyModel.ts';
import { begun, type PlanTerms } from './begin.ts';
import { byCost, type Candidate, candidatesOf } from './candidates.ts';
import type { Needs } from './capabilities.ts';
import { automatic, type ModelInfo } from './catalogue.ts';
import { bandOf, complexity } from './complexity.ts';
import type { Decision, HelperKind, Option, Reason } from './decision.ts';
import { eligible, type RouteLimits, ruleOf } from './eligible.ts';
import { type Exploration, explored } from './exploring.ts';
import type { TaskFeatures } from './features.ts';
import type { RoutingRule } from './rules.ts';
import { worthMost } from './worth.ts';

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
  /** How the model's platform is doing; absent: well. */
  readonly trouble?: (model: ModelInfo) => Trouble | undefined;
  /** What was learned, for models from cheap to dear; absent: the formula over complexity. */
  readonly chances?: (modelKeys: readonly string[], features: TaskFeatures) => readonly Chance[];
  /** How long the model takes for the answer, as it was learned; absent or undefined: as the catalogue says. */
  readonly answerMs?: (model: ModelInfo) => number | undefined;
  readonly limits?: RouteLimits;
  /** Absent: nothing is tried out. */
  readonly explore?: Exploration;
  /** The answer is checked before anyone sees it, and a better model asked when it fails; absent: it stands alone. */
  readonly plan?: PlanTerms;
}

export interface Trouble {
  /** Share of its newest attempts that failed, and how many times as long as usual its answers take. */
  readonly failed: number;
  readonly slower: number;
  /** How many times its price a token counts for it, at least 1. */
  readonly factor: number;
}

/** Throws `no-model` when nothing is connected, fits, or is more capable than what was asked to be surpassed. */
export function route(input: RouteInput): Decision {
  if (input.models.length === 0) throw new SluiceError('no-model', { why: 'none-connected' });
  const reasons: Reason[] = [];
  const value = complexity(input.features);
  reasons.push({ kind: 'complexity', value, band: bandOf(value) });
  const able = eligible(input, reasons);
  const ruled = byRule(input, able, reasons);
  const roomy = ruled ? [ruled] : withRoom(input, able, reasons);
  const chosen = ruled ?? choose(input, roomy, reasons);
  const { seen } = chosen.option;
  if (seen !== undefined && seen >= 1) reasons.push({ kind: 'learned', outcomes: Math.round(seen) });
  return explain(input, chosen, roomy, reasons);
}

function byRule(input: RouteInput, able: readonly Candidate[], reasons: Reason[]): Candidate | undefined {
  const rule = ruleOf(input);
  if (rule === undefined) return undefined;
  const named = able.find(({ model }) => model.key === rule.model);
  if (named) reasons.push({ kind: 'rule', rule: rule.model });
  else if (!input.models.some((model) => model.key === rule.model)) {
    reasons.push({ kind: 'rule-names-missing-model', model: rule.model });
  } else reasons.push({ kind: 'rule-cannot', model: rule.model });
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
  const best = from.reduce((a, b) => (b.option.chance > a.option.chance ? b : a));
  if (input.model !== undefined) return best;
  const passing = from.filter(({ option }) => option.chance >= input.bar);
  const usual = among(input, from, passing, best);
  const begin = beginning(input, from, usual);
  const chosen = begin?.candidate ?? usual;
  if (from.length === 1) {
    reasons.push({ kind: 'only-model' });
    return chosen;
  }
  const { bar, explore } = input;
  const tried = explored(explore, { bar, passes: passing.length > 0 }, from, chosen);
  if (tried !== undefined) {
    reasons.push({ kind: 'explored', instead: chosen.model.label, chance: tried.option.chance });
    return tried;
  }
  if (begin !== undefined) {
    const { chance } = chosen.option;
    reasons.push({ kind: 'planned', instead: usual.model.label, chance, inAll: begin.chance, bar });
    return chosen;
  }
  const passes = chosen.option.chance >= bar;
  const kind = passes ? 'cheapest-adequate' : chosen === best ? 'best-available' : 'near-best';
  reasons.push({ kind, chance: chosen.option.chance, bar });
  reasons.push(...instead(input, passing, chosen, from));
  return chosen;
}

/** Who asks for the best, or for a stronger one, is not made to begin elsewhere. */
function beginning({ bar, plan, strongerThan }: RouteInput, from: readonly Candidate[], usual: Candidate) {
  if (plan === undefined || bar >= 1 || strongerThan !== undefined) return undefined;
  return begun(from, usual, bar, plan);
}

/** Where only models without a price pass the bar, one with a price may come near enough. */
function among(
  { bar }: RouteInput,
  from: readonly Candidate[],
  passing: readonly Candidate[],
  best: Candidate,
): Candidate {
  const priced = (those: readonly Candidate[]) => those.some(({ cost }) => cost < Infinity);
  if (passing.length > 0 && (priced(passing) || !priced(from))) return cheapestInAll(passing, from);
  return bar >= 1 ? best : worthMost(from, best);
}

/** By the call and, as often as its answer is not good enough, the next better one after it. */
function cheapestInAll(among: readonly Candidate[], all: readonly Candidate[]): Candidate {
  return among.reduce((a, b) => (inAll(b, all) < inAll(a, all) ? b : a));
}

function inAll({ option, cost }: Candidate, all: readonly Candidate[]): number {
  const better = all.filter((other) => other.option.chance > option.chance && other.cost < Infinity);
  const next = better.reduce((least, other) => Math.min(least, other.cost), Infinity);
  return cost + (1 - option.chance) * (next === Infinity ? 0 : next);
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

/** Why not a cheaper one that passes too: its tokens are scarce, or its answers would often have to be asked for again. */
function instead(
  input: RouteInput,
  passing: readonly Candidate[],
  chosen: Candidate,
  all: readonly Candidate[],
): Reason[] {
  const usd = ({ option }: Candidate) => option.estimatedUsd ?? Number.POSITIVE_INFINITY;
  return passing
    .filter((other) => usd(other) < usd(chosen))
    .map((other): Reason => {
      const { model, option } = other;
      const worth = input.worth?.(model) ?? 1;
      const trouble = input.trouble?.(model);
      if (trouble && trouble.factor > worth)
        return {
          kind: 'unsteady',
          model: model.label,
          failed: trouble.failed,
          slower: trouble.slower,
          worth: trouble.factor,
        };
      if (worth > 1) return { kind: 'spared', model: model.label, worth };
      return { kind: 'dearer-in-all', model: model.label, chance: option.chance, usd: inAll(other, all) };
    });
}

/** Among all that may be chosen automatically, so that 'ask stronger' still shows what was left behind. */
function neighbours(input: RouteInput, chosen: Candidate): { cheaper?: Option; dearer?: Option } {
  const others = automatic(input.models).filter((model) => model !== chosen.model);
  const candidates = candidatesOf([chosen.model, ...others], input);
  const inOrder = candidates.map((one) => (one.model === chosen.model ? chosen : one)).sort(byCost);
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
    confidence: confidenceOf(chosen.option, input.bar),
    ...(cheaper ? { nextCheaper: cheaper } : {}),
    ...(dearer ? { nextDearer: dearer } : {}),
    fallbacks: [...stronger, ...weaker].map(({ option }) => option),
    features: input.features,
    estimatedInputTokens: input.features.inputTokens,
    estimatedOutputTokens: input.outputTokens,
  };
}

/** While nothing was learned a chance is believed to within so much. */
const UNLEARNED_DEVIATION = 0.15;

/** Chance that the model truly passes the bar, by what is believed of it and how firmly. */
function confidenceOf({ chance, deviation = UNLEARNED_DEVIATION }: Option, bar: number): number {
  const distance = (chance - bar) / Math.max(1e-3, deviation);
  // The logistic curve is within 0.01 of the normal one at this scale.
  return 1 / (1 + Math.exp(-1.702 * distance));
}
