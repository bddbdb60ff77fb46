/**
 * Looks ahead for quota: what a task will take, how much will be asked of each limit, when it runs out, and what may be
 * lent. Learns from every answer and from every change of a limit's level, whoever caused it. Units: the limits' own,
 * tokens; milliseconds on the wall clock.
 */
import type { Clock } from '../base/clock.ts';
import { PRIORITIES, type Priority } from '../base/task.ts';
import { record } from '../base/unknown.ts';
import { DemandForecast, HOUR_MS } from '../quota/demandForecast.ts';
import {
  bucketWorth,
  enoughInMs,
  LEAST_SEEN,
  type Outlook,
  outlook,
  type Supply,
  unusedPart,
} from '../quota/exhaustion.ts';
import { concerns, type LimitState } from '../quota/limit.ts';
import { eventWeight, type PlannedEvent } from '../quota/plannedEvents.ts';
import type { Attempt, Trouble } from '../quota/platformHealth.ts';
import { RecentPeak } from '../quota/recentPeak.ts';
import { at, PARTS } from '../quota/shares.ts';
import type { Quantiles } from '../quota/sizeModel.ts';
import { type PredictionCalibration, type TaskAhead, TaskPredictor } from '../quota/taskPredictor.ts';
import type { ModelInfo } from '../routing/catalogue.ts';
import { type SpeedChange, Speeds } from '../routing/speeds.ts';
import { Adaptation, type AdaptationSettings, type Restraint } from './adaptation.ts';
import type { AnswerOutcome, Foresight } from './foresight.ts';

export interface LookAheadDeps {
  readonly clock: Clock;
  /** Absent: everything is adapted to. */
  readonly settings?: () => AdaptationSettings;
  readonly events: () => readonly PlannedEvent[];
}

/** What lies ahead of one limit. */
export interface LimitAhead extends Outlook {
  /** When there is room for a usual request again; absent while there is, or while nobody knows. */
  readonly enoughAtMs?: number;
  /** Enough was seen of it to tell whether it runs out. */
  readonly foretold: boolean;
}

const STATE_VERSION = 1;
const MOST_LIMITS = 40;
const LONGEST_KEY = 300;
/** An outlook holds for so long, or until so much of the limit is gone. */
const HOLDS_MS = 15_000;
const HOLDS_PART = 0.01;
/** Weight of the newest answer in what a usual request takes. */
const NEWEST = 0.1;
/** Less than this of a window whose size nobody tells is none. */
const LEAST_SHARE = 0.01;

const MINUTE_MS = 60_000;
/** What refills within this time is lent by the peaks of the last hour, the rest by the forecast. */
const SHORT_MS = 10 * MINUTE_MS;
/** The next peak may be higher. */
const ABOVE_PEAK = 1.5;

const ADAPT_TO_ALL = { 'quota.adaptToPerformance': true, 'quota.adaptToCost': true } as const;

interface Watched {
  readonly forecast: DemandForecast;
  /** What was left at the last look, reservations not taken off; absent after a start. */
  last?: { readonly available: number; readonly atMs: number };
  told?: { readonly level: number; readonly atMs: number; readonly ahead: LimitAhead };
}

export class LookAhead implements Foresight {
  readonly #deps: LookAheadDeps;
  readonly #predictor: TaskPredictor;
  readonly #adaptation: Adaptation;
  readonly #speeds: Speeds;
  readonly #limits = new Map<string, Watched>();
  readonly #priorities: Readonly<Record<Priority, DemandForecast>>;
  readonly #peaks: Readonly<Record<Priority, RecentPeak>> = {
    critical: new RecentPeak(),
    high: new RecentPeak(),
    medium: new RecentPeak(),
    low: new RecentPeak(),
  };
  readonly #unused = new Map<string, { readonly atMs: number; readonly part: number | undefined }>();
  /** The limits at the last look. */
  #seen: readonly LimitState[] = [];
  #usual = { inputTokens: 1_000, outputTokens: 500 };

  /** `raw`: what `toJSON` gave, as it came back from a store; what cannot be used of it is forgotten. */
  constructor(deps: LookAheadDeps, raw?: unknown) {
    const known = record(raw);
    const { predictor, limits, priorities, speeds } = known.version === STATE_VERSION ? known : {};
    this.#deps = deps;
    this.#adaptation = new Adaptation(deps.clock, deps.settings ?? (() => ADAPT_TO_ALL));
    this.#predictor = TaskPredictor.fromJSON(predictor);
    this.#speeds = Speeds.fromJSON(speeds);
    for (const [id, state] of Object.entries(record(limits)).slice(-MOST_LIMITS)) {
      if (id.length <= LONGEST_KEY) this.#limits.set(id, { forecast: DemandForecast.fromJSON(state) });
    }
    const of = (priority: Priority) => DemandForecast.fromJSON(record(priorities)[priority]);
    this.#priorities = { critical: of('critical'), high: of('high'), medium: of('medium'), low: of('low') };
  }

  toJSON() {
    const limits = [...this.#limits].map(([id, { forecast }]) => [id, forecast.toJSON()] as const);
    const priorities = PRIORITIES.map((one) => [one, this.#priorities[one].toJSON()] as const);
    return {
      version: STATE_VERSION,
      predictor: this.#predictor.toJSON(),
      speeds: this.#speeds.toJSON(),
      limits: Object.fromEntries(limits),
      priorities: Object.fromEntries(priorities),
    };
  }

  outputTokens(ahead: Omit<TaskAhead, 'usualMs'>): Quantiles {
    return this.#predictor.outputTokens(ahead);
  }

  answerMs(model: ModelInfo, outputTokens: number): number {
    return this.#speeds.answerMs(model, outputTokens);
  }

  /** Models that have become slower or faster behind their names. */
  get speedChanges(): readonly SpeedChange[] {
    return this.#speeds.changes;
  }

  learn(ahead: TaskAhead, outcome: AnswerOutcome, priority: Priority): void {
    this.#predictor.learn(ahead, outcome);
    const { inputTokens = ahead.inputTokens, outputTokens = 0, durationMs: totalMs, firstTokenMs } = outcome;
    if (totalMs !== undefined && firstTokenMs !== undefined)
      this.#speeds.learn(ahead.model, { firstTokenMs, totalMs, outputTokens }, this.#deps.clock.now());
    this.#usual = {
      inputTokens: this.#usual.inputTokens + NEWEST * (inputTokens - this.#usual.inputTokens),
      outputTokens: this.#usual.outputTokens + NEWEST * (outputTokens - this.#usual.outputTokens),
    };
    const nowMs = this.#deps.clock.now();
    this.#priorities[priority].add(inputTokens + outputTokens, nowMs, this.#planned(nowMs));
    this.#peaks[priority].add(inputTokens + outputTokens, nowMs);
  }

  attempted(platform: string, attempt: Attempt): void {
    this.#adaptation.note(platform, attempt);
  }

  trouble(platform: string): Trouble {
    return this.#adaptation.trouble(platform);
  }

  /** What the shares of a platform are adapted to just now. */
  restraints(platform: string): Restraint[] {
    return this.#adaptation.restraints(platform, this.#seen);
  }

  calibration(): PredictionCalibration {
    return this.#predictor.calibration();
  }

  /** To be called when a limit has changed: what went, in whatever window or terminal, was asked for. */
  watch(states: readonly LimitState[]): void {
    const nowMs = this.#deps.clock.now();
    this.#seen = states;
    for (const priority of PRIORITIES) this.#peaks[priority].watch(nowMs);
    for (const state of states) {
      const watched = this.#watched(limitId(state));
      const available = state.level + state.reserved;
      const { last } = watched;
      if (last && nowMs > last.atMs) {
        const refilled = last.available + (state.refillPerMs ?? 0) * (nowMs - last.atMs);
        const used = Math.min(state.size, refilled) - available;
        watched.forecast.add(used > LEAST_PART * state.size ? used : 0, nowMs, this.#planned(nowMs));
      }
      if (!last || nowMs > last.atMs) watched.last = { available, atMs: nowMs };
    }
  }

  ahead(state: LimitState): LimitAhead {
    const nowMs = this.#deps.clock.now();
    const watched = this.#watched(limitId(state));
    const { told } = watched;
    const holds = told && nowMs - told.atMs < HOLDS_MS && nowMs >= told.atMs;
    if (holds && Math.abs(told.level - state.level) <= HOLDS_PART * state.size) return told.ahead;
    const supply = supplyOf(state);
    const enoughMs = enoughInMs(supply, this.#usualAmount(state));
    const ahead: LimitAhead = {
      ...outlook(supply, watched.forecast, nowMs, (atMs) => this.#planned(atMs)),
      ...(enoughMs === undefined || enoughMs === 0 ? {} : { enoughAtMs: nowMs + enoughMs }),
      foretold: watched.forecast.hoursSeen >= LEAST_SEEN,
    };
    watched.told = { level: state.level, atMs: nowMs, ahead };
    return ahead;
  }

  /** By the scarcest limit of the platform that concerns this model. */
  worth(platform: string, model: string): number {
    const concern = this.#seen.filter((state) => concerns(state, platform, model));
    return Math.max(1, ...concern.map((state) => bucketWorth(this.ahead(state))));
  }

  /** The part that is lent of what could be: less while a platform is not doing well, or money goes too fast. */
  lent(platform: string): number {
    return this.#adaptation.lent(platform, this.#seen);
  }

  /**
   * The part of a priority's share of a platform, 0…1, that it will not need until its limits are full again; undefined
   * while too little is known, or where no limit counts tokens. Cheap: it is asked for with every decision.
   */
  unusedShare(priority: Priority, platform: string): number | undefined {
    const nowMs = this.#deps.clock.now();
    const key = `${priority}/${platform}`;
    const known = this.#unused.get(key);
    if (known && nowMs >= known.atMs && nowMs - known.atMs < HOLDS_MS) return known.part;
    const part = this.#unusedPart(priority, platform, nowMs);
    this.#unused.set(key, { atMs: nowMs, part });
    return part;
  }

  #unusedPart(priority: Priority, platform: string, nowMs: number): number | undefined {
    const planned = (atMs: number) => this.#planned(atMs);
    const parts = this.#seen
      .filter((state) => state.platform === platform && state.model === undefined && state.unit === 'tokens')
      .map((state) => {
        const share = state.size * at(PARTS, PRIORITIES.indexOf(priority));
        const overMs = fillMs(state);
        if (overMs > SHORT_MS) return unusedPart(share, this.#priorities[priority], overMs, nowMs, planned);
        const peak = this.#peaks[priority].amount(nowMs);
        const needed =
          (peak ?? 0) * Math.max(1, overMs / MINUTE_MS) * ABOVE_PEAK * Math.max(1, planned(nowMs));
        return peak === undefined ? undefined : Math.max(0, 1 - needed / share);
      });
    return parts.reduce(
      (least, part) => (least === undefined ? part : Math.min(least, part ?? 0)),
      undefined,
    );
  }

  #planned(atMs: number): number {
    return eventWeight(this.#deps.events(), atMs);
  }

  #watched(id: string): Watched {
    const known = this.#limits.get(id) ?? { forecast: new DemandForecast() };
    this.#limits.delete(id);
    this.#limits.set(id, known);
    const oldest = this.#limits.keys().next();
    if (this.#limits.size > MOST_LIMITS && !oldest.done) this.#limits.delete(oldest.value);
    return known;
  }

  #usualAmount({ unit }: LimitState): number {
    const { inputTokens, outputTokens } = this.#usual;
    if (unit === 'requests') return 1;
    if (unit === 'tokens') return inputTokens + outputTokens;
    if (unit === 'input-tokens') return inputTokens;
    if (unit === 'output-tokens') return outputTokens;
    return unit === 'share' ? LEAST_SHARE : 0;
  }
}

/** Smaller changes are how a rate is rounded, not demand. */
const LEAST_PART = 1e-6;

export function limitId({ platform, model = '', unit, window = '' }: LimitState): string {
  return [platform, model, unit, window].join('/');
}

/** How long it takes at most until the limit is full again. */
function fillMs({ size, refill, refillPerMs = 0, fullInMs }: LimitState): number {
  if (refill === 'at-reset') return fullInMs ?? HOUR_MS;
  return refillPerMs > 0 ? size / refillPerMs : HOUR_MS;
}

function supplyOf({ size, level, refillPerMs = 0, refill, fullInMs }: LimitState): Supply {
  const resets = refill === 'at-reset' && fullInMs !== undefined && fullInMs > 0;
  return { size, level, refillPerMs, ...(resets ? { resetInMs: fullInMs } : {}) };
}
