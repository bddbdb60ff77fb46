/** What is left of every limit: a sentence, and a table in Markdown. */
import * as vscode from 'vscode';
import type { BucketView, PlatformView } from '../flow/snapshot.ts';
import { tooltipRow, unitWords, worstFresh } from './meter.ts';
import { duration, percent } from './words.ts';

const t = vscode.l10n.t;

type Named = Pick<PlatformView, 'id' | 'label' | 'simulated'>;

export function quotaWords(buckets: readonly BucketView[], platforms: readonly Named[]): string {
  if (buckets.length === 0) return `${t('No limits are known yet: they come with the first answer.')}\n`;
  const nameOf = (bucket: BucketView) =>
    unitWords(platforms.find(({ id }) => id === bucket.platform)?.label ?? bucket.platform, bucket);
  const head = [t('Limit'), t('Left'), t('Full in'), t('Read')].join(' | ');
  const rows = buckets.map((bucket) => tooltipRow(bucket, nameOf(bucket))).join('');
  return `${tightest(buckets, nameOf)}\n\n| ${head} |\n|:--|--:|--:|--:|\n${rows}`;
}

function tightest(buckets: readonly BucketView[], nameOf: (bucket: BucketView) => string): string {
  const worst = worstFresh(buckets);
  if (worst === undefined) return t('No reading is fresh enough to say what is left now.');
  const left = percent(worst.level / worst.size);
  const name = nameOf(worst);
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
