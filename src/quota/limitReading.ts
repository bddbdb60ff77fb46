/**
 * What a platform says is left of one of its limits. Units: the limit's own (`tokens`, `requests`, `usd`); a `share`
 * limit is a part of a whole whose size nobody tells: its size is 1; `units` are a person's own. Milliseconds.
 */
export const LIMIT_UNITS = [
  'requests',
  'tokens',
  'input-tokens',
  'output-tokens',
  'usd',
  'share',
  'units',
] as const;

export type LimitUnit = (typeof LIMIT_UNITS)[number];

/** How a limit becomes full again: bit by bit, all at once at the end of its window, or never by itself. */
export const REFILLS = ['continuous', 'at-reset', 'never'] as const;

export type Refill = (typeof REFILLS)[number];

/** The platform's own verdict, which counts more than the number: a window at 100 % may be open all the same. */
export const LIMIT_STATUSES = ['allowed', 'warning', 'rejected'] as const;

export type LimitStatus = (typeof LIMIT_STATUSES)[number];

/** `headers` of an answer, `endpoint` that was asked for it, `program` such as Claude Code, `log` that one wrote. */
export type LimitSource = 'headers' | 'endpoint' | 'program' | 'log';

export interface LimitReading {
  readonly unit: LimitUnit;
  /** The limit is kept for each model apart (`model` names it) or for the whole platform (absent). */
  readonly model?: string;
  /** Tells limits of one unit apart, in short words to show: `5h`, `7d`, `week`, `key`. */
  readonly window?: string;
  /** Size of the bucket; 1 for a `share`. */
  readonly limit: number;
  readonly remaining: number;
  /** Absent: `continuous`. */
  readonly refill?: Refill;
  /** Milliseconds from `atMs` until the limit is full again; unknown when the platform did not say. */
  readonly fullInMs?: number;
  readonly status?: LimitStatus;
  /** Absent: `headers`. */
  readonly source?: LimitSource;
  /** When the platform said it: wall clock, epoch milliseconds. */
  readonly atMs: number;
}

export interface WindowReport {
  /** `5h`, `7d`, … */
  readonly window: string;
  /** Used part, 0…1; more than 1 when the platform lets one go on above the limit. */
  readonly utilization: number;
  /** Epoch milliseconds by the platform's clock; absent: unknown. */
  readonly resetsAtMs?: number;
  readonly status?: LimitStatus;
  readonly model?: string;
}

/** A wait beyond this is taken for garbage: no known limit has a longer window than a month. */
export const LONGEST_WAIT_MS = 31 * 24 * 3_600_000;

/** A reset that has passed counts as full now; a number that makes no sense gives no reading. */
export function windowReading(
  report: WindowReport,
  source: LimitSource,
  { nowMs, platformNowMs = nowMs }: { readonly nowMs: number; readonly platformNowMs?: number },
): LimitReading | undefined {
  const { window, utilization, resetsAtMs, status, model } = report;
  if (!(utilization >= 0 && utilization <= MOST_UTILIZATION)) return undefined;
  const fullInMs = resetsAtMs === undefined ? undefined : plausibleWait(resetsAtMs - platformNowMs);
  return {
    unit: 'share',
    window,
    limit: 1,
    remaining: Math.max(0, 1 - utilization),
    refill: 'at-reset',
    source,
    atMs: nowMs,
    ...(fullInMs === undefined ? {} : { fullInMs }),
    ...(status === undefined ? {} : { status }),
    ...(model === undefined ? {} : { model }),
  };
}

/** Ten times over a limit is garbage. */
const MOST_UTILIZATION = 10;

/** Undefined where it says nothing that a level could be; a time that makes no sense is not known. */
export function soundReading(reading: LimitReading): LimitReading | undefined {
  const { limit, remaining, atMs, fullInMs, ...rest } = reading;
  if (!(limit > 0) || !Number.isFinite(limit) || !Number.isFinite(remaining) || !Number.isFinite(atMs))
    return undefined;
  const wait = fullInMs !== undefined && fullInMs >= 0 ? plausibleWait(fullInMs) : undefined;
  return {
    ...rest,
    ...{ limit, atMs, remaining: Math.max(0, Math.min(remaining, limit)) },
    ...(wait === undefined ? {} : { fullInMs: wait }),
  };
}

/** Undefined when it is no sensible wait; what lies in the past is now. */
export function plausibleWait(ms: number | undefined): number | undefined {
  return ms === undefined || Number.isNaN(ms) || ms > LONGEST_WAIT_MS ? undefined : Math.max(0, ms);
}
