/** What a finished request adds to the counts, out of its receipt. */
import { promptTokens } from '../base/task.ts';
import type { Measured } from '../metrics/metrics.ts';
import { strategyOf } from './answerCache.ts';
import type { Receipt, RouteRequest } from './request.ts';

const NOTHING_USED = { inputTokens: 0, outputTokens: 0 };

/** `savedMs`: how long the answer took that a cache gave again. */
export function measuredOf(receipt: Receipt, request: RouteRequest, savedMs?: number): Measured {
  const paid = receipt.cache === 'none';
  const { usage } = receipt;
  return {
    atMs: receipt.atMs,
    task: receipt.task,
    modelKey: receipt.modelKey,
    simulated: receipt.simulated,
    cache: receipt.cache,
    strategy: strategyOf(request),
    ahead: request.ahead !== undefined,
    stop: receipt.stop,
    totalMs: receipt.totalMs,
    ...(paid
      ? usage
        ? { inputTokens: promptTokens(usage), outputTokens: usage.output }
        : {}
      : NOTHING_USED),
    ...(receipt.costUsd === undefined ? {} : { costUsd: receipt.costUsd }),
    ...(receipt.savedUsd === undefined ? {} : { savedUsd: receipt.savedUsd }),
    ...(savedMs === undefined ? {} : { savedMs }),
  };
}

/** For the log: no prompt, no code, no answer. */
export function factsOf(receipt: Receipt) {
  return {
    model: receipt.model,
    task: receipt.task,
    stop: receipt.stop,
    input: receipt.usage?.input,
    output: receipt.usage?.output,
    usd: receipt.costUsd,
    totalMs: Math.round(receipt.totalMs),
    ownMs: Math.round(receipt.ownMs),
  };
}
