/** Numbers, reasons and failures in the person's language. */
import * as vscode from 'vscode';
import { once } from '../base/once.ts';
import type { TaskType } from '../base/task.ts';
import type { Receipt } from '../flow/request.ts';
import type { Decision, Reason } from '../routing/decision.ts';
import { failureWords, wentUpWords } from './checkWords.ts';
import { numberWords } from './numberWords.ts';
import { limitReasonWords, unsteadyWords } from './routingWords.ts';
import { cannotWords, helperName, tierName } from './talkWords.ts';

const t = vscode.l10n.t;

/** Made when first needed: it costs some 12 ms, and nothing is shown while the extension starts. */
const shareFormat = once(() => new Intl.NumberFormat(vscode.env.language, { style: 'percent' }));

/** Rounded down: nothing that was used looks unused. */
export const percent = (share: number): string => shareFormat().format(Math.floor(share * 100 + 1e-9) / 100);

export const numbers = once(() => numberWords(vscode.env.language));

/** `0.5 s`, `12 s`, `4 min`, `2 h`, as the person's language writes it; an endless wait is unknown. */
export function duration(ms: number): string {
  if (!Number.isFinite(ms)) return '–';
  if (ms > 0 && ms < 1) return `< ${t('{0} ms', 1)}`;
  if (ms < 1_000) return t('{0} ms', Math.round(ms));
  if (ms < 10_000) return t('{0} s', numbers().decimal(ms / 1_000, 1));
  if (ms < 120_000) return t('{0} s', Math.round(ms / 1_000));
  return ms < 7_200_000 ? t('{0} min', Math.round(ms / 60_000)) : t('{0} h', Math.round(ms / 3_600_000));
}

const timeFormat = once(() => new Intl.DateTimeFormat(vscode.env.language, { timeStyle: 'short' }));
const dayTimeFormat = once(
  () =>
    new Intl.DateTimeFormat(vscode.env.language, { weekday: 'short', hour: 'numeric', minute: '2-digit' }),
);

/** `17:00`, on another day `Tue 17:00`, as the person's language writes it. */
export function clockTime(atMs: number, nowMs: number): string {
  const isToday = new Date(atMs).toDateString() === new Date(nowMs).toDateString();
  return (isToday ? timeFormat() : dayTimeFormat()).format(atMs);
}

/** To the millionth where it matters; the word 'simulated' goes with a price that nobody owes. */
export function money(usd: number | undefined, simulated: boolean): string {
  if (usd === undefined) return '–';
  const text = numbers().usd(usd);
  return simulated ? t('{0} (simulated)', text) : text;
}

export function taskName(task: TaskType): string {
  const names: Record<TaskType, string> = {
    question: t('Question'),
    explain: t('Explain'),
    edit: t('Edit'),
    fix: t('Fix'),
    refactor: t('Refactor'),
    tests: t('Tests'),
    document: t('Document'),
    review: t('Review'),
    translate: t('Translate'),
    simplify: t('Simplify'),
    name: t('Name'),
    'commit-message': t('Commit message'),
  };
  return names[task];
}

export function reasonWords(reason: Reason): string {
  switch (reason.kind) {
    case 'complexity':
      return complexityWords(reason.band, reason.value);
    case 'cheapest-adequate':
      return t(
        'Cheapest model whose chance of a good answer ({0}) passes the bar ({1})',
        percent(reason.chance),
        percent(reason.bar),
      );
    case 'best-available':
      return t(
        'No model passes the bar ({1}); this one comes nearest ({0})',
        percent(reason.chance),
        percent(reason.bar),
      );
    case 'near-best':
      return t(
        'No model passes the bar ({1}); this is the cheapest of those that come nearest ({0})',
        percent(reason.chance),
        percent(reason.bar),
      );
    case 'planned':
      return t(
        'Its answer ({0}) is checked before you see it, and a better model asked when it fails ({1} in all): a better plan than {2} alone',
        percent(reason.chance),
        percent(reason.inAll),
        reason.instead,
      );
    case 'rule':
      return t('Your routing rule names {0}', reason.rule);
    case 'explored':
    case 'dearer-in-all':
    case 'learned':
    case 'rule-cannot':
    case 'local-only':
    case 'not-allowed':
    case 'skipped-too-dear':
    case 'skipped-too-slow':
    case 'none-so-fast':
      return limitReasonWords(reason);
    case 'asked-stronger':
      return t('You asked for a stronger model than {0}', reason.than);
    case 'asked-by-name':
      return t('You chose this model');
    case 'tiers':
      return t('Asked for a {0} model', reason.tiers.map(tierName).join(', '));
    case 'helper':
      return t('VS Code helper: {0}; the cheapest model will do', helperName(reason.helper));
    case 'kept-warm':
      return t(
        'Stays with the model of this conversation: its platform still holds {0} tokens of it',
        reason.tokens,
      );
    case 'skipped-cannot':
      return cannotWords(reason);
    case 'only-model':
      return t('The only model that can take this request');
    case 'skipped-no-room':
      return t(
        '{0} was left out: its limit “{1}” has room again in {2}',
        reason.model,
        reason.limit,
        duration(reason.waitMs),
      );
    case 'spared':
      return t(
        '{0} was spared: its limit is expected to run out before it is full again, so its tokens count {1} times',
        reason.model,
        numbers().decimal(reason.worth, 1),
      );
    case 'unsteady':
      return unsteadyWords(reason);
    case 'skipped-too-long':
      return t('{0} was left out: it takes at most {1} tokens', reason.model, reason.contextTokens);
    case 'rule-names-missing-model':
      return t('Your routing rule names {0}, which is not connected; it was ignored', reason.model);
    case 'went-up':
      return wentUpWords(reason.from, reason.failure);
    case 'best-of-failed':
      return t('The best of {0} answers, none of which passed: {1}', reason.of, failureWords(reason.failure));
    case 'experiment':
      return t('Experiment “{0}”: variant “{1}”', reason.experiment, reason.variant);
    case 'fell-back':
      return t('{0} could not answer ({1})', reason.from, reason.code);
  }
}

function complexityWords(band: 'simple' | 'medium' | 'complex', value: number): string {
  const shown = numbers().decimal(value, 2);
  if (band === 'simple') return t('Looks simple (complexity {0} of 1)', shown);
  if (band === 'medium') return t('Looks of middle difficulty (complexity {0} of 1)', shown);
  return t('Looks complex (complexity {0} of 1)', shown);
}

/** The reason that decided, in one sentence. */
export function whyWords(decision: Decision): string {
  const order: Reason['kind'][] = [
    'best-of-failed',
    'went-up',
    'fell-back',
    'helper',
    'rule',
    'asked-stronger',
    'asked-by-name',
    'kept-warm',
    'explored',
    'planned',
    'best-available',
    'near-best',
    'cheapest-adequate',
    'only-model',
  ];
  const deciding = order
    .map((kind) => decision.reasons.find((reason) => reason.kind === kind))
    .find((reason) => reason !== undefined);
  const told = deciding ? [deciding] : decision.reasons.slice(0, 1);
  return told.map(reasonWords).join('. ');
}

export function cacheWords(receipt: Receipt): string {
  if (receipt.cache === 'memory') return t('Hit in memory, {0} old', duration(receipt.cacheAgeMs ?? 0));
  if (receipt.cache === 'redis')
    return t('Hit in the team’s Redis, {0} old', duration(receipt.cacheAgeMs ?? 0));
  if (receipt.cache === 'disk') return t('Hit on disk, {0} old', duration(receipt.cacheAgeMs ?? 0));
  const { answeredFor } = receipt;
  if (answeredFor !== undefined) {
    return t(
      'Answer to a similar question, {0} old: “{1}” ({2} sure that it serves both)',
      duration(receipt.cacheAgeMs ?? 0),
      firstOf(answeredFor.question),
      percent(answeredFor.chance),
    );
  }
  if (receipt.cache === 'joined') return t('Joined an equal request that was running');
  return t('Miss');
}

const MOST_SHOWN = 120;

/** In one line, and not the whole of a long question. */
export function firstOf(question: string): string {
  const line = question.replace(/\s+/g, ' ').trim();
  return line.length <= MOST_SHOWN ? line : `${line.slice(0, MOST_SHOWN).trimEnd()}…`;
}
