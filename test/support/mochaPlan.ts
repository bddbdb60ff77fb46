/** What one mocha run is asked and what it answers, between the process that asks and the one that runs. */
import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

export interface MochaPlan {
  readonly files: readonly string[];
  /** Written only when the run has come to its end, so that a run that was killed leaves none. */
  readonly resultFile: string;
  readonly timeoutMs: number;
  /** A line for each test as it ends, for runs that take long. */
  readonly talkative: boolean;
  readonly grep?: string;
}

export interface Totals {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export interface MochaResult extends Totals {
  readonly failures: readonly Failure[];
  /** Where the time went; the slowest first. */
  readonly slowest?: readonly Timed[];
}

export interface Timed {
  readonly title: string;
  readonly ms: number;
}

export interface Failure {
  readonly title: string;
  readonly message: string;
}

/** The plan travels in the environment, which every kind of host hands on. */
export const planVariable = 'SLUICE_TEST_PLAN';

export function planFromEnvironment(): MochaPlan {
  const text = process.env[planVariable];
  if (text === undefined) throw new Error(`${planVariable} is not set: start these tests with npm test.`);
  return JSON.parse(text) as MochaPlan;
}

/** Says where a run is, for the case that it never ends. */
export function noteProgress({ resultFile }: MochaPlan, line: string): void {
  appendFileSync(progressFile(resultFile), `${line}\n`);
}

/** Complete or absent, never half. */
export function writeResult({ resultFile }: MochaPlan, result: MochaResult): void {
  writeFileSync(`${resultFile}.new`, JSON.stringify(result, null, 2));
  renameSync(`${resultFile}.new`, resultFile);
}

/** A run without a result of its own is a failure, whatever its process reported. */
export function readResult(plan: MochaPlan): MochaResult {
  if (existsSync(plan.resultFile)) return JSON.parse(readFileSync(plan.resultFile, 'utf8')) as MochaResult;
  const message = `The run ended without a result. Last seen: ${lastProgress(plan)}`;
  return { passed: 0, failed: 1, skipped: 0, failures: [{ title: 'the whole run', message }] };
}

function lastProgress({ resultFile }: MochaPlan): string {
  const file = progressFile(resultFile);
  if (!existsSync(file)) return 'nothing at all';
  return readFileSync(file, 'utf8').trimEnd().split('\n').at(-1) ?? '';
}

function progressFile(resultFile: string): string {
  return `${resultFile}.progress`;
}
