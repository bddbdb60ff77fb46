/** Why a model was learned of, tried out, or left out by the person's own limits. */
import * as vscode from 'vscode';
import type { Reason } from '../routing/decision.ts';
import { duration, money, numbers, percent } from './words.ts';

const t = vscode.l10n.t;

export type LimitReason = Extract<
  Reason,
  {
    kind:
      | 'explored'
      | 'dearer-in-all'
      | 'learned'
      | 'rule-cannot'
      | 'local-only'
      | 'not-allowed'
      | 'skipped-too-dear'
      | 'skipped-too-slow'
      | 'none-so-fast';
  }
>;

/** Failures weigh more than time, and are said where there are any. */
export function unsteadyWords({
  model,
  failed,
  slower,
  worth,
}: Extract<Reason, { kind: 'unsteady' }>): string {
  const times = (value: number) => numbers().decimal(value, 1);
  return failed > 0
    ? t(
        '{0} was spared: {1} of the newest attempts at its platform failed, so its tokens count {2} times',
        model,
        percent(failed),
        times(worth),
      )
    : t(
        '{0} was spared: its platform takes {1} times as long as usual just now, so its tokens count {2} times',
        model,
        times(slower),
        times(worth),
      );
}

export function limitReasonWords(reason: LimitReason): string {
  switch (reason.kind) {
    case 'explored':
      return t(
        'Tried out instead of {0}, to learn what it can do (chance {1}); sluice.routing.explorePercent says how often',
        reason.instead,
        percent(reason.chance),
      );
    case 'dearer-in-all':
      return t(
        '{0} costs less a call, but its answers would have to be asked for again more often (chance {1}): {2} in all',
        reason.model,
        percent(reason.chance),
        money(reason.usd, false),
      );
    case 'learned':
      return reason.outcomes === 1
        ? t('Learned from 1 answer to such a task')
        : t('Learned from {0} answers to such tasks', reason.outcomes);
    case 'rule-cannot':
      return t('Your routing rule names {0}, which cannot take this request; it was ignored', reason.model);
    case 'local-only':
      return reason.others === 1
        ? t('Nothing may leave this machine here: 1 model was left out')
        : t('Nothing may leave this machine here: {0} models were left out', reason.others);
    case 'not-allowed':
      return reason.count === 1
        ? t('Your settings leave 1 model out')
        : t('Your settings leave {0} models out', reason.count);
    case 'skipped-too-dear':
      return t(
        '{0} was left out: about {1}, your limit is {2}',
        reason.model,
        money(reason.usd, false),
        money(reason.maxUsd, false),
      );
    case 'skipped-too-slow':
      return t(
        '{0} was left out: it takes about {1}, your limit is {2}',
        reason.model,
        duration(reason.ms),
        duration(reason.maxMs),
      );
    case 'none-so-fast':
      return t('No model answers within {0}; the fastest was taken', duration(reason.maxMs));
  }
}
