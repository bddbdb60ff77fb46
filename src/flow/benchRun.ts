/** Runs a benchmark over models through the pipeline, so that limits hold and what it costs is counted. Units: USD, ms. */
import type { Clock } from '../base/clock.ts';
import { type AnySluiceError, SluiceError } from '../base/errors.ts';
import type { ModelInfo } from '../routing/catalogue.ts';
import type { TaskFeatures } from '../routing/features.ts';
import { type BenchMiss, missIn } from './benchCheck.ts';
import type { BenchSuite, BenchTask } from './benchSuite.ts';
import type { Pipeline } from './pipeline.ts';
import type { Answer, RouteRequest } from './request.ts';

export interface BenchEstimate {
  readonly model: ModelInfo;
  /** Tasks that the model can take. */
  readonly tasks: number;
  /** How many of them it is expected to do well. */
  readonly expected: number;
  /** Absent: the price is unknown. */
  readonly usd?: number;
  readonly ms: number;
}

export interface BenchResult {
  readonly task: BenchTask;
  readonly model: ModelInfo;
  readonly passed: boolean;
  /** Why it failed; absent when it passed. */
  readonly why?: BenchMiss | { readonly kind: 'check'; readonly check: string };
  /** The request itself failed: that says nothing of the model's answers. */
  readonly failure?: AnySluiceError;
  readonly costUsd?: number;
  readonly totalMs: number;
  /** What was known of the task when it was routed; absent where nothing was answered. */
  readonly features?: TaskFeatures;
}

/** The name of a check that fails, such as `parses`; undefined: none does. */
export type FailingCheck = (
  request: RouteRequest,
  answer: Answer,
  signal: AbortSignal,
) => Promise<string | undefined>;

export interface BenchDeps {
  readonly pipeline: Pick<Pipeline, 'run' | 'preview'>;
  readonly clock: Clock;
  readonly failingCheck: FailingCheck;
}

export function benchRequest(task: BenchTask, model: ModelInfo): RouteRequest {
  const { code, language, instruction, localOnly } = task;
  return {
    task: task.task,
    priority: 'low',
    instruction,
    freshness: 'fresh',
    model: model.key,
    benchmark: true,
    held: false,
    ...(localOnly === undefined ? {} : { localOnly }),
    ...(code === '' ? {} : { code: { language, text: code, problems: [], cutChars: 0 } }),
    ...(task.edit ? { form: 'edit' } : {}),
  };
}

/** Nothing is sent. */
export function estimateBench(
  suite: BenchSuite,
  model: ModelInfo,
  { pipeline }: Pick<BenchDeps, 'pipeline'>,
): BenchEstimate {
  let [tasks, expected, usd, ms, unknown] = [0, 0, 0, 0, false];
  for (const task of suite.tasks) {
    const option = optionFor(task, model, pipeline);
    if (option === undefined) continue;
    tasks += 1;
    expected += option.chance;
    usd += option.estimatedUsd ?? 0;
    unknown ||= option.estimatedUsd === undefined;
    ms += option.estimatedMs;
  }
  return { model, tasks, expected, ms, ...(unknown ? {} : { usd }) };
}

/** Undefined: the model cannot take it. */
function optionFor(task: BenchTask, model: ModelInfo, pipeline: Pick<Pipeline, 'preview'>) {
  try {
    return pipeline.preview(benchRequest(task, model)).decision.chosen;
  } catch (error) {
    if (!SluiceError.any(error)) throw error;
    return undefined;
  }
}

/** Nobody else's answer will be different: the next tasks are not tried. */
const ENDS_MODEL = new Set([
  'invalid-key',
  'billing',
  'not-logged-in',
  'program-missing',
  'model-not-found',
  'no-model',
]);

/** One task after the other. Rejects with the signal's reason; `onResult` has then heard of what was done before. */
export async function runBench(
  { suite, models }: { readonly suite: BenchSuite; readonly models: readonly ModelInfo[] },
  deps: BenchDeps,
  onResult: (result: BenchResult) => void,
  signal: AbortSignal,
): Promise<void> {
  for (const model of models) {
    for (const task of suite.tasks) {
      const result = await runTask(task, model, deps, signal);
      onResult(result);
      if (result.failure !== undefined && ENDS_MODEL.has(result.failure.code)) break;
    }
  }
}

async function runTask(
  task: BenchTask,
  model: ModelInfo,
  { pipeline, clock, failingCheck }: BenchDeps,
  signal: AbortSignal,
): Promise<BenchResult> {
  const request = benchRequest(task, model);
  const startedMs = clock.monotonic();
  try {
    const answer = await pipeline.run(request, () => undefined, signal);
    const { receipt, failure } = answer;
    const facts = {
      ...{ task, model, totalMs: receipt.totalMs, features: receipt.decision.features },
      ...(receipt.costUsd === undefined ? {} : { costUsd: receipt.costUsd }),
    };
    if (failure !== undefined) return { ...facts, passed: false, failure };
    const check = await failingCheck(request, answer, signal);
    if (check !== undefined) return { ...facts, passed: false, why: { kind: 'check', check } };
    const why = missIn(task, answer.text, receipt.stop === 'complete');
    return { ...facts, passed: why === undefined, ...(why === undefined ? {} : { why }) };
  } catch (error) {
    if (!SluiceError.any(error)) throw error;
    return { task, model, passed: false, failure: error, totalMs: clock.monotonic() - startedMs };
  }
}
