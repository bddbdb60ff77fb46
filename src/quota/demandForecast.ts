/**
 * How much of something will be asked for: what is usual at this hour of the week, newer weeks weighing more, and what
 * is going on just now. An hour that was never seen is judged by that hour on other days, then by all hours. Units: any
 * for amounts; wall clock and durations in milliseconds; hours of the week are local.
 */
import { record } from '../base/unknown.ts';

/** A sum to come: its mean, and how wide it is relative to that (standard deviation by mean). */
export interface Expected {
  readonly mean: number;
  readonly spread: number;
}

/** How many times the usual demand is planned for a moment. */
export type PlannedWeight = (atMs: number) => number;

export const HOUR_MS = 3_600_000;
const HOURS_A_WEEK = 168;
const NEWEST_WEEK = 0.3;
/** What goes on just now is half forgotten after this time, and says as much less of a moment as long ahead. */
const NOW_HALF_LIFE_MS = 30 * 60_000;
/** So many seen hours weigh as much as the more general figure. */
const TRUST = 2;
/** After a longer absence nothing is known of the hours between. */
const LONGEST_GAP_HOURS = 28 * 24;
const SPREAD_BOUNDS = { least: 0.2, most: 3 };
const FIRST_SPREAD = 1;

type Seen = readonly [mean: number, times: number];

export class DemandForecast {
  #slots: Seen[] = Array.from({ length: HOURS_A_WEEK }, () => NEVER);
  #hour: number | undefined;
  #amount = 0;
  #startedMs = 0;
  /** Fading sum of what was just asked for. */
  #now = 0;
  #nowMs = 0;
  #errors = 0;
  #squares = 0;
  /** What was expected of the hour that runs. */
  #foretold: number | undefined;
  /** What is usual in each hour of the week; worked out anew after one was learned. */
  #usuals: readonly number[] | undefined;

  /** A state that cannot be used begins anew. */
  static fromJSON(raw: unknown): DemandForecast {
    const forecast = new DemandForecast();
    const { slots, hour, amount, startedMs, now, nowMs, errors, squares } = record(raw);
    const numbers = [hour, amount, startedMs, now, nowMs, errors, squares];
    if (!Array.isArray(slots) || slots.length !== HOURS_A_WEEK || !numbers.every(isAmount)) return forecast;
    forecast.#slots = slots.map(seenOf);
    [forecast.#hour, forecast.#amount = 0, forecast.#startedMs = 0] = numbers;
    [, , , forecast.#now = 0, forecast.#nowMs = 0, forecast.#errors = 0, forecast.#squares = 0] = numbers;
    return forecast;
  }

  toJSON() {
    return {
      slots: this.#slots.map(([mean, times]) => (times === 0 ? 0 : [Number(mean.toPrecision(4)), times])),
      hour: this.#hour ?? 0,
      amount: this.#amount,
      startedMs: this.#startedMs,
      now: this.#now,
      nowMs: this.#nowMs,
      errors: this.#errors,
      squares: this.#squares,
    };
  }

  /** Hours that were seen to their end. */
  get hoursSeen(): number {
    return this.#slots.reduce((sum, [, times]) => sum + times, 0);
  }

  /** `weight`: how many times the usual was planned for now; it is taken out of what is learned. */
  add(amount: number, atMs: number, weight = 1): void {
    if (!isAmount(amount) || !isAmount(atMs)) return;
    this.#turnTo(atMs);
    const usual = amount / Math.max(1, weight);
    this.#amount += usual;
    this.#now = this.#nowAt(atMs) + usual;
    this.#nowMs = Math.max(this.#nowMs, atMs);
  }

  /**
   * Amount an hour at a moment in the future, as seen from `nowMs`, without what is planned: what is usual then, and as
   * much more or less as it is just now.
   */
  rate(atMs: number, nowMs: number): number {
    const usual = this.#usualIn(hourOf(atMs));
    const near = 2 ** (-Math.max(0, atMs - nowMs) / NOW_HALF_LIFE_MS);
    return Math.max(LEAST_OF_USUAL * usual, usual + LASTING * near * this.#excess(nowMs));
  }

  /** How wide a sum over so much time is: an hour's own error shrinks with more hours, but not below half of it. */
  spread(overMs: number): number {
    const hourly = this.#squares > 0 ? Math.sqrt(this.#errors / this.#squares) : FIRST_SPREAD;
    const hours = Math.max(0.25, overMs / HOUR_MS);
    return within(hourly * Math.sqrt(0.25 + 0.75 / hours));
  }

  /** Between two moments, in steps of a quarter of an hour. */
  expected(fromMs: number, toMs: number, nowMs: number, planned: PlannedWeight = () => 1): Expected {
    let mean = 0;
    for (let atMs = fromMs; atMs < toMs; atMs += QUARTER_MS) {
      const lastsMs = Math.min(QUARTER_MS, toMs - atMs);
      mean += (this.rate(atMs, nowMs) * planned(atMs) * lastsMs) / HOUR_MS;
    }
    return { mean, spread: this.spread(toMs - fromMs) };
  }

  /** How much more an hour is asked for just now than is usual now; counts as far as it was watched. */
  #excess(nowMs: number): number {
    if (this.#hour === undefined) return 0;
    const watched = 1 - 2 ** (-Math.max(0, nowMs - this.#startedMs) / NOW_HALF_LIFE_MS);
    const lately = LATELY.reduce(
      (sum, [agoMs, part]) => sum + part * this.#usualIn(hourOf(nowMs - agoMs)),
      0,
    );
    return this.#nowAt(nowMs) * (Math.LN2 / (NOW_HALF_LIFE_MS / HOUR_MS)) - watched * lately;
  }

  #nowAt(atMs: number): number {
    return this.#now * 2 ** (-Math.max(0, atMs - this.#nowMs) / NOW_HALF_LIFE_MS);
  }

  /** Ends the hours that have passed: in those without a word nothing was asked for. */
  #turnTo(atMs: number): void {
    const hour = Math.floor(atMs / HOUR_MS);
    if (this.#hour === undefined || hour - this.#hour > LONGEST_GAP_HOURS) {
      this.#hour = hour;
      this.#amount = 0;
      this.#startedMs = atMs;
      return;
    }
    for (; this.#hour < hour; this.#hour += 1) {
      this.#learn(hourOf(this.#hour * HOUR_MS), this.#amount);
      this.#amount = 0;
      const nextMs = (this.#hour + 1) * HOUR_MS;
      this.#foretold = this.expected(nextMs, nextMs + HOUR_MS, nextMs).mean;
    }
  }

  #learn(slot: number, amount: number): void {
    if (this.#foretold !== undefined) {
      this.#errors = 0.98 * this.#errors + (amount - this.#foretold) ** 2;
      this.#squares = 0.98 * this.#squares + Math.max(this.#foretold, amount / 4) ** 2;
    }
    const [mean, times] = this.#slots[slot] ?? NEVER;
    const part = Math.max(NEWEST_WEEK, 1 / (times + 1));
    this.#usuals = undefined;
    this.#slots[slot] = [mean + part * (amount - mean), Math.min(1_000, times + 1)];
  }

  #usualIn(slot: number): number {
    this.#usuals ??= usuals(this.#slots);
    return this.#usuals[slot] ?? 0;
  }
}

const QUARTER_MS = HOUR_MS / 4;
/** What the fading sum looks back on: how long ago, and how much of it. */
const LATELY = [
  [QUARTER_MS, 0.5],
  [3 * QUARTER_MS, 0.25],
  [6 * QUARTER_MS, 0.25],
] as const;
/** The part of an excess that is no mere chance. */
const LASTING = 0.7;
/** A quiet moment says not that nobody will come. */
const LEAST_OF_USUAL = 0.3;
const NEVER: Seen = [0, 0];

function usuals(slots: readonly Seen[]): readonly number[] {
  const all = mix(slots, 0);
  return slots.map((own, slot) => {
    const sameHour = alike(slot).map((other) => slots[other] ?? NEVER);
    return mix([own], mix(sameHour, all));
  });
}

/** The mean of what was seen, leaning on `otherwise` while that is little. */
function mix(seen: readonly Seen[], otherwise: number): number {
  let [sum, times] = [0, 0];
  for (const [mean, count] of seen) {
    sum += mean * count;
    times += count;
  }
  const trust = otherwise === 0 ? 0 : TRUST;
  return times + trust === 0 ? 0 : (sum + otherwise * trust) / (times + trust);
}

/** The same hour on the other days of the same kind: working days, or the weekend. */
function alike(slot: number): number[] {
  const isWeekend = (day: number) => day === 0 || day === 6;
  const own = isWeekend(Math.floor(slot / 24));
  return [0, 1, 2, 3, 4, 5, 6].filter((day) => isWeekend(day) === own).map((day) => day * 24 + (slot % 24));
}

/** 0 is the hour after midnight on Sunday, local time. */
function hourOf(atMs: number): number {
  const date = new Date(atMs);
  return date.getDay() * 24 + date.getHours();
}

function within(value: number): number {
  return Math.min(SPREAD_BOUNDS.most, Math.max(SPREAD_BOUNDS.least, value));
}

function seenOf(raw: unknown): Seen {
  const [mean, times]: readonly unknown[] = Array.isArray(raw) ? raw : [];
  return isAmount(mean) && isAmount(times) ? [mean, Math.min(1_000, times)] : NEVER;
}

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
