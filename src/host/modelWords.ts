/** What is known of a model, in the person's language. Prices in USD per million tokens, sizes in tokens. */
import * as vscode from 'vscode';
import type { Tier } from '../base/task.ts';
import type { AnyModelRow } from '../routing/catalogue.ts';

const t = vscode.l10n.t;

type Row = Omit<AnyModelRow, 'quality' | 'firstTokenMs' | 'outputTokensPerS'>;

/** One line of a list: name, price and context, and below it tier, status, and where the facts come from. */
export function modelItem(row: Row): vscode.QuickPickItem {
  const warned = row.status === 'deprecated' || row.retires !== undefined;
  const label = row.label === row.name ? row.name : `${row.label} (${row.name})`;
  return {
    label: warned ? `$(warning) ${label}` : label,
    description: [priceWords(row), contextWords(row)].join(' · '),
    detail: [tierName(row.tier), ...statusWords(row), useWords(row), sourceWords(row)]
      .filter((part) => part !== '')
      .join(' · '),
  };
}

/** What one should know when this model was chosen; none where all is well. */
export function modelNotes(row: Row): readonly string[] {
  const notes = [];
  if (row.retires !== undefined) {
    notes.push(
      t(
        '{0} answers only until {1}: its platform is retiring it. If a rule of yours names it, name another one.',
        row.label,
        row.retires,
      ),
    );
  } else if (row.status === 'deprecated') {
    notes.push(t('{0} is deprecated by its platform and may go at any time.', row.label));
  }
  if (row.status === 'restricted') notes.push(t('{0} is open to some customers only.', row.label));
  if (row.price === undefined && row.billing === undefined) {
    notes.push(
      t('The price of {0} is not known; name it in “sluice.models” to have costs counted.', row.label),
    );
  }
  if (row.note !== undefined) notes.push(`${row.label}: ${row.note}.`);
  return notes;
}

function priceWords({ price, billing }: Row): string {
  if (billing === 'subscription') return t('in your subscription');
  if (price === undefined) return t('price unknown');
  if (price.inputUsdPerMTok === 0 && price.outputUsdPerMTok === 0) return t('free');
  const [input, output] = [price.inputUsdPerMTok, price.outputUsdPerMTok].map((usd) => `$${usd}`);
  const prices = t('{0} in, {1} out for a million tokens', input ?? '', output ?? '');
  if (price.floats) return t('about {0}', prices);
  return price.longPrompt === undefined
    ? prices
    : t('{0}, more above {1} tokens', prices, size(price.longPrompt.aboveTokens));
}

function contextWords({ contextTokens }: Row): string {
  return contextTokens === undefined ? t('context unknown') : t('{0} tokens of context', size(contextTokens));
}

/** `200k`, `1M`, `1.05M` */
function size(tokens: number): string {
  if (tokens >= 1_000_000) return `${Number((tokens / 1_000_000).toFixed(2))}M`;
  return tokens >= 1_000 ? `${Math.round(tokens / 1_000)}k` : String(tokens);
}

function tierName(tier: Tier): string {
  const names: Record<Tier, string> = { fast: t('fast'), balanced: t('balanced'), powerful: t('powerful') };
  return names[tier];
}

function statusWords({ status, retires, note }: Row): string[] {
  const words =
    status === 'deprecated' ? [t('deprecated')] : status === 'restricted' ? [t('restricted')] : [];
  if (retires !== undefined) words.push(t('answers until {0}', retires));
  return note === undefined ? words : [...words, note];
}

function useWords({ use }: Row): string {
  return use === 'by-name' ? t('only where a rule names it') : '';
}

function sourceWords({ source, asOf }: Row): string {
  return asOf === '' ? t('from {0}', source) : t('from {0}, {1}', source, asOf);
}
