/**
 * When a limit will run out and when it has enough again, from what is left of it and what is expected to be asked for.
 * Units: the limit's own for amounts; milliseconds, wall clock for moments.
 */
import { type DemandForecast, HOUR_MS, type PlannedWeight } from './demandForecast.ts';

/** What is left, and how it comes back. */
export interface Supply {
  readonly size: number;
  readonly level: number;
  /** 0: not bit by bit. */
  readonly refillPerMs: number;
  /** Time until all of it is back at once; absent: never, or unknown. */
  readonly resetInMs?: number;
}

export interface Outlook {
  /** When it runs out as far as one can tell; absent: it lasts until it is full again, or nothing is known. */
  readonly exhaustedAtMs?: number;
  /** In one case of ten it runs out before this. */
  readonly exhaustedFromMs?: number;
  /** In nine cases of ten it has run out by this; absent: it may well last. */
  readonly exhaustedToMs?: number;
  /** Chance in 0…1 that it runs out before it is full again. */
  readonly shortChance: number;
}

const STEP_MS = 5 * 60_000;
const LATER_STEP_MS = 30 * 60_000;
const FINE_MS = 12 * HOUR_MS;
/** No known limit has a longer window than a week; what is later nobody can tell. */
const HORIZON_MS = 7 * 24 * HOUR_MS;
/** Hours that must have been seen before anything is foretold. */
export const LEAST_SEEN = 1;
/** Standard scores of one in ten, of half, of nine in ten. */
const SCORES = { few: -1.2816, even: 0, many: 1.2816 };

export function outlook(
  supply: Supply,
  forecast: DemandForecast,
  nowMs: number,
  planned: PlannedWeight = () => 1,
): Outlook {
  if (forecast.hoursSeen < LEAST_SEEN || supply.size <= 0) return { shortChance: 0 };
  const [late, middle, early] = [SCORES.few, SCORES.even, SCORES.many].map((score) =>
    runsOut(supply, forecast, nowMs, planned, score),
  );
  return {
    ...(middle === undefined ? {} : { exhaustedAtMs: middle }),
    ...(early === undefined ? {} : { exhaustedFromMs: early }),
    ...(late === undefined ? {} : { exhaustedToMs: late }),
    shortChance: shortChance(supply, forecast, nowMs, planned),
  };
}

/** Walks ahead with a demand that is so many widths above the middle one. */
function runsOut(
  { size, level: left, refillPerMs, resetInMs = HORIZON_MS }: Supply,
  forecast: DemandForecast,
  nowMs: number,
  planned: PlannedWeight,
  score: number,
): number | undefined {
  if (left <= 0) return nowMs;
  const endMs = nowMs + Math.min(resetInMs, HORIZON_MS);
  let level = left;
  for (let atMs = nowMs; atMs < endMs; ) {
    const stepMs = Math.min(atMs - nowMs < FINE_MS ? STEP_MS : LATER_STEP_MS, endMs - atMs);
    const sigma = sigmaOf(forecast.spread(atMs + stepMs - nowMs));
    const factor = Math.exp(score * sigma - (sigma * sigma) / 2);
    const netPerMs = (forecast.rate(atMs, nowMs) * planned(atMs) * factor) / HOUR_MS - refillPerMs;
    if (netPerMs * stepMs >= level) return Math.ceil(atMs + level / netPerMs);
    level = Math.min(size, level - netPerMs * stepMs);
    atMs += stepMs;
  }
  return undefined;
}

/** The chance that more is asked for than there is until it is full again. */
function shortChance(
  { size, level, refillPerMs, resetInMs }: Supply,
  forecast: DemandForecast,
  nowMs: number,
  planned: PlannedWeight,
): number {
  const fillMs = refillPerMs > 0 ? size / refillPerMs : HORIZON_MS;
  const overMs = Math.min(resetInMs ?? fillMs, HORIZON_MS);
  const { mean, spread } = forecast.expected(nowMs, nowMs + overMs, nowMs, planned);
  const there = level + refillPerMs * overMs;
  if (mean <= 0) return 0;
  if (there <= 0) return 1;
  const sigma = sigmaOf(spread);
  return above((Math.log(there / mean) + (sigma * sigma) / 2) / sigma);
}

/** How long until `amount` is there, without any further demand. 0: now; absent: nobody knows. */
export function enoughInMs(supply: Supply, amount: number): number | undefined {
  const missing = Math.min(amount, supply.size) - supply.level;
  if (missing <= 0) return 0;
  if (supply.refillPerMs > 0) return Math.ceil(missing / supply.refillPerMs);
  return supply.resetInMs;
}

/** Tokens of a bucket that will surely run out are worth so many times their price. */
const MOST_WORTH = 4;

/** What a token of this limit is worth: 1 when there is plenty, more the surer it runs out before it is full again. */
export function bucketWorth({ shortChance: chance }: Pick<Outlook, 'shortChance'>): number {
  return 1 + (MOST_WORTH - 1) * Math.min(1, Math.max(0, chance));
}

/**
 * The part of a share, 0…1, that its own priority will not need until the limit is full again, in nine cases of ten: so
 * much may be lent. Undefined while too little is known.
 */
export function unusedPart(
  shareAmount: number,
  own: DemandForecast,
  overMs: number,
  nowMs: number,
  planned: PlannedWeight = () => 1,
): number | undefined {
  if (own.hoursSeen < LEAST_TO_LEND) return undefined;
  const { mean, spread } = own.expected(nowMs, nowMs + overMs, nowMs, planned);
  const sigma = sigmaOf(spread);
  const most = mean * Math.exp(SCORES.many * sigma - (sigma * sigma) / 2);
  return shareAmount <= 0 ? 0 : Math.min(1, Math.max(0, 1 - most / shareAmount));
}

/** A day must have been seen before one lends what another may need. */
const LEAST_TO_LEND = 24;

/** Of a log-normal sum with this relative width. */
function sigmaOf(spread: number): number {
  return Math.sqrt(Math.log(1 + spread * spread));
}

/** Chance that a standard normal lies above `score`: Abramowitz and Stegun 26.2.17, error below 1e-7. */
function above(score: number): number {
  const size = Math.abs(score);
  const k = 1 / (1 + 0.2316419 * size);
  const sum =
    k * (0.31938153 + k * (-0.356563782 + k * (1.781477937 + k * (-1.821255978 + k * 1.330274429))));
  const tail = (Math.exp((-size * size) / 2) / Math.sqrt(2 * Math.PI)) * sum;
  return score >= 0 ? tail : 1 - tail;
}
