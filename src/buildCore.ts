/** Builds the pipeline with everything that it joins: limits, models, caches, history. Nothing is opened yet. */
import * as vscode from 'vscode';
import type { CheckKind } from './base/check.ts';
import { systemClock as clock } from './base/clock.ts';
import { type Disposable, DisposableBag } from './base/disposable.ts';
import type { Log } from './base/log.ts';
import { systemRandom as random } from './base/random.ts';
import { throttle } from './base/throttle.ts';
import { openBackground, openSimilar } from './buildReuse.ts';
import { AnswerCache } from './flow/answerCache.ts';
import { factorOf } from './flow/callPlan.ts';
import type { CostlyRequest } from './flow/costly.ts';
import { Dispatcher } from './flow/dispatcher.ts';
import { isHeld } from './flow/heldRequests.ts';
import type { LazyChecking } from './flow/lazyChecking.ts';
import { LazyLookAhead } from './flow/lazyLookAhead.ts';
import { LazyLowerLevels } from './flow/lazyLowerLevels.ts';
import { LimitRefresh } from './flow/limitRefresh.ts';
import type { LookAhead } from './flow/lookAhead.ts';
import { machineQuota } from './flow/machineQuota.ts';
import { Outcomes } from './flow/outcomes.ts';
import { Pipeline } from './flow/pipeline.ts';
import { Platforms } from './flow/platforms.ts';
import { requestId } from './flow/receipts.ts';
import type { Answer, Receipt, RouteRequest } from './flow/request.ts';
import type { SettingKey } from './flow/settings.ts';
import { Trials } from './flow/trials.ts';
import type { Notices } from './host/notices.ts';
import { CACHE_SECRET, REDIS_PASSWORD, type RedisTroubleName } from './host/redisWords.ts';
import type { SettingsWatcher } from './host/settingsWatcher.ts';
import { Metrics } from './metrics/metrics.ts';
import { LazyHistory } from './node/lazyHistory.ts';
import { sha256 } from './node/sha256.ts';
import { TokenCounter } from './node/tokenCounter.ts';
import { openChecking } from './openChecking.ts';
import { openLearning } from './openLearning.ts';
import { TokenEstimator } from './prompt/tokenEstimator.ts';
import type { KnownBooks } from './quota/lazyLevels.ts';
import type { Quota } from './quota/quota.ts';
import { LazyOutcomes } from './routing/outcomes.ts';

export interface CoreDeps {
  readonly context: vscode.ExtensionContext;
  readonly settings: SettingsWatcher;
  readonly notices: Notices;
  readonly log: Log;
  /** Ends what is built with the window. */
  readonly owned: DisposableBag;
}

export type Core = ReturnType<typeof buildCore>;

export function buildCore(deps: CoreDeps) {
  const { context, settings, notices, log, owned } = deps;
  const read = () => trials.settings();
  const platforms = owned.add(new Platforms());
  const quota: Quota = owned.add(openQuota(deps, () => lookAhead.current));
  const counter = owned.add(new TokenCounter(context.asAbsolutePath('dist/tokenizerWorker.cjs'), clock));
  const learned = context.globalState.get<unknown>(ESTIMATOR);
  const estimator = TokenEstimator.fromJSON(learned, (text) => counter.count(text));
  const onFailure = (error: unknown) => notices.storageFailed(error);
  const history = owned.add(new LazyHistory({ file: storageFile(context, 'sluice.db'), clock, onFailure }));
  const metrics = new Metrics(history.ledger);
  const outcomes = owned.add(new Outcomes(openOutcomes(deps), clock));
  const lower = owned.add(openLower(deps));
  const trials: Trials = owned.add(
    new Trials({
      settings: () => settings.settings,
      installation: () => installationOf(context),
      digest: sha256,
      clock,
      models: () => platforms.models,
      factor: (model) => factorOf(model, estimator),
      open: async () => {
        const { SqliteTrials } = await import('./node/sqliteTrials.ts');
        return owned.add(await SqliteTrials.open(storageFile(context, 'trials.db'), clock, onFailure));
      },
      onFailure,
    }),
  );
  owned.add(outcomes.onOutcome((outcome) => trials.happened(outcome)));
  const cache = new AnswerCache({
    ...{ hash: sha256, clock, random, settings: read },
    modelClass: () => platforms.signature,
    load: async () => (await import('./cache/tieredCache.ts')).TieredCache,
    lower: {
      levels: lower.get,
      read: answerReader(),
      scope: workspaceScope,
    },
  });
  const store = context.globalState;
  const lookAhead: LazyLookAhead = owned.add(new LazyLookAhead({ quota, clock, settings: read, store }));
  const foresight = () => lookAhead.get();
  const lessons = {
    file: storageFile(context, 'learned.db'),
    believed: (check: CheckKind) => checking.believed(check),
  };
  const learning = owned.add(openLearning(deps, { ...lessons, platforms, outcomes, cache }));
  const approve = async (costly: CostlyRequest) =>
    (await import('./host/approveCost.ts')).approveCost(costly, platforms.labelOf);
  const parts = { platforms, quota, estimator, settings: read, clock, random, log, foresight, approve };
  const dispatcher = new Dispatcher({ ...parts, learned: () => learning.get() });
  const spent = (receipt: Receipt, request: RouteRequest) => pipeline.spent(receipt, request);
  const checking: LazyChecking = owned.add(openChecking(deps, { dispatcher, outcomes, spent }));
  const cascade = async () => (await checking.get()).cascade;
  const holds = (request: RouteRequest) => isHeld(request, read()['cascade.when']);
  const planned = (request: RouteRequest) =>
    (request.held ?? holds(request)) ? checking.planned(request) : request;
  const similar = owned.add(openSimilar(storageFile(context, 'questions.db'), read, onFailure, cache));
  const pipeline: Pipeline = owned.add(
    new Pipeline({
      dispatcher,
      cache,
      metrics,
      clock,
      random,
      log,
      trials,
      cascade,
      holds,
      planned,
      similar,
    }),
  );
  owned.add(outcomes.onOutcome(({ receiptId, kind }) => similar.happened(receiptId, kind)));
  const ahead = { cache, pipeline, platforms, quota, lookAhead, settings: read, holds, owned };
  const background = owned.add(openBackground(storageFile(context, 'asked.json'), onFailure, ahead));
  const refresh = owned.add(new LimitRefresh({ platforms, quota, clock, log }));
  const keep = owned.add(
    throttle(() => void context.globalState.update(ESTIMATOR, estimator.toJSON()), KEEP_EVERY_MS, clock),
  );
  owned.add(
    pipeline.onAnswer(({ platform }) => {
      void refresh.after(platform);
      keep.request();
    }),
  );
  return {
    ...{ platforms, quota, metrics, cache, lower, pipeline, clock, estimator, similar, background },
    ...{ log, outcomes, lookAhead, learning, history, trials, checking, dispatcher, counter },
  };
}

/** Loaded with the first answer from a lower level; later ones are read without a promise. */
function answerReader(): (text: string) => Answer | undefined | Promise<Answer | undefined> {
  let read: ((text: string) => Answer | undefined) | undefined;
  const load = async (text: string) => {
    read = (await import('./node/answerSchema.ts')).readAnswer;
    return read(text);
  };
  return (text) => (read === undefined ? load(text) : read(text));
}

/** Names the open workspace without telling where it is. */
function workspaceScope(): string {
  const folders = vscode.workspace.workspaceFolders ?? [];
  return folders.length === 0 ? '' : sha256(folders.map(({ uri }) => uri.toString()));
}

/** The cache levels that outlive the window. */
function openLower(deps: CoreDeps): LazyLowerLevels {
  const { context, settings, notices, log, owned } = deps;
  const read = () => settings.settings;
  const open = async () => {
    const { 'redis.url': url, 'redis.prefix': prefix, 'cache.private': alone } = read();
    const { openLowerLevels } = await import('./node/lowerLevels.ts');
    const [password, secret] = await Promise.all([
      context.secrets.get(REDIS_PASSWORD),
      context.secrets.get(CACHE_SECRET),
    ]);
    const team = url !== '' && !alone && !read()['routing.localOnly'] && read()['cache.redisMinutes'] > 0;
    const address = { url, ...(password === undefined ? {} : { password }) };
    const redis = { address, prefix, maxTtlMs: () => read()['cache.redisMinutes'] * MS_PER_MINUTE };
    const disk = {
      file: storageFile(context, 'cache.db'),
      maxBytes: () => read()['cache.diskMegabytes'] * BYTES_PER_MB,
    };
    return openLowerLevels({
      ...{ clock, random, log, holder: `${process.pid}-${requestId(random)}` },
      slowAfterMs: () => read()['cache.slowAfterMilliseconds'],
      onDiskFailure: (error) => notices.cacheFailed(error),
      ...(read()['cache.diskMegabytes'] > 0 ? { disk } : {}),
      ...(team ? { redis: { ...redis, ...(secret === undefined ? {} : { secret }) } } : {}),
    });
  };
  const lower = new LazyLowerLevels(open, (error) => notices.cacheFailed(error));
  owned.add(onOtherStore(deps, LOWER_SETTINGS, [REDIS_PASSWORD, CACHE_SECRET], () => lower.reopen()));
  return lower;
}

/** Says which variants of experiments are this installation's; VS Code's own id is the same for all without telemetry. */
function installationOf({ globalState }: vscode.ExtensionContext): string {
  const known = globalState.get<unknown>(INSTALLATION);
  if (typeof known === 'string') return known;
  const made = crypto.randomUUID();
  void globalState.update(INSTALLATION, made);
  return made;
}

const INSTALLATION = 'sluice.installation';

function openQuota(deps: CoreDeps, ahead: () => LookAhead | undefined): Quota {
  const { context, settings, notices, owned } = deps;
  const file = storageFile(context, 'levels.db');
  const holder = `${process.pid}-${requestId(random)}`;
  return machineQuota({
    clock,
    ahead,
    holder,
    settings: () => settings.settings,
    onOtherStore: (listener) =>
      owned.add(onOtherStore(deps, ['redis.url', 'redis.prefix'], [REDIS_PASSWORD], listener)),
    open: async (known) => {
      const { 'redis.url': url, 'redis.prefix': prefix } = settings.settings;
      if (url !== '') {
        const { RedisLevels } = await import('./node/redisLevels.ts');
        const password = await context.secrets.get(REDIS_PASSWORD);
        const address = { url, ...(password === undefined ? {} : { password }) };
        if (password === undefined) void notices.redisPassword(url, context.globalState);
        const onState = (trouble: RedisTroubleName | undefined) => notices.redis(trouble);
        return RedisLevels.open({
          address,
          prefix,
          clock,
          random,
          holder,
          onState,
          seed: withoutHeld(known),
        });
      }
      notices.redis(undefined);
      const { openMachineLevels } = await import('./node/machineLevels.ts');
      const onState = (trouble: unknown) => notices.levels(trouble);
      return openMachineLevels({ file, clock, random, holder, onState });
    },
    onFailure: (error) => notices.levels(error),
  });
}

/** What is held or waits stays with the store that it was asked of. */
function withoutHeld(known: KnownBooks): KnownBooks {
  return known.map(([platform, book]) => [platform, { ...book, held: [], lapsed: [], waiting: [] }]);
}

/** Fires when one of these settings or secrets changes. */
function onOtherStore(
  { context, settings }: CoreDeps,
  keys: readonly SettingKey[],
  secrets: readonly string[],
  listener: () => void,
): Disposable {
  const named = () => JSON.stringify(keys.map((key) => settings.settings[key]));
  let before: string | undefined;
  const bag = new DisposableBag();
  // Settings are not read while the extension starts.
  const first = () => {
    before ??= named();
  };
  bag.add(clock.after(0, first));
  bag.add(
    settings.onChange(() => {
      const now = named();
      if (before !== undefined && now !== before) listener();
      before = now;
    }),
  );
  const watched = context.secrets.onDidChange(({ key }) => secrets.includes(key) && listener());
  bag.add({ dispose: () => void watched.dispose() });
  return bag;
}

const MS_PER_MINUTE = 60_000;
const BYTES_PER_MB = 1_048_576;
/** With another one of these the lower cache levels are opened anew. */
const LOWER_SETTINGS = [
  ...(['redis.url', 'redis.prefix', 'cache.private', 'routing.localOnly', 'cache.enabled'] as const),
  ...(['cache.diskMegabytes', 'cache.redisMinutes'] as const),
];

/** Where what was learned of token counts is kept, and how often. */
const ESTIMATOR = 'sluice.tokenEstimator';
const KEEP_EVERY_MS = 30_000;

function storageFile({ globalStorageUri }: vscode.ExtensionContext, name: string): string {
  return vscode.Uri.joinPath(globalStorageUri, name).fsPath;
}

/** What becomes of answers; the file is opened with the first outcome. */
function openOutcomes({ context, notices, owned }: CoreDeps): LazyOutcomes {
  const file = storageFile(context, 'outcomes.db');
  const failed = (error: unknown) => notices.storageFailed(error);
  return new LazyOutcomes(async () => {
    const { SqliteOutcomes } = await import('./node/sqliteOutcomes.ts');
    return owned.add(await SqliteOutcomes.open(file, clock, failed));
  }, failed);
}
