/** The three models that Sluice offers to VS Code, and what is said of each. Units: tokens, USD per million tokens. */
import * as vscode from 'vscode';
import type { Tier } from '../base/task.ts';
import type { BucketView } from '../flow/snapshot.ts';
import { automatic, type ModelInfo } from '../routing/catalogue.ts';
import { VENDOR } from './languageModels.ts';
import { worstFresh } from './meterFace.ts';
import { percent } from './words.ts';

const t = vscode.l10n.t;

export interface OfferedModel {
  readonly id: string;
  readonly name: string;
  /** Absent: all. */
  readonly tiers?: readonly Tier[];
}

export const OFFERED: readonly OfferedModel[] = [
  { id: 'sluice-auto', name: 'Sluice Auto' },
  { id: 'sluice-fast', name: 'Sluice Fast', tiers: ['fast'] },
  { id: 'sluice-strong', name: 'Sluice Strong', tiers: ['powerful'] },
];

/** Of models whose limits nobody tells; most have more. */
const UNKNOWN_CONTEXT = 32_000;
const UNKNOWN_OUTPUT = 4_096;
const MOST_NAMED = 4;

/** The connected models that may answer for one that is offered. */
export function behind({ tiers }: OfferedModel, models: readonly ModelInfo[]): readonly ModelInfo[] {
  const chosen = automatic(models);
  return tiers === undefined ? chosen : chosen.filter(({ tier }) => tiers.includes(tier));
}

/** One without any model behind it is not offered. */
export function informationOf(
  models: readonly ModelInfo[],
  buckets: readonly BucketView[],
): vscode.LanguageModelChatInformation[] {
  return OFFERED.map((offered) => ({ offered, own: behind(offered, models) }))
    .filter(({ own }) => own.length > 0)
    .map(({ offered, own }) => ({
      id: offered.id,
      name: offered.name,
      family: VENDOR,
      version: '1',
      detail: own.every(({ simulated }) => simulated) ? t('Simulated') : detailOf(offered, own),
      tooltip: tooltipOf(offered, own, buckets),
      ...limitsOf(own),
      capabilities: {
        toolCalling: own.some(({ tools }) => tools !== false),
        imageInput: own.some(({ images }) => images === true),
      },
    }));
}

/** The longest prompt and answer that one of them takes: a longer talk goes to a model that can hold it. */
function limitsOf(own: readonly ModelInfo[]) {
  const outputs = own.map(({ maxOutputTokens = UNKNOWN_OUTPUT }) => maxOutputTokens);
  const inputs = own.map(
    ({ contextTokens = UNKNOWN_CONTEXT, maxInputTokens, maxOutputTokens = UNKNOWN_OUTPUT }) =>
      Math.min(maxInputTokens ?? contextTokens, Math.max(contextTokens - maxOutputTokens, contextTokens / 2)),
  );
  return { maxInputTokens: Math.floor(Math.max(...inputs)), maxOutputTokens: Math.max(...outputs) };
}

function detailOf({ tiers }: OfferedModel, own: readonly ModelInfo[]): string {
  const [only] = own;
  if (own.length === 1 && only) return only.label;
  return tiers === undefined ? t('Cheapest that is good enough') : t('{0} models', own.length);
}

function tooltipOf(
  { tiers }: OfferedModel,
  own: readonly ModelInfo[],
  buckets: readonly BucketView[],
): string {
  const named = own.slice(0, MOST_NAMED).map((model) => `${model.label} (${priceWords(model)})`);
  const more = own.length > MOST_NAMED ? [t('{0} more', own.length - MOST_NAMED)] : [];
  const what =
    tiers === undefined
      ? t('Sluice sends each request to the cheapest of your models that is good enough for it.')
      : t('Sluice sends each request to the cheapest of these models that is good enough for it.');
  return [what, [...named, ...more].join(', '), leftWords(own, buckets)].join('\n\n');
}

function priceWords({ price, billing, simulated }: ModelInfo): string {
  if (billing === 'subscription') return t('in your subscription');
  if (price === undefined) return t('price unknown');
  const usd = t(
    '{0} in, {1} out per million tokens',
    `$${price.inputUsdPerMTok}`,
    `$${price.outputUsdPerMTok}`,
  );
  return simulated ? t('{0}, simulated', usd) : usd;
}

/** In steps of ten, so that what a picker shows is not at once out of date. */
function leftWords(own: readonly ModelInfo[], buckets: readonly BucketView[]): string {
  const platforms = new Set(own.map(({ platform }) => platform));
  const worst = worstFresh(buckets.filter(({ platform }) => platforms.has(platform)));
  if (worst === undefined) return t('No limit is known yet.');
  const tenths = Math.floor((worst.level / worst.size) * 10) / 10;
  return tenths === 0
    ? t('Less than {0} of the tightest limit is left.', percent(0.1))
    : t('At least {0} of the tightest limit is left.', percent(tenths));
}
