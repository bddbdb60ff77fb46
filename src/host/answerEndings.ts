/** How an answer view ends: what can be done next, and words for an answer that is not whole. */
import * as vscode from 'vscode';
import { SluiceError } from '../base/errors.ts';
import type { AnswerAction, AnswerState } from '../flow/messages.ts';
import type { AnswerEvent, Receipt } from '../flow/request.ts';
import { wentUpWords } from './checkWords.ts';
import { errorWords } from './errorWords.ts';
import { clockTime, duration, firstOf } from './words.ts';

const t = vscode.l10n.t;

export const STARTED: Pick<AnswerState, 'phase' | 'markdown' | 'receipt' | 'simulated'> = {
  phase: 'waiting',
  markdown: '',
  receipt: [],
  simulated: false,
};

/** Failures that another platform would help with. */
export const CONNECT_HELPS: ReadonlySet<string> = new Set([
  'invalid-key',
  'billing',
  'no-model',
  'quota-exhausted',
]);

export const CONNECT: readonly AnswerAction[] = ['connect'];
export const QUEUE: readonly AnswerAction[] = ['queue'];

export function ended(markdown: string): AnswerAction[] {
  return markdown === '' ? ['again'] : ['copy', 'again', 'fresh'];
}

/** The notice stands above the answer, so that nobody takes it for one to this very question. */
export function similarNotice({ answeredFor }: Receipt): string[] {
  if (answeredFor === undefined) return [];
  return [t('This is the answer to a similar question: “{0}”.', firstOf(answeredFor.question))];
}

export function doneWith(
  receipt: Receipt,
  notices: readonly string[],
): Pick<AnswerState, 'notices' | 'actions'> {
  if (receipt.answeredFor === undefined)
    return { notices, actions: ['copy', 'again', 'stronger', 'fresh', 'good', 'bad', 'decision'] };
  return {
    notices: [...notices, ...similarNotice(receipt)],
    actions: ['anyway', 'copy', 'stronger', 'good', 'bad', 'decision'],
  };
}

export function strongerThan(receipt: Receipt | undefined): { strongerThan?: string } {
  return receipt ? { strongerThan: receipt.modelKey } : {};
}

export function stopWords(stop: Receipt['stop']): string | undefined {
  if (stop === 'length') return t('The answer reached the length limit and is not complete.');
  if (stop === 'refused') return t('The model declined to answer this.');
  return stop === 'other' ? t('The platform stopped for a reason that it did not name.') : undefined;
}

/** `waitMs`: until the limit that refused has room again. */
export function failWords(
  error: unknown,
  labelOf: (platform: string) => string,
  { nowMs, waitMs }: { readonly nowMs: number; readonly waitMs: number | undefined },
): string {
  if (!SluiceError.any(error)) return t('Something in Sluice failed. Its log says more.');
  const words = errorWords(error, labelOf);
  return waitMs === undefined
    ? words
    : `${words} ${t('Room again at {0}.', clockTime(nowMs + waitMs, nowMs))}`;
}

type Waiting = Extract<AnswerEvent, { kind: 'waiting' | 'held' | 'went-up' }>;

/** What is going on while nothing is to be read yet. */
export function waitWords(event: Waiting, labelOf: (platform: string) => string): string {
  if (event.kind === 'held') return t('Answering; it is checked before it is shown…');
  if (event.kind === 'went-up') return wentUpWords(event.from, event.failure);
  return t('{0} asks to wait {1}…', labelOf(event.platform), duration(event.waitMs));
}
