/** A benchmark: tasks whose right answers are known well enough to be checked without running anything. */
import type { TaskType } from '../base/task.ts';

export const BENCH_LEVELS = ['simple', 'medium', 'complex', 'edge'] as const;

export type BenchLevel = (typeof BENCH_LEVELS)[number];

/** What a good answer has; all of it must hold. Case and the amount of white space do not matter in words. */
export interface BenchExpectation {
  /** Each of these, or one of them where there are several. */
  readonly contains?: readonly (string | readonly string[])[];
  readonly absent?: readonly string[];
  /** The new code of an edit, or the text or only block of any other answer. Blanks at line ends do not matter. */
  readonly exact?: string;
}

export interface BenchTask {
  /** Tells it apart within its suite. */
  readonly id: string;
  readonly level: BenchLevel;
  readonly task: TaskType;
  /** What is asked; may be empty where the task says it all. */
  readonly instruction: string;
  /** VS Code's id. */
  readonly language: string;
  readonly code: string;
  /** The answer shall hold the whole changed code; then it must also apply and parse. */
  readonly edit: boolean;
  readonly expect: BenchExpectation;
  /** It is from a folder of which nothing may leave this machine. */
  readonly localOnly?: true;
}

export interface BenchSuite {
  readonly name: string;
  readonly tasks: readonly BenchTask[];
}

/** `line` counts from 1. `what` is the field, or what the parser of JSON missed. */
export interface BenchFault {
  readonly line: number;
  readonly kind: 'syntax' | 'missing' | 'wrong' | 'unknown' | 'twice' | 'empty' | 'too-many';
  readonly what: string;
}

export type BenchFile = { readonly suite: BenchSuite } | { readonly faults: readonly BenchFault[] };

/** Given with the text of a `*.sluice-bench.json`. */
export type ReadBenchFile = (text: string) => BenchFile;
