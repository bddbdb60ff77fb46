/** One limit of one platform: its bucket, what is reserved of it, and the newest word of the platform on it. */
import type { Clock } from '../base/clock.ts';
import type { LimitReading, LimitUnit } from './limitReading.ts';
import { TokenBucket } from './tokenBucket.ts';

/** What one request wants, or what it used. Units: tokens. */
export interface Demand {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

export interface LimitState {
  readonly platform: string;
  readonly unit: LimitUnit;
  readonly model?: string;
  readonly size: number;
  readonly level: number;
  readonly reserved: number;
  /** Absent while unknown. */
  readonly refillPerMs?: number;
  readonly fullInMs?: number;
  readonly readingAtMs: number;
}

export class Limit {
  readonly platform: string;
  readonly unit: LimitUnit;
  readonly model: string | undefined;
  readonly #bucket: TokenBucket;
  #reserved = 0;
  #readingAtMs: number;

  /** A limit is born from the first reading that names it. */
  constructor(platform: string, reading: LimitReading, clock: Clock) {
    this.platform = platform;
    this.unit = reading.unit;
    this.model = reading.model;
    this.#bucket = new TokenBucket(specOf(reading, 0), clock, reading.remaining);
    this.#readingAtMs = reading.atMs;
  }

  /** How much of this limit's unit a request wants. */
  amount(demand: Demand): number {
    switch (this.unit) {
      case 'requests':
        return 1;
      case 'tokens':
        return demand.inputTokens + demand.outputTokens;
      case 'input-tokens':
        return demand.inputTokens;
      case 'output-tokens':
        return demand.outputTokens;
    }
  }

  applies(model: string): boolean {
    return this.model === undefined || this.model === model;
  }

  waitMs(demand: Demand): number {
    return this.#bucket.waitMs(this.amount(demand));
  }

  reserve(demand: Demand): number {
    const taken = this.#bucket.take(this.amount(demand));
    this.#reserved += taken;
    return taken;
  }

  /** Ends a reservation of `reserved` units: `used` of them (or more) are gone, the rest comes back. */
  settle(reserved: number, used: number): void {
    this.#reserved = Math.max(0, this.#reserved - reserved);
    if (used <= reserved) this.#bucket.put(reserved - used);
    else this.#bucket.take(used - reserved);
  }

  /**
   * The newest reading wins, an older one is ignored. The platform has already charged `charged` units for the
   * request that brings the reading; what other requests hold in reserve it has not seen yet.
   */
  correct(reading: LimitReading, charged: number): void {
    if (reading.atMs < this.#readingAtMs) return;
    this.#readingAtMs = reading.atMs;
    const unseen = Math.max(0, this.#reserved - charged);
    this.#bucket.correct(specOf(reading, this.#bucket.spec.refillPerMs), reading.remaining - unseen);
  }

  state(): LimitState {
    const { size, refillPerMs } = this.#bucket.spec;
    const fullInMs = this.#bucket.fullInMs();
    return {
      platform: this.platform,
      unit: this.unit,
      ...(this.model === undefined ? {} : { model: this.model }),
      size,
      level: this.#bucket.level(),
      reserved: this.#reserved,
      ...(refillPerMs > 0 ? { refillPerMs } : {}),
      ...(fullInMs === undefined ? {} : { fullInMs }),
      readingAtMs: this.#readingAtMs,
    };
  }
}

/** Platforms round the time of a reset to whole seconds: over a short time that says little of the rate. */
const ROUNDING_MS = 1_000;
const TELLING_MS = 5_000;

/** A full bucket, or one that is nearly full, tells nothing new of its rate: the one known before stays. */
function specOf(reading: LimitReading, knownRefillPerMs: number) {
  const { limit, remaining, fullInMs = 0 } = reading;
  const missing = limit - remaining;
  const told = missing > 0 && fullInMs > 0 && (knownRefillPerMs === 0 || fullInMs >= TELLING_MS);
  return { size: limit, refillPerMs: told ? missing / Math.max(fullInMs, ROUNDING_MS) : knownRefillPerMs };
}
