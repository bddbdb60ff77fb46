/**
 * What one answer teaches: how good it was, as one grade from what became of it. Kept with the features of its task,
 * without prompt, code or answer. Units: grades in [0, 1]; milliseconds.
 */
import { TASK_TYPES } from '../base/task.ts';
import { isNumber } from '../base/unknown.ts';
import type { TaskFeatures } from './features.ts';
import type { OutcomeFacts } from './outcomes.ts';

/** Who says so: what the person did, a check of the answer, a benchmark with known results. */
export type LessonSource = 'person' | 'check' | 'benchmark';

export interface Lesson {
  /**
   * Of the receipt or of the benchmark's case. Answers of several models to one task share it; a later lesson of the
   * same task and model takes the place of the earlier one.
   */
  readonly taskId: string;
  readonly atMs: number;
  readonly modelKey: string;
  readonly features: TaskFeatures;
  /** 0 of no use … 1 as good as hoped for. */
  readonly grade: number;
  /** How much it says, over 0 and at most 1: a test run more than a copied line. */
  readonly weight: number;
  readonly source: LessonSource;
  /** How long the model took for one token of its answer; absent: not measured. */
  readonly tokenMs?: number;
}

export interface Grade {
  readonly grade: number;
  readonly weight: number;
  /** Whether the person took it (1) or did not (0); absent: nothing said either. */
  readonly accepted?: 0 | 1;
}

/** Share of accepted lines that may change before the grade is half. */
const HALF_CHANGED = 0.5;
/** Each new error or warning takes this part of the grade. */
const PROBLEM_TAKES = 0.5;
/** Undone so soon, the answer was not wanted; later the person may just have gone another way. */
const SOON_MS = 120_000;

/** What a verdict on an answer says of it; undefined: nothing is known of the check. */
export type VerdictGrade = (check: string, passed: boolean) => Grade | undefined;

/** Of all that became of one answer, oldest first; undefined while it says nothing about its quality. */
export function gradeOf(outcomes: readonly OutcomeFacts[], ofVerdict?: VerdictGrade): Grade | undefined {
  const said = outcomes.findLastIndex(({ kind }) => kind === 'thumbs');
  const counted = said < 0 ? outcomes : outcomes.slice(said).filter(standsBesideWord);
  let told: Grade | undefined;
  for (const outcome of counted) told = afterOutcome(told, outcome, ofVerdict);
  return told;
}

/** Once the person has said what they think of an answer, mere hints count no more; facts that came after it do. */
function standsBesideWord(outcome: OutcomeFacts): boolean {
  if (outcome.kind === 'tested') return !outcome.passed;
  return outcome.kind === 'thumbs' || outcome.kind === 'undone';
}

function afterOutcome(
  before: Grade | undefined,
  outcome: OutcomeFacts,
  ofVerdict?: VerdictGrade,
): Grade | undefined {
  switch (outcome.kind) {
    case 'thumbs':
      return outcome.up ? { grade: 1, weight: 1, accepted: 1 } : { grade: 0, weight: 1, accepted: 0 };
    case 'tested':
      return { ...before, grade: outcome.passed ? 1 : 0, weight: 1 };
    case 'checked':
      return before ?? ofVerdict?.(outcome.check, outcome.passed) ?? unknownCheck(outcome.passed);
    case 'edit-settled':
      return settled(outcome, before);
    case 'edited-after':
      return scaled(before, 1 / (1 + outcome.share / HALF_CHANGED));
    case 'undone':
      return { grade: outcome.afterMs <= SOON_MS ? 0 : 0.3, weight: 1, accepted: 0 };
    case 'problems':
      return scaled(before, PROBLEM_TAKES ** Math.max(0, outcome.after - outcome.before));
    case 'unusable':
      return { grade: 0, weight: 1, accepted: 0 };
    case 'asked-stronger':
      return { grade: 0.05, weight: 1, accepted: 0 };
    case 'asked-again':
      return { grade: 0.2, weight: 0.7, accepted: 0 };
    case 'asked-fresh':
      return { ...before, grade: 0.3, weight: 0.5 };
    case 'used':
      return { grade: 1, weight: 1, accepted: 1 };
    case 'copied':
      return { ...(before ?? { grade: 0.9, weight: 0.6 }), accepted: 1 };
    case 'cancelled':
      return before;
  }
}

function unknownCheck(passed: boolean): Grade {
  return { grade: passed ? 0.85 : 0.1, weight: 0.5 };
}

function settled(
  { accepted, rejected, lost }: Extract<OutcomeFacts, { kind: 'edit-settled' }>,
  before: Grade | undefined,
): Grade | undefined {
  const decided = accepted + rejected;
  if (decided === 0) return before;
  return { grade: accepted / decided, weight: decided / (decided + lost), accepted: accepted > 0 ? 1 : 0 };
}

/** Without anything that was accepted before, a change says little. */
function scaled(before: Grade | undefined, factor: number): Grade | undefined {
  return before === undefined ? undefined : { ...before, grade: before.grade * factor };
}

/** A lesson as it came back from a store: how far it was read is known by `row`, which only grows. */
export interface KeptLesson {
  readonly row: number;
  readonly lesson: Lesson;
}

/** Implemented on disk at the edge; all windows of this machine share it. */
export interface LessonStore {
  add(lesson: Lesson): void;
  /**
   * What other windows and earlier ones taught, after `row`, oldest first. `forgotten`: all was forgotten since the
   * last look, by whatever window; then only what is told here counts.
   */
  read(row: number): { readonly kept: readonly KeptLesson[]; readonly forgotten: boolean };
  forget(): void;
}

/** From a store or a file: `undefined` for what is no lesson. */
export function parseLesson(raw: unknown): Lesson | undefined {
  if (typeof raw !== 'object' || raw === null) return undefined;
  const { taskId, atMs, modelKey, features, grade, weight, source, tokenMs } = raw as Partial<Lesson>;
  const known = parseFeatures(features);
  if (typeof taskId !== 'string' || typeof modelKey !== 'string' || known === undefined) return undefined;
  if (!isShare(grade) || !isShare(weight) || weight === 0 || !isNumber(atMs)) return undefined;
  if (source !== 'person' && source !== 'check' && source !== 'benchmark') return undefined;
  const timed = isNumber(tokenMs) && tokenMs > 0 ? { tokenMs } : {};
  return { taskId, atMs, modelKey, features: known, grade, weight, source, ...timed };
}

const COUNTS = [
  'inputTokens',
  'codeLines',
  'nesting',
  'instructionWords',
  'hardWords',
  'constraints',
  'problems',
] as const;
const MAYBE_COUNTS = ['errors', 'symbols', 'turnsBefore'] as const;
const MAYBE_FLAGS = ['testsNear', 'publicApi'] as const;
/** No task has more of anything; one such row would outweigh all others for every model. */
const MOST_COUNTED = 1e9;
/** One entry for each bucket of words at most. */
const MOST_WORDS = 8_192;
const MOST_NAME_CHARS = 200;

function parseFeatures(raw: unknown): TaskFeatures | undefined {
  if (typeof raw !== 'object' || raw === null) return undefined;
  const features = raw as TaskFeatures;
  const { task, language, repository, words = [], shape = [] } = features;
  if (!TASK_TYPES.includes(task) || typeof language !== 'string' || language.length > MOST_NAME_CHARS)
    return undefined;
  if (!COUNTS.every((name) => isCount(features[name]))) return undefined;
  if (!MAYBE_COUNTS.every((name) => features[name] === undefined || isCount(features[name])))
    return undefined;
  if (!MAYBE_FLAGS.every((name) => ['undefined', 'boolean'].includes(typeof features[name])))
    return undefined;
  if (repository !== undefined && !isNumber(repository)) return undefined;
  if (!Array.isArray(words) || words.length > MOST_WORDS || !words.every(isWord)) return undefined;
  return Array.isArray(shape) && shape.every(isMeasure) ? features : undefined;
}

function isCount(value: unknown): boolean {
  return isNumber(value) && value >= 0 && value <= MOST_COUNTED;
}

function isWord(value: unknown): boolean {
  return isNumber(value) && Number.isInteger(value) && value >= 0 && value < 65_536;
}

/** About standard; see `TaskWords`. */
function isMeasure(value: unknown): boolean {
  return isNumber(value) && Math.abs(value) <= MOST_COUNTED;
}

function isShare(value: unknown): value is number {
  return isNumber(value) && value >= 0 && value <= 1;
}
