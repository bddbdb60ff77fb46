/**
 * Sends one request: chooses a model, reserves its tokens, streams, settles. Goes to the next model only while no
 * token has been shown. Units: milliseconds, tokens.
 */
import { type Clock, delay } from '../base/clock.ts';
import { type AnySluiceError, SluiceError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { Random } from '../base/random.ts';
import { promptTokens } from '../base/task.ts';
import { buildPrompt, type Prompt } from '../prompt/buildPrompt.ts';
import { usualOutputTokens } from '../prompt/taskPrompts.ts';
import type { TokenEstimator } from '../prompt/tokenEstimator.ts';
import type { Demand } from '../quota/limit.ts';
import type { Quota, Reservation } from '../quota/quota.ts';
import type { ModelInfo } from '../routing/catalogue.ts';
import type { Decision, Option } from '../routing/decision.ts';
import { taskFeatures } from '../routing/features.ts';
import { route } from '../routing/router.ts';
import { type AttemptResult, runAttempt } from './attempt.ts';
import type { Platforms } from './platforms.ts';
import type { AnswerEvent, RouteRequest } from './request.ts';
import { fallsBack, MOST_RETRIES, platformWide, retryable, retryDelayMs } from './retry.ts';
import type { Settings } from './settings.ts';

export interface DispatcherDeps {
  readonly platforms: Platforms;
  readonly quota: Quota;
  readonly estimator: TokenEstimator;
  readonly settings: () => Settings;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

export interface Sent extends AttemptResult {
  readonly decision: Decision;
  readonly info: ModelInfo;
}

type Emit = (event: AnswerEvent) => void;

interface Job {
  readonly prompt: Prompt;
  readonly language: string;
  /** By the tokenizer's ratio, before any model's own factor. */
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** While another model could answer at once, one that asks for a longer wait is left. */
const PATIENCE_WITH_FALLBACK_MS = 2_000;
/** Room for an answer longer than usual; the platform's own limit still holds. */
const OUTPUT_ALLOWANCE = 8;
/** Asked of a model whose own limit is unknown: nearly every one can give so much. */
const UNKNOWN_MOST_OUTPUT = 4_096;

export class Dispatcher {
  readonly #deps: DispatcherDeps;

  constructor(deps: DispatcherDeps) {
    this.#deps = deps;
  }

  /** Throws the last `SluiceError` when no model could answer, or the signal's reason. */
  async send(request: RouteRequest, emit: Emit, signal: AbortSignal): Promise<Sent> {
    const job = this.#prepare(request);
    let decision = this.#route(request, job);
    const options = [decision.chosen, ...decision.fallbacks];
    const down = new Set<string>();
    let failure: AnySluiceError = new SluiceError('no-model', { why: 'none-allowed' });
    for (const [index, option] of options.entries()) {
      const info = this.#deps.platforms.model(option.modelKey);
      if (down.has(info.platform)) continue;
      if (index > 0) decision = fellBack(decision, option, failure);
      emit({ kind: 'routed', decision });
      try {
        const hasFallback = options.slice(index + 1).some((next) => !down.has(platformOf(next)));
        const result = await this.#try(info, job, hasFallback, emit, signal);
        return { ...result, decision, info };
      } catch (error) {
        if (!SluiceError.any(error) || !fallsBack(error)) throw error;
        if (platformWide(error)) down.add(info.platform);
        failure = error;
      }
    }
    throw failure;
  }

  #prepare(request: RouteRequest): Job {
    const code = request.code;
    const language = code?.language ?? '';
    const prompt = buildPrompt({
      task: request.task,
      instruction: request.instruction,
      language,
      code: code?.text ?? '',
      problems: code?.problems ?? [],
      ...(code?.fileName === undefined ? {} : { fileName: code.fileName }),
      ...(code?.symbol === undefined ? {} : { symbol: code.symbol }),
    });
    const { estimator } = this.#deps;
    const inputTokens = estimator.estimate(prompt.system, '') + estimator.estimate(prompt.user, language);
    return { prompt, language, inputTokens, outputTokens: usualOutputTokens(request.task) };
  }

  #route(request: RouteRequest, job: Job): Decision {
    const { platforms, quota, settings } = this.#deps;
    const demand = { inputTokens: job.inputTokens, outputTokens: job.outputTokens };
    return route({
      features: taskFeatures({
        task: request.task,
        instruction: request.instruction,
        language: job.language,
        code: request.code?.text ?? '',
        problems: request.code?.problems.length ?? 0,
        inputTokens: job.inputTokens,
      }),
      models: platforms.models,
      rules: settings()['routing.rules'],
      bar: settings()['routing.qualityBar'],
      outputTokens: job.outputTokens,
      room: (model) => quota.room(model.platform, model.name, demand),
      ...(request.strongerThan === undefined ? {} : { strongerThan: request.strongerThan }),
    });
  }

  async #try(
    info: ModelInfo,
    job: Job,
    hasFallback: boolean,
    emit: Emit,
    signal: AbortSignal,
  ): Promise<AttemptResult> {
    const maxWaitMs = this.#deps.settings()['request.maxWaitSeconds'] * 1_000;
    const patienceMs = hasFallback ? Math.min(PATIENCE_WITH_FALLBACK_MS, maxWaitMs) : maxWaitMs;
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.#once(info, job, patienceMs, emit, signal);
      } catch (error) {
        if (!SluiceError.any(error) || !retryable(error) || attempt >= MOST_RETRIES) throw error;
        const waitMs = retryDelayMs(error, attempt, this.#deps.random);
        if (waitMs > patienceMs) throw error;
        await this.#wait(info, waitMs, emit, signal);
      }
    }
  }

  async #once(
    info: ModelInfo,
    job: Job,
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
      };
      const result = await runAttempt({ transport, clock, listener }, callOf(info, job), signal);
      held.settle(used(result, job, estimator));
      this.#learn(info, job, result);
      return result;
    } finally {
      held.dispose();
    }
  }

  /** What this call teaches about later estimates; none of it is waited for. */
  #learn(info: ModelInfo, job: Job, result: AttemptResult): void {
    const { estimator, log } = this.#deps;
    if (result.usage) estimator.learnFactor(info.key, job.inputTokens, promptTokens(result.usage));
    estimator.calibrate(job.prompt.user, job.language).catch((error: unknown) => {
      log.debug('token count failed', { name: error instanceof Error ? error.name : typeof error });
    });
  }

  /** Waits for room at most `patienceMs` in all, else throws `quota-exhausted`. */
  async #reserve(
    info: ModelInfo,
    job: Job,
    patienceMs: number,
    emit: Emit,
    signal: AbortSignal,
  ): Promise<Reservation> {
    const demand: Demand = { inputTokens: job.inputTokens, outputTokens: job.outputTokens };
    const deadlineMs = this.#deps.clock.monotonic() + patienceMs;
    for (;;) {
      signal.throwIfAborted();
      const grant = this.#deps.quota.reserve(info.platform, info.name, demand);
      if (grant.approved) return grant.reservation;
      if (this.#deps.clock.monotonic() + grant.waitMs > deadlineMs) {
        throw new SluiceError('quota-exhausted', {
          platform: info.platform,
          limit: grant.limit,
          retryAfterMs: grant.waitMs,
        });
      }
      await this.#wait(info, grant.waitMs, emit, signal);
    }
  }

  #wait(info: ModelInfo, waitMs: number, emit: Emit, signal: AbortSignal): Promise<void> {
    emit({ kind: 'waiting', platform: info.platform, waitMs });
    return delay(waitMs, this.#deps.clock, signal);
  }
}

function platformOf(option: Option): string {
  return option.modelKey.slice(0, option.modelKey.indexOf('/'));
}

function callOf(info: ModelInfo, job: Job) {
  return {
    model: info.name,
    system: job.prompt.system,
    messages: [{ role: 'user' as const, text: job.prompt.user }],
    maxOutputTokens: Math.min(
      info.maxOutputTokens ?? UNKNOWN_MOST_OUTPUT,
      job.outputTokens * OUTPUT_ALLOWANCE,
    ),
  };
}

/** What the platform reported, or for a stream that was cut what can be told from the text. */
function used(result: AttemptResult, job: Job, estimator: TokenEstimator): Demand {
  if (result.usage) return { inputTokens: promptTokens(result.usage), outputTokens: result.usage.output };
  return { inputTokens: job.inputTokens, outputTokens: estimator.estimate(result.text, job.language) };
}

function fellBack(decision: Decision, to: Option, failure: AnySluiceError): Decision {
  const from = decision.chosen;
  const { nextCheaper: _cheaper, nextDearer: _dearer, ...rest } = decision;
  return {
    ...rest,
    chosen: to,
    reasons: [...decision.reasons, { kind: 'fell-back', from: from.label, code: failure.code }],
    fallbacks: decision.fallbacks.filter((option) => option !== to),
  };
}
