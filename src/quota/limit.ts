/** One limit of one platform: its level, what is reserved of it, and the newest word of the platform on it. */
import type { Clock } from '../base/clock.ts';
import type { Level } from './level.ts';
import type { LimitReading, LimitSource, LimitStatus, LimitUnit, Refill } from './limitReading.ts';
import { TokenBucket } from './tokenBucket.ts';
import { WindowLevel } from './windowLevel.ts';

/** What one request wants, or what it used. Units: tokens, USD. */
export interface Demand {
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** The part of `inputTokens` that the platform's prompt cache held. */
  readonly cachedTokens?: number;
  /** Absent: unknown. */
  readonly usd?: number;
}

export interface LimitState {
  readonly platform: string;
  readonly unit: LimitUnit;
  readonly model?: string;
  readonly window?: string;
  readonly size: number;
  readonly level: number;
  readonly reserved: number;
  readonly refill: Refill;
  /** Absent while unknown, and for what does not refill bit by bit. */
  readonly refillPerMs?: number;
  /** For `at-reset` the time to the end of the window. */
  readonly fullInMs?: number;
  readonly status?: LimitStatus;
  readonly source: LimitSource;
  readonly readingAtMs: number;
}

/**
 * What is left of a limit that nobody can count a request in must be more than this. For a share: a ten-thousandth of
 * the window.
 */
const LEAST: Partial<Record<LimitUnit, number>> = { share: 0.0001, usd: 0.001 };
/** A limit of which nobody knows when it has room again is tried again after this time: the answer then tells. */
const TRY_AGAIN_MS = 60_000;

export class Limit {
  readonly platform: string;
  readonly unit: LimitUnit;
  readonly model: string | undefined;
  readonly window: string | undefined;
  readonly #clock: Clock;
  #level: Level;
  #reading: LimitReading;
  /** How old the reading was when it came, and when that was on the monotonic clock. */
  #came: { readonly ageMs: number; readonly atMs: number };
  #reserved = 0;

  /** A limit is born from the first reading that names it. */
  constructor(platform: string, reading: LimitReading, clock: Clock) {
    this.platform = platform;
    this.unit = reading.unit;
    this.model = reading.model;
    this.window = reading.window;
    this.#clock = clock;
    this.#reading = reading;
    this.#came = arrivalOf(reading, clock);
    this.#level = levelOf(reading, { unseen: 0, knownRefillPerMs: 0, ageMs: this.#came.ageMs }, clock);
  }

  /** How much of this limit's unit a request wants; 0 where that cannot be told beforehand. */
  amount(demand: Demand): number {
    switch (this.unit) {
      case 'requests':
        return 1;
      case 'tokens':
        return demand.inputTokens + demand.outputTokens;
      case 'input-tokens':
        // Anthropic does not count what comes from its cache: platform.claude.com/docs/en/api/rate-limits.
        return Math.max(0, demand.inputTokens - (demand.cachedTokens ?? 0));
      case 'output-tokens':
        return demand.outputTokens;
      case 'usd':
        return demand.usd ?? 0;
      case 'share':
        return 0;
    }
  }

  applies(model: string): boolean {
    return this.model === undefined || this.model === model;
  }

  is(reading: LimitReading): boolean {
    return this.unit === reading.unit && this.model === reading.model && this.window === reading.window;
  }

  waitMs(demand: Demand): number {
    const status = this.#status();
    if (this.unit === 'share' && (status === 'allowed' || status === 'warning')) return 0;
    const waitMs =
      status === 'rejected'
        ? (this.#level.fullInMs() ?? Number.POSITIVE_INFINITY)
        : this.#level.waitMs(Math.max(this.amount(demand), LEAST[this.unit] ?? 0));
    return Number.isFinite(waitMs) ? waitMs : Math.max(0, TRY_AGAIN_MS - this.#ageMs());
  }

  reserve(demand: Demand): number {
    const taken = this.#level.take(this.amount(demand));
    this.#reserved += taken;
    return taken;
  }

  /** Ends a reservation of `reserved` units: `used` of them (or more) are gone, the rest comes back. */
  settle(reserved: number, used: number): void {
    this.#reserved = Math.max(0, this.#reserved - reserved);
    if (used <= reserved) this.#level.put(reserved - used);
    else this.#level.take(used - reserved);
  }

  /**
   * The newest reading wins, an older one is ignored. The platform has already charged `charged` units for the
   * request that brings the reading; what other requests hold in reserve it has not seen yet.
   */
  correct(reading: LimitReading, charged: number): void {
    if (reading.atMs < this.#reading.atMs) return;
    this.#reading = reading;
    const unseen = Math.max(0, this.#reserved - charged);
    this.#came = arrivalOf(reading, this.#clock);
    const { ageMs } = this.#came;
    this.#level = levelOf(reading, { unseen, knownRefillPerMs: this.#level.refillPerMs, ageMs }, this.#clock);
  }

  state(): LimitState {
    const { size, refillPerMs } = this.#level;
    const { source = 'headers', refill = 'continuous', atMs } = this.#reading;
    const fullInMs = this.#level.fullInMs();
    const status = this.#status();
    return {
      platform: this.platform,
      unit: this.unit,
      ...(this.model === undefined ? {} : { model: this.model }),
      ...(this.window === undefined ? {} : { window: this.window }),
      size,
      level: this.#level.level(),
      reserved: this.#reserved,
      refill,
      ...(refillPerMs > 0 ? { refillPerMs } : {}),
      ...(fullInMs === undefined ? {} : { fullInMs }),
      ...(status === undefined ? {} : { status }),
      source,
      readingAtMs: atMs,
    };
  }

  /** What was said of a window holds until it ends. */
  #status(): LimitStatus | undefined {
    const { status, fullInMs } = this.#reading;
    const over = fullInMs !== undefined && this.#ageMs() >= fullInMs;
    return over ? undefined : status;
  }

  /** Does not notice when the person sets the clock. */
  #ageMs(): number {
    return this.#came.ageMs + this.#clock.monotonic() - this.#came.atMs;
  }
}

function arrivalOf({ atMs }: LimitReading, clock: Clock) {
  return { ageMs: Math.max(0, clock.now() - atMs), atMs: clock.monotonic() };
}

/** Platforms round the time of a reset to whole seconds: over a short time that says little of the rate. */
const ROUNDING_MS = 1_000;
const TELLING_MS = 5_000;

interface Known {
  /** Reserved units that the platform does not know of. */
  readonly unseen: number;
  readonly knownRefillPerMs: number;
  /** How old the reading is. */
  readonly ageMs: number;
}

/**
 * What is left now; the reading may be of some time ago. A full bucket, or one that is nearly full, tells nothing new
 * of its rate: the one known before stays.
 */
function levelOf(
  { limit: size, remaining, fullInMs, refill = 'continuous' }: LimitReading,
  { unseen, knownRefillPerMs, ageMs }: Known,
  clock: Clock,
): Level {
  if (refill !== 'continuous') {
    const resetInMs = refill === 'never' || fullInMs === undefined ? undefined : fullInMs - ageMs;
    const over = resetInMs !== undefined && resetInMs <= 0;
    const spec = { size, ...(resetInMs === undefined || over ? {} : { resetInMs }) };
    return new WindowLevel(spec, clock, (over ? size : remaining) - unseen);
  }
  const missing = size - remaining;
  const told =
    missing > 0 &&
    fullInMs !== undefined &&
    fullInMs > 0 &&
    (knownRefillPerMs === 0 || fullInMs >= TELLING_MS);
  const refillPerMs = told ? missing / Math.max(fullInMs, ROUNDING_MS) : knownRefillPerMs;
  const level = Math.min(size, remaining + ageMs * refillPerMs) - unseen;
  return new TokenBucket({ size, refillPerMs }, clock, level);
}
