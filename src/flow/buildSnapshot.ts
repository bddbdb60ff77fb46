/** Collects what the dashboard draws. */
import type { Clock } from '../base/clock.ts';
import { promptTokens } from '../base/task.ts';
import type { LowerLevels } from '../cache/tieredCache.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { Outcome } from '../routing/outcomes.ts';
import type { AnswerCache } from './answerCache.ts';
import { type BucketSources, bucketViews } from './bucketViews.ts';
import type { CheckRate } from './checkRates.ts';
import { fatesOf, fateView } from './fates.ts';
import type { LazyLearning } from './lazyLearning.ts';
import type { Pipeline } from './pipeline.ts';
import type { Receipt } from './request.ts';
import type { BackgroundView, SimilarView } from './reuseViews.ts';
import type { CacheLevelView, DecisionView, LatencyView, Snapshot } from './snapshot.ts';
import { modelChanges, taskModels } from './taskModels.ts';
import type { Trials } from './trials.ts';

export interface SnapshotSources extends BucketSources {
  readonly pipeline: Pipeline;
  readonly metrics: Metrics;
  readonly cache: AnswerCache;
  readonly clock: Clock;
  /** Levels below the memory; `current` is absent until they are needed. */
  readonly lower?: { readonly current: LowerLevels | undefined };
  readonly outcomes?: { readonly recent: readonly Outcome[] };
  readonly similar?: Loaded<SimilarView>;
  readonly background?: Loaded<BackgroundView>;
  readonly checking?: { readonly rates: readonly CheckRate[] };
  readonly trials?: Pick<Trials, 'current'> | undefined;
  readonly learning?: Pick<LazyLearning, 'current'>;
}

interface Loaded<T> {
  /** Absent until it is loaded. */
  readonly current: { facts(): T } | undefined;
}

/** What needs the person's language. */
export interface SnapshotWords {
  readonly why: (receipt: Receipt) => string;
  readonly notices: () => readonly string[];
  /** What became of one answer, oldest first; undefined where that is not worth a word. */
  readonly outcome?: (outcomes: readonly Outcome[]) => string | undefined;
}

type ModelViews = Pick<Snapshot, 'models' | 'modelChanges'>;

export function buildSnapshot(sources: SnapshotSources, words: SnapshotWords): Snapshot {
  const { pipeline, platforms, metrics, clock } = sources;
  const atMs = clock.now();
  const fates = fatesOf(pipeline.recent, sources.outcomes?.recent ?? []);
  return {
    atMs,
    platforms: platforms.list.map(({ id, label, simulated, models }) => ({
      id,
      label,
      simulated,
      models: models.length,
    })),
    buckets: bucketViews(sources, atMs),
    caches: cacheViews(sources),
    cacheStrategies: [...metrics.strategies()].map(([strategy, counts]) => ({ strategy, ...counts })),
    ...reuseOf(sources),
    latencies: latencyViews(sources),
    decisions: pipeline.recent.map((receipt) => {
      const outcome = words.outcome?.(fates.get(receipt.id) ?? []);
      return { ...decisionView(receipt, words.why(receipt)), ...(outcome === undefined ? {} : { outcome }) };
    }),
    ...(fates.size === 0 ? {} : { fates: fateView(fates) }),
    ...escalations(pipeline.recent),
    today: metrics.totals(atMs),
    running: pipeline.running,
    ...trialViews(sources),
    ...modelViews(sources),
    predictions: sources.lookAhead?.current?.calibration() ?? {},
    checks: sources.checking?.rates ?? [],
    notices: words.notices(),
  };
}

function modelViews({ trials, learning, platforms, lookAhead, clock }: SnapshotSources): ModelViews {
  const [answers, learned] = [trials?.current?.book.answers ?? [], learning?.current];
  const speeds = lookAhead?.current?.speedChanges ?? [];
  const changes = modelChanges(learned?.drifts ?? [], speeds, platforms.models, clock.now());
  const changed = changes.length === 0 ? {} : { modelChanges: changes };
  if (learned === undefined || answers.length === 0) return changed;
  return { ...changed, models: taskModels(answers, (keys) => learned.table(keys), platforms.models) };
}

function escalations(recent: readonly Receipt[]): Pick<Snapshot, 'escalations'> {
  const held = recent.filter(({ cache, checks }) => cache === 'none' && checks !== undefined);
  if (held.length === 0) return {};
  const wentUp = held.filter(({ attempts = [] }) => attempts.length > 0).length;
  return { escalations: { checked: held.length, wentUp } };
}

function trialViews({ trials }: SnapshotSources): Pick<Snapshot, 'savings' | 'experiments'> {
  const run = trials?.current;
  if (run === undefined) return {};
  return { savings: run.book.savings, experiments: run.book.experimentViews(run.own) };
}

function cacheViews({ metrics, cache, lower }: SnapshotSources): CacheLevelView[] {
  const { hits, savedMs: joinedMs } = metrics.savings('joined');
  const { hits: _same, savedMs, ...saved } = metrics.savings('memory');
  const memory = { ...saved, savedMs: savedMs + joinedMs, joined: hits, ...cache.facts() };
  const below = (lower?.current?.levels ?? []).map((level): CacheLevelView => {
    const { plainBytes, packedBytes, ...facts } = level.facts();
    const { failures: _failures, open, ...counts } = level.counts();
    const spared = metrics.savings(level.level);
    const packing = plainBytes > 0 ? { packing: { plainBytes, packedBytes } } : {};
    return { level: level.level, ...spared, ...facts, ...counts, down: open, ...packing };
  });
  return [{ level: 'memory', ...memory }, ...below];
}

function reuseOf({ similar, background }: SnapshotSources): Pick<Snapshot, 'similar' | 'background'> {
  return {
    ...(similar?.current === undefined ? {} : { similar: similar.current.facts() }),
    ...(background?.current === undefined ? {} : { background: background.current.facts() }),
  };
}

function latencyViews({ metrics, platforms }: SnapshotSources): LatencyView[] {
  const models = new Map(platforms.models.map((model) => [model.key, model]));
  return metrics.latencies().map(({ modelKey, summary }) => ({
    modelKey,
    label: models.get(modelKey)?.label ?? modelKey,
    simulated: models.get(modelKey)?.simulated ?? false,
    ...summary,
  }));
}

function decisionView(receipt: Receipt, why: string): DecisionView {
  const { usage, stop } = receipt;
  return {
    id: receipt.id,
    atMs: receipt.atMs,
    task: receipt.task,
    model: receipt.model,
    modelKey: receipt.modelKey,
    simulated: receipt.simulated,
    why,
    cache: receipt.cache,
    ...(usage === undefined ? {} : { tokens: promptTokens(usage) + usage.output }),
    ...(receipt.costUsd === undefined ? {} : { costUsd: receipt.costUsd }),
    ...(receipt.billing === undefined ? {} : { billing: receipt.billing }),
    totalMs: receipt.totalMs,
    ...(stop === 'complete' || stop === 'tool-use' ? {} : { problem: stop }),
  };
}
