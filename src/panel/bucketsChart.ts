/** One bar for each limit: what is free and for whom, what is reserved, when it runs out and is full again, how we know. */
import type { BucketView, Snapshot } from '../flow/snapshot.ts';
import { type Content, h, type VNode } from './dom.ts';
import { forecastCharts } from './forecastChart.ts';
import type { Format } from './format.ts';
import { amountWords, limitDetails } from './limitDetails.ts';
import { around, facts, nothing, section, simulatedBadge, unknown } from './parts.ts';

/** Free fractions below which a bar warns; they mirror the default alerts at 80 and 95 % used. */
const LOW = 0.2;
const NEARLY_EMPTY = 0.05;

interface Drawn {
  readonly format: Format;
  readonly forecasts: ReadonlyMap<string, VNode>;
  readonly open: ReadonlySet<string>;
}

/** `open`: ids of the limits whose details are folded out. */
export function bucketsChart(
  { buckets, platforms, atMs }: Pick<Snapshot, 'buckets' | 'platforms' | 'atMs'>,
  open: ReadonlySet<string>,
  format: Format,
): VNode {
  const drawn = { format, open, forecasts: forecastCharts(buckets, atMs, format) };
  const { words } = format;
  const labels = new Map(platforms.map(({ id, label }) => [id, label]));
  return section(
    'buckets',
    words.t('buckets'),
    undefined,
    buckets.length === 0 && nothing(words.t('buckets.none')),
    h(
      'div',
      { class: 'columns', key: 'limits' },
      byOwner(buckets).map((group) =>
        ownerGroup(group, group[0].owner ?? labels.get(group[0].platform) ?? group[0].platform, drawn),
      ),
    ),
  );
}

function ownerGroup(group: Group, owner: string, drawn: Drawn): VNode {
  const { format } = drawn;
  const [first] = group;
  const { model, simulated, waiting = 0 } = first;
  return h(
    'div',
    { class: 'group', key: ownerOf(first) },
    h(
      'div',
      { class: 'line' },
      h(
        'h3',
        {},
        model === undefined ? owner : `${owner} · ${model}`,
        simulated && [' ', simulatedBadge(format.words)],
      ),
      waiting > 0 &&
        h(
          'span',
          { class: 'aside', key: 'waiting' },
          format.words.count('bucket.waiting', waiting, format.count(waiting)),
        ),
    ),
    group.map((bucket) => bucketRow(bucket, owner, drawn)),
  );
}

type Group = [BucketView, ...BucketView[]];

function ownerOf(bucket: BucketView): string {
  return `${bucket.platform}\n${bucket.model ?? ''}\n${bucket.simulated}`;
}

function byOwner(buckets: readonly BucketView[]): Group[] {
  const groups = new Map<string, Group>();
  for (const bucket of buckets) {
    const group = groups.get(ownerOf(bucket));
    if (group) group.push(bucket);
    else groups.set(ownerOf(bucket), [bucket]);
  }
  return [...groups.values()];
}

function bucketRow(bucket: BucketView, owner: string, { format, forecasts, open }: Drawn): VNode {
  const { words } = format;
  const free = fraction(bucket.level, bucket.size);
  const state = free >= LOW ? 'enough' : free >= NEARLY_EMPTY ? 'low' : 'empty';
  const unit = nameOf(bucket, format);
  const level = levelText(bucket, format);
  const name = [owner, bucket.model, unit, bucket.simulated && words.t('simulated')]
    .filter(Boolean)
    .join(', ');
  return h(
    'div',
    { class: `bucket ${state}`, key: bucket.id, 'data-bucket': bucket.id },
    h(
      'div',
      { class: 'line' },
      h('span', { class: 'name' }, unit),
      state !== 'enough' && h('span', { class: 'warning', key: 'warning' }, words.t(`bucket.${state}`)),
      h('span', { class: 'value', key: 'value' }, format.percent(free)),
    ),
    h(
      'div',
      {
        role: 'meter',
        class: 'bar',
        'aria-label': name,
        'aria-valuemin': 0,
        'aria-valuemax': 100,
        'aria-valuenow': Math.floor(free * 100),
        'aria-valuetext': [format.percent(free), level].filter(Boolean).join(', '),
      },
      bar(bucket, free),
    ),
    facts('p', details(bucket, level, format)),
    forecasts.get(bucket.id),
    limitDetails(bucket, name, open.has(bucket.id), format),
  );
}

/** What the shares are told apart by. */
const GAP = 0.5;

/** Free from the left, from the critical share to the low one, then what is reserved; the rest is used up. */
function bar(bucket: BucketView, free: number): VNode {
  const { shares = [], size } = bucket;
  const left = free * 100;
  const reserved = Math.min(fraction(bucket.reserved, size) * 100, 100 - left);
  const parts = shares.length === 0 ? [free] : shares.map(({ level }) => fraction(level, size));
  return h(
    'svg',
    { viewBox: '0 0 100 6', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    h('path', { class: 'free', d: freePath(parts) }),
    h('rect', {
      class: 'reserved',
      x: round(left + (reserved > 0 ? GAP : 0)),
      y: 0,
      width: round(Math.max(0, reserved - GAP)),
      height: 6,
    }),
  );
}

/** Boxes side by side, each as wide as its part of 100. */
export function freePath(parts: readonly number[]): string {
  let x = 0;
  let path = '';
  for (const [index, part] of parts.entries()) {
    const width = round(part * 100 - (index < parts.length - 1 ? GAP : 0));
    if (width > 0) path += `M${round(x)} 0h${width}v6h-${width}z`;
    x += part * 100;
  }
  return path;
}

function nameOf({ unit, window }: BucketView, { words }: Format): string {
  if (unit === 'share' && window !== undefined) return words.t('bucket.window', window);
  const name = words.has(`unit.${unit}`) ? words.t(`unit.${unit}`) : unit;
  return window === undefined ? name : `${name} (${window})`;
}

/** Empty for a share, whose percentage says all. */
function levelText(bucket: BucketView, format: Format): string {
  if (bucket.unit === 'share') return '';
  const { level, size } = bucket;
  return format.words.t(
    'bucket.level',
    amountWords(level, bucket, format),
    amountWords(size, bucket, format),
  );
}

function details(bucket: BucketView, level: string, format: Format): Content {
  const { words } = format;
  const reading = bucket.readingAgeMs;
  return [
    level !== '' && h('span', { key: 'level' }, level),
    bucket.reserved > 0 &&
      h(
        'span',
        { key: 'reserved' },
        words.t('bucket.reserved', amountWords(bucket.reserved, bucket, format)),
      ),
    h('span', { key: 'full' }, timeToFull(bucket, format)),
    bucket.refill === 'continuous' && h('span', { key: 'refill' }, refill(bucket, format)),
    h(
      'span',
      { key: 'source', title: words.t(`bucket.${bucket.source}.title`) },
      reading === undefined
        ? words.t(`bucket.${bucket.source}.noReading`)
        : words.t(`bucket.${bucket.source}`, format.duration(reading)),
    ),
  ];
}

function timeToFull({ fullInMs, refill }: BucketView, format: Format): Content {
  const { words } = format;
  if (refill === 'never') return words.t('bucket.neverFull');
  if (refill === 'at-reset' && fullInMs !== undefined && fullInMs > 0) {
    return words.t('bucket.resetsIn', format.duration(fullInMs));
  }
  if (fullInMs === undefined) return around(words, 'bucket.fullIn', unknown(words.t('bucket.refillUnknown')));
  return fullInMs <= 0 ? words.t('bucket.full') : words.t('bucket.fullIn', format.duration(fullInMs));
}

function refill(bucket: BucketView, format: Format): Content {
  const { words } = format;
  const { refillPerMinute } = bucket;
  if (refillPerMinute === undefined) {
    return around(words, 'bucket.noRefill', unknown(words.t('bucket.refillUnknown')));
  }
  return words.t('bucket.refill', amountWords(refillPerMinute, bucket, format));
}

function fraction(part: number, whole: number): number {
  return whole > 0 ? Math.min(1, Math.max(0, part / whole)) : 0;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
