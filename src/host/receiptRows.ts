/** A receipt as the rows under an answer, and as a document that explains the whole decision. */
import * as vscode from 'vscode';
import type { AnswerState } from '../flow/messages.ts';
import type { Receipt } from '../flow/request.ts';
import type { Option } from '../routing/decision.ts';
import { checkedWords, checkWhys } from './checkWords.ts';
import { cacheWords, duration, money, percent, reasonWords, taskName, whyWords } from './words.ts';

const t = vscode.l10n.t;

type Rows = AnswerState['receipt'];

export function receiptRows(receipt: Receipt): Rows {
  const whole = receipt.decision.reasons.map(reasonWords).join('\n');
  return [
    { label: t('Model'), value: modelWords(receipt), title: receipt.modelKey },
    { label: t('Why'), value: whyWords(receipt.decision), title: whole },
    { label: t('Tokens'), value: tokenWords(receipt) },
    { label: t('Cost'), value: costWords(receipt) },
    {
      label: t('Time'),
      value: timeWords(receipt),
      title: t('{0} of it in Sluice itself', duration(receipt.ownMs)),
    },
    { label: t('Cache'), value: cacheWords(receipt) },
    ...checkRows(receipt),
  ];
}

function checkRows({ checks = [] }: Receipt): Rows {
  if (checks.length === 0) return [];
  return [{ label: t('Checked'), value: checkedWords(checks), title: checkWhys(checks).join('\n') }];
}

/** Of each answer that was not shown: its model, what it cost, how long it took, and what was wrong with it. */
function attemptLines({ attempts = [], checks = [] }: Receipt): string[] {
  const why = checkWhys(checks).map((line) => `- ${line}`);
  const checked = checks.length === 0 ? [] : [`### ${t('Checked')}`, checkedWords(checks), why.join('\n')];
  const lines = attempts.map((one) => `- ${receiptLine(one)}: ${checkWhys(one.checks ?? []).join('; ')}`);
  const others = lines.length === 0 ? [] : [`### ${t('Answers that were not kept')}`, lines.join('\n')];
  return [...checked, ...others].filter((part) => part !== '');
}

/** `sim-fast (simulated) · 420 in, 130 out · $0.0002 · 1.2 s · Miss`. */
export function receiptLine(receipt: Receipt): string {
  const { usage, cache, totalMs } = receipt;
  const tokens =
    usage === undefined
      ? t('tokens –')
      : cache === 'none'
        ? t('{0} in, {1} out', usage.input + usage.cacheWrite + usage.cacheRead, usage.output)
        : t('0 tokens');
  const parts = [modelWords(receipt), tokens, costWords(receipt), duration(totalMs)];
  return [...parts, ...(cache === 'none' ? [] : [cacheWords(receipt)])].join(' · ');
}

/** The name that the platform itself gave in its answer. */
export function modelWords(receipt: Receipt): string {
  return receipt.simulated ? t('{0} (simulated)', receipt.model) : receipt.model;
}

export function tokenWords({ usage, cache }: Receipt): string {
  if (usage === undefined) return t('– (the platform did not say)');
  const cached = usage.cacheRead > 0 ? t('{0} from the platform’s prompt cache', usage.cacheRead) : '';
  const sent = t('{0} in, {1} out', usage.input + usage.cacheWrite, usage.output);
  const told = cached === '' ? sent : `${sent}, ${cached}`;
  return cache === 'none' ? told : t('0 now; the first time {0}', told);
}

export function costWords(receipt: Receipt): string {
  if (receipt.billing === 'subscription') {
    return receipt.cache === 'none'
      ? t('In your subscription')
      : t('Nothing, not of your subscription either');
  }
  if (receipt.cache !== 'none') {
    return receipt.savedUsd === undefined
      ? t('Nothing')
      : t('Nothing; saved {0}', money(receipt.savedUsd, receipt.simulated));
  }
  if (receipt.costUsd === undefined) return t('– (price or usage unknown)');
  const cost = money(receipt.costUsd, receipt.simulated);
  const { promptCacheSavedUsd: saved = 0 } = receipt;
  if (saved === 0) return cost;
  return saved > 0
    ? t('{0}; the platform’s prompt cache saved {1}', cost, money(saved, receipt.simulated))
    : t('{0}; {1} of it to fill the platform’s prompt cache', cost, money(-saved, receipt.simulated));
}

function timeWords({ totalMs, firstTokenMs }: Receipt): string {
  const total = duration(totalMs);
  return firstTokenMs === undefined ? total : t('{0}, first words after {1}', total, duration(firstTokenMs));
}

/** Markdown: every reason, the next cheaper and dearer model, and the fallbacks. */
export function decisionDocument(receipt: Receipt): string {
  const { decision } = receipt;
  const reasons = decision.reasons.map((reason) => `- ${reasonWords(reason)}`);
  const options: [string, Option | undefined][] = [
    [t('Chosen'), decision.chosen],
    [t('Next cheaper'), decision.nextCheaper],
    [t('Next dearer'), decision.nextDearer],
  ];
  const fallbacks = decision.fallbacks.map(({ label }) => label).join(', ');
  return [
    `### ${t('Why this model')}`,
    reasons.join('\n'),
    ...attemptLines(receipt),
    `### ${t('What else could have answered')}`,
    table(options),
    fallbacks === '' ? t('No other model could have stood in.') : t('If it had failed: {0}.', fallbacks),
    t(
      'A chance begins with what is known of the model and the look of the task; what became of earlier answers corrects it. Evidence counts such answers to such tasks.',
    ),
  ].join('\n\n');
}

function table(options: readonly (readonly [string, Option | undefined])[]): string {
  const head = [
    t('Choice'),
    t('Model'),
    t('Chance of a good answer'),
    t('Evidence'),
    t('Estimated cost'),
    t('Estimated time'),
  ];
  const lines = options.map(([name, option]) => cells([name, ...optionCells(option)]));
  return [cells(head), cells(head.map(() => '---')), ...lines].join('\n');
}

function optionCells(option: Option | undefined): string[] {
  if (option === undefined) return ['–', '–', '–', '–', '–'];
  const included = option.billing === 'subscription';
  const cost = included ? t('in your subscription') : money(option.estimatedUsd, option.simulated);
  const evidence = option.seen === undefined ? '–' : String(Math.round(option.seen));
  return [option.label, percent(option.chance), evidence, cost, duration(option.estimatedMs)];
}

function cells(values: readonly string[]): string {
  return `| ${values.map((value) => value.replaceAll('|', '\\|')).join(' | ')} |`;
}

export function decisionTitle(receipt: Receipt): string {
  return t('{0} → {1}', taskName(receipt.task), modelWords(receipt));
}
