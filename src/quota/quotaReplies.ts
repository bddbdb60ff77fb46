/**
 * What platforms answer when they are asked for their limits. Units: milliseconds, requests, USD. What cannot be read
 * is left out: unknown is never 0.
 */
import { type LimitReading, plausibleWait } from './limitReading.ts';

/** How often Synthetic gives back a part of each limit: third-party code that shows it (read 2026-11-20). */
const ROLLING_TICK_MS = 3 * 60_000;
const WEEKLY_TICK_MS = 3 * 3_600_000;
/** What one tick gives back where the reply does not say it; same source. */
const ROLLING_TICK_SHARE = 0.05;
const WEEKLY_TICK_SHARE = 0.02;
/** More than any account has: such a number is an error of the platform. */
const MOST = 1e9;

/**
 * Synthetic's `GET /v2/quotas`: two token buckets that are given back in ticks, one in requests (which may be
 * fractions: cheap models count less) and one in USD of credit.
 */
export function parseSyntheticQuotas(body: unknown, nowMs: number): LimitReading[] {
  const { rollingFiveHourLimit, weeklyTokenLimit } = record(body);
  return [
    rollingReading(record(rollingFiveHourLimit), nowMs),
    weeklyReading(record(weeklyTokenLimit), nowMs),
  ].filter((reading) => reading !== undefined);
}

function rollingReading(limit: Fields, nowMs: number): LimitReading | undefined {
  const size = amount(limit.max);
  const remaining = amount(limit.remaining);
  if (!size || remaining === undefined) return undefined;
  const told = amount(limit.tickPercent);
  // Written as a fraction or as a percentage: no tick gives back all at once.
  const share =
    told === undefined || told === 0 || told > 100 ? ROLLING_TICK_SHARE : told > 1 ? told / 100 : told;
  const ticks = { size, remaining, perTick: size * share, everyMs: ROLLING_TICK_MS };
  const rejected = limit.limited === true;
  return {
    unit: 'requests',
    window: '5h',
    limit: size,
    remaining: Math.min(remaining, size),
    source: 'endpoint',
    atMs: nowMs,
    ...fullIn(ticks, limit.nextTickAt, nowMs),
    ...(rejected && remaining < 1 ? { status: 'rejected' as const } : {}),
  };
}

function weeklyReading(limit: Fields, nowMs: number): LimitReading | undefined {
  const percent = amount(limit.percentRemaining);
  const size = amount(limit.maxCredits);
  const remaining =
    amount(limit.remainingCredits) ??
    (size === undefined || percent === undefined || percent > 100 ? undefined : (size * percent) / 100);
  if (!size || remaining === undefined) return undefined;
  const perTick = amount(limit.nextRegenCredits) || size * WEEKLY_TICK_SHARE;
  return {
    unit: 'usd',
    window: 'week',
    limit: size,
    remaining: Math.min(remaining, size),
    source: 'endpoint',
    atMs: nowMs,
    ...fullIn({ size, remaining, perTick, everyMs: WEEKLY_TICK_MS }, limit.nextRegenAt, nowMs),
  };
}

interface Ticks {
  readonly size: number;
  readonly remaining: number;
  readonly perTick: number;
  readonly everyMs: number;
}

/** A reset in the past is a tick that is due. */
function fullIn({ size, remaining, perTick, everyMs }: Ticks, nextAt: unknown, nowMs: number) {
  const ticks = Math.ceil((size - Math.min(remaining, size)) / perTick);
  const untilNextMs = plausibleWait(timestamp(nextAt) - nowMs) ?? everyMs;
  const fullInMs = ticks <= 0 ? 0 : plausibleWait(Math.min(untilNextMs, everyMs) + (ticks - 1) * everyMs);
  return fullInMs === undefined ? {} : { fullInMs };
}

/** When a day, a week (on Monday) or a month ends, UTC: openrouter.ai/docs, GetCurrentKeyData (read 2026-11-21). */
const RESETS: Readonly<Record<string, (now: Date) => number>> = {
  daily: (now) => Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + 1),
  weekly: (now) =>
    Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + 7 - ((now.getUTCDay() + 6) % 7)),
  monthly: (now) => Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1),
};

/** OpenRouter's `GET /api/v1/key`: what this key may still spend. No reading for a key without a limit. */
export function parseOpenrouterKey(body: unknown, nowMs: number): LimitReading[] {
  const { limit, limit_remaining, usage, limit_reset } = record(record(body).data);
  const size = amount(limit);
  const used = amount(usage);
  // A key that has overdrawn its limit has less than nothing left.
  const overdrawn = typeof limit_remaining === 'number' && limit_remaining < 0;
  const reset = typeof limit_reset === 'string' && Object.hasOwn(RESETS, limit_reset) ? limit_reset : '';
  const left =
    amount(limit_remaining) ??
    (overdrawn ? 0 : reset !== '' || size === undefined || used === undefined ? undefined : size - used);
  if (!size || left === undefined) return [];
  const resetAtMs = RESETS[reset]?.(new Date(nowMs));
  return [
    {
      unit: 'usd',
      window: 'key',
      limit: size,
      remaining: Math.max(0, Math.min(left, size)),
      refill: resetAtMs === undefined ? 'never' : 'at-reset',
      source: 'endpoint',
      atMs: nowMs,
      ...(resetAtMs === undefined ? {} : { fullInMs: resetAtMs - nowMs }),
    },
  ];
}

type Fields = Readonly<Record<string, unknown>>;

function record(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

/** Numbers also come as `"24.72"` and `"$24.72"`. */
function amount(value: unknown): number | undefined {
  const parsed =
    typeof value === 'string' && /^\s*\$?\d{1,12}(\.\d+)?\s*$/.test(value)
      ? Number(value.replace('$', ''))
      : value;
  return typeof parsed === 'number' && parsed >= 0 && parsed <= MOST ? parsed : undefined;
}

function timestamp(value: unknown): number {
  return typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value) ? Date.parse(value) : Number.NaN;
}

/** Where a platform says what is left. The path is below the address of its calls, so that no key goes elsewhere. */
export interface LimitEndpoint {
  readonly path: string;
  readonly parse: (body: unknown, nowMs: number) => readonly LimitReading[];
}

const ENDPOINTS: Readonly<Record<string, LimitEndpoint>> = {
  synthetic: { path: '../../v2/quotas', parse: parseSyntheticQuotas },
  openrouter: { path: 'key', parse: parseOpenrouterKey },
};

/** Undefined for a kind of platform that cannot be asked. */
export function limitEndpointOf(kind: string): LimitEndpoint | undefined {
  return Object.hasOwn(ENDPOINTS, kind) ? ENDPOINTS[kind] : undefined;
}
