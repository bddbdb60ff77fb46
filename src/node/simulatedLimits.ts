/** The limits that the simulated platform really keeps, and the headers that say so. Units: milliseconds, tokens. */
import type { Clock } from '../base/clock.ts';

export interface SimulatedLimitsConfig {
  readonly requestsPerMinute: number;
  readonly tokensPerMinute: number;
  /** How many minutes' worth the token bucket holds; 1 when absent. */
  readonly tokenMinutes?: number;
}

/** Made up: small enough that the meter moves, large enough that one person is not stopped. */
export const SIMULATED_LIMITS: SimulatedLimitsConfig = {
  requestsPerMinute: 30,
  tokensPerMinute: 4_000,
  tokenMinutes: 10,
};

type Level = 'requests' | 'tokens';

const MS_PER_MINUTE = 60_000;
/** Less than this is not missing but lost in rounding: waiting as long as told must be enough. */
const ROUNDING = 1e-6;

/** A bucket that fills continuously from empty to `size` within `fillMs`. */
class Bucket {
  readonly size: number;
  readonly #fillMs: number;
  readonly #clock: Clock;
  #level: number;
  #atMs: number;

  constructor(size: number, fillMs: number, clock: Clock) {
    this.size = size;
    this.#fillMs = fillMs;
    this.#clock = clock;
    this.#level = size;
    this.#atMs = clock.monotonic();
  }

  get level(): number {
    const nowMs = this.#clock.monotonic();
    const filled = ((nowMs - this.#atMs) / this.#fillMs) * this.size;
    this.#level = Math.min(this.size, this.#level + Math.max(0, filled));
    this.#atMs = nowMs;
    return this.#level;
  }

  /** Negative amounts give back. */
  take(amount: number): void {
    this.#level = Math.min(this.size, Math.max(0, this.level - amount));
  }

  /** A demand for more than the bucket holds is met when it is full. */
  waitMs(amount: number): number {
    const missing = Math.min(amount, this.size) - this.level;
    return missing <= ROUNDING ? 0 : (missing / this.size) * this.#fillMs;
  }

  fullInMs(): number {
    return ((this.size - this.level) / this.size) * this.#fillMs;
  }
}

/** One platform's limits: so many requests and so many tokens a minute. */
export class SimulatedLimits {
  readonly #clock: Clock;
  readonly #buckets: Readonly<Record<Level, Bucket>>;

  constructor(config: SimulatedLimitsConfig, clock: Clock) {
    this.#clock = clock;
    const { requestsPerMinute, tokensPerMinute, tokenMinutes = 1 } = config;
    this.#buckets = {
      requests: new Bucket(requestsPerMinute, MS_PER_MINUTE, clock),
      tokens: new Bucket(tokensPerMinute * tokenMinutes, tokenMinutes * MS_PER_MINUTE, clock),
    };
  }

  /** Takes one request and `tokens` and returns 0, or takes nothing and says how long to wait. */
  admit(tokens: number): number {
    const { requests, tokens: bucket } = this.#buckets;
    const waitMs = Math.max(requests.waitMs(1), bucket.waitMs(tokens));
    if (waitMs === 0) {
      requests.take(1);
      bucket.take(tokens);
    }
    return waitMs;
  }

  /** Tokens that were taken for an answer which was not generated. */
  giveBack(tokens: number): void {
    this.#buckets.tokens.take(-tokens);
  }

  anthropicHeaders(): Record<string, string> {
    return this.#headers((level, bucket) => ({
      [`anthropic-ratelimit-${level}-limit`]: String(bucket.size),
      [`anthropic-ratelimit-${level}-remaining`]: String(Math.floor(bucket.level)),
      [`anthropic-ratelimit-${level}-reset`]: new Date(this.#clock.now() + bucket.fullInMs()).toISOString(),
    }));
  }

  openaiHeaders(): Record<string, string> {
    return this.#headers((level, bucket) => ({
      [`x-ratelimit-limit-${level}`]: String(bucket.size),
      [`x-ratelimit-remaining-${level}`]: String(Math.floor(bucket.level)),
      [`x-ratelimit-reset-${level}`]: goDuration(bucket.fullInMs()),
    }));
  }

  #headers(write: (level: Level, bucket: Bucket) => Record<string, string>): Record<string, string> {
    return { ...write('requests', this.#buckets.requests), ...write('tokens', this.#buckets.tokens) };
  }
}

/** As Go prints a duration, to the millisecond: `12ms`, `1.5s`, `1m2.5s`. */
export function goDuration(ms: number): string {
  const whole = Math.ceil(ms);
  if (whole < 1_000) return `${whole}ms`;
  const minutes = Math.floor(whole / MS_PER_MINUTE);
  const seconds = (whole - minutes * MS_PER_MINUTE) / 1_000;
  return minutes === 0 ? `${seconds}s` : `${minutes}m${seconds}s`;
}
