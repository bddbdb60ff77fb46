/**
 * Learns from what became of answers which model is good enough for what: keeps every lesson, takes in those of other
 * windows, and tells chances. Units: chances and grades in [0, 1], milliseconds.
 */
import { CHECKS, type CheckKind, failureIn } from '../base/check.ts';
import type { Clock } from '../base/clock.ts';
import { TASK_TYPES, type TaskType } from '../base/task.ts';
import { AdequacyModel, type Chance, type DriftTold } from '../routing/adequacyModel.ts';
import { chanceAfterCheck } from '../routing/cascade.ts';
import type { TaskFeatures } from '../routing/features.ts';
import { gradeOf, type Lesson, type LessonStore, type VerdictGrade } from '../routing/lessons.ts';
import type { Outcome, OutcomeFacts } from '../routing/outcomes.ts';
import { priorOf } from '../routing/priors.ts';
import type { CheckBelief } from './checkRates.ts';
import type { Learned } from './learned.ts';
import type { Receipt } from './request.ts';

export interface LearningDeps {
  readonly clock: Clock;
  /** Absent: nothing can be kept, and what is learned holds for this window. */
  readonly store?: LessonStore;
  /** Quality prior of a connected model; undefined: it is not connected any more. */
  readonly qualityOf: (modelKey: string) => number | undefined;
  /** What a check is worth; absent or undefined: nobody knows. */
  readonly believed?: (check: CheckKind) => CheckBelief | undefined;
  /** A model seems to have changed behind its name. Not called for what happened before this window. */
  readonly onDrift?: (drift: DriftTold) => void;
}

/** A row of the table of models and types of tasks. */
export interface LearnedCell extends Chance {
  readonly modelKey: string;
  readonly task: TaskType;
}

/** Answers whose outcomes may still add up to another grade. */
const MOST_OPEN = 100;
/** What a check says counts so much until the check was measured. */
const UNMEASURED = 0.5;
/** Shorter answers say little of a model's speed. */
const LEAST_TOKENS_TIMED = 20;

export class Learning implements Learned {
  readonly #deps: LearningDeps;
  readonly #open = new Map<string, Outcome[]>();
  readonly #drifts: DriftTold[] = [];
  #model: AdequacyModel;
  #row = 0;

  constructor(deps: LearningDeps) {
    this.#deps = deps;
    this.#model = this.#fresh();
    this.#takeIn();
    this.#model.settle();
  }

  /** Newest last; of this window's time. */
  get drifts(): readonly DriftTold[] {
    return this.#drifts;
  }

  /** Lessons that count, of all windows. */
  get lessons(): number {
    return this.#model.lessons;
  }

  chances(modelKeys: readonly string[], features: TaskFeatures): readonly Chance[] {
    return this.#model.chances(modelKeys, features);
  }

  /** Takes in what other windows have learned since. */
  sync(): void {
    this.#takeIn();
  }

  /** What became of an answer. */
  happened(receipt: Receipt, outcome: Outcome): void {
    if (receipt.stop === 'cancelled' || !isOfChosen(receipt)) return;
    const before = this.#open.get(receipt.id) ?? [];
    const outcomes = [...before, outcome];
    this.#open.set(receipt.id, outcomes);
    const oldest = this.#open.keys().next();
    if (this.#open.size > MOST_OPEN && !oldest.done) this.#open.delete(oldest.value);
    if (isOfPerson(outcome) && !before.some(isOfPerson)) this.#unshown(receipt);
    const graded = gradeOf(outcomes, this.#verdictOn(receipt));
    if (graded === undefined || graded.weight === 0) return;
    const { grade, weight } = graded;
    this.teach({ ...this.#base(receipt), grade, weight, source: 'person', ...timed(receipt) });
  }

  /** Any other evidence: a check of an answer, a benchmark. A lesson of a known task and model revises it. */
  teach(lesson: Lesson): void {
    this.#deps.store?.add(lesson);
    this.#learn(lesson, true);
  }

  /** In all windows, for good. */
  forget(): void {
    this.#deps.store?.forget();
    this.#start();
  }

  /** Chance and evidence of every model for every type of task, at a usual task of it. */
  table(modelKeys: readonly string[]): LearnedCell[] {
    return TASK_TYPES.flatMap((task) =>
      this.#model
        .chances(modelKeys, usualTask(task))
        .flatMap((chance, index) => cellOf(chance, modelKeys[index], task)),
    );
  }

  /**
   * Of answers that a check held back the person says nothing. Once the shown one is judged they count as it does, else
   * only what passed would be counted and a model whose bad answers are caught would look better than it is.
   */
  #unshown({ attempts = [], cache }: Receipt): void {
    if (cache !== 'none') return;
    for (const attempt of attempts.filter(isOfChosen)) {
      const failure = failureIn(attempt.checks ?? []);
      const belief = failure && this.#deps.believed?.(failure.check);
      if (belief === undefined) continue;
      const { chance } = attempt.decision.chosen;
      const grade = afterVerdict(chance, belief, false);
      const weight = UNMEASURED + (1 - UNMEASURED) * belief.measured;
      this.teach({ ...this.#base(attempt), grade, weight, source: 'check', ...timed(attempt) });
    }
  }

  /** Alone a verdict says as much more than a coin as the check tells bad answers from good ones. */
  #verdictOn({ decision }: Receipt): VerdictGrade {
    return (check, passed) => {
      const kind = CHECKS.find((one) => one === check);
      const belief = kind && this.#deps.believed?.(kind);
      if (belief === undefined) return undefined;
      const weight = Math.max(0, belief.caught - belief.falseAlarms);
      return { grade: afterVerdict(decision.chosen.chance, belief, passed), weight };
    };
  }

  #base({ id: taskId, modelKey, decision: { features } }: Receipt) {
    return { taskId, atMs: this.#deps.clock.now(), modelKey, features };
  }

  #fresh(): AdequacyModel {
    return new AdequacyModel((modelKey, task) => priorOf(modelKey, task, this.#deps.qualityOf(modelKey)));
  }

  #start(): void {
    this.#model = this.#fresh();
    this.#open.clear();
    this.#drifts.length = 0;
  }

  #takeIn(): void {
    const { kept = [], forgotten = false } = this.#deps.store?.read(this.#row) ?? {};
    if (forgotten) this.#start();
    for (const { row, lesson } of kept) {
      this.#row = Math.max(this.#row, row);
      this.#learn(lesson, false);
    }
  }

  #learn(lesson: Lesson, now: boolean): void {
    const drift = this.#model.learn(lesson);
    if (drift === undefined) return;
    this.#drifts.push(drift);
    if (now) this.#deps.onDrift?.(drift);
  }
}

/** Another model than the one that was chosen may have had to answer. */
function isOfChosen({ decision, modelKey }: Receipt): boolean {
  return decision.chosen.modelKey === modelKey;
}

function isOfPerson({ kind }: OutcomeFacts): boolean {
  return kind !== 'checked' && kind !== 'tested' && kind !== 'problems' && kind !== 'cancelled';
}

function afterVerdict(chance: number, { caught, falseAlarms }: CheckBelief, passed: boolean): number {
  return chanceAfterCheck(chance, { catches: caught, falseAlarms, costUsd: 0 }, !passed);
}

function cellOf(chance: Chance, modelKey: string | undefined, task: TaskType): LearnedCell[] {
  return modelKey === undefined ? [] : [{ ...chance, modelKey, task }];
}

function timed({ usage, totalMs, stop }: Receipt): Pick<Lesson, 'tokenMs'> {
  if (usage === undefined || stop !== 'complete' || usage.output < LEAST_TOKENS_TIMED) return {};
  return { tokenMs: totalMs / usage.output };
}

function usualTask(task: TaskType): TaskFeatures {
  return {
    task,
    language: '',
    inputTokens: 500,
    codeLines: 20,
    nesting: 2,
    instructionWords: 8,
    hardWords: 0,
    constraints: 0,
    problems: 0,
  };
}
