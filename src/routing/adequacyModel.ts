/**
 * The chance of each model that its answer to this task is good enough, learned from what became of answers. From cheap
 * to dear each model's chance is that of the one before plus an *uplift*; how the uplift hangs on the words of a task
 * counts only once that has proved to foretell outcomes. Without evidence it is the prior. Units: chances in [0, 1].
 */
import type { TaskType } from '../base/task.ts';
import { chanceAdequate } from './adequacy.ts';
import { complexity, usualComplexity } from './complexity.ts';
import { type Drift, DriftWatch } from './drift.ts';
import type { TaskFeatures } from './features.ts';
import type { Lesson } from './lessons.ts';
import { Levels } from './levels.ts';
import { Proof } from './proof.ts';
import { TaskVectors, VECTOR_SIZE } from './taskVector.ts';
import { type Example, type SparseVector, TextRidge } from './textRidge.ts';

export interface Prior {
  /** Chance at a usual task of this type. */
  readonly chance: number;
  /** Outcomes that it is worth. */
  readonly outcomes: number;
  /** Chance at middle difficulty, from which the formula's slope over difficulty starts. */
  readonly quality: number;
}

export interface Chance {
  readonly chance: number;
  /** One standard deviation of `chance` as it is believed now. */
  readonly deviation: number;
  /** Outcomes of this model in this type of task, language and repository; older ones count less. */
  readonly seen: number;
  /** The same over all tasks. */
  readonly seenInAll: number;
}

export interface DriftTold extends Drift {
  readonly modelKey: string;
  readonly atMs: number;
}

interface Learned {
  readonly levels: Levels;
  readonly text: TextRidge<TaskFeatures>;
  readonly proof: Proof;
  readonly drift: DriftWatch;
  readonly answers: Map<string, Answered>;
}

/** What is needed to take a lesson back when its grade changes. */
interface Answered {
  readonly path: readonly string[];
  /** What the grade was compared with, for the model's own levels, for what is common to all, and for the words. */
  readonly before: number;
  readonly common: number;
  readonly expected: number;
  readonly example: Example<TaskFeatures>;
  grade: number;
  weight: number;
}

const LEAST = 0.01;
/** Outcomes that must be seen until it is believed half that tasks here differ from those behind the priors. */
const COMMON_OUTCOMES = 15;
/** Examples that one model's words are learned from. */
const MOST_EXAMPLES = 1_500;
/** Lessons that may still be revised, for each model. */
const REVISABLE = 60;
/** Words are believed once so many outcomes of a model taught them. */
const LEAST_EXAMPLES = 20;
/** A model must be known by so many outcomes before it can be said to have changed. */
const LEAST_KNOWN = 20;
/** Of one outcome: a single failure of a model that hardly fails is no change. */
const LEAST_DEVIATION = 0.3;
/** After a change behind the same name, what was known is worth so many outcomes. */
const AFTER_DRIFT = 8;

export class AdequacyModel {
  readonly #priorOf: (modelKey: string, task: TaskType) => Prior;
  readonly #models = new Map<string, Learned>();
  readonly #uplifts = new Map<string, Proof>();
  /** What such tasks are like for all models: harder here than the priors say, or easier. */
  readonly #common = new Levels(COMMON_OUTCOMES);
  readonly #vectors = new TaskVectors();
  /** What the words of the newest task foretold of each model, before any of its outcomes was learned. */
  #told: { readonly taskId: string; readonly of: ReadonlyMap<string, number> } = {
    taskId: '',
    of: new Map(),
  };
  #lessons = 0;

  constructor(priorOf: (modelKey: string, task: TaskType) => Prior) {
    this.#priorOf = priorOf;
  }

  get lessons(): number {
    return this.#lessons;
  }

  /** `modelKeys` from cheap to dear; one chance for each, in the same order. */
  chances(modelKeys: readonly string[], features: TaskFeatures): Chance[] {
    const x = this.#vectors.of(features);
    const path = pathOf(features);
    let fromWords = 0;
    let before: string | undefined;
    return modelKeys.map((key) => {
      fromWords += this.#wordsAdd(before, key, x);
      before = key;
      return this.#chance(key, path, features, fromWords);
    });
  }

  /** Tells when the model seems to have changed behind its name. A lesson of a known task revises it. */
  learn(lesson: Lesson): DriftTold | undefined {
    const learned = this.#of(lesson.modelKey, lesson.features.task);
    const known = learned.answers.get(lesson.taskId);
    if (known !== undefined) {
      this.#common.correct(commonPath(lesson.features), revise(learned, known, lesson));
      return undefined;
    }
    const { features, grade, weight, modelKey } = lesson;
    this.#lessons += 1;
    this.#vectors.see(features);
    const x = this.#vectors.of(features);
    const path = pathOf(features);
    const level = this.#level(learned, modelKey, path, features);
    const { levelled, start, shift, common, deviation, seenInAll } = level;
    // Words explain what the level of such tasks does not; the formula's slope fades and is not built upon.
    const usual = this.#priorOf(modelKey, features.task).chance + common + shift;
    this.#prove(lesson, x, grade - usual);
    const surprise = (weight * (grade - levelled)) / Math.max(LEAST_DEVIATION, deviation);
    const drift = seenInAll < LEAST_KNOWN ? undefined : learned.drift.watch(surprise);
    learned.levels.learn(path, grade - start - common, weight);
    this.#common.learn(commonPath(features), grade - start - shift, weight);
    const example = learned.text.learn(features, grade - usual, weight);
    learned.answers.set(lesson.taskId, {
      ...{ path, example, grade, weight },
      ...{ before: start + common, common: start + shift, expected: usual },
    });
    const oldest = learned.answers.keys().next();
    if (learned.answers.size > REVISABLE && !oldest.done) learned.answers.delete(oldest.value);
    if (drift === undefined) return undefined;
    learned.levels.doubt(AFTER_DRIFT);
    learned.text.keepNewest(Math.max(AFTER_DRIFT, drift.over));
    return { ...drift, modelKey, atMs: lesson.atMs };
  }

  /** Brings what was learned from many lessons at once to rest. */
  settle(): void {
    for (const { text } of this.#models.values()) text.rounds(text.size * 12);
  }

  #of(modelKey: string, task: TaskType): Learned {
    const known = this.#models.get(modelKey) ?? {
      levels: new Levels(this.#priorOf(modelKey, task).outcomes),
      text: new TextRidge({
        size: VECTOR_SIZE,
        most: MOST_EXAMPLES,
        vectorOf: (features: TaskFeatures) => this.#vectors.of(features),
      }),
      proof: new Proof(),
      drift: new DriftWatch(),
      answers: new Map(),
    };
    this.#models.set(modelKey, known);
    return known;
  }

  #chance(modelKey: string, path: readonly string[], features: TaskFeatures, fromWords: number): Chance {
    const learned = this.#models.get(modelKey);
    const { levelled, deviation, spread, seen, seenInAll } = this.#level(learned, modelKey, path, features);
    const chance = clamp(levelled + fromWords);
    return { chance, deviation: deviation * Math.sqrt(spread), seen, seenInAll };
  }

  /** Prior and levels, without words. `deviation` is that of one outcome. */
  #level(learned: Learned | undefined, modelKey: string, path: readonly string[], features: TaskFeatures) {
    const prior = this.#priorOf(modelKey, features.task);
    const nothing = { shift: 0, spread: 1 / prior.outcomes, seen: 0, seenInAll: 0 };
    const { shift, spread, seen, seenInAll } = learned?.levels.estimate(path) ?? nothing;
    const known = this.#common.estimate(commonPath(features));
    const fading = prior.outcomes ** 2 / (prior.outcomes ** 2 + known.seenInAll ** 2);
    const start = clamp(prior.chance + fading * slope(prior.quality, features));
    const levelled = clamp(start + known.shift + shift);
    const deviation = Math.sqrt(levelled * (1 - levelled));
    return { levelled, start, shift, common: known.shift, deviation, spread, seen, seenInAll };
  }

  /** What the words of this task add to the chance of `key`, beyond what they add to the cheaper one's. */
  #wordsAdd(cheaper: string | undefined, key: string, x: SparseVector): number {
    const own = this.#models.get(key);
    if (own === undefined) return 0;
    if (cheaper === undefined) return own.proof.trust * own.text.predict(x);
    const other = this.#models.get(cheaper);
    const trust = this.#uplifts.get(pairOf(cheaper, key))?.trust ?? 0;
    if (other === undefined || trust === 0) return 0;
    return trust * (own.text.predict(x) - other.text.predict(x));
  }

  /** Before anything is learned of the task: did its words foretell this outcome, and the difference to other models? */
  #prove({ modelKey, taskId, weight }: Lesson, x: SparseVector, miss: number): void {
    if (this.#told.taskId !== taskId) this.#told = { taskId, of: this.#foretell(x) };
    const told = this.#told.of.get(modelKey);
    if (told === undefined) return;
    this.#models.get(modelKey)?.proof.add('self', told, miss, weight);
    for (const [key, other] of this.#told.of) {
      if (key === modelKey) continue;
      const pair = pairOf(modelKey, key);
      const proof = this.#uplifts.get(pair) ?? new Proof();
      this.#uplifts.set(pair, proof);
      // Towards the one that comes later in the name of the pair.
      const sign = modelKey < key ? -1 : 1;
      proof.add(sign < 0 ? 'first' : 'second', sign * (told - other), sign * miss, weight);
    }
  }

  #foretell(x: SparseVector): Map<string, number> {
    const taught = [...this.#models].filter(([, { text }]) => text.size >= LEAST_EXAMPLES);
    return new Map(taught.map(([key, { text }]) => [key, text.predict(x)]));
  }
}

/** Returns what is to be corrected in what is common to all models. */
function revise(learned: Learned, known: Answered, { grade, weight }: Lesson) {
  const { path, before, expected, example } = known;
  const seen = weight - known.weight;
  learned.levels.correct(path, {
    seen,
    sum: weight * (grade - before) - known.weight * (known.grade - before),
  });
  learned.text.revise(example, grade - expected, weight);
  const { common } = known;
  const sum = weight * (grade - common) - known.weight * (known.grade - common);
  known.grade = grade;
  known.weight = weight;
  return { seen, sum };
}

/** What the formula adds or takes for a task harder or easier than usual. */
function slope(quality: number, features: TaskFeatures): number {
  return (
    chanceAdequate(quality, complexity(features)) - chanceAdequate(quality, usualComplexity(features.task))
  );
}

function pathOf({ task, language, repository }: TaskFeatures): string[] {
  const path = ['all', task];
  if (language !== '') path.push(`${task} ${language}`);
  if (repository !== undefined) path.push(`${task} ${language} ${repository}`);
  return path;
}

function commonPath({ task }: TaskFeatures): string[] {
  return ['all', task];
}

function pairOf(a: string, b: string): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}

function clamp(chance: number): number {
  return Math.max(LEAST, Math.min(1 - LEAST, chance));
}
