/** Receipts of the three ways to an answer: sent, joined, cached. Units: milliseconds, USD. */
import type { Clock } from '../base/clock.ts';
import type { Random } from '../base/random.ts';
import { costUsd, promptCacheSavedUsd } from '../routing/cost.ts';
import type { Sent } from './dispatcher.ts';
import type { CacheLevel, Receipt, RouteRequest } from './request.ts';
import type { Assigned } from './trials.ts';

/** What is known of a run before it ends. */
interface Run {
  readonly id: string;
  readonly startedMs: number;
  readonly clock: Clock;
  readonly trial?: readonly Assigned[] | undefined;
}

/** Long enough that two among the fifty shown never meet. */
export function requestId(random: Random): string {
  return Math.floor(random() * 2 ** 52).toString(36);
}

export function receiptOf(sent: Sent, request: RouteRequest, run: Run): Receipt {
  const totalMs = run.clock.monotonic() - run.startedMs;
  const { billing } = sent.info;
  const cost = billing === 'subscription' ? 0 : sent.usage && costUsd(sent.info.price, sent.usage);
  const spared = sent.usage && promptCacheSavedUsd(sent.info.price, sent.usage);
  return {
    id: run.id,
    atMs: run.clock.now(),
    task: request.task,
    decision: sent.decision,
    platform: sent.info.platform,
    model: sent.model,
    modelKey: sent.info.key,
    simulated: sent.info.simulated,
    ...(billing === undefined ? {} : { billing }),
    ...(request.benchmark ? { benchmark: true } : {}),
    totalMs,
    ownMs: Math.max(0, totalMs - sent.platformMs),
    cache: 'none',
    stop: sent.stop,
    ...(run.trial === undefined ? {} : { trial: run.trial }),
    ...(sent.requestId === undefined ? {} : { platformRequestId: sent.requestId }),
    ...(sent.usage === undefined ? {} : { usage: sent.usage }),
    ...(cost === undefined ? {} : { costUsd: cost }),
    ...(spared === undefined ? {} : { promptCacheSavedUsd: spared }),
    ...(sent.firstTokenMs === undefined ? {} : { firstTokenMs: sent.firstTokenMs }),
  };
}

/** The same answer for someone who did not pay for it. */
export function sparedReceipt(first: Receipt, cache: Exclude<CacheLevel, 'none'>, run: Run): Receipt {
  const atMs = run.clock.now();
  const totalMs = run.clock.monotonic() - run.startedMs;
  // Whoever joined one that came from a cache saved what that one did.
  const saved = first.cache === 'none' ? first.costUsd : first.savedUsd;
  const spared: Receipt = {
    id: run.id,
    atMs,
    task: first.task,
    decision: first.decision,
    platform: first.platform,
    model: first.model,
    modelKey: first.modelKey,
    simulated: first.simulated,
    ...(first.billing === undefined ? {} : { billing: first.billing }),
    totalMs,
    ownMs: cache === 'joined' ? 0 : totalMs,
    cache,
    stop: first.stop,
    ...(run.trial === undefined ? {} : { trial: run.trial }),
    costUsd: 0,
    ...(first.checks === undefined
      ? {}
      : { checks: first.checks.filter(({ check }) => check !== 'diagnostics') }),
    ...(first.usage === undefined ? {} : { usage: first.usage }),
    ...(saved === undefined || first.billing ? {} : { savedUsd: saved }),
    ...(first.answeredFor === undefined ? {} : { answeredFor: first.answeredFor }),
  };
  return cache !== 'joined' ? { ...spared, cacheAgeMs: Math.max(0, atMs - first.atMs) } : spared;
}
