/** When a limit will run out and when it is back: one sentence, and a small drawing of it. */
import type { BucketView } from '../flow/snapshot.ts';
import { h, type VNode } from './dom.ts';
import {
  backAtMs,
  type Course,
  courseOf,
  type ForecastShape,
  forecastShape,
  HEIGHT,
  minuteOf,
  type Point,
  WIDTH,
} from './forecastShape.ts';
import type { Format } from './format.ts';
import { keptNodes } from './kept.ts';

/** By the id of the limit. */
export function forecastCharts(
  buckets: readonly BucketView[],
  nowMs: number,
  format: Format,
): ReadonlyMap<string, VNode> {
  const minuteMs = minuteOf(nowMs);
  const courses = buckets.map((bucket) => courseOf(bucket, nowMs));
  const kept = { format, kind: 'forecasts', context: String(minuteMs) };
  const charts = keptNodes(courses, kept, (course) => forecastChart(course, minuteMs, format));
  return new Map(charts.map((chart, index) => [courses[index]?.id ?? '', chart]));
}

function forecastChart(course: Course, nowMs: number, format: Format): VNode {
  const shape = forecastShape(course, nowMs);
  return h(
    'figure',
    { class: 'forecast', key: 'forecast' },
    shape && [drawing(shape), axis(shape, nowMs, format)],
    h('figcaption', { class: 'detail', key: 'words' }, forecastWords(course, nowMs, format)),
  );
}

/** Says what the drawing shows: a screen reader hears this alone. */
export function forecastWords(course: Course, nowMs: number, format: Format): string {
  const { words } = format;
  const time = (atMs: number) => format.moment(atMs, nowMs);
  const { enoughAtMs, level } = course;
  const resetMs = backAtMs(course, nowMs);
  const back = resetMs === undefined ? [] : [words.t('forecast.back', time(resetMs))];
  if (level <= 0) {
    const room = enoughAtMs === undefined ? back : [words.t('forecast.room', time(enoughAtMs))];
    return [words.t('forecast.empty'), ...room].join(', ');
  }
  if (enoughAtMs !== undefined) return words.t('forecast.short', time(enoughAtMs));
  const runsOut = runsOutWords(course, time, format);
  if (runsOut !== undefined) return [runsOut, ...back].join(', ');
  if (course.foretold) return words.t('forecast.lasts');
  return words.t('forecast.unseen');
}

function runsOutWords(
  { exhaustedAtMs, exhaustedFromMs, exhaustedToMs }: Course,
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
