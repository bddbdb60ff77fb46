/**
 * Cheap first, check, up: where to begin, and whether to go on after an answer that a check did not like. By expected
 * gain alone: chances and rates in [0, 1], costs in USD. Pure; who calls it sends, checks and shows.
 */

export interface CascadeOption {
  readonly modelKey: string;
  /** Chance of an adequate answer, before anything was tried. */
  readonly chance: number;
  readonly costUsd: number;
}

/** What a check is worth: measured, else its declared prior. */
export interface CheckPower {
  /** Share of bad answers that it rejects. */
  readonly catches: number;
  /** Share of good answers that it rejects too. */
  readonly falseAlarms: number;
  readonly costUsd: number;
}

/** One answer that was given, and what the check said. */
export interface TriedAnswer {
  readonly option: CascadeOption;
  readonly rejected: boolean;
  /** What it really cost; absent: as expected. */
  readonly costUsd?: number;
}

export interface CascadeTerms {
  readonly check: CheckPower;
  /** What an adequate answer is worth to the person. */
  readonly worthUsd: number;
  /** What may be spent on the request in all; absent: as the worth allows. */
  readonly budgetUsd?: number;
}

/**
 * What one model's failure or success tells of the next one's, in log-odds, and of its cost. Measured over a weak and a
 * strong model each on MMLU (−1.2, +1.1), RouterArena (−0.9, +1.2), LLMRouter (−1.2, +1.4) and GSM8K (−0.4, +0.3).
 */
const AFTER_FAILURE = -1;
/** Where the stronger one failed first there is little left for the weaker one (MMLU −1.8). */
const AFTER_STRONGER_FAILURE = -1.8;
const AFTER_SUCCESS = 1.1;
/** Tasks that one model fails take the next one so much more (GSM8K 1.17, RouterArena 1.14, MMLU 1.09). */
const FAILED_ARE_LONGER = 1.15;
/** What an attempt took beyond the expected carries over to the next with this power (GSM8K 0.63, RouterArena 0.81). */
const COST_CARRIES_OVER = 0.6;
/** A failure so much dearer than expected tells of a hard task: log-odds for each e-fold beyond (RouterArena). */
const DEAR_FROM = 1.2;
const DEAR_FAILURE = -0.5;

/** Chance that an answer is good although, or because, the check said so. */
export function chanceAfterCheck(
  chance: number,
  { catches, falseAlarms }: CheckPower,
  rejected: boolean,
): number {
  const good = chance * (rejected ? falseAlarms : 1 - falseAlarms);
  const bad = (1 - chance) * (rejected ? catches : 1 - catches);
  return good + bad === 0 ? chance : good / (good + bad);
}

/** What is known of an answer that was rejected: the chance of its model beforehand, and that it is good after all. */
interface Rejected {
  readonly chance: number;
  readonly good: number;
  /** Its cost to the expected. */
  readonly ratio: number;
}

/** Chance of the next model after it. */
function chanceAfter(chance: number, own: number, { chance: other, good, ratio }: Rejected): number {
  const failure = own < other ? AFTER_STRONGER_FAILURE : AFTER_FAILURE;
  const hard = DEAR_FAILURE * Math.max(0, Math.log(ratio / DEAR_FROM));
  return good * shifted(chance, AFTER_SUCCESS) + (1 - good) * shifted(chance, failure + hard);
}

function shifted(chance: number, logOdds: number): number {
  return 1 / (1 + Math.exp(-Math.log(chance / (1 - chance)) - logOdds));
}

export interface CascadeStep {
  readonly next: CascadeOption;
  /** Chance that the next answer is good, given what was rejected. */
  readonly chance: number;
  /** Expected cost of the next answer and its check. */
  readonly costUsd: number;
  /** Expected gain over keeping the best answer so far, in USD; positive. */
  readonly gainUsd: number;
}

/** The next model to ask, or undefined where no step is worth what it costs: the best answer so far is kept. */
export function nextStep(
  tried: readonly TriedAnswer[],
  options: readonly CascadeOption[],
  terms: CascadeTerms,
): CascadeStep | undefined {
  const last = tried.at(-1);
  if (last !== undefined && !last.rejected) return undefined;
  const kept = Math.max(0, ...tried.map(({ option }) => chanceAfterCheck(option.chance, terms.check, true)));
  const spent = tried.reduce((sum, { option, costUsd = option.costUsd }) => sum + costUsd, 0);
  const steps = options
    .filter((option) => !tried.some(({ option: { modelKey } }) => modelKey === option.modelKey))
    .map((option) => stepTo(option, tried, kept, terms))
    .filter((step) => spent + step.costUsd <= (terms.budgetUsd ?? Number.POSITIVE_INFINITY));
  const best = steps.reduce<CascadeStep | undefined>(
    (most, step) => (most === undefined || step.gainUsd > most.gainUsd ? step : most),
    undefined,
  );
  return best !== undefined && (best.gainUsd > 0 || tried.length === 0) ? best : undefined;
}

function stepTo(
  option: CascadeOption,
  tried: readonly TriedAnswer[],
  kept: number,
  { check, worthUsd }: CascadeTerms,
): CascadeStep {
  const chance = tried.reduce((sofar, one) => {
    const { chance: other } = one.option;
    const good = chanceAfterCheck(other, check, true);
    return chanceAfter(sofar, option.chance, { chance: other, good, ratio: ratioOf(one) });
  }, option.chance);
  const costUsd = option.costUsd * longer(tried) + check.costUsd;
  return { next: option, chance, costUsd, gainUsd: (chance - kept) * worthUsd - costUsd };
}

/** How much longer this task is than expected, by what its last attempt cost. */
function longer(tried: readonly TriedAnswer[]): number {
  const last = tried.at(-1);
  return last === undefined ? 1 : FAILED_ARE_LONGER * ratioOf(last) ** COST_CARRIES_OVER;
}

function ratioOf({ option, costUsd = option.costUsd }: TriedAnswer): number {
  return costUsd > 0 && option.costUsd > 0 ? costUsd / option.costUsd : 1;
}

/** What a plan that begins with `first` is expected to cost and to reach, if it goes on while that is worth it. */
export interface CascadePlan {
  readonly first: CascadeOption;
  readonly costUsd: number;
  /** Chance that the answer that is shown in the end is good. */
  readonly chance: number;
  /** `chance · worthUsd − costUsd` */
  readonly valueUsd: number;
}

/** Every place to begin, best first. Options that cannot be priced must be left out by the caller. */
export function cascadePlans(
  options: readonly CascadeOption[],
  terms: CascadeTerms,
  mostAnswers: number,
): CascadePlan[] {
  return options
    .map((first) => planFrom(first, options, terms, mostAnswers))
    .sort((a, b) => b.valueUsd - a.valueUsd);
}

function planFrom(
  first: CascadeOption,
  options: readonly CascadeOption[],
  terms: CascadeTerms,
  mostAnswers: number,
): CascadePlan {
  const { check, worthUsd } = terms;
  const tried: TriedAnswer[] = [];
  let reached = 1;
  let chance = 0;
  let costUsd = 0;
  let option = first;
  let now = first.chance;
  for (;;) {
    const rejects = now * check.falseAlarms + (1 - now) * check.catches;
    costUsd += reached * (option.costUsd + check.costUsd);
    tried.push({ option, rejected: true });
    const step = tried.length < mostAnswers ? nextStep(tried, options, terms) : undefined;
    if (step === undefined) {
      chance += reached * now;
      break;
    }
    chance += reached * now * (1 - check.falseAlarms);
    reached *= rejects;
    option = step.next;
    now = step.chance;
  }
  return { first, costUsd, chance, valueUsd: chance * worthUsd - costUsd };
}
