/**
 * How much each check is worth: how many of the bad answers it catches, and how often it blames a good one, counted from
 * what the person did with answers that were shown. Rates are shares in [0, 1]; milliseconds, USD.
 */
import { CHECKS, type CheckKind, type CheckResult, type Verdict } from '../base/check.ts';
import { record } from '../base/unknown.ts';
import type { Outcome } from '../routing/outcomes.ts';

/** What came of the answers that a check has seen. */
interface Counts {
  readonly good: Readonly<Record<Verdict, number>>;
  readonly bad: Readonly<Record<Verdict, number>>;
  readonly runs: number;
  readonly ms: number;
  readonly usd: number;
}

/** What to count on of a check. */
export interface CheckBelief {
  readonly caught: number;
  readonly falseAlarms: number;
  /** How much of it was measured here and not assumed: a share in [0, 1]. */
  readonly measured: number;
  /** Of one run, by those that were; 0 before the first. */
  readonly usd: number;
}

export interface CheckRate {
  readonly check: CheckKind;
  readonly runs: number;
  readonly meanMs: number;
  readonly usd: number;
  /** Of the answers that the person found bad, the share it had failed; absent: none was. */
  readonly caught?: number;
  readonly bad: number;
  /** Of the answers that the person took, the share it had failed; absent: none was. */
  readonly falseAlarms?: number;
  readonly good: number;
}

/**
 * What is assumed before anything was counted; it weighs as much as `PRIOR_WEIGHT` answers. Guesses by what each check
 * looks at: one that only reads the form knows little of the sense.
 */
const PRIOR: Readonly<Record<CheckKind, { readonly caught: number; readonly falseAlarms: number }>> = {
  complete: { caught: 0.2, falseAlarms: 0.02 },
  applies: { caught: 0.25, falseAlarms: 0.02 },
  parses: { caught: 0.25, falseAlarms: 0.02 },
  diagnostics: { caught: 0.4, falseAlarms: 0.1 },
  tests: { caught: 0.7, falseAlarms: 0.05 },
  judge: { caught: 0.6, falseAlarms: 0.15 },
};
const PRIOR_WEIGHT = 10;
/** Answers whose fate is waited for. */
const MOST_OPEN = 200;

const NONE: Counts = {
  good: { pass: 0, fail: 0, unknown: 0 },
  bad: { pass: 0, fail: 0, unknown: 0 },
  runs: 0,
  ms: 0,
  usd: 0,
};

interface Open {
  readonly results: readonly CheckResult[];
  readonly fate?: 'good' | 'bad';
}

export class CheckRates {
  readonly #counts: Map<CheckKind, Counts>;
  readonly #open = new Map<string, Open>();

  /** `kept`: what `toJSON` once gave; anything else counts as nothing. */
  constructor(kept?: unknown) {
    this.#counts = parse(kept);
  }

  /** Checks of one answer, whether it was shown or not. */
  checked(receiptId: string, results: readonly CheckResult[]): void {
    for (const { check, ms, usd = 0 } of results) {
      const counts = this.#of(check);
      this.#counts.set(check, {
        ...counts,
        runs: counts.runs + 1,
        ms: counts.ms + ms,
        usd: counts.usd + usd,
      });
    }
    const before = this.#open.get(receiptId);
    const fate = before?.fate;
    if (fate !== undefined) for (const result of results) this.#count(result, fate, 1);
    this.#open.set(receiptId, { ...before, results: [...(before?.results ?? []), ...results] });
    const [oldest] = this.#open.keys();
    if (this.#open.size > MOST_OPEN && oldest !== undefined) this.#open.delete(oldest);
  }

  /** What the person does last counts. A test that fails says of the other checks what they missed. */
  happened(outcome: Outcome): void {
    const open = this.#open.get(outcome.receiptId);
    const fate = fateOf(outcome);
    if (open === undefined || fate === undefined || open.fate === fate) return;
    const judged = open.results.filter(({ check }) => outcome.kind !== 'tested' || check !== 'tests');
    for (const result of judged) {
      if (open.fate !== undefined) this.#count(result, open.fate, -1);
      this.#count(result, fate, 1);
    }
    this.#open.set(outcome.receiptId, { results: judged, fate });
  }

  list(): readonly CheckRate[] {
    return CHECKS.flatMap((check) => {
      const counts = this.#counts.get(check);
      return counts === undefined ? [] : [rateOf(check, counts)];
    });
  }

  toJSON(): unknown {
    return Object.fromEntries(this.#counts);
  }

  /** What to count on: what was counted, with what is assumed while that is little. */
  believed(check: CheckKind): CheckBelief {
    const { good, bad, runs, usd } = this.#of(check);
    const [allGood, allBad] = [good.fail + good.pass, bad.fail + bad.pass];
    const share = (fails: number, all: number, prior: number) =>
      (fails + prior * PRIOR_WEIGHT) / (all + PRIOR_WEIGHT);
    return {
      caught: share(bad.fail, allBad, PRIOR[check].caught),
      falseAlarms: share(good.fail, allGood, PRIOR[check].falseAlarms),
      // Of both rates, by the one that less is known of.
      measured: Math.min(allGood, allBad) / (Math.min(allGood, allBad) + PRIOR_WEIGHT),
      usd: runs === 0 ? 0 : usd / runs,
    };
  }

  #of(check: CheckKind): Counts {
    return this.#counts.get(check) ?? NONE;
  }

  #count({ check, verdict }: CheckResult, fate: 'good' | 'bad', by: 1 | -1): void {
    const counts = this.#of(check);
    const changed = { ...counts[fate], [verdict]: Math.max(0, counts[fate][verdict] + by) };
    this.#counts.set(check, { ...counts, [fate]: changed });
  }
}

/** An answer that could not be used says nothing here: that is what a check had found itself. */
function fateOf(outcome: Outcome): 'good' | 'bad' | undefined {
  switch (outcome.kind) {
    case 'edit-settled':
      if (outcome.accepted > 0) return 'good';
      return outcome.rejected > 0 ? 'bad' : undefined;
    case 'used':
    case 'copied':
      return 'good';
    case 'undone':
    case 'asked-stronger':
      return 'bad';
    case 'thumbs':
      return outcome.up ? 'good' : 'bad';
    case 'tested':
      return outcome.passed ? undefined : 'bad';
    default:
      return undefined;
  }
}

function rateOf(check: CheckKind, { good, bad, runs, ms, usd }: Counts): CheckRate {
  const [allGood, allBad] = [sum(good), sum(bad)];
  return {
    check,
    runs,
    meanMs: runs === 0 ? 0 : ms / runs,
    usd,
    good: allGood,
    bad: allBad,
    ...(allBad === 0 ? {} : { caught: bad.fail / allBad }),
    ...(allGood === 0 ? {} : { falseAlarms: good.fail / allGood }),
  };
}

const sum = ({ pass, fail, unknown }: Readonly<Record<Verdict, number>>) => pass + fail + unknown;

function parse(kept: unknown): Map<CheckKind, Counts> {
  const rows = record(kept);
  return new Map(
    CHECKS.flatMap((check) => {
      const { good, bad, runs, ms, usd } = record(rows[check]);
      const [one, other] = [verdicts(good), verdicts(bad)];
      if (one === undefined || other === undefined || !isAmount(runs) || !isAmount(ms) || !isAmount(usd))
        return [];
      return [[check, { good: one, bad: other, runs, ms, usd }] as const];
    }),
  );
}

function verdicts(raw: unknown): Record<Verdict, number> | undefined {
  const { pass, fail, unknown } = record(raw);
  if (!isAmount(pass) || !isAmount(fail) || !isAmount(unknown)) return undefined;
  return { pass, fail, unknown };
}

const isAmount = (raw: unknown): raw is number => typeof raw === 'number' && Number.isFinite(raw) && raw >= 0;
