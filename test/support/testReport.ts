/** What `npm test` says: a line for each step, the failures in full, and one last line with the totals. */
import type { Failure, Timed, Totals } from './mochaPlan.ts';

const shownLines = 80;

export interface StepOutcome extends Totals {
  readonly failures: readonly Failure[];
  readonly slowest?: readonly Timed[];
}

export interface Step {
  readonly name: string;
  /** Throws only when the step could not be run at all. */
  run(signal: AbortSignal): Promise<StepOutcome>;
}

/** One step that could not be run counts as one failed test. */
export async function runStep(step: Step, signal: AbortSignal): Promise<StepOutcome> {
  const startedAt = performance.now();
  const outcome = await attempt(step, signal);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const verdict = outcome.failed === 0 ? 'ok' : 'FAILED';
  console.log(
    `${step.name.padEnd(10)} ${verdict.padEnd(7)} ${seconds.padStart(6)} s   ${totalsLine(outcome)}`,
  );
  for (const { title, ms } of outcome.slowest ?? [])
    console.log(`${(ms / 1000).toFixed(1).padStart(27)} s   ${title}`);
  for (const { title, message } of outcome.failures) console.log(`\n  ✗ ${title}\n${indent(message)}\n`);
  return outcome;
}

async function attempt(step: Step, signal: AbortSignal): Promise<StepOutcome> {
  try {
    return await step.run(signal);
  } catch (error) {
    signal.throwIfAborted();
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return failedOnce(step.name, message);
  }
}

export function failedOnce(title: string, message: string): StepOutcome {
  return { passed: 0, failed: 1, skipped: 0, failures: [{ title, message }] };
}

export function sum(outcomes: readonly Totals[]): Totals {
  return {
    passed: outcomes.reduce((total, { passed }) => total + passed, 0),
    failed: outcomes.reduce((total, { failed }) => total + failed, 0),
    skipped: outcomes.reduce((total, { skipped }) => total + skipped, 0),
  };
}

/** The form that continuous integration reads. */
export function totalsLine({ passed, failed, skipped }: Totals): string {
  const line = `${passed} passed, ${failed} failed`;
  return skipped === 0 ? line : `${line}, ${skipped} skipped`;
}

/** A linter can complain of every line; the first complaints say enough. */
function indent(text: string): string {
  const lines = text.trimEnd().split('\n');
  const left = lines.length - shownLines;
  const shown = left > 0 ? [...lines.slice(0, shownLines), `… and ${left} lines more`] : lines;
  return shown.map((line) => `    ${line}`).join('\n');
}
