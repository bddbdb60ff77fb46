/**
 * A cheap answer, its checks, and a stronger model when they find it wanting, before anyone has seen a word of it, or while
 * it only stands as a proposal that nobody has touched. Goes up while that is worth what it costs and the request's budget
 * allows it. Units: milliseconds, USD, tokens.
 */
import { type CheckResult, failureIn } from '../base/check.ts';
import type { Clock } from '../base/clock.ts';
import { isCancellation, SluiceError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { PlanTerms } from '../routing/begin.ts';
import {
  type CascadeOption,
  type CascadeStep,
  type CascadeTerms,
  type CheckPower,
  nextStep,
  type TriedAnswer,
} from '../routing/cascade.ts';
import type { Decision, Option } from '../routing/decision.ts';
import { type AnswerCheck, runChecks } from './answerChecks.ts';
import type { AnswerPlace } from './answerPlace.ts';
import { type Attempt, bestOf, togetherReceipt } from './attemptReceipts.ts';
import type { CheckRates } from './checkRates.ts';
import type { Dispatcher, Sent } from './dispatcher.ts';
import { receiptOf } from './receipts.ts';
import type { Answer, AnswerEvent, Receipt, RouteRequest } from './request.ts';
import type { Settings } from './settings.ts';
import type { Assigned } from './trials.ts';

export interface CascadeDeps {
  readonly dispatcher: Pick<Dispatcher, 'send' | 'preview'>;
  /** What may be spent on checks of this request is what its budget leaves. */
  readonly checks: readonly AnswerCheck[];
  readonly rates: Pick<CheckRates, 'believed'>;
  readonly onChecked: (receipt: Receipt, results: readonly CheckResult[]) => void;
  readonly settings: () => Settings;
  readonly clock: Clock;
  readonly log: Log;
}

export interface CascadeRun {
  readonly id: string;
  /** Monotonic. */
  readonly startedMs: number;
  readonly trial?: readonly Assigned[] | undefined;
  readonly emit: (event: AnswerEvent) => void;
  /** Told of each attempt as soon as it is over, with what it took alone, also when all is cancelled after it. */
  readonly onSpent: (receipt: Receipt) => void;
  /** Where the answer is tried while a stronger model may still be asked; absent: nowhere. */
  readonly place?: AnswerPlace | undefined;
}

/** How often it is said how much has come. */
const TELL_EVERY_CHARS = 200;
/** A part of a task may take so much more than was estimated for it. */
const BUFFER = 1.2;

export class Cascade {
  readonly #deps: CascadeDeps;

  constructor(deps: CascadeDeps) {
    this.#deps = deps;
  }

  /** As `Pipeline.run`. Throws what the first attempt throws; when a later one fails, the best so far is the answer. */
  async run(request: RouteRequest, run: CascadeRun, signal: AbortSignal): Promise<Answer> {
    const { clock } = this.#deps;
    const attempts: Attempt[] = [];
    const gone = new Set<string>();
    let next: RouteRequest | undefined = this.planned(request, run.place);
    while (next !== undefined) {
      const attempt = await this.#attempt(request, next, attempts, run, signal);
      if (attempt === undefined) gone.add(next.model ?? '');
      else attempts.push(attempt);
      next = await this.#next(request, attempts, gone, run);
    }
    const best = await keptOf(attempts, run.place);
    if (best === undefined) throw new SluiceError('no-model', { why: 'none-allowed' });
    const { text, failure } = best;
    const now = { atMs: clock.now(), totalMs: clock.monotonic() - run.startedMs };
    run.emit({ kind: 'text', text });
    const receipt = togetherReceipt(best, attempts, now);
    return { text, receipt, ...(failure === undefined ? {} : { failure }) };
  }

  /** With what the checks of such a request are worth, so that it may begin with a cheaper model. */
  planned(request: RouteRequest, place?: AnswerPlace): RouteRequest {
    const plan = this.#plan(request, place);
    return plan === undefined ? request : { ...request, plan };
  }

  /** How much checks know in common nobody counts: no more is caught than by the best one, and all alarms add up. */
  #plan(request: RouteRequest, place: AnswerPlace | undefined): PlanTerms | undefined {
    const { checks, rates, settings } = this.#deps;
    const mostAnswers = settings()['cascade.maxAttempts'];
    const fitting = (place === undefined ? checks : [...checks, place.check]).filter((check) =>
      check.fits(request),
    );
    if (mostAnswers < 2 || fitting.length === 0) return undefined;
    const beliefs = fitting.map(({ kind }) => rates.believed(kind));
    const check = {
      catches: Math.max(...beliefs.map(({ caught }) => caught)),
      falseAlarms: 1 - beliefs.reduce((none, { falseAlarms }) => none * (1 - falseAlarms), 1),
      costUsd: beliefs.reduce((sum, { usd }) => sum + usd, 0),
    };
    return { ...this.#terms(check), mostAnswers };
  }

  /** The same for where to begin as for whether to go on. */
  #terms(check: CheckPower): CascadeTerms {
    const { 'cascade.worthUsd': worthUsd, 'request.confirmAboveUsd': budgetUsd } = this.#deps.settings();
    return { check, worthUsd, budgetUsd };
  }

  /** Undefined when a later attempt could not be made, or took longer than the budget allows. */
  async #attempt(
    asked: RouteRequest,
    request: RouteRequest,
    before: readonly Attempt[],
    run: CascadeRun,
    signal: AbortSignal,
  ): Promise<Attempt | undefined> {
    const { clock, dispatcher, log } = this.#deps;
    const startedMs = clock.monotonic();
    const over = new AbortController();
    // The first attempt has the platform's own time limit, as any request.
    const until = before.length === 0 ? signal : AbortSignal.any([signal, over.signal]);
    const late = () => over.abort(new DOMException('out of time', 'AbortError'));
    const timer = before.length === 0 ? undefined : clock.after(this.#leftMs(run), late);
    try {
      const sent = await dispatcher.send(request, held(run.emit), until);
      const facts = { id: attemptId(run.id, before.length), startedMs, clock, trial: run.trial };
      const receipt = receiptOf({ ...sent, decision: asRouted(sent.decision, before) }, request, facts);
      const { text, failure } = sent;
      const attempt = { text, receipt, checks: [], ...(failure === undefined ? {} : { failure }) };
      const tried = this.#isTried(asked, [...before, attempt], run);
      return { ...attempt, checks: await this.#check(request, sent, receipt, { ...run, tried }, signal) };
    } catch (error) {
      if (before.length === 0 || isCancellation(error, signal)) throw error;
      if (!SluiceError.any(error) && !over.signal.aborted) throw error;
      log.info('not gone up', { code: SluiceError.any(error) ? error.code : 'out-of-time' });
      return undefined;
    } finally {
      timer?.dispose();
    }
  }

  /** Nothing is checked once the person has gone; what it took is told all the same. */
  async #check(
    request: RouteRequest,
    { text, stop, info }: Sent,
    receipt: Receipt,
    { place, tried, onSpent }: CascadeRun & { readonly tried: boolean },
    signal: AbortSignal,
  ): Promise<readonly CheckResult[]> {
    let checks: readonly CheckResult[] = [];
    try {
      signal.throwIfAborted();
      const answer = { request, text, stop, modelKey: info.key };
      const all = tried && place !== undefined ? [...this.#deps.checks, place.check] : this.#deps.checks;
      checks = await runChecks(all, answer, this.#deps, signal);
      this.#deps.onChecked(receipt, checks);
      return checks;
    } finally {
      onSpent({ ...receipt, checks });
    }
  }

  /** What nobody could go up from is shown at once, and checked where it stands afterwards. Later ones are compared. */
  #isTried(request: RouteRequest, attempts: readonly Attempt[], run: CascadeRun): boolean {
    const [first, ...later] = attempts;
    if (run.place === undefined || first === undefined || later.length > 0) return run.place !== undefined;
    if (!mayGoUp(request, first) || this.#leftMs(run) <= 0) return false;
    const most = this.#deps.settings()['cascade.maxAttempts'];
    return most > 1 && this.#options(request, first, attempts).length > 0;
  }

  /**
   * The request for the next attempt; undefined: what there is will do, nothing better is worth its price, or the person has
   * taken it in hand.
   */
  async #next(
    request: RouteRequest,
    attempts: readonly Attempt[],
    gone: ReadonlySet<string>,
    run: CascadeRun,
  ): Promise<RouteRequest | undefined> {
    const last = attempts.at(-1);
    const failure = last && failureIn(last.checks);
    if (last === undefined || failure === undefined || !mayGoUp(request, last)) return undefined;
    const step = this.#step(request, attempts, gone, run);
    if (step === undefined || (await run.place?.takeBack()) === false) return undefined;
    const { label } = last.receipt.decision.chosen;
    run.emit({ kind: 'went-up', from: label, failure });
    return { ...request, model: step.next.modelKey };
  }

  #step(
    request: RouteRequest,
    attempts: readonly Attempt[],
    gone: ReadonlySet<string>,
    run: CascadeRun,
  ): CascadeStep | undefined {
    const settings = this.#deps.settings();
    if (attempts.length + gone.size >= settings['cascade.maxAttempts'] || this.#leftMs(run) <= 0)
      return undefined;
    const last = attempts.at(-1);
    const failure = last && failureIn(last.checks);
    if (last === undefined || failure === undefined) return undefined;
    const options = this.#options(request, last, attempts).filter(({ modelKey }) => !gone.has(modelKey));
    const { caught: catches, falseAlarms } = this.#deps.rates.believed(failure.check);
    const checkUsd = last.checks.reduce((sum, { usd = 0 }) => sum + usd, 0);
    const terms = this.#terms({ catches, falseAlarms, costUsd: checkUsd });
    return nextStep(attempts.map(triedOf), options, terms);
  }

  /** Stronger models that may answer now, whose price is known and which the budget of tokens still allows. */
  #options(request: RouteRequest, last: Attempt, attempts: readonly Attempt[]): readonly CascadeOption[] {
    const decision = this.#stronger({ ...request, strongerThan: last.receipt.modelKey });
    if (decision === undefined) return [];
    const perAttempt = decision.estimatedInputTokens + decision.estimatedOutputTokens;
    const most = this.#deps.settings()['cascade.maxAttempts'] * perAttempt * BUFFER;
    const used = attempts.reduce((sum, { receipt }) => sum + tokensOf(receipt), 0);
    if (used + perAttempt > most) return [];
    return [decision.chosen, ...decision.fallbacks].flatMap(priced);
  }

  #stronger(request: RouteRequest): Decision | undefined {
    try {
      return this.#deps.dispatcher.preview(request);
    } catch (error) {
      if (SluiceError.any(error)) return undefined;
      throw error;
    }
  }

  /** What is left of the time in which an answer is expected. */
  #leftMs({ startedMs }: CascadeRun): number {
    const mostMs = this.#deps.settings()['request.timeoutSeconds'] * 1_000;
    return Math.max(0, startedMs + mostMs - this.#deps.clock.monotonic());
  }
}

/** The best one; but the last, which stands in its place, once the person has taken that in hand. */
async function keptOf(
  attempts: readonly Attempt[],
  place: AnswerPlace | undefined,
): Promise<Attempt | undefined> {
  const [best, last] = [bestOf(attempts), attempts.at(-1)];
  if (place === undefined || best === last) return best;
  return (await place.takeBack()) ? best : last;
}

/** What the person chose, by name or by a rule, is what answers. */
function mayGoUp(request: RouteRequest, { receipt }: Attempt): boolean {
  if (request.model !== undefined || request.conversation !== undefined) return false;
  return receipt.decision.reasons.every(({ kind }) => kind !== 'rule' && kind !== 'helper');
}

function held(emit: (event: AnswerEvent) => void): (event: AnswerEvent) => void {
  let [chars, told] = [0, 0];
  return (event) => {
    if (event.kind !== 'text') return emit(event);
    chars += event.text.length;
    if (told > 0 && chars < told + TELL_EVERY_CHARS) return;
    told = chars;
    emit({ kind: 'held', chars });
  };
}

/** The first has the name of the request itself. */
function attemptId(id: string, before: number): string {
  return before === 0 ? id : `${id}-${before + 1}`;
}

/** A model that was gone up to was not chosen by the person. */
function asRouted(decision: Decision, before: readonly Attempt[]): Decision {
  if (before.length === 0) return decision;
  return { ...decision, reasons: decision.reasons.filter(({ kind }) => kind !== 'asked-by-name') };
}

function triedOf({ receipt }: Attempt): TriedAnswer {
  const { modelKey, chance, estimatedUsd: costUsd = 0 } = receipt.decision.chosen;
  const option = { modelKey, chance, costUsd };
  return { option, rejected: true, ...(receipt.costUsd === undefined ? {} : { costUsd: receipt.costUsd }) };
}

function priced({ modelKey, chance, estimatedUsd: costUsd }: Option): CascadeOption[] {
  return costUsd === undefined ? [] : [{ modelKey, chance, costUsd }];
}

function tokensOf({ usage, decision }: Receipt): number {
  if (usage === undefined) return decision.estimatedInputTokens + decision.estimatedOutputTokens;
  return usage.input + usage.cacheRead + usage.cacheWrite + usage.output;
}
