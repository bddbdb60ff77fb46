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
import { commonShift, Levels } from './levels.ts';
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
  /** What the grade was compared with. */
  readonly before: number;
  /** Of one such outcome, as it was expected; `Infinity` where nobody watched for a change yet. */
  readonly deviation: number;
  readonly example: Example<TaskFeatures>;
  grade: number;
  weight: number;
}

/** What such tasks are like for all models: harder here than the priors say, or easier; and the outcomes behind it. */
interface Common {
  readonly shift: number;
  readonly seen: number;
}

const LEAST = 0.01;
/** What the priors say of all models together is worth so many outcomes: as many as the best measured prior of one. */
const COMMON_OUTCOMES = 30;
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
const AFTER_DRIFT = 2;
/**
 * What words taught before counts so much of what it did: what is hard mostly stays hard, and one alarm in some thousand
 * outcomes is false.
 */
const WORDS_AFTER_DRIFT = 0.25;

export class AdequacyModel {
  readonly #priorOf: (modelKey: string, task: TaskType) => Prior;
  readonly #models = new Map<string, Learned>();
  readonly #uplifts = new Map<string, Proof>();
  /** Until something is learned. */
  readonly #commonOf = new Map<TaskType, Common>();
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
    const common = this.#common(features);
    let fromWords = 0;
    let before: string | undefined;
    return modelKeys.map((key) => {
      fromWords += this.#wordsAdd(before, key, x);
      before = key;
      return this.#chance(key, features, common, fromWords);
    });
  }

  /** Tells when the model seems to have changed behind its name. A lesson of a known task revises it. */
  learn(lesson: Lesson): DriftTold | undefined {
    const learned = this.#of(lesson.modelKey, lesson.features);
    const known = learned.answers.get(lesson.taskId);
    if (known !== undefined) {
      revise(learned, known, lesson);
      this.#commonOf.clear();
      return undefined;
    }
    const { features, grade, weight, modelKey } = lesson;
    this.#lessons += 1;
    this.#vectors.see(features);
    const x = this.#vectors.of(features);
    const path = pathOf(features);
    const common = this.#common(features);
    const { levelled, start, deviation, seenInAll } = this.#level(learned, modelKey, features, common);
    this.#prove(lesson, x, grade - this.#usual(learned.levels, modelKey, features));
    const expected = seenInAll < LEAST_KNOWN ? Infinity : Math.max(LEAST_DEVIATION, deviation);
    const surprise = (weight * (grade - levelled)) / expected;
    const drift = expected === Infinity ? undefined : learned.drift.watch(surprise);
    learned.levels.learn(path, grade - start, weight);
    this.#commonOf.clear();
    const example = learned.text.learn(features, grade, weight);
    learned.answers.set(lesson.taskId, {
      ...{ path, example, grade, weight },
      ...{ before: start, deviation: expected },
    });
    const oldest = learned.answers.keys().next();
    if (learned.answers.size > REVISABLE && !oldest.done) learned.answers.delete(oldest.value);
    if (drift === undefined) return undefined;
    learned.levels.doubt(AFTER_DRIFT);
    this.#commonOf.clear();
    learned.text.doubt(drift.over, WORDS_AFTER_DRIFT);
    return { ...drift, modelKey, atMs: lesson.atMs };
  }

  /** Brings what was learned from many lessons at once to rest. */
  settle(): void {
    for (const { text } of this.#models.values()) text.rounds(text.size * 12);
  }

  #of(modelKey: string, { task }: TaskFeatures): Learned {
    const known = this.#models.get(modelKey);
    if (known !== undefined) return known;
    const levels = new Levels(this.#priorOf(modelKey, task).outcomes);
    const text = new TextRidge<TaskFeatures>({
      size: VECTOR_SIZE,
      most: MOST_EXAMPLES,
      vectorOf: (features) => this.#vectors.of(features),
      usualOf: (features) => this.#usual(levels, modelKey, features),
    });
    const fresh = { levels, text, proof: new Proof(), drift: new DriftWatch(), answers: new Map() };
    this.#models.set(modelKey, fresh);
    return fresh;
  }

  /** Words explain what the level of such tasks does not; the formula's slope fades and is not built upon. */
  #usual(levels: Levels, modelKey: string, features: TaskFeatures): number {
    const { shift } = this.#common(features);
    const own = levels.estimate(pathOf(features), shift);
    return this.#priorOf(modelKey, features.task).chance + shift + own.shift;
  }

  #chance(modelKey: string, features: TaskFeatures, common: Common, fromWords: number): Chance {
    const learned = this.#models.get(modelKey);
    const { levelled, deviation, spread, seen, seenInAll } = this.#level(learned, modelKey, features, common);
    const chance = clamp(levelled + fromWords);
    return { chance, deviation: deviation * Math.sqrt(spread), seen, seenInAll };
  }

  /** Prior and levels, without words. `deviation` is that of one outcome. */
  #level(learned: Learned | undefined, modelKey: string, features: TaskFeatures, common: Common) {
    const prior = this.#priorOf(modelKey, features.task);
    const levels = learned?.levels ?? new Levels(prior.outcomes);
    const { shift, spread, seen, seenInAll } = levels.estimate(pathOf(features), common.shift);
    const fading = prior.outcomes ** 2 / (prior.outcomes ** 2 + common.seen ** 2);
    const start = clamp(prior.chance + fading * slope(prior.quality, features));
    const levelled = clamp(start + common.shift + shift);
    const deviation = Math.sqrt(levelled * (1 - levelled));
    return { levelled, start, deviation, spread, seen, seenInAll };
  }

  #common({ task }: TaskFeatures): Common {
    const known = this.#commonOf.get(task);
    if (known !== undefined) return known;
    const path = ['all', task];
    const levels = [...this.#models.values()].map((learned) => learned.levels);
    const seen = levels.reduce((all, one) => all + one.seenInAll(path), 0);
    const common = { shift: commonShift(levels, path, COMMON_OUTCOMES), seen };
    this.#commonOf.set(task, common);
    return common;
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

function revise(learned: Learned, known: Answered, { grade, weight }: Lesson): void {
  const { path, before, deviation, example } = known;
  const sum = weight * (grade - before) - known.weight * (known.grade - before);
  learned.levels.correct(path, { seen: weight - known.weight, sum });
  learned.text.revise(example, grade, weight);
  learned.drift.correct(sum / deviation);
  known.grade = grade;
  known.weight = weight;
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

function pairOf(a: string, b: string): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}

function clamp(chance: number): number {
  return Math.max(LEAST, Math.min(1 - LEAST, chance));
}
