/**
 * `npm test`: every step in order, going on after a failure, and a last line with the totals.
 * `--only NAME` (repeatable) and `--grep PATTERN` are for whoever works on one thing.
 */
import { parseArgs } from 'node:util';
import { Complaint, runProgram } from './program.ts';
import { failedOnce, runStep, type StepOutcome, sum, totalsLine } from './testReport.ts';
import { createStep, needs, type StepName, stepNames } from './testSteps.ts';

interface Wanted {
  readonly steps: readonly StepName[];
  readonly grep: string | undefined;
}

function parse(args: readonly string[]): Wanted {
  const options = { only: { type: 'string', multiple: true }, grep: { type: 'string' } } as const;
  const { values } = parseArgs({ args: [...args], options });
  const only = values.only ?? stepNames;
  const unknown = only.find((name) => !stepNames.some((step) => step === name));
  if (unknown !== undefined)
    throw new Complaint(`No step is called ${unknown}; there are ${stepNames.join(', ')}.`);
  const chosen = stepNames.filter(
    (step) => only.includes(step) || only.some((wanted) => needs(wanted, step)),
  );
  return { steps: chosen, grep: values.grep };
}

/** Tests must not find a key of the person who runs them. */
function forgetPlatforms(): void {
  for (const name of Object.keys(process.env)) {
    if (/^(ANTHROPIC|OPENAI|CLAUDE)_/.test(name)) delete process.env[name];
  }
}

async function runAll({ steps, grep }: Wanted, signal: AbortSignal): Promise<number> {
  const outcomes = new Map<StepName, StepOutcome>();
  for (const name of steps) {
    const missing = [...outcomes].find(([other, { failed }]) => failed > 0 && needs(name, other));
    const step = createStep(name, grep);
    const run = missing ? async () => failedOnce(name, `Not run: ${missing[0]} failed.`) : step.run;
    outcomes.set(name, await runStep({ name, run }, signal));
  }
  const totals = sum([...outcomes.values()]);
  console.log(`\n${totalsLine(totals)}`);
  return totals.failed === 0 && totals.passed > 0 ? 0 : 1;
}

await runProgram((signal) => {
  forgetPlatforms();
  return runAll(parse(process.argv.slice(2)), signal);
});
