/** Receipts of several attempts at one answer, and of all of them together. Units: milliseconds, USD, tokens. */
import { type CheckResult, failureIn } from '../base/check.ts';
import type { AnySluiceError } from '../base/errors.ts';
import type { TokenUsage } from '../base/task.ts';
import type { Reason } from '../routing/decision.ts';
import type { Receipt } from './request.ts';

/** One answer of one model, and what the checks said of it. */
export interface Attempt {
  readonly text: string;
  readonly receipt: Receipt;
  readonly checks: readonly CheckResult[];
  /** Why it was cut. */
  readonly failure?: AnySluiceError;
}

/**
 * The one that no check failed; else the one that got furthest, of such the one with the fewest new problems, and of several
 * such the last: its model is the strongest.
 */
export function bestOf(attempts: readonly Attempt[]): Attempt | undefined {
  return attempts.reduce<Attempt | undefined>(
    (best, attempt) => (best === undefined || !isBetter(best, attempt) ? attempt : best),
    undefined,
  );
}

function isBetter(one: Attempt, other: Attempt): boolean {
  const further = passed(one) - passed(other);
  return further > 0 || (!(further < 0) && newProblems(one) < newProblems(other));
}

function newProblems({ checks }: Attempt): number {
  const why = failureIn(checks)?.why;
  return why?.kind === 'new-problems' ? why.after - why.before : 0;
}

function passed({ checks, text, receipt }: Attempt): number {
  if (text === '' || receipt.stop === 'refused') return -1;
  const count = checks.filter(({ verdict }) => verdict === 'pass').length;
  return failureIn(checks) === undefined ? Number.POSITIVE_INFINITY : count;
}

/** `shown` with what all of them took. `totalMs` from the request's start to now. */
export function togetherReceipt(
  shown: Attempt,
  attempts: readonly Attempt[],
  now: { readonly atMs: number; readonly totalMs: number },
): Receipt {
  const { receipt, checks } = shown;
  const own = checks.length === 0 ? receipt : { ...receipt, checks };
  const others = attempts.filter((attempt) => attempt !== shown);
  if (others.length === 0) return { ...own, ...paid([shown]), atMs: now.atMs, totalMs: now.totalMs };
  const { usage: _usage, promptCacheSavedUsd: _saved, costUsd: _cost, billing, ...rest } = own;
  const usage = sum(attempts, ({ receipt: one }) => one.usage, addUsage);
  const saved = attempts.reduce((total, { receipt: one }) => total + (one.promptCacheSavedUsd ?? 0), 0);
  const subscribed = attempts.every(({ receipt: one }) => one.billing === billing);
  const platformMs = attempts.reduce((total, { receipt: one }) => total + one.totalMs - one.ownMs, 0);
  return {
    ...rest,
    ...(billing === undefined || !subscribed ? {} : { billing }),
    ...(usage === undefined ? {} : { usage }),
    ...paid(attempts),
    ...(saved === 0 ? {} : { promptCacheSavedUsd: saved }),
    decision: { ...own.decision, reasons: [...reasonsOf(shown, others), ...own.decision.reasons] },
    ...now,
    ownMs: Math.max(0, now.totalMs - platformMs),
    attempts: others.map(({ receipt: one, checks: found }) => ({ ...one, checks: found })),
  };
}

/** Nothing is known of the sum while one part is unknown. What checks cost is a part of it. */
function paid(attempts: readonly Attempt[]): { costUsd?: number } {
  const calls = sum(
    attempts,
    ({ receipt }) => receipt.costUsd,
    (one, other) => one + other,
  );
  const checks = attempts.flatMap(({ checks: all }) => all).reduce((total, { usd = 0 }) => total + usd, 0);
  return calls === undefined ? {} : { costUsd: calls + checks };
}

function reasonsOf(shown: Attempt, others: readonly Attempt[]): Reason[] {
  const failure = failureIn(shown.checks);
  const best: Reason[] =
    failure === undefined ? [] : [{ kind: 'best-of-failed', failure, of: others.length + 1 }];
  const up = others.flatMap(({ receipt, checks }): Reason[] => {
    const why = failureIn(checks);
    return why === undefined ? [] : [{ kind: 'went-up', from: receipt.decision.chosen.label, failure: why }];
  });
  return [...best, ...up];
}

function sum<T>(
  attempts: readonly Attempt[],
  of: (attempt: Attempt) => T | undefined,
  add: (one: T, other: T) => T,
): T | undefined {
  const [first, ...rest] = attempts.map(of);
  return rest.reduce<T | undefined>(
    (total, one) => (total === undefined || one === undefined ? undefined : add(total, one)),
    first,
  );
}

function addUsage(one: TokenUsage, other: TokenUsage): TokenUsage {
  return {
    input: one.input + other.input,
    output: one.output + other.output,
    cacheRead: one.cacheRead + other.cacheRead,
    cacheWrite: one.cacheWrite + other.cacheWrite,
    reasoning: one.reasoning + other.reasoning,
  };
}
