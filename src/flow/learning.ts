/**
 * Learns from what became of answers which model is good enough for what: keeps every lesson, takes in those of other
 * windows, and tells chances. Units: chances and grades in [0, 1], milliseconds.
 */
import type { Clock } from '../base/clock.ts';
import { TASK_TYPES, type TaskType } from '../base/task.ts';
import { AdequacyModel, type Chance, type DriftTold } from '../routing/adequacyModel.ts';
import type { TaskFeatures } from '../routing/features.ts';
import { gradeOf, type Lesson, type LessonStore } from '../routing/lessons.ts';
import type { Outcome } from '../routing/outcomes.ts';
import { priorOf } from '../routing/priors.ts';
import type { Learned } from './learned.ts';
import type { Receipt } from './request.ts';

export interface LearningDeps {
  readonly clock: Clock;
  /** Absent: nothing can be kept, and what is learned holds for this window. */
  readonly store?: LessonStore;
  /** Quality prior of a connected model; undefined: it is not connected any more. */
  readonly qualityOf: (modelKey: string) => number | undefined;
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

  /** What became of an answer that this window has shown. */
  happened(receipt: Receipt, outcome: Outcome): void {
    if (receipt.stop === 'cancelled' || receipt.decision.chosen.modelKey !== receipt.modelKey) return;
    const outcomes = [...(this.#open.get(receipt.id) ?? []), outcome];
    this.#open.set(receipt.id, outcomes);
    const oldest = this.#open.keys().next();
    if (this.#open.size > MOST_OPEN && !oldest.done) this.#open.delete(oldest.value);
    const graded = gradeOf(outcomes);
    if (graded === undefined || graded.weight === 0) return;
    const { features } = receipt.decision;
    const base = { taskId: receipt.id, atMs: this.#deps.clock.now(), modelKey: receipt.modelKey, features };
    const { grade, weight } = graded;
    this.teach({ ...base, grade, weight, source: 'person', ...timed(receipt) });
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
