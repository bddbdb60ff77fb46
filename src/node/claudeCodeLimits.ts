/**
 * What `claude` says about the person's 5-hour and weekly windows. Units: epoch seconds and ISO dates in what it
 * writes, a share 0…1 or a percentage of the window. Shapes measured with 2.1.329; unknown is left out, never 0.
 */
import * as v from 'valibot';
import { type LimitReading, type LimitStatus, windowReading } from '../quota/limitReading.ts';

const WINDOWS: Readonly<Record<string, { readonly window: string; readonly model?: string }>> = {
  five_hour: { window: '5h' },
  seven_day: { window: '7d' },
  seven_day_opus: { window: '7d', model: 'opus' },
  seven_day_sonnet: { window: '7d', model: 'sonnet' },
};

const STATUSES: Readonly<Record<string, LimitStatus>> = {
  allowed: 'allowed',
  allowed_warning: 'warning',
  rejected: 'rejected',
};

const Seconds = v.fallback(v.optional(v.pipe(v.number(), v.minValue(0))), undefined);
const Status = v.fallback(v.optional(v.string()), undefined);
const Share = v.pipe(v.number(), v.minValue(0));
const WindowSchema = v.object({ utilization: Share, resetsAt: Seconds, status: Status });

const EventSchema = v.object({
  status: Status,
  rateLimitType: v.fallback(v.optional(v.string()), undefined),
  utilization: v.fallback(v.optional(Share), undefined),
  resetsAt: Seconds,
  unifiedWindows: v.fallback(v.record(v.string(), v.unknown()), {}),
});

/** Readings out of a `rate_limit_event`; none when it cannot be read. */
export function readLimitEvent(info: unknown, nowMs: number): LimitReading[] {
  const event = v.safeParse(EventSchema, info);
  if (!event.success) return [];
  const { unifiedWindows, rateLimitType = '', utilization, status, resetsAt } = event.output;
  const readings = Object.entries(unifiedWindows).map(([name, raw]) => {
    const parsed = v.safeParse(WindowSchema, raw);
    return parsed.success ? reading(name, parsed.output, nowMs) : undefined;
  });
  if (!(rateLimitType in unifiedWindows)) {
    // Older programs tell only the window that counts, and its use only from a warning on.
    const used = utilization ?? (status === 'rejected' ? 1 : undefined);
    readings.push(
      used === undefined ? undefined : reading(rateLimitType, { utilization: used, status, resetsAt }, nowMs),
    );
  }
  return readings.filter((found) => found !== undefined);
}

/** The window that an event says is used up. */
export function rejectedWindow(readings: readonly LimitReading[]): LimitReading | undefined {
  return readings.find(({ status }) => status === 'rejected');
}

const UsageSchema = v.object({
  rate_limits: v.fallback(v.nullish(v.record(v.string(), v.unknown())), undefined),
});
const PercentSchema = v.object({
  utilization: Share,
  resets_at: v.fallback(v.nullish(v.string()), undefined),
});

/** Readings out of the answer to `get_usage`; none without a login that has such windows. */
export function readUsageReply(body: unknown, nowMs: number): LimitReading[] {
  const reply = v.safeParse(UsageSchema, body);
  const limits = Object.entries((reply.success && reply.output.rate_limits) || {});
  return limits.flatMap(([name, raw]) => {
    const parsed = v.safeParse(PercentSchema, raw);
    if (!parsed.success) return [];
    const resetsAtMs = Date.parse(parsed.output.resets_at ?? '');
    const resetsAt = Number.isNaN(resetsAtMs) ? undefined : resetsAtMs / 1000;
    return reading(name, { utilization: parsed.output.utilization / 100, resetsAt }, nowMs) ?? [];
  });
}

interface Told {
  readonly utilization: number;
  readonly resetsAt?: number | undefined;
  readonly status?: string | undefined;
}

function reading(name: string, told: Told, nowMs: number): LimitReading | undefined {
  const window = WINDOWS[name];
  if (window === undefined) return undefined;
  const status = STATUSES[told.status ?? ''];
  const report = {
    ...window,
    utilization: told.utilization,
    ...(told.resetsAt === undefined ? {} : { resetsAtMs: told.resetsAt * 1000 }),
    ...(status === undefined ? {} : { status }),
  };
  return windowReading(report, 'program', { nowMs });
}
