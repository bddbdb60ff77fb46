/** Where a limit's level goes from now on, as points of a small chart. Units: milliseconds on the wall clock; 0…100 wide. */
import type { BucketView } from '../flow/snapshot.ts';

/** What a limit's course is made of. */
export type Course = Pick<
  BucketView,
  | 'id'
  | 'level'
  | 'size'
  | 'refill'
  | 'fullInMs'
  | 'foretold'
  | 'exhaustedAtMs'
  | 'exhaustedFromMs'
  | 'exhaustedToMs'
  | 'enoughAtMs'
>;

const MINUTE_MS = 60_000;

/** To the minute and to the hundredth: what cannot be seen does not make another drawing. */
export function courseOf(bucket: BucketView, nowMs: number): Course {
  const { id, refill, fullInMs, foretold, exhaustedAtMs, exhaustedFromMs, exhaustedToMs, enoughAtMs } =
    bucket;
  const left = bucket.size > 0 ? bucket.level / bucket.size : 0;
  const minuteMs = minuteOf(nowMs);
  const times = { exhaustedAtMs, exhaustedFromMs, exhaustedToMs, enoughAtMs };
  return {
    id,
    refill,
    size: 1,
    level: left <= 0 ? 0 : Math.max(0.01, Math.round(left * 100) / 100),
    ...(refill === 'at-reset' && fullInMs !== undefined && fullInMs > 0
      ? { fullInMs: Math.max(1, Math.round((nowMs + fullInMs) / MINUTE_MS) * MINUTE_MS - minuteMs) }
      : {}),
    ...(foretold === undefined ? {} : { foretold }),
    ...Object.fromEntries(
      Object.entries(times).flatMap(([key, atMs]) => (atMs === undefined ? [] : [[key, minuteOf(atMs)]])),
    ),
  };
}

export function minuteOf(atMs: number): number {
  return Math.floor(atMs / MINUTE_MS) * MINUTE_MS;
}

export const WIDTH = 100;
export const HEIGHT = 28;

/** So much of the chart lies behind the moment at which the limit is full again. */
const AFTER_RESET = 0.04;

export type Point = readonly [x: number, y: number];

export interface ForecastShape {
  /** The level as it is expected, down to nothing; absent where it is more likely to last. */
  readonly line: readonly Point[] | undefined;
  /** In eight cases of ten the level goes down within it. */
  readonly band: readonly Point[];
  /** Where it is full again all at once. */
  readonly backX: number | undefined;
  readonly endMs: number;
}

/** When the limit is full again all at once; absent where it is not, or where nobody knows. */
export function backAtMs({ refill, fullInMs }: Course, nowMs: number): number | undefined {
  return refill === 'at-reset' && fullInMs !== undefined && fullInMs > 0 ? nowMs + fullInMs : undefined;
}

/** Absent where nothing is expected to run out, or where it has already. */
export function forecastShape(course: Course, nowMs: number): ForecastShape | undefined {
  const { level, size, exhaustedAtMs, exhaustedToMs } = course;
  const fromMs = course.exhaustedFromMs ?? exhaustedAtMs;
  if (fromMs === undefined || level <= 0 || size <= 0) return undefined;
  const resetMs = backAtMs(course, nowMs);
  const lastMs = Math.max(nowMs + 1, fromMs, exhaustedAtMs ?? 0, exhaustedToMs ?? 0, resetMs ?? 0);
  const endMs = resetMs === lastMs ? nowMs + (lastMs - nowMs) * (1 + AFTER_RESET) : lastMs;
  const x = (atMs: number) => round(Math.min(1, Math.max(0, (atMs - nowMs) / (endMs - nowMs))) * WIDTH);
  const now: Point = [0, round(HEIGHT * (1 - Math.min(1, level / size)))];
  const empty = (atMs: number): Point => [x(atMs), HEIGHT];
  return {
    line: exhaustedAtMs === undefined ? undefined : [now, empty(exhaustedAtMs)],
    // What may well last runs out at its reset at the soonest.
    band: [now, empty(fromMs), empty(exhaustedToMs ?? resetMs ?? endMs)],
    backX: resetMs === undefined ? undefined : x(resetMs),
    endMs,
  };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
