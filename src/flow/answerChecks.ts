/**
 * Runs checks over an answer, cheap ones first, and stops at the first that fails. A check that hangs or breaks says
 * nothing. Units: milliseconds.
 */
import { CHECKS, type CheckKind, type CheckResult, type CheckVerdict, unknown } from '../base/check.ts';
import { type Clock, delay } from '../base/clock.ts';
import { isCancellation, SluiceError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { Receipt, RouteRequest } from './request.ts';

export interface CheckedAnswer {
  readonly request: RouteRequest;
  readonly text: string;
  readonly stop: Receipt['stop'];
  readonly modelKey: string;
}

export interface AnswerCheck {
  readonly kind: CheckKind;
  /** Longer than this nobody waits for it. */
  readonly limitMs: number;
  /** Whether it can say anything about answers to such a request. */
  fits(request: RouteRequest): boolean;
  /** Rejects with the signal's reason when it is aborted; anything else that it throws counts as `unknown`. */
  run(answer: CheckedAnswer, signal: AbortSignal): CheckVerdict | Promise<CheckVerdict>;
}

export interface CheckDeps {
  readonly clock: Clock;
  readonly log: Log;
}

/** Rejects only with the signal's reason. */
export async function runChecks(
  checks: readonly AnswerCheck[],
  answer: CheckedAnswer,
  deps: CheckDeps,
  signal: AbortSignal,
): Promise<readonly CheckResult[]> {
  const results: CheckResult[] = [];
  for (const check of cheapFirst(checks)) {
    if (!check.fits(answer.request)) continue;
    const startedMs = deps.clock.monotonic();
    const verdict = await bounded(check, answer, deps, signal);
    results.push({ ...verdict, check: check.kind, ms: deps.clock.monotonic() - startedMs });
    if (verdict.verdict === 'fail') break;
  }
  return results;
}

function cheapFirst(checks: readonly AnswerCheck[]): readonly AnswerCheck[] {
  return checks.toSorted((one, other) => CHECKS.indexOf(one.kind) - CHECKS.indexOf(other.kind));
}

async function bounded(
  check: AnswerCheck,
  answer: CheckedAnswer,
  { clock, log }: CheckDeps,
  signal: AbortSignal,
): Promise<CheckVerdict> {
  signal.throwIfAborted();
  const over = new AbortController();
  const until = AbortSignal.any([signal, over.signal]);
  const tooLate = delay(check.limitMs, clock, until).then((): CheckVerdict => {
    return unknown({ kind: 'timed-out', afterMs: check.limitMs });
  });
  // Nobody waits for the one that comes second.
  tooLate.catch((error: unknown) => log.debug('check ended in time', { name: nameOf(error) }));
  try {
    const running = Promise.resolve(check.run(answer, until));
    running.catch((error: unknown) => log.debug('check ended late', { name: nameOf(error) }));
    return await Promise.race([running, tooLate]);
  } catch (error) {
    if (isCancellation(error, signal)) throw error;
    signal.throwIfAborted();
    log.warn('a check could not tell', { check: check.kind, error: nameOf(error) });
    return unknown({ kind: 'broke' });
  } finally {
    over.abort(new DOMException('the check is over', 'AbortError'));
  }
}

function nameOf(error: unknown): string {
  if (SluiceError.any(error)) return error.code;
  return error instanceof Error ? error.name : typeof error;
}
