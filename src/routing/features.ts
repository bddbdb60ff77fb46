/** What the editor knows for certain about a task, before anything is sent. Units: tokens, counts. */
import type { TaskType } from '../base/task.ts';
import { taskWords, wordHash } from './taskWords.ts';

export interface TaskInput {
  readonly task: TaskType;
  readonly instruction: string;
  readonly language: string;
  readonly code: string;
  readonly problems: number;
  readonly inputTokens: number;
  /** Of `problems`, those that are errors; absent: unknown. */
  readonly errors?: number;
  /** Functions, classes and the like in the code; absent: not counted. */
  readonly symbols?: number;
  /** A test file of the same name is near; absent: not looked for. */
  readonly testsNear?: boolean;
  /** Whether it changes what other files can see; absent: unknown. */
  readonly publicApi?: boolean;
  /** Names the workspace; only its hash is kept. */
  readonly repository?: string;
  /** Turns of the same talk before this one; absent: 0. */
  readonly turnsBefore?: number;
}

export interface TaskFeatures {
  readonly task: TaskType;
  readonly language: string;
  readonly inputTokens: number;
  readonly codeLines: number;
  /** Deepest indentation, in steps of four columns (a tab is one step). */
  readonly nesting: number;
  readonly instructionWords: number;
  /** Words that ask for hard thinking: why, prove, race, deadlock, architecture, … */
  readonly hardWords: number;
  /** Conditions that the answer must keep: must, without, only, at most, keep, … */
  readonly constraints: number;
  readonly problems: number;
  /** As in `TaskInput`; absent where unknown, and in what was kept by earlier versions. */
  readonly errors?: number;
  readonly symbols?: number;
  readonly testsNear?: boolean;
  readonly publicApi?: boolean;
  /** Hash of the workspace's name. */
  readonly repository?: number;
  readonly turnsBefore?: number;
  /** See `TaskWords`; of the instruction alone, never of code. */
  readonly shape?: readonly number[];
  readonly words?: readonly number[];
}

const HARD =
  /\b(why|prove|proof|race|deadlock|concurren\w*|thread\w*|architect\w*|design|optimi[sz]e|complexity|security|vulnerab\w*|migrat\w*|trade-?offs?|debug)\b/gi;
const CONSTRAINT =
  /\b(must|without|only|except|at (?:most|least)|keep|preserve|never|do not|don't|exactly|compatible)\b/gi;
/** Reading the indentation of more lines than this tells nothing new. */
const NESTING_LINES = 2_000;

export function taskFeatures(input: TaskInput): TaskFeatures {
  const lines = input.code === '' ? [] : input.code.split('\n', NESTING_LINES);
  return {
    task: input.task,
    language: input.language,
    inputTokens: input.inputTokens,
    codeLines: lines.length,
    nesting: lines.reduce((deepest, line) => Math.max(deepest, indentation(line)), 0),
    instructionWords: input.instruction.match(/\S+/g)?.length ?? 0,
    hardWords: input.instruction.match(HARD)?.length ?? 0,
    constraints: input.instruction.match(CONSTRAINT)?.length ?? 0,
    problems: input.problems,
    ...known(input),
    ...taskWords(input.instruction, input.code),
  };
}

function known(input: TaskInput): Partial<TaskFeatures> {
  const { errors, symbols, testsNear, publicApi, repository, turnsBefore } = input;
  return {
    ...(errors === undefined ? {} : { errors }),
    ...(symbols === undefined ? {} : { symbols }),
    ...(testsNear === undefined ? {} : { testsNear }),
    ...(publicApi === undefined ? {} : { publicApi }),
    ...(repository === undefined ? {} : { repository: wordHash(repository) }),
    ...(turnsBefore === undefined ? {} : { turnsBefore }),
  };
}

function indentation(line: string): number {
  const blanks = /^[ \t]*/.exec(line)?.[0] ?? '';
  if (blanks.length === line.length) return 0;
  const tabs = blanks.split('\t').length - 1;
  return tabs + Math.floor((blanks.length - tabs) / 4);
}
