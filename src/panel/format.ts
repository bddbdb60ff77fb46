/** Numbers as people read them. Units in: counts, fractions in [0, 1], USD, milliseconds. */
import type { Words } from './words.ts';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** From here on a count of tokens is shown with three digits and a magnitude. */
const COMPACT_FROM = 1_000_000;

/** So many results are remembered; then all are forgotten. */
const MOST_KEPT = 2_000;

/** The smallest amount that is shown as such. */
const LEAST_USD = 0.000001;

export class Format {
  readonly words: Words;
  readonly #durations = new Map<number, string>();
  /** By the minute, as they are shown on the day of `#nowMs`. */
  readonly #moments = new Map<number, string>();
  #nowMs = Number.NaN;
  #today = '';
  readonly #whole: Intl.NumberFormat;
  readonly #compact: Intl.NumberFormat;
  readonly #percent: Intl.NumberFormat;
  readonly #usd: Intl.NumberFormat;
  readonly #short: Intl.NumberFormat;
  readonly #time: Intl.DateTimeFormat;
  readonly #dayAndTime: Intl.DateTimeFormat;
  readonly #day: Intl.DateTimeFormat;

  constructor(words: Words) {
    const { locale } = words;
    this.words = words;
    this.#whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
    this.#compact = new Intl.NumberFormat(locale, { notation: 'compact', maximumSignificantDigits: 3 });
    this.#percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 });
    this.#usd = new Intl.NumberFormat(locale, {
      style: 'currency',
      currency: 'USD',
      currencyDisplay: 'narrowSymbol',
      minimumFractionDigits: 2,
      maximumFractionDigits: 2,
      maximumSignificantDigits: 2,
      roundingPriority: 'morePrecision',
    });
    this.#short = new Intl.NumberFormat(locale, { maximumSignificantDigits: 2, useGrouping: false });
    this.#time = new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit' });
    this.#dayAndTime = new Intl.DateTimeFormat(locale, {
      month: 'short',
      day: 'numeric',
      hour: 'numeric',
      minute: '2-digit',
    });
    this.#day = new Intl.DateTimeFormat(locale, {
      weekday: 'short',
      month: 'short',
      day: 'numeric',
      timeZone: 'UTC',
    });
  }

  /** `1.5`, of something that counts so many times. */
  times(value: number): string {
    return this.#short.format(value);
  }

  count(value: number): string {
    return this.#whole.format(value);
  }

  tokens(value: number): string {
    return (Math.abs(value) < COMPACT_FROM ? this.#whole : this.#compact).format(value);
  }

  /** In kilobytes of 1,024 bytes, and in megabytes from a thousand of them on. */
  bytes(value: number): string {
    const kilobytes = value / 1_024;
    if (kilobytes < 1_000) return this.words.t('size.kB', this.#short.format(kilobytes));
    return this.words.t('size.MB', this.#short.format(kilobytes / 1_024));
  }

  /** Rounded down, so that only a full thing is 100 % and only an empty one 0 %. */
  percent(fraction: number): string {
    if (fraction > 0 && fraction < 0.01) return `<${this.#percent.format(0.01)}`;
    return this.#percent.format(Math.floor(fraction * 100 + 1e-9) / 100);
  }

  /** Two digits after the point, and for small amounts as many as show two that count. */
  usd(value: number): string {
    if (value > 0 && value < LEAST_USD) return `<${this.#usd.format(LEAST_USD)}`;
    return this.#usd.format(value);
  }

  /** Two digits that count: `340 ms`, `3.4 s`, `4 min`, `2 h 5 min`, `3 d 2 h`. Most are asked for again and again. */
  duration(ms: number): string {
    const known = this.#durations.get(ms);
    if (known !== undefined) return known;
    if (this.#durations.size >= MOST_KEPT) this.#durations.clear();
    const text = this.#duration(ms);
    this.#durations.set(ms, text);
    return text;
  }

  #duration(ms: number): string {
    if (ms < SECOND_MS - 0.5) return this.#unit('ms', ms < 1 && ms > 0 ? 1 : ms);
    if (ms < 10 * SECOND_MS - 50) return this.words.t('duration.s', this.#short.format(ms / SECOND_MS));
    if (ms < MINUTE_MS - SECOND_MS / 2) return this.#unit('s', ms / SECOND_MS);
    if (ms < HOUR_MS - MINUTE_MS / 2) return this.#unit('min', ms / MINUTE_MS);
    if (ms < DAY_MS) return this.#pair('h', 'min', ms / MINUTE_MS, 60);
    return this.#pair('d', 'h', ms / HOUR_MS, 24);
  }

  #unit(unit: 'ms' | 's' | 'min' | 'h' | 'd', value: number): string {
    return this.words.t(`duration.${unit}`, this.count(Math.round(value)));
  }

  #pair(large: 'h' | 'd', small: 'min' | 'h', value: number, each: number): string {
    const whole = Math.round(value);
    const rest = whole % each;
    const first = this.#unit(large, (whole - rest) / each);
    return rest === 0 ? first : `${first} ${this.#unit(small, rest)}`;
  }

  /** The time alone on the day of `nowMs`, else with the day. */
  moment(atMs: number, nowMs: number): string {
    if (nowMs !== this.#nowMs) this.#setNow(nowMs);
    const minute = Math.floor(atMs / MINUTE_MS);
    const known = this.#moments.get(minute);
    if (known !== undefined) return known;
    if (this.#moments.size >= MOST_KEPT) this.#moments.clear();
    const at = new Date(atMs);
    const text = (at.toDateString() === this.#today ? this.#time : this.#dayAndTime).format(at);
    this.#moments.set(minute, text);
    return text;
  }

  #setNow(nowMs: number): void {
    const today = new Date(nowMs).toDateString();
    if (today !== this.#today) this.#moments.clear();
    this.#nowMs = nowMs;
    this.#today = today;
  }

  /** `day` is `YYYY-MM-DD`; anything else is shown as it is. */
  day(day: string): string {
    const at = Date.parse(`${day}T00:00:00Z`);
    return Number.isNaN(at) ? day : this.#day.format(at);
  }
}
