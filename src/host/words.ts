/** Numbers, reasons and failures in the person's language. */
import * as vscode from 'vscode';
import type { AnySluiceError, ErrorFacts } from '../base/errors.ts';
import { once } from '../base/once.ts';
import { type TaskType, totalTokens } from '../base/task.ts';
import type { Receipt } from '../flow/request.ts';
import type { Decision, Reason } from '../routing/decision.ts';
import { keyWords, networkWords } from './failureWords.ts';
import { cannotWords, helperName, tierName } from './talkWords.ts';

const t = vscode.l10n.t;

/** Made when first needed: it costs some 12 ms, and nothing is shown while the extension starts. */
const shareFormat = once(() => new Intl.NumberFormat(vscode.env.language, { style: 'percent' }));

/** Rounded down: nothing that was used looks unused. */
export const percent = (share: number): string => shareFormat().format(Math.floor(share * 100 + 1e-9) / 100);

/** `0.5 s`, `12 s`, `4 min`, `2 h`; an endless wait is unknown. */
export function duration(ms: number): string {
  if (!Number.isFinite(ms)) return '–';
  if (ms > 0 && ms < 1) return '< 1 ms';
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 10_000) return `${(ms / 1_000).toFixed(1)} s`;
  if (ms < 120_000) return `${Math.round(ms / 1_000)} s`;
  return ms < 7_200_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 3_600_000)} h`;
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
  const digits = usd === 0 || usd >= 1 ? 2 : usd >= 0.01 ? 4 : 6;
  const text = `$${usd.toFixed(digits)}`;
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
    case 'rule':
      return t('Your routing rule names {0}', reason.rule);
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
        reason.worth.toFixed(1),
      );
    case 'skipped-too-long':
      return t('{0} was left out: it takes at most {1} tokens', reason.model, reason.contextTokens);
    case 'rule-names-missing-model':
      return t('Your routing rule names {0}, which is not connected; it was ignored', reason.model);
    case 'fell-back':
      return t('{0} could not answer ({1})', reason.from, reason.code);
  }
}

function complexityWords(band: 'simple' | 'medium' | 'complex', value: number): string {
  const shown = value.toFixed(2);
  if (band === 'simple') return t('Looks simple (complexity {0} of 1)', shown);
  if (band === 'medium') return t('Looks of middle difficulty (complexity {0} of 1)', shown);
  return t('Looks complex (complexity {0} of 1)', shown);
}

/** The reason that decided, in one sentence. */
export function whyWords(decision: Decision): string {
  const order: Reason['kind'][] = [
    'fell-back',
    'helper',
    'rule',
    'asked-stronger',
    'asked-by-name',
    'kept-warm',
    'best-available',
    'cheapest-adequate',
    'only-model',
  ];
  const deciding = order
    .map((kind) => decision.reasons.find((reason) => reason.kind === kind))
    .find((reason) => reason !== undefined);
  const told = deciding ? [deciding] : decision.reasons.slice(0, 1);
  return told.map(reasonWords).join('. ');
}

/** A receipt on one line: `model · 320 tokens · $0.0012 · 1.4 s`, or where it came from when it was not sent. */
export function receiptLine(receipt: Receipt): string {
  const model = receipt.simulated ? t('{0} (simulated)', receipt.model) : receipt.model;
  if (receipt.cache !== 'none') return `${model} · ${cacheWords(receipt)}`;
  const { usage, billing, costUsd, totalMs } = receipt;
  const tokens = usage === undefined ? t('– tokens') : t('{0} tokens', totalTokens(usage));
  const cost = billing === 'subscription' ? t('in your subscription') : money(costUsd, false);
  return [model, tokens, cost, duration(totalMs)].join(' · ');
}

export function cacheWords(receipt: Receipt): string {
  if (receipt.cache === 'memory') return t('Hit in memory, {0} old', duration(receipt.cacheAgeMs ?? 0));
  if (receipt.cache === 'joined') return t('Joined an equal request that was running');
  return t('Miss');
}

/** What happened and what the person can do. What was kept, the door says: only it knows. */
export function errorWords(error: AnySluiceError, labelOf: (platform: string) => string): string {
  const platform = 'platform' in error.facts ? labelOf(error.facts.platform) : '';
  switch (error.code) {
    case 'rate-limited':
    case 'overloaded':
      return busyWords(error, platform);
    case 'quota-exhausted':
      return t(
        '{0} has no room: its limit “{1}” allows this request in {2}. Try again then, or connect another platform.',
        platform,
        error.facts.limit,
        duration(error.facts.retryAfterMs),
      );
    case 'not-approved':
      return t('Not sent: you said no to its estimated cost. Nothing was spent.');
    case 'invalid-key':
      return keyWords(error.facts.why, platform);
    case 'program-missing':
      return missingProgramWords(error.facts, platform);
    case 'not-logged-in':
      return t(
        '{0} is not logged in. Run `claude` in a terminal, type `/login`, then try again here.',
        platform,
      );
    case 'billing':
      return t('{0} says that the account has no credit or has reached its spend limit.', platform);
    case 'context-too-long':
      return t(
        'This is longer than {0} takes ({1} tokens). Select less.',
        platform,
        error.facts.limitTokens ?? '–',
      );
    case 'model-not-found':
      return t('{0} does not know the model {1}.', platform, error.facts.model);
    case 'refused':
      return t('{0} declined to answer this.', platform);
    case 'network':
      return networkWords(error.facts.cause, platform);
    case 'timeout':
      return t('{0} did not answer within {1}.', platform, duration(error.facts.afterMs));
    case 'bad-response':
    case 'bad-request':
      return protocolWords(error, platform);
    case 'cut-stream':
      return t('{0} broke off in the middle of its answer.', platform);
    case 'server-error':
      return t('{0} has a fault (status {1}). Try again later.', platform, error.facts.status);
    case 'no-model':
      return noModelWords(error.facts.why);
    case 'nothing-to-send':
      return nothingWords(error.facts.why);
    case 'not-editable':
      return notEditableWords(error.facts.why);
    case 'storage-unusable':
      return storageWords(error.facts);
  }
}

function missingProgramWords(facts: ErrorFacts['program-missing'], platform: string): string {
  if (facts.why === 'not-executable') {
    return t('{0} cannot be run: {1} is not an executable file. Correct its path.', platform, facts.program);
  }
  if (facts.why === 'other-program') {
    return t('{1} does not answer as {0} does. Correct its path.', platform, facts.program);
  }
  return t(
    '{0} was not found ({1}). Install it from claude.com/claude-code, or set its path, then try again.',
    platform,
    facts.program,
  );
}

function busyWords(
  error: AnySluiceError & { code: 'rate-limited' | 'overloaded' },
  platform: string,
): string {
  const wait = error.facts.retryAfterMs;
  const busy =
    error.code === 'rate-limited'
      ? t('{0} is at its rate limit.', platform)
      : t('{0} is overloaded.', platform);
  return wait === undefined
    ? `${busy} ${t('Try again later.')}`
    : `${busy} ${t('It asks to wait {0}.', duration(wait))}`;
}

function protocolWords(
  error: AnySluiceError & { code: 'bad-response' | 'bad-request' },
  platform: string,
): string {
  return error.code === 'bad-response'
    ? t(
        '{0} answered with something that is not its protocol ({1}). Check its address in the settings.',
        platform,
        error.facts.detail,
      )
    : t('{0} did not accept the request ({1}).', platform, error.facts.detail);
}

function noModelWords(why: ErrorFacts['no-model']['why']): string {
  if (why === 'none-in-vscode')
    return t('No extension offers a language model in this window. Sign in to one first.');
  if (why === 'none-stronger') return t('There is no stronger model among the connected platforms.');
  if (why === 'none-in-tier') return t('No connected platform has a model of the kind that was asked for.');
  if (why === 'none-able')
    return t(
      'No connected model can take this request: it needs tools or pictures. Connect another platform.',
    );
  if (why === 'none-allowed') return t('Your settings leave no model for this request.');
  return t('No platform is connected.');
}

function nothingWords(why: 'no-editor' | 'empty' | 'binary'): string {
  if (why === 'empty') return t('There is nothing here to send: the file is empty.');
  if (why === 'binary') return t('This looks like a binary file; Sluice sends text only.');
  return t('Open a text file and select some code first.');
}

function notEditableWords(why: ErrorFacts['not-editable']['why']): string {
  if (why === 'read-only') return t('This file is read-only. Nothing was changed.');
  if (why === 'overlap')
    return t('Another edit of Sluice waits here. Accept or reject it first, then try again.');
  if (why === 'changed') return t('This code has changed since it was sent. Nothing was written; ask again.');
  return t('The file was closed. Nothing was changed.');
}

function storageWords(facts: { why: 'not-writable' | 'newer-version' | 'corrupt'; detail: string }): string {
  const kept = t('Usage is counted in memory until this window closes.');
  if (facts.why === 'newer-version') {
    return `${t('The usage history was written by a newer version of Sluice and is left untouched.')} ${kept}`;
  }
  if (facts.why === 'corrupt') return `${t('The usage history is damaged: {0}.', facts.detail)} ${kept}`;
  return `${t('The usage history cannot be written: {0}.', facts.detail)} ${kept}`;
}
