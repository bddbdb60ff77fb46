/**
 * Shadow choices: what one answer would have cost from each other model, had that one always been asked. Units: USD.
 *
 * Assumed, and told wherever it shows: the other model would have used as many tokens (its own for the same text),
 * with the same part of them from the platform's prompt cache, and its answer would have been kept. Cached answers and
 * answers of unknown cost are left out. A subscription's tokens cost nothing.
 */
import type { TokenUsage } from '../base/task.ts';
import { localDay } from '../metrics/usageLedger.ts';
import { automatic, type ModelInfo } from '../routing/catalogue.ts';
import { costUsd } from '../routing/cost.ts';
import type { Decision } from '../routing/decision.ts';
import type { ShadowRow, ShadowSums } from '../routing/trialStore.ts';
import type { Receipt } from './request.ts';
import type { SavingsView } from './snapshot.ts';

/** Tokens of a model for one of the tokenizer. */
type Factor = (model: ModelInfo) => number;

/** One row for each model that the router may choose, the one that answered among them. */
export function shadowRows(
  receipt: Receipt,
  models: readonly ModelInfo[],
  factor: Factor,
): readonly ShadowRow[] {
  const { costUsd: actualUsd, decision, simulated } = receipt;
  const usage = usageOfLast(receipt);
  if (receipt.cache !== 'none' || usage === undefined || actualUsd === undefined) return [];
  const answered = models.find(({ key }) => key === receipt.modelKey);
  const day = localDay(receipt.atMs);
  return automatic(models)
    .filter((model) => model.simulated === simulated)
    .flatMap((model) => {
      const usd =
        model === answered && receipt.attempts === undefined
          ? actualUsd
          : wouldCost(model, usage, factorBetween(answered, model, factor));
      const chance = chanceOf(model.key, decision);
      if (usd === undefined) return [];
      return [
        { day, modelKey: model.key, simulated, usd, actualUsd, ...(chance === undefined ? {} : { chance }) },
      ];
    });
}

/** What the answer itself took, without the ones before it that were not good enough: one model alone has none. */
function usageOfLast({ usage, attempts = [] }: Receipt): TokenUsage | undefined {
  if (usage === undefined) return undefined;
  const of = (key: 'input' | 'output' | 'cacheRead' | 'cacheWrite' | 'reasoning') =>
    attempts.reduce((left, attempt) => left - (attempt.usage?.[key] ?? 0), usage[key]);
  return {
    input: of('input'),
    output: of('output'),
    cacheRead: of('cacheRead'),
    cacheWrite: of('cacheWrite'),
    reasoning: of('reasoning'),
  };
}

function factorBetween(from: ModelInfo | undefined, to: ModelInfo, factor: Factor): number {
  return from === undefined ? 1 : factor(to) / factor(from);
}

function wouldCost(model: ModelInfo, usage: TokenUsage, factor: number): number | undefined {
  if (model.billing === 'subscription') return 0;
  const { chargedUsd: _charged, terms: _terms, cacheWriteLong: _long, ...tokens } = usage;
  return costUsd(model.price, {
    input: Math.round(tokens.input * factor),
    output: Math.round(tokens.output * factor),
    cacheRead: Math.round(tokens.cacheRead * factor),
    cacheWrite: Math.round(tokens.cacheWrite * factor),
    reasoning: Math.round(tokens.reasoning * factor),
  });
}

function chanceOf(key: string, { chosen, nextCheaper, nextDearer, fallbacks }: Decision): number | undefined {
  const options = [chosen, ...fallbacks, nextCheaper, nextDearer];
  return options.find((option) => option?.modelKey === key)?.chance;
}

/**
 * What was saved against always asking the strongest model, and against always asking the one that would do: the
 * cheapest whose mean chance passes `bar`. Undefined while there is nothing to compare.
 */
export function savingsView(
  sums: readonly ShadowSums[],
  models: readonly ModelInfo[],
  { bar, simulated, days }: { readonly bar: number; readonly simulated: boolean; readonly days: number },
): SavingsView | undefined {
  const known = sums.flatMap((row) => {
    const model = models.find(({ key }) => key === row.modelKey);
    return model === undefined
      ? []
      : [{ ...row, model, chance: row.chances === 0 ? 0 : row.chanceSum / row.chances }];
  });
  const [first] = known;
  if (first === undefined || known.length < 2) return undefined;
  const strongest = known.reduce((a, b) => (b.model.quality > a.model.quality ? b : a), first);
  const cheap = known.toSorted((a, b) => a.usd / a.requests - b.usd / b.requests);
  const single = cheap.find(({ chance }) => chance >= bar) ?? strongest;
  const choice = ({ model, requests, usd, actualUsd, chance }: (typeof known)[number]) => ({
    label: model.label,
    requests,
    usd,
    actualUsd,
    ...(chance === 0 ? {} : { chance }),
  });
  return { simulated, days, strongest: choice(strongest), single: choice(single) };
}
