/** Everything that checks answers, built with the first answer that is to be checked; its counts are kept in a store. */
import { type CheckKind, type CheckResult, failureIn } from '../base/check.ts';
import type { Clock } from '../base/clock.ts';
import { type Disposable, DisposableBag } from '../base/disposable.ts';
import type { Log } from '../base/log.ts';
import type { Random } from '../base/random.ts';
import { throttle } from '../base/throttle.ts';
import { type AnswerCheck, type CheckedAnswer, runChecks } from './answerChecks.ts';
import { Cascade } from './cascade.ts';
import { appliesCheck, completeCheck } from './checkForm.ts';
import { judgeCheck } from './checkJudge.ts';
import { type CheckBelief, type CheckRate, CheckRates } from './checkRates.ts';
import { parsesCheck, type SyntaxParser } from './checkSyntax.ts';
import type { Dispatcher } from './dispatcher.ts';
import { CHECK_RATES } from './lazyChecking.ts';
import type { KeyedStore } from './lazyLookAhead.ts';
import type { Outcomes } from './outcomes.ts';
import type { Receipt, RouteRequest } from './request.ts';
import type { Settings } from './settings.ts';

export interface AnswerCheckingDeps {
  readonly dispatcher: Dispatcher;
  readonly outcomes: Pick<Outcomes, 'onOutcome' | 'happened'>;
  readonly parser: () => Promise<SyntaxParser>;
  readonly settings: () => Settings;
  readonly store: KeyedStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** A call that a check made. */
  readonly onSpent: (receipt: Receipt, request: RouteRequest) => void;
}

const FORM: ReadonlySet<CheckKind> = new Set(['complete', 'applies', 'parses']);
const KEEP_EVERY_MS = 10_000;

export class AnswerChecking implements Disposable {
  readonly cascade: Cascade;
  readonly #deps: AnswerCheckingDeps;
  readonly #checks: readonly AnswerCheck[];
  readonly #rates: CheckRates;
  readonly #bag = new DisposableBag();

  constructor(deps: AnswerCheckingDeps) {
    this.#deps = deps;
    const { dispatcher, outcomes, parser, settings, store, clock, log } = deps;
    const rates = new CheckRates(store.get(CHECK_RATES));
    this.#rates = rates;
    this.#checks = [completeCheck, appliesCheck, parsesCheck(parser), judgeCheck(deps)];
    const onChecked = (receipt: Receipt, results: readonly CheckResult[]) => this.noted(receipt, results);
    const parts = { dispatcher, settings, clock, log };
    this.cascade = new Cascade({ ...parts, checks: this.#checks, rates, onChecked });
    const keep = this.#bag.add(throttle(() => this.#keep(), KEEP_EVERY_MS, clock));
    this.#bag.add(
      outcomes.onOutcome((outcome) => {
        rates.happened(outcome);
        keep.request();
      }),
    );
  }

  /** Of checks that have run, cheap to dear. */
  get rates(): readonly CheckRate[] {
    return this.#rates.list();
  }

  believed(check: CheckKind): CheckBelief {
    return this.#rates.believed(check);
  }

  /** Checks an answer that the person sees already. `more`: checks of the place where it stands. */
  async afterShown(
    receipt: Receipt,
    answer: CheckedAnswer,
    more: readonly AnswerCheck[],
    signal: AbortSignal,
  ): Promise<readonly CheckResult[]> {
    const known = new Set(receipt.checks?.map(({ check }) => check));
    const checks = [...this.#checks, ...more].filter(({ kind }) => !known.has(kind));
    const results = await runChecks(checks, answer, this.#deps, signal);
    this.noted(receipt, results);
    return results;
  }

  /** Name of the first check of form or grammar that fails: none of them costs money or runs code. */
  async failingForm(answer: CheckedAnswer, signal: AbortSignal): Promise<string | undefined> {
    const checks = this.#checks.filter(({ kind }) => FORM.has(kind));
    return failureIn(await runChecks(checks, answer, this.#deps, signal))?.check;
  }

  /** A check that was made elsewhere. */
  noted(receipt: Receipt, results: readonly CheckResult[]): void {
    this.#rates.checked(receipt.id, results);
    tellOutcome(this.#deps.outcomes, receipt, results);
  }

  dispose(): void {
    this.#bag.dispose();
    this.#keep();
  }

  #keep(): void {
    void this.#deps.store.update(CHECK_RATES, this.#rates.toJSON());
  }
}

/** The failure, else the dearest check that passed: one word of the checks for each answer. */
export function tellOutcome(
  outcomes: Pick<Outcomes, 'happened'>,
  receipt: Receipt,
  results: readonly CheckResult[],
): void {
  const told =
    results.find(({ verdict }) => verdict === 'fail') ??
    results.findLast(({ verdict }) => verdict === 'pass');
  if (told === undefined) return;
  const passed = told.verdict === 'pass';
  if (told.check === 'tests') outcomes.happened(receipt, { kind: 'tested', passed });
  else outcomes.happened(receipt, { kind: 'checked', check: told.check, passed });
}
