/**
 * Everything that the dashboard and the meter draw, as plain data: the panel keeps no truth of its own.
 * Units: milliseconds, tokens, USD; wall-clock times are epoch milliseconds. Unknown is absent, never 0.
 */
import type { Priority, TaskType } from '../base/task.ts';
import type { PredictionCalibration } from '../quota/taskPredictor.ts';
import type { ExperimentMetric, ExperimentUnit } from '../routing/experiments.ts';
import type { VariantVerdict } from '../routing/experimentVerdict.ts';
import type { Restraint } from './adaptation.ts';
import type { CheckRate } from './checkRates.ts';
import type { ModelChangeView, TaskModelsView } from './modelViews.ts';
import type { BackgroundView, SimilarView } from './reuseViews.ts';

/** One priority's part of a limit; amounts in the limit's own unit. */
export interface ShareView {
  readonly priority: Priority;
  /** Its part of a full limit. */
  readonly entitled: number;
  /** Free in it now; the shares add up to the level. */
  readonly level: number;
  /** Used by this priority in the running window, or in the time that the limit takes to refill. */
  readonly used: number;
  /** Held just now by its requests out of other shares, and out of this share by others. */
  readonly borrowed: number;
  readonly lent: number;
}

/** Why a share is not simply its part of the limit. */
export type AdaptationView =
  | { readonly kind: 'penalised'; readonly priority: Priority; readonly factor: number }
  | { readonly kind: 'lent'; readonly priority: Priority; readonly part: number }
  | { readonly kind: 'burst'; readonly priority: 'critical'; readonly owed: number }
  | Restraint;

export interface BucketView {
  readonly id: string;
  /** Id of one of `Snapshot.platforms`; of a bucket that several charge its own key. */
  readonly platform: string;
  /** What names the platforms of such a bucket. */
  readonly owner?: string;
  /** `tokens`, `requests`, `usd`, …; a `share` is a part of a whole whose size nobody tells. */
  readonly unit: string;
  readonly model?: string;
  /** Tells limits of one unit apart: `5h`, `7d`, … */
  readonly window?: string;
  /** `at-reset`: full again all at once, in `fullInMs`. */
  readonly refill: 'continuous' | 'at-reset' | 'never';
  readonly size: number;
  /** Free now, reservations taken off. */
  readonly level: number;
  readonly reserved: number;
  readonly refillPerMinute?: number;
  /** 0 when full; absent while the refill rate is unknown. */
  readonly fullInMs?: number;
  /** Enough was seen of it to tell whether it runs out. */
  readonly foretold?: boolean;
  /** When it runs out as far as one can tell; absent: it lasts until it is full again, or too little is known. */
  readonly exhaustedAtMs?: number;
  /** In one case of ten it runs out before this. */
  readonly exhaustedFromMs?: number;
  /** In nine cases of ten it has run out by this; absent: it may well last. */
  readonly exhaustedToMs?: number;
  /** When there is room for a usual request again; absent while there is, or while nobody knows. */
  readonly enoughAtMs?: number;
  readonly source: 'declared' | 'reported';
  /** Age of the newest reading; absent when none came yet. */
  readonly readingAgeMs?: number;
  /** Who said it, where it is reported. */
  readonly readBy?: 'headers' | 'endpoint' | 'program' | 'log';
  readonly simulated: boolean;
  /** Requests that hold something of it. */
  readonly reservations?: number;
  /** Below this level only `critical` and `high` requests pass. */
  readonly threshold?: number;
  /** What the platform counted more than we did at its newest reading (less: negative); absent where we cannot count. */
  readonly drift?: number;
  /** What others are known to have used. */
  readonly foreign?: number;
  /** From `critical` to `low`; absent while priorities are turned off. */
  readonly shares?: readonly ShareView[];
  readonly adaptations?: readonly AdaptationView[];
  /** Requests of all windows that wait for room on this platform. */
  readonly waiting?: number;
}

export interface CacheLevelView {
  readonly level: 'memory' | 'redis' | 'disk';
  readonly hits: number;
  /** A level is asked for what those above it do not know. */
  readonly misses: number;
  /** Requests that joined an equal one already running. */
  readonly joined?: number;
  /** Absent as all below: the level does not tell. */
  readonly entries?: number;
  readonly maxEntries?: number;
  readonly bytes?: number;
  readonly maxBytes?: number;
  /** Put out to make room. */
  readonly evictions?: number;
  /** Misses that were not asked for: the level could not be used. */
  readonly skipped?: number;
  /** It cannot be used just now. */
  readonly down?: boolean;
  /** Values that were not ours, or not whole. */
  readonly rejected?: number;
  /** Its filter of keys: asked, answered by it alone, let through for nothing. */
  readonly filter?: { readonly asked: number; readonly spared: number; readonly wrong: number };
  /** Of the values written here, before and after compression. */
  readonly packing?: { readonly plainBytes: number; readonly packedBytes: number };
  /** Absent while every saved answer had an unknown price. */
  readonly savedUsd?: number;
  readonly savedMs: number;
}

/** One kind of value over all levels. */
export interface CacheStrategyView {
  readonly strategy: string;
  readonly hits: number;
  readonly misses: number;
  readonly joined: number;
  readonly savedUsd?: number;
  readonly savedMs: number;
}

export interface LatencyView {
  readonly modelKey: string;
  readonly label: string;
  readonly simulated: boolean;
  readonly count: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  /** Whole-answer times, upper bounds rising; the last one may be open (`Infinity` is sent as absent). */
  readonly bins: readonly { readonly upToMs?: number; readonly count: number }[];
}

export interface DecisionView {
  readonly id: string;
  readonly atMs: number;
  readonly task: TaskType;
  readonly model: string;
  readonly modelKey: string;
  readonly simulated: boolean;
  /** One sentence, already in the person's language. */
  readonly why: string;
  readonly cache: 'none' | 'joined' | 'memory' | 'redis' | 'disk' | 'similar';
  readonly tokens?: number;
  readonly costUsd?: number;
  /** Paid for already: no money is shown. */
  readonly billing?: 'subscription';
  readonly totalMs: number;
  /** Absent for a whole answer. */
  readonly problem?: 'cut' | 'cancelled' | 'length' | 'refused' | 'other';
  /** What became of the answer, in the person's language; absent while nobody knows. */
  readonly outcome?: string;
}

/** What became of the answers to `Snapshot.decisions`, each counted once. */
export interface FateView {
  /** Answers of which anything is known. */
  readonly known: number;
  /** Taken over at least in part and not undone since. */
  readonly accepted: number;
  readonly undone: number;
}

/** How many of `Snapshot.decisions` were checked before they were shown, and how many of these went up. */
export interface EscalationView {
  readonly checked: number;
  readonly wentUp: number;
}

export interface SpendView {
  /** Local calendar day, `YYYY-MM-DD`. */
  readonly day: string;
  readonly requests: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Money really owed; simulated prices are apart. */
  readonly usd: number;
  readonly simulatedUsd: number;
  /** Requests whose price or usage is unknown: they are in no sum. */
  readonly unknownCost: number;
}

/** One model asked always, over the answers of which it is known what it would have cost. */
export interface ShadowView {
  readonly label: string;
  readonly requests: number;
  readonly usd: number;
  /** What these answers did cost. */
  readonly actualUsd: number;
  /** Mean chance in [0, 1] of a good answer from it, as it was estimated; absent: it was not. */
  readonly chance?: number;
}

/** What choosing saved in so many days, by the assumption in `shadow.ts`. */
export interface SavingsView {
  /** Nobody owes this money. */
  readonly simulated: boolean;
  readonly days: number;
  readonly strongest: ShadowView;
  /** The cheapest that would do by itself; may be the strongest. */
  readonly single: ShadowView;
}

export interface VariantView {
  readonly name: string;
  /** Answers that had it, and those of which it is known whether they were taken. */
  readonly count: number;
  readonly judged: number;
  /** Shares in [0, 1]; absent while nothing is known, as the amounts. */
  readonly accepted?: number;
  readonly quality?: number;
  readonly costUsd?: number;
  readonly timeMs?: number;
  /** All that is asked on this installation has it. */
  readonly own?: boolean;
  /** Against the first variant, which has none; a bound that is absent is endless. */
  readonly verdict?: {
    readonly kind: VariantVerdict['kind'];
    readonly estimate?: number;
    readonly low?: number;
    readonly high?: number;
  };
}

export interface ExperimentView {
  readonly name: string;
  readonly per: ExperimentUnit;
  readonly metric: ExperimentMetric;
  readonly errorRate: number;
  readonly variants: readonly VariantView[];
}

export interface PlatformView {
  readonly id: string;
  readonly label: string;
  readonly simulated: boolean;
  readonly models: number;
}

export interface Snapshot {
  readonly atMs: number;
  readonly platforms: readonly PlatformView[];
  readonly buckets: readonly BucketView[];
  /** From the memory down. */
  readonly caches: readonly CacheLevelView[];
  /** Kinds that were asked for. */
  readonly cacheStrategies?: readonly CacheStrategyView[];
  /** Absent until it is loaded. */
  readonly similar?: SimilarView;
  /** Absent until it is loaded. */
  readonly background?: BackgroundView;
  readonly latencies: readonly LatencyView[];
  /** Newest first. */
  readonly decisions: readonly DecisionView[];
  /** Absent while nothing is known of any of them. */
  readonly fates?: FateView;
  /** Absent while none was checked. */
  readonly escalations?: EscalationView;
  readonly today: SpendView;
  readonly running: number;
  /** How good predictions of tokens and time have been; empty or absent until something was predicted. */
  readonly predictions?: PredictionCalibration;
  /** How much each check of an answer is worth, of those that have run; absent: as none. */
  readonly checks?: readonly CheckRate[];
  /** Absent until there is something to compare; real money first. */
  readonly savings?: readonly SavingsView[];
  /** Kinds of task that were asked, most often asked first; absent until something was. */
  readonly models?: readonly TaskModelsView[];
  /** Newest first; absent or empty: none. */
  readonly modelChanges?: readonly ModelChangeView[];
  /** In the order of the setting; absent or empty: none is declared. */
  readonly experiments?: readonly ExperimentView[];
  /** What is wrong just now, in the person's language: settings, storage. */
  readonly notices: readonly string[];
}
