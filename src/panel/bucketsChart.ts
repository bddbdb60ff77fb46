/** One bar for each limit: what is free, what is reserved, when it is full again, and how we know. */
import type { BucketView, PlatformView } from '../flow/snapshot.ts';
import { type Content, h, type VNode } from './dom.ts';
import type { Format } from './format.ts';
import { around, facts, nothing, section, simulatedBadge, unknown } from './parts.ts';

/** Free fractions below which a bar warns; they mirror the default alerts at 80 and 95 % used. */
const LOW = 0.2;
const NEARLY_EMPTY = 0.05;

export function bucketsChart(
  buckets: readonly BucketView[],
  platforms: readonly PlatformView[],
  format: Format,
): VNode {
  const { words } = format;
  const labels = new Map(platforms.map(({ id, label }) => [id, label]));
  return section(
    'buckets',
    words.t('buckets'),
    undefined,
    buckets.length === 0 && nothing(words.t('buckets.none')),
    byOwner(buckets).map((group) => {
      const [first] = group;
      const owner = labels.get(first.platform) ?? first.platform;
      return h(
        'div',
        { class: 'group', key: ownerOf(first) },
        h(
          'h3',
          {},
          first.model === undefined ? owner : `${owner} · ${first.model}`,
          first.simulated && [' ', simulatedBadge(words)],
        ),
        group.map((bucket) => bucketRow(bucket, owner, format)),
      );
    }),
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

function bucketRow(bucket: BucketView, owner: string, format: Format): VNode {
  const { words } = format;
  const free = fraction(bucket.level, bucket.size);
  const state = free >= LOW ? 'enough' : free >= NEARLY_EMPTY ? 'low' : 'empty';
  const unit = nameOf(bucket, format);
  const level = levelText(bucket, format);
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
        'aria-label': [owner, bucket.model, unit, bucket.simulated && words.t('simulated')]
          .filter(Boolean)
          .join(', '),
        'aria-valuemin': 0,
        'aria-valuemax': 100,
        'aria-valuenow': Math.floor(free * 100),
        'aria-valuetext': [format.percent(free), level].filter(Boolean).join(', '),
      },
      bar(free, fraction(bucket.reserved, bucket.size)),
    ),
    facts('p', details(bucket, level, format)),
  );
}

/** Free from the left, then what is reserved; the rest is used up. */
function bar(free: number, reserved: number): VNode {
  const left = free * 100;
  const width = Math.min(reserved * 100, 100 - left);
  return h(
    'svg',
    { viewBox: '0 0 100 6', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    h('rect', { class: 'free', x: 0, y: 0, width: round(left), height: 6 }),
    h('rect', { class: 'reserved', x: round(left), y: 0, width: round(width), height: 6 }),
  );
}

function nameOf({ unit, window }: BucketView, { words }: Format): string {
  if (unit === 'share' && window !== undefined) return words.t('bucket.window', window);
  const name = words.has(`unit.${unit}`) ? words.t(`unit.${unit}`) : unit;
  return window === undefined ? name : `${name} (${window})`;
}

/** Empty for a share, whose percentage says all. */
function levelText({ unit, level, size }: BucketView, format: Format): string {
  if (unit === 'share') return '';
  const amount = (value: number) => (unit === 'usd' ? format.usd(value) : format.tokens(value));
  return format.words.t('bucket.level', amount(level), amount(size));
}

function details(bucket: BucketView, level: string, format: Format): Content {
  const { words } = format;
  const reading = bucket.readingAgeMs;
  return [
    level !== '' && h('span', { key: 'level' }, level),
    bucket.reserved > 0 &&
      h('span', { key: 'reserved' }, words.t('bucket.reserved', format.tokens(bucket.reserved))),
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

function refill({ refillPerMinute }: BucketView, format: Format): Content {
  const { words } = format;
  if (refillPerMinute === undefined) {
    return around(words, 'bucket.noRefill', unknown(words.t('bucket.refillUnknown')));
  }
  return words.t('bucket.refill', format.tokens(refillPerMinute));
}

function fraction(part: number, whole: number): number {
  return whole > 0 ? Math.min(1, Math.max(0, part / whole)) : 0;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
