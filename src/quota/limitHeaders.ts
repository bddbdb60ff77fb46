/**
 * What platforms say in response headers about their limits. Units: milliseconds, requests, tokens. Names and
 * formats: platform.claude.com/docs/en/api/rate-limits and platform.openai.com/docs/guides/rate-limits
 * (20 Nov 2026). What cannot be read is left out: unknown is never 0.
 */
import {
  LIMIT_STATUSES,
  type LimitReading,
  type LimitStatus,
  type LimitUnit,
  plausibleWait,
  windowReading,
} from './limitReading.ts';

/** Looks a header up by its lower-case name. */
export type HeaderLookup = (name: string) => string | null | undefined;

interface HeaderNames {
  readonly unit: LimitUnit;
  readonly limit: string;
  readonly remaining: string;
  readonly reset: string;
  readonly readReset: (text: string, platformNowMs: number) => number | undefined;
}

const UNITS_OF_ANTHROPIC = ['requests', 'tokens', 'input-tokens', 'output-tokens'] as const;
const UNITS_OF_OPENAI = ['requests', 'tokens'] as const;

const HEADERS: readonly HeaderNames[] = [
  ...UNITS_OF_ANTHROPIC.map((unit) => ({
    unit,
    limit: `anthropic-ratelimit-${unit}-limit`,
    remaining: `anthropic-ratelimit-${unit}-remaining`,
    reset: `anthropic-ratelimit-${unit}-reset`,
    readReset: untilTimestamp,
  })),
  ...UNITS_OF_OPENAI.map((unit) => ({
    unit,
    limit: `x-ratelimit-limit-${unit}`,
    remaining: `x-ratelimit-remaining-${unit}`,
    reset: `x-ratelimit-reset-${unit}`,
    readReset: goDurationMs,
  })),
];

/** A clock that differs by less is taken for right: the `date` header only counts whole seconds. */
const CLOCK_SKEW_MS = 5_000;

/** At most one reading a unit; `nowMs` is our wall clock. A reset that has passed counts as full now. */
export function parseLimitHeaders(get: HeaderLookup, nowMs: number): LimitReading[] {
  const platformNowMs = platformNow(get, nowMs);
  const readings = new Map<LimitUnit, LimitReading>();
  for (const names of HEADERS) {
    const limit = readCount(get(names.limit));
    const remaining = readCount(get(names.remaining));
    if (readings.has(names.unit) || limit === undefined || limit === 0 || remaining === undefined) continue;
    const reset = get(names.reset)?.trim();
    const fullInMs = reset ? plausibleWait(names.readReset(reset, platformNowMs)) : undefined;
    readings.set(names.unit, {
      unit: names.unit,
      limit,
      remaining: Math.min(remaining, limit),
      ...(fullInMs === undefined ? {} : { fullInMs }),
      atMs: nowMs,
    });
  }
  return [...readings.values(), ...unifiedReadings(get, nowMs, platformNowMs)];
}

/** Windows of a subscription that answers name; what else is named there (`overage`, `7d_oi`) is no limit of a call. */
const UNIFIED_WINDOWS = ['5h', '7d'] as const;

/** Utilization is a fraction, the reset counts seconds since the epoch. */
function unifiedReadings(get: HeaderLookup, nowMs: number, platformNowMs: number): LimitReading[] {
  return UNIFIED_WINDOWS.flatMap((window) => {
    const header = (name: string) => get(`anthropic-ratelimit-unified-${window}-${name}`);
    const utilization = readDecimal(header('utilization'));
    if (utilization === undefined) return [];
    const resetS = readDecimal(header('reset'));
    const status = statusOf(header('status'));
    const report = {
      window,
      utilization,
      ...(resetS === undefined ? {} : { resetsAtMs: resetS * 1_000 }),
      ...(status === undefined ? {} : { status }),
    };
    return windowReading(report, 'headers', { nowMs, platformNowMs }) ?? [];
  });
}

/** `allowed_warning` is what Anthropic calls a warning. */
export function statusOf(text: string | null | undefined): LimitStatus | undefined {
  const word = text?.trim().toLowerCase();
  return word === 'allowed_warning' ? 'warning' : LIMIT_STATUSES.find((status) => status === word);
}

/** How long the platform asks to wait; undefined when it does not say, or says nothing sensible. */
export function retryAfterMs(get: HeaderLookup, nowMs: number): number | undefined {
  const exact = readDecimal(get('retry-after-ms'));
  if (exact !== undefined) return plausibleWait(exact);
  const text = get('retry-after')?.trim();
  if (!text) return undefined;
  const seconds = readDecimal(text);
  if (seconds !== undefined) return plausibleWait(seconds * 1000);
  return HTTP_DATE.test(text) ? plausibleWait(Date.parse(text) - platformNow(get, nowMs)) : undefined;
}

const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;
const RFC_3339 = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/;
const GO_DURATION = /^(\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)/;

const MS_PER_UNIT: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};

/** Reads what Go prints for a `time.Duration`, such as `1m2.5s`, `12ms` or `0`; undefined when it is not one. */
export function goDurationMs(text: string): number | undefined {
  if (text === '0') return 0;
  let rest = text;
  let totalMs = 0;
  while (rest !== '') {
    const match = GO_DURATION.exec(rest);
    const perUnit = MS_PER_UNIT[match?.[3] ?? ''];
    if (match === null || perUnit === undefined) return undefined;
    totalMs += Number(match[1]) * perUnit;
    rest = rest.slice(match[0].length);
  }
  return text === '' ? undefined : totalMs;
}

function untilTimestamp(text: string, platformNowMs: number): number | undefined {
  return RFC_3339.test(text) ? Date.parse(text) - platformNowMs : undefined;
}

/** The platform's own clock where its `date` header shows that ours is off, so that its time stamps still hold. */
function platformNow(get: HeaderLookup, nowMs: number): number {
  const text = get('date')?.trim() ?? '';
  const dateMs = HTTP_DATE.test(text) ? Date.parse(text) : Number.NaN;
  return Math.abs(dateMs - nowMs) > CLOCK_SKEW_MS ? dateMs : nowMs;
}

function readCount(text: string | null | undefined): number | undefined {
  return text && /^\s*\d{1,15}\s*$/.test(text) ? Number(text) : undefined;
}

function readDecimal(text: string | null | undefined): number | undefined {
  return text && /^\s*\d{1,15}(\.\d+)?\s*$/.test(text) ? Number(text) : undefined;
}
