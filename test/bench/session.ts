/**
 * Three hundred tasks in a real editor, from models that fail at known rates: cost and acceptance over time, as figures
 * and as a picture (`.build/session.svg`). Units: USD, shares in [0, 1].
 */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildExtension } from '../support/buildExtension.ts';
import { runHostTests } from '../support/hostTests.ts';
import { buildFolder } from '../support/paths.ts';
import { type PlainStep, SESSION_TASKS, settledShare } from '../support/session.ts';
import { type Bench, check, round } from './report.ts';
import { sessionPlot } from './sessionPlot.ts';

const TASKS = 300;
const never = new AbortController().signal;

export const session: Bench = async ({ say }) => {
  const steps = await stepsInHost();
  const picture = join(buildFolder, 'session.svg');
  await writeFile(picture, sessionPlot(steps));
  say(`${picture} shows ${steps.length} tasks`);
  const accepted = steps.filter((step) => step.accepted).length / steps.length;
  const cost = total(steps, ({ costUsd }) => costUsd);
  const strongest = total(steps, ({ strongestUsd }) => strongestUsd);
  return {
    results: {
      tasks: steps.length,
      accepted: round(accepted),
      costUsd: round(cost),
      strongestUsd: round(strongest),
      tried: steps.filter(({ explored }) => explored).length,
      settled: Object.fromEntries(SESSION_TASKS.map((task) => [task, round(settledShare(steps, task))])),
    },
    checks: [
      check('tasks done in the editor', steps.length, '=', TASKS, 'tasks'),
      ...SESSION_TASKS.map((task) =>
        check(
          `${task}: last third at the cheapest adequate model`,
          settledShare(steps, task),
          '>=',
          0.8,
          'share',
        ),
      ),
      check('accepted answers', accepted, '>=', 0.88, 'share'),
      check('cost, of always the strongest', cost / strongest, '<=', 0.6, 'share'),
    ],
  };
};

async function stepsInHost(): Promise<readonly PlainStep[]> {
  const file = join(buildFolder, `session-${process.pid}.json`);
  const env = { SLUICE_SESSION_TASKS: String(TASKS), SLUICE_SESSION_RESULT: file };
  await buildExtension(never);
  try {
    const { failures } = await runHostTests('a session inside VS Code', never, env);
    for (const { title, message } of failures) console.error(`${title}: ${message}`);
    return JSON.parse(await readFile(file, 'utf8'));
  } finally {
    await rm(file, { force: true });
  }
}

function total(steps: readonly PlainStep[], of: (step: PlainStep) => number): number {
  return steps.reduce((sum, step) => sum + of(step), 0);
}
