/** When a limit will run out and when it is back: one sentence, and a small drawing of it. */
import type { BucketView } from '../flow/snapshot.ts';
import { type Content, h, type VNode } from './dom.ts';
import { backAtMs, type ForecastShape, forecastShape, HEIGHT, type Point, WIDTH } from './forecastShape.ts';
import type { Format } from './format.ts';
import { around, unknown } from './parts.ts';

export function forecastChart(bucket: BucketView, nowMs: number, format: Format): VNode {
  const shape = forecastShape(bucket, nowMs);
  return h(
    'figure',
    { class: 'forecast', key: 'forecast' },
    shape && [drawing(shape), axis(shape, nowMs, format)],
    h('figcaption', { class: 'detail', key: 'words' }, forecastWords(bucket, nowMs, format)),
  );
}

/** Says what the drawing shows: a screen reader hears this alone. */
export function forecastWords(bucket: BucketView, nowMs: number, format: Format): Content {
  const { words } = format;
  const time = (atMs: number) => format.moment(atMs, nowMs);
  const { enoughAtMs, level } = bucket;
  const resetMs = backAtMs(bucket, nowMs);
  const back = resetMs === undefined ? [] : [words.t('forecast.back', time(resetMs))];
  if (level <= 0) {
    const room = enoughAtMs === undefined ? back : [words.t('forecast.room', time(enoughAtMs))];
    return [words.t('forecast.empty'), ...room].join(', ');
  }
  if (enoughAtMs !== undefined) return words.t('forecast.short', time(enoughAtMs));
  const runsOut = runsOutWords(bucket, time, format);
  if (runsOut !== undefined) return [runsOut, ...back].join(', ');
  if (bucket.foretold) return words.t('forecast.lasts');
  return around(words, 'forecast.unknown', unknown(words.t('forecast.unseen')));
}

function runsOutWords(
  { exhaustedAtMs, exhaustedFromMs, exhaustedToMs }: BucketView,
  time: (atMs: number) => string,
  { words }: Format,
): string | undefined {
  if (exhaustedAtMs === undefined) {
    return exhaustedFromMs === undefined ? undefined : words.t('forecast.may', time(exhaustedFromMs));
  }
  const at = time(exhaustedAtMs);
  if (exhaustedFromMs === undefined) return words.t('forecast.runsOut', at);
  return exhaustedToMs === undefined
    ? words.t('forecast.runsOutFrom', at, time(exhaustedFromMs))
    : words.t('forecast.runsOutBand', at, time(exhaustedFromMs), time(exhaustedToMs));
}

function drawing({ line, band, backX }: ForecastShape): VNode {
  return h(
    'svg',
    {
      class: 'course',
      key: 'course',
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      preserveAspectRatio: 'none',
      'aria-hidden': 'true',
    },
    h('polygon', { class: 'band', key: 'band', points: points(band) }),
    line && h('polyline', { class: 'middle', key: 'line', points: points(line) }),
    backX !== undefined && h('line', { class: 'back', key: 'back', x1: backX, x2: backX, y1: 0, y2: HEIGHT }),
  );
}

function points(list: readonly Point[]): string {
  return list.map((point) => point.join(',')).join(' ');
}

function axis({ endMs, backX }: ForecastShape, nowMs: number, format: Format): VNode {
  const { words } = format;
  return h(
    'div',
    { class: 'axis', key: 'axis', 'aria-hidden': 'true' },
    h('span', {}, words.t('forecast.now')),
    h('span', {}, backX === undefined ? format.moment(endMs, nowMs) : words.t('forecast.reset')),
  );
}
