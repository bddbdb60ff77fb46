/** What is left of every limit: a sentence, and a table or a list in Markdown. */
import * as vscode from 'vscode';
import type { Clock } from '../base/clock.ts';
import { type LimitFacts, limitList, limitName, limitTable, worstFresh } from './meterFace.ts';
import { meterFormat } from './meterFormat.ts';
import { duration, percent } from './words.ts';

const t = vscode.l10n.t;

/** `narrow`: no table, whose columns would break the words of a chat. */
export function quotaWords(facts: LimitFacts, clock: Clock, narrow = false): string {
  if (facts.buckets.length === 0)
    return `${t('No limits are known yet: they come with the first answer.')}\n`;
  const rows = narrow ? limitList : limitTable;
  return [tightest(facts), '', ...rows(facts, meterFormat(clock), t), ''].join('\n');
}

function tightest({ buckets, platforms }: LimitFacts): string {
  const worst = worstFresh(buckets);
  if (worst === undefined) return t('No reading is fresh enough to say what is left now.');
  const left = percent(worst.level / worst.size);
  const name = limitName(worst, platforms, t);
  const where = worst.simulated ? t('{0} (simulated)', name) : name;
  if (worst.fullInMs === undefined || worst.fullInMs === 0)
    return t('{0} is left of the tightest limit: {1}.', left, where);
  return t(
    '{0} is left of the tightest limit: {1}. It is full again in {2}.',
    left,
    where,
    duration(worst.fullInMs),
  );
}
