/** What is folded away below a limit's bar: the shares of the priorities, and how its level came about. */
import type { AdaptationView, BucketView, ShareView } from '../flow/snapshot.ts';
import { type Content, h, type VNode } from './dom.ts';
import type { Format } from './format.ts';
import { around, hidden, nothing, unknown } from './parts.ts';

/** `name` tells this limit's details apart from those of the others; what is folded away is not made. */
export function limitDetails(bucket: BucketView, name: string, open: boolean, format: Format): VNode {
  const { words } = format;
  return h(
    'details',
    { key: 'more', 'data-kept': bucket.id, open },
    h('summary', { class: 'link' }, words.t('bucket.more'), hidden(`, ${name}`)),
    open && contents(bucket, name, format),
  );
}

function contents(bucket: BucketView, name: string, format: Format): Content {
  const { shares } = bucket;
  return [
    shares === undefined || shares.length === 0
      ? nothing(format.words.t('bucket.noShares'))
      : sharesTable(bucket, shares, name, format),
    h(
      'ul',
      { class: 'detail', key: 'lines' },
      linesOf(bucket, format).map(([key, line]) => h('li', { key }, line)),
    ),
  ];
}

/** An amount in the limit's own unit. */
export function amountWords(value: number, { unit, size }: BucketView, format: Format): string {
  if (unit === 'share') return format.percent(size > 0 ? value / size : 0);
  return unit === 'usd' ? format.usd(value) : format.tokens(value);
}

const COLUMNS = ['entitled', 'level', 'used', 'borrowed', 'lent'] as const;

function sharesTable(bucket: BucketView, shares: readonly ShareView[], name: string, format: Format): VNode {
  const { words } = format;
  const column = (key: string) =>
    h('th', { scope: 'col', title: words.t(`share.${key}.title`) }, words.t(`share.${key}`));
  return h(
    'table',
    { class: 'shares', key: 'shares' },
    h('caption', { class: 'hidden' }, words.t('share.caption', name)),
    h('thead', {}, h('tr', {}, h('td', {}), COLUMNS.map(column))),
    h(
      'tbody',
      {},
      shares.map((share) =>
        h(
          'tr',
          { key: share.priority },
          h('th', { scope: 'row' }, words.t(`priority.${share.priority}`)),
          COLUMNS.map((key) => h('td', {}, amountWords(Math.max(0, share[key]), bucket, format))),
        ),
      ),
    ),
  );
}

function linesOf(bucket: BucketView, format: Format): (readonly [key: string, line: Content])[] {
  const { words } = format;
  const { reservations = 0, threshold, readBy, adaptations = [] } = bucket;
  const amount = (value: number) => amountWords(value, bucket, format);
  return [
    ...adaptations.map(
      (each) =>
        [
          `${each.kind}-${'priority' in each ? each.priority : ''}`,
          adaptationWords(each, amount, format),
        ] as const,
    ),
    ...(reservations > 0
      ? [['held', words.count('bucket.holders', reservations, format.count(reservations))] as const]
      : []),
    ...(threshold === undefined
      ? []
      : [['threshold', words.t('bucket.threshold', amount(threshold))] as const]),
    ['drift', driftLine(bucket, amount, format)],
    ['foreign', foreignLine(bucket, amount, format)],
    ...(readBy === undefined ? [] : [['by', words.t(`by.${readBy}`)] as const]),
  ];
}

function adaptationWords(
  adaptation: AdaptationView,
  amount: (value: number) => string,
  format: Format,
): string {
  const { words } = format;
  const priority = 'priority' in adaptation ? words.t(`priority.${adaptation.priority}`) : '';
  switch (adaptation.kind) {
    case 'lent':
      return words.t('adapted.lent', priority, format.percent(adaptation.part));
    case 'penalised':
      return words.t('adapted.penalised', priority, format.percent(adaptation.factor));
    case 'burst':
      return words.t('adapted.burst', priority, amount(adaptation.owed));
    case 'unsteady':
      return words.t(
        'adapted.unsteady',
        format.percent(adaptation.failed),
        format.percent(adaptation.lent),
        format.times(adaptation.factor),
      );
    case 'slow':
      return words.t('adapted.slow', format.times(adaptation.slower), format.times(adaptation.factor));
    case 'haste':
      return words.t('adapted.haste', format.times(adaptation.times), format.percent(adaptation.lent));
  }
}

/** Less than half of one is a difference in rounding. */
const LEAST_DRIFT = 0.5;

function driftLine(bucket: BucketView, amount: (value: number) => string, format: Format): Content {
  const { words } = format;
  const { drift, unit } = bucket;
  if (drift === undefined) return around(words, 'drift.unknown', unknown(uncounted(bucket, format)));
  if (Math.abs(drift) < (unit === 'usd' ? LEAST_DRIFT / 100 : LEAST_DRIFT)) return words.t('drift.none');
  return words.t(drift > 0 ? 'drift.above' : 'drift.below', amount(Math.abs(drift)));
}

function foreignLine(bucket: BucketView, amount: (value: number) => string, format: Format): Content {
  const { words } = format;
  const { foreign } = bucket;
  if (foreign === undefined) return around(words, 'bucket.foreign', unknown(uncounted(bucket, format)));
  return words.t('bucket.foreign', amount(foreign));
}

function uncounted({ source }: BucketView, { words }: Format): string {
  return words.t(source === 'declared' ? 'uncounted.ours' : 'uncounted.theirs');
}
