/**
 * Sends one request: chooses a model, reserves its tokens, streams, settles. Goes to the next model only while no
 * token has been shown. Units: milliseconds, tokens.
 */
import { type Clock, delay } from '../base/clock.ts';
import { type AnySluiceError, SluiceError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { Random } from '../base/random.ts';
import { promptTokens } from '../base/task.ts';
import type { TokenEstimator } from '../prompt/tokenEstimator.ts';
import type { Reservation } from '../quota/grant.ts';
import type { Quota } from '../quota/quota.ts';
import type { ModelInfo } from '../routing/catalogue.ts';
import type { Decision } from '../routing/decision.ts';
import { taskFeatures } from '../routing/features.ts';
import { route } from '../routing/router.ts';
import { type WarmPrefix, WarmPrefixes } from '../routing/warmPrefixes.ts';
import { type AttemptResult, runAttempt } from './attempt.ts';
import {
  aheadOf,
  attemptOf,
  type CallPlan,
  callOf,
  demandOf,
  factorOf,
  planCall,
  usedBy,
} from './callPlan.ts';
import { askedIn, needsOf, type ToolCall } from './conversation.ts';
import { type Approve, costlyRequest } from './costly.ts';
import type { Foresight } from './foresight.ts';
import type { Learned } from './learned.ts';
import type { Platforms } from './platforms.ts';
import { fellBack, platformOf, tried } from './redecided.ts';
import type { AnswerEvent, RouteRequest } from './request.ts';
import { fallsBack, isTrouble, MOST_RETRIES, platformWide, retryable, retryDelayMs } from './retry.ts';
import { knownOf, mayExplore, routeTerms } from './routeTerms.ts';
import type { Settings } from './settings.ts';

export interface DispatcherDeps {
  readonly platforms: Platforms;
  readonly quota: Quota;
  readonly estimator: TokenEstimator;
  readonly settings: () => Settings;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Loaded with the first request; absent: the usual sizes count. */
  readonly foresight?: () => Promise<Foresight | undefined>;
  /** Likewise; absent: chances come from the formula over complexity. */
  readonly learned?: () => Promise<Learned | undefined>;
  /** Asked before a costly request is sent; absent: all are sent. */
  readonly approve?: Approve;
}

export interface Sent extends AttemptResult {
  readonly decision: Decision;
  readonly info: ModelInfo;
}

type Emit = (event: AnswerEvent) => void;

/** While another model could answer at once, one that asks for a longer wait is left. */
const PATIENCE_WITH_FALLBACK_MS = 2_000;
/** Where a platform does not say how long it keeps a prefix: Anthropic's usual time, the shortest known. */
const USUAL_CACHE_TTL_MS = 300_000;

export class Dispatcher {
  readonly #deps: DispatcherDeps;
  readonly #warm: WarmPrefixes;
  #foresight: Foresight | undefined;
  #learned: Learned | undefined;

  constructor(deps: DispatcherDeps) {
    this.#deps = deps;
    this.#warm = new WarmPrefixes(deps.clock);
  }

  /** Prefixes that the platforms' prompt caches hold, as far as this window knows. */
  get warmPrefixes(): readonly WarmPrefix[] {
    return this.#warm.list();
  }

  /** What would be chosen now; nothing is sent or reserved. Throws `no-model`, `model-not-found`, `context-too-long`. */
  preview(request: RouteRequest): Decision {
    return this.#route(request, planCall(request, this.#deps.estimator, this.#foresight));
  }

  /** How long the model that would be chosen now asks to wait. Throws as `preview`. */
  waitMs(request: RouteRequest): number {
    const { platforms, quota, estimator } = this.#deps;
    const job = planCall(request, estimator, this.#foresight);
    const info = platforms.model(this.#route(request, job).chosen.modelKey);
    return quota.room(info.platform, info.name, demandOf(info, job, estimator), request.priority).waitMs;
  }

  /** Throws the last `SluiceError` when no model could answer, or the signal's reason. */
  async send(request: RouteRequest, emit: Emit, signal: AbortSignal): Promise<Sent> {
    this.#foresight = await this.#deps.foresight?.();
    this.#learned = await this.#deps.learned?.();
    const job = planCall(request, this.#deps.estimator, this.#foresight);
    const draw = mayExplore(request, job) ? this.#deps.random() : undefined;
    let decision = this.#route(request, job, draw);
    const options = [decision.chosen, ...decision.fallbacks];
    const down = new Set<string>();
    let asked = false;
    let failure: AnySluiceError = new SluiceError('no-model', { why: 'none-allowed' });
    for (const [index, option] of options.entries()) {
      const info = this.#deps.platforms.model(option.modelKey);
      if (down.has(info.platform)) continue;
      if (index > 0) decision = fellBack(decision, option, failure);
      emit({ kind: 'routed', decision });
      try {
        if (!asked) asked = await this.#ask(info, job, request.ahead !== undefined, signal);
        const hasFallback = options.slice(index + 1).some((next) => !down.has(platformOf(next)));
        const patienceMs = this.#patienceMs(hasFallback, request);
        const result = await this.#try(info, job, patienceMs, emit, signal);
        return { ...result, decision, info };
      } catch (error) {
        if (!SluiceError.any(error) || !fallsBack(error)) throw error;
        if (platformWide(error)) down.add(info.platform);
        failure = error;
      }
    }
    throw failure;
  }

  /** `draw` in [0, 1): another model may be tried out. */
  #route(request: RouteRequest, job: CallPlan, draw?: number): Decision {
    const { platforms, quota, estimator } = this.#deps;
    const { conversation, tiers, helper, trial } = request;
    const settings = trial?.settings ?? this.#deps.settings();
    const learned = this.#learned;
    const decision = route({
      features: taskFeatures({
        task: request.task,
        instruction: conversation === undefined ? request.instruction : askedIn(conversation),
        language: job.language,
        code: request.code?.text ?? '',
        problems: request.code?.problems.length ?? 0,
        inputTokens: job.inputTokens,
        ...knownOf(request),
      }),
      models: platforms.models,
      rules: settings['routing.rules'],
      ...routeTerms(request, settings, draw),
      outputTokens: job.outputTokens,
      room: (model) =>
        quota.room(model.platform, model.name, demandOf(model, job, estimator), request.priority),
      tokenFactor: (model) => factorOf(model, estimator),
      worth: (model) => this.#foresight?.worth(model.platform, model.name) ?? 1,
      trouble: (model) => this.#foresight?.trouble(model.platform),
      answerMs: (model) => this.#foresight?.answerMs(model, job.outputTokens),
      warmTokens: (model) => this.#warm.tokens(model.key, job.prefix.key),
      ...(learned === undefined ? {} : { chances: (keys, features) => learned.chances(keys, features) }),
      ...(request.strongerThan === undefined ? {} : { strongerThan: request.strongerThan }),
      ...(request.model === undefined ? {} : { model: request.model }),
      ...(request.plan === undefined ? {} : { plan: request.plan }),
      ...(conversation === undefined ? {} : { needs: needsOf(conversation), keepWarm: true }),
      ...(tiers === undefined ? {} : { tiers }),
      ...(helper === undefined ? {} : { helper }),
    });
    return trial === undefined ? decision : tried(decision, trial);
  }

  /** True once the person has said yes; a cheap model needs no word, a dearer one after it may. Throws `not-approved`. */
  async #ask(info: ModelInfo, job: CallPlan, unseen: boolean, signal: AbortSignal): Promise<boolean> {
    const { approve, quota, settings, estimator } = this.#deps;
    const costly = approve && costlyRequest(info, demandOf(info, job, estimator), quota.states(), settings());
    if (costly === undefined) return false;
    if (!unseen && (await approve?.(costly, signal))) return true;
    throw new SluiceError('not-approved', { platform: info.platform });
  }

  /** What nobody waits for does not wait for room either. */
  #patienceMs(hasFallback: boolean, { ahead }: RouteRequest): number {
    if (ahead !== undefined) return 0;
    const maxWaitMs = this.#deps.settings()['request.maxWaitSeconds'] * 1_000;
    return hasFallback ? Math.min(PATIENCE_WITH_FALLBACK_MS, maxWaitMs) : maxWaitMs;
  }

  async #try(
    info: ModelInfo,
    job: CallPlan,
    patienceMs: number,
    emit: Emit,
    signal: AbortSignal,
  ): Promise<AttemptResult> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.#once(info, job, patienceMs, emit, signal);
      } catch (error) {
        if (!SluiceError.any(error)) throw error;
        if (isTrouble(error)) this.#foresight?.attempted(info.platform, { failed: true });
        if (!retryable(error) || attempt >= MOST_RETRIES) throw error;
        const waitMs = retryDelayMs(error, attempt, this.#deps.random);
        if (waitMs > patienceMs) throw error;
        await this.#wait(info, waitMs, emit, signal);
      }
    }
  }

  async #once(
    info: ModelInfo,
    job: CallPlan,
    patienceMs: number,
    emit: Emit,
    signal: AbortSignal,
  ): Promise<AttemptResult> {
    const { clock, platforms, estimator } = this.#deps;
    const held = await this.#reserve(info, job, patienceMs, emit, signal);
    try {
      const transport = await platforms.transport(info.platform);
      signal.throwIfAborted();
      const listener = {
        onLimits: held.correct,
        onText: (text: string) => emit({ kind: 'text', text }),
        onToolCall: (call: ToolCall) => emit({ kind: 'tool-call', ...call }),
      };
      const startedMs = clock.monotonic();
      const call = callOf(info, job, estimator);
      const result = await runAttempt({ transport, clock, listener }, call, signal);
      held.settle(usedBy(info, job, result, estimator));
      this.#learn(info, job, result);
      this.#noteWarm(info, job, result, startedMs);
      return result;
    } finally {
      held.dispose();
    }
  }

  /** What this call teaches about later estimates; none of it is waited for. */
  #learn(info: ModelInfo, job: CallPlan, result: AttemptResult): void {
    const { estimator, log } = this.#deps;
    this.#foresight?.attempted(info.platform, attemptOf(info, result));
    if (result.usage && !job.vague) {
      const reported = promptTokens(result.usage);
      estimator.learnFactor(info.key, job.inputTokens, reported, info.tokenFactor);
      // What was cut or stopped says not how long the answer would have become.
      if (result.stop === 'complete') {
        const outcome = {
          inputTokens: reported,
          outputTokens: result.usage.output,
          durationMs: result.platformMs,
          ...(result.firstTokenMs === undefined ? {} : { firstTokenMs: result.firstTokenMs }),
        };
        this.#foresight?.learn(aheadOf(info, job), outcome, job.priority);
      }
    }
    estimator.calibrate(job.prompt.user, job.language).catch((error: unknown) => {
      log.debug('token count failed', { name: error instanceof Error ? error.name : typeof error });
    });
  }

  /** A prefix is warm when the platform says that it read or wrote so much. */
  #noteWarm(info: ModelInfo, job: CallPlan, { usage }: AttemptResult, startedMs: number): void {
    const prefix = Math.floor(job.prefix.tokens * factorOf(info, this.#deps.estimator));
    if (usage === undefined || prefix < (info.minCacheTokens ?? 0)) return;
    const inCache = usage.cacheRead + usage.cacheWrite;
    const tokens = Math.min(inCache, prefix);
    const ttlMs = info.cacheTtlMs ?? USUAL_CACHE_TTL_MS;
    if (tokens === 0) this.#warm.forget(info.key, job.prefix.key);
    else this.#warm.note(info.key, job.prefix.key, { tokens, startedMs, ttlMs });
  }

  /** Waits in line for room at most `patienceMs` in all, else throws `quota-exhausted`. */
  async #reserve(
    info: ModelInfo,
    job: CallPlan,
    patienceMs: number,
    emit: Emit,
    signal: AbortSignal,
  ): Promise<Reservation> {
    const { platform, name: model } = info;
    const demand = demandOf(info, job, this.#deps.estimator);
    const onWait = (waitMs: number) => emit({ kind: 'waiting', platform, waitMs });
    const request = { platform, model, demand, priority: job.priority };
    const grant = await this.#deps.quota.acquire(request, { patienceMs, onWait }, signal);
    if (grant.approved) return grant.reservation;
    const { limit, waitMs: retryAfterMs } = grant;
    throw new SluiceError('quota-exhausted', { platform, limit, retryAfterMs });
  }

  #wait(info: ModelInfo, waitMs: number, emit: Emit, signal: AbortSignal): Promise<void> {
    emit({ kind: 'waiting', platform: info.platform, waitMs });
    return delay(waitMs, this.#deps.clock, signal);
  }
}
