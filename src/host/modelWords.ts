/** What is known of a model, in the person's language. Prices in USD per million tokens, sizes in tokens. */
import * as vscode from 'vscode';
import { promptTokens, type Tier, totalTokens } from '../base/task.ts';
import type { ModelUse } from '../flow/transport.ts';
import type { AnyModelRow } from '../routing/catalogue.ts';

const t = vscode.l10n.t;

type Row = Omit<AnyModelRow, 'quality' | 'firstTokenMs' | 'outputTokensPerS'>;

/** The models that Sluice may choose by itself, then the others. */
export function modelItems(rows: readonly Row[]): vscode.QuickPickItem[] {
  const [others, own] = [true, false].map((named) => rows.filter(({ use }) => (use === 'by-name') === named));
  return [
    ...group(t('Sluice chooses from these'), own ?? []),
    ...group(t('only where a rule of yours names them'), others ?? []),
  ];
}

function group(label: string, rows: readonly Row[]): vscode.QuickPickItem[] {
  if (rows.length === 0) return [];
  return [{ label, kind: vscode.QuickPickItemKind.Separator }, ...rows.map(modelItem)];
}

/** Name, price and context; below it what the platform calls it, its tier and status, and where the facts come from. */
function modelItem(row: Row): vscode.QuickPickItem {
  const warned = row.status === 'deprecated' || row.retires !== undefined;
  const called = row.label === row.name ? [] : [row.name];
  return {
    label: warned ? `$(warning) ${row.label}` : row.label,
    description: [priceWords(row), contextWords(row)].join(' · '),
    detail: [...statusWords(row), ...called, tierName(row.tier), sourceWords(row)].join(' · '),
  };
}

/** What was used of each model, the most used first. */
export function useItems(label: string, uses: readonly ModelUse[]): vscode.QuickPickItem[] {
  const sorted = uses.toSorted((a, b) => totalTokens(b.usage) - totalTokens(a.usage));
  const rows = sorted.map(({ model, requests, usage }) => ({
    label: model,
    description: t(
      '{0} requests · {1} tokens in, {2} of them from the cache · {3} out',
      requests,
      size(promptTokens(usage)),
      size(usage.cacheRead),
      size(usage.output),
    ),
  }));
  return rows.length === 0 ? [] : [{ label, kind: vscode.QuickPickItemKind.Separator }, ...rows];
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
  const prices = `${input} / ${output}`;
  if (price.floats) return `≈ ${prices}`;
  return price.longPrompt === undefined
    ? prices
    : t('{0}, more above {1}', prices, size(price.longPrompt.aboveTokens));
}

function contextWords({ contextTokens }: Row): string {
  return contextTokens === undefined ? t('context unknown') : t('{0} context', size(contextTokens));
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

function sourceWords({ source, asOf }: Row): string {
  return asOf === '' ? t('from {0}', source) : t('read {1} from {0}', source, asOf);
}
