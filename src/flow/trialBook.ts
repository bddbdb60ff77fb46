/**
 * Counts what experiments and shadow choices tell, and says what it comes to. Loaded when the first answer has come, or
 * with the first request where an experiment is declared. Units: milliseconds, USD.
 */
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { type Throttled, throttle } from '../base/throttle.ts';
import { localDay } from '../metrics/usageLedger.ts';
import type { ModelInfo } from '../routing/catalogue.ts';
import { type Digest, experimentKey } from '../routing/experimentAssignment.ts';
import type { Experiment } from '../routing/experiments.ts';
import { type VariantSums, type VariantVerdict, verdicts } from '../routing/experimentVerdict.ts';
import { gradeOf } from '../routing/lessons.ts';
import type { Outcome } from '../routing/outcomes.ts';
import type { Interval, Sums } from '../routing/sequentialTest.ts';
import type { AnswerSums, TrialStore } from '../routing/trialStore.ts';
import type { Receipt } from './request.ts';
import type { Settings } from './settings.ts';
import { savingsView, shadowRows } from './shadow.ts';
import type { ExperimentView, SavingsView } from './snapshot.ts';

export interface TrialBookDeps {
  readonly store: TrialStore;
  readonly clock: Clock;
  readonly digest: Digest;
  readonly settings: () => Settings;
  readonly models: () => readonly ModelInfo[];
  /** Tokens of a model for one of the tokenizer. */
  readonly factor: (model: ModelInfo) => number;
}

/** Answers whose fate is still of interest: as many as `Outcomes` keeps. */
const MOST_OPEN = 200;
const RECOUNT_EVERY_MS = 1_000;
const SAVINGS_DAYS = 30;
const MS_PER_DAY = 86_400_000;

interface Counted {
  readonly sums: readonly VariantSums[];
  readonly verdicts: readonly VariantVerdict[];
  readonly stopped: ReadonlySet<string>;
}

export class TrialBook implements Disposable {
  readonly #deps: TrialBookDeps;
  readonly #fates = new Map<string, Outcome[]>();
  readonly #counted = new Map<string, Counted>();
  readonly #recount: Throttled;
  #savings: readonly SavingsView[] = [];
  #answers: readonly AnswerSums[] = [];

  constructor(deps: TrialBookDeps) {
    this.#deps = deps;
    this.#recount = throttle(() => this.#count(), RECOUNT_EVERY_MS, deps.clock);
    this.#recount.request();
  }

  answered(receipt: Receipt): void {
    const { store, models, factor } = this.#deps;
    for (const { key, variant } of receipt.trial ?? []) {
      store.observed({
        receiptId: receipt.id,
        atMs: receipt.atMs,
        experiment: key,
        variant,
        totalMs: receipt.totalMs,
        ...(receipt.costUsd === undefined ? {} : { costUsd: receipt.costUsd }),
      });
    }
    store.shadowed(shadowRows(receipt, models(), factor));
    const { cache, stop, task, modelKey, costUsd, totalMs } = receipt;
    if (cache === 'none' && stop === 'complete')
      store.answered({ modelKey, task, totalMs, ...(costUsd === undefined ? {} : { costUsd }) });
    this.#recount.request();
  }

  happened(outcome: Outcome): void {
    const fates = [...(this.#fates.get(outcome.receiptId) ?? []), outcome];
    this.#fates.delete(outcome.receiptId);
    this.#fates.set(outcome.receiptId, fates);
    const oldest = this.#fates.keys().next();
    if (this.#fates.size > MOST_OPEN && !oldest.done) this.#fates.delete(oldest.value);
    const { accepted, grade: quality = 0 } = gradeOf(fates) ?? {};
    if (accepted === undefined) return;
    this.#deps.store.judged({ receiptId: outcome.receiptId, accepted, quality });
    this.#recount.request();
  }

  /** Variants that do harm: nobody gets them any more. */
  stopped(experiment: Experiment): ReadonlySet<string> {
    return this.#of(experiment).stopped;
  }

  /** `own`: which variant this installation has, where it always has the same. */
  experimentViews(own: (experiment: Experiment) => string | undefined): readonly ExperimentView[] {
    return this.#deps.settings().experiments.map((experiment) => {
      const { sums, verdicts: told } = this.#of(experiment);
      const mine = own(experiment);
      const { name, per, metric, errorRate } = experiment;
      const variants = experiment.variants.map((variant) => {
        const verdict = told.find((one) => one.variant === variant.name);
        const counted = sums.find((one) => one.variant === variant.name);
        return {
          name: variant.name,
          count: counted?.count ?? 0,
          judged: counted?.accepted.count ?? 0,
          ...means(counted),
          ...(variant.name === mine ? { own: true } : {}),
          ...(verdict === undefined ? {} : { verdict: { kind: verdict.kind, ...shown(verdict) } }),
        };
      });
      return { name, per, metric, errorRate, variants };
    });
  }

  /** What answers took, for each model and kind of task. */
  get answers(): readonly AnswerSums[] {
    return this.#answers;
  }

  /** Simulated money apart from real. */
  get savings(): readonly SavingsView[] {
    return this.#savings;
  }

  dispose(): void {
    this.#recount.dispose();
  }

  #of(experiment: Experiment): Counted {
    const key = experimentKey(experiment, this.#deps.digest);
    const known = this.#counted.get(key);
    if (known !== undefined) return known;
    const counted = this.#countOne(experiment, key);
    this.#counted.set(key, counted);
    return counted;
  }

  #countOne(experiment: Experiment, key: string): Counted {
    const sums = this.#deps.store.sums(key);
    const told = verdicts(experiment, sums);
    const stopped = new Set(told.filter(({ kind }) => kind === 'harmful').map(({ variant }) => variant));
    return { sums, verdicts: told, stopped };
  }

  #count(): void {
    const { store, settings, models, clock } = this.#deps;
    // Counted when next asked for: other windows add to the same sums.
    this.#counted.clear();
    const fromDay = localDay(clock.now() - SAVINGS_DAYS * MS_PER_DAY);
    this.#answers = store.answers();
    const bar = settings()['routing.qualityBar'];
    this.#savings = [false, true].flatMap((simulated) => {
      const view = savingsView(store.shadow(fromDay, simulated), models(), {
        bar,
        simulated,
        days: SAVINGS_DAYS,
      });
      return view === undefined ? [] : [view];
    });
  }
}

function means(sums: VariantSums | undefined) {
  if (sums === undefined) return {};
  const { accepted, quality, cost, time } = sums;
  return {
    ...meanOf('accepted', accepted),
    ...meanOf('quality', quality),
    ...meanOf('costUsd', cost),
    ...meanOf('timeMs', time),
  };
}

function meanOf<K extends string>(key: K, { count, sum }: Sums): { readonly [P in K]?: number } {
  return (count === 0 ? {} : { [key]: sum / count }) as { readonly [P in K]?: number };
}

/** An endless bound is told by being absent. */
function shown({ kind, difference, acceptedDifference }: VariantVerdict) {
  const { estimate, low, high }: Interval = kind === 'harmful' ? acceptedDifference : difference;
  return {
    ...(estimate === undefined ? {} : { estimate }),
    ...(Number.isFinite(low) ? { low } : {}),
    ...(Number.isFinite(high) ? { high } : {}),
  };
}
