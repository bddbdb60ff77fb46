/** Expected failures in the person's language: what happened, and what can be done. */
import * as vscode from 'vscode';
import type { AnySluiceError, ErrorFacts } from '../base/errors.ts';
import { keyWords, networkWords } from './failureWords.ts';
import { duration } from './words.ts';

const t = vscode.l10n.t;

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
  if (why === 'none-local')
    return t(
      'This request may not leave this machine (sluice.routing.localOnly), and no model on it is connected.',
    );
  if (why === 'none-so-cheap')
    return t('Every model would cost more for this request than your settings allow.');
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
