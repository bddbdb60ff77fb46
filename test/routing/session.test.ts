/**
 * The router and what it learns from, alone: three hundred tasks, one after the other, whose models fail at known rates.
 * Fails when the router has become clearly worse; drawn from seeds, so that it tells the same on every machine.
 */
import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { type Random, seededRandom } from '../../src/base/random.ts';
import { AdequacyModel } from '../../src/routing/adequacyModel.ts';
import { bindModel } from '../../src/routing/catalogue.ts';
import { taskFeatures } from '../../src/routing/features.ts';
import { priorOf } from '../../src/routing/priors.ts';
import { route } from '../../src/routing/router.ts';
import { SIMULATED_MODELS } from '../../src/routing/simulatedModels.ts';
import {
  BAR,
  cheapestAdequate,
  SESSION_PLATFORM,
  SESSION_RATES,
  SESSION_TASKS,
  type SessionTask,
} from '../support/session.ts';

const TASKS = 300;
const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8];
const OUTPUT_TOKENS = 400;
const MODELS = SIMULATED_MODELS.map((row) => bindModel(row, SESSION_PLATFORM, true));

interface Step {
  readonly task: SessionTask;
  readonly modelKey: string;
  readonly good: boolean;
  readonly usd: number;
  readonly strongestUsd: number;
}

function session(seed: number): readonly Step[] {
  const random = seededRandom(seed);
  const qualityOf = (key: string) => MODELS.find((one) => one.key === key)?.quality;
  const model = new AdequacyModel((key, task) => priorOf(key, task, qualityOf(key)));
  return Array.from({ length: TASKS }, (_, index) => {
    const task = SESSION_TASKS[index % SESSION_TASKS.length] ?? 'explain';
    return stepOf(index, task, model, random);
  });
}

function stepOf(index: number, task: SessionTask, model: AdequacyModel, random: Random): Step {
  const code = `export function step${index}(items: readonly number[]) {\n  return items.length * ${index};\n}\n`;
  const features = taskFeatures({
    ...{ task, code, instruction: '', language: 'typescript', problems: 0, inputTokens: 300 },
  });
  const { chosen, nextDearer, fallbacks } = route({
    ...{ features, models: MODELS, rules: [], bar: BAR, outputTokens: OUTPUT_TOKENS },
    room: () => ({ waitMs: 0 }),
    chances: (keys, of) => model.chances(keys, of),
    explore: { share: 0.03, draw: random(), mostUsd: 1 },
  });
  const { modelKey, estimatedUsd: usd = 0 } = chosen;
  const all = [chosen, ...(nextDearer ? [nextDearer] : []), ...fallbacks];
  const rates: Readonly<Record<string, number>> = SESSION_RATES[task];
  const good = random() >= (rates[modelKey.slice(SESSION_PLATFORM.length + 1)] ?? 1);
  model.learn({
    ...{ taskId: `${index}`, atMs: index, modelKey, features, source: 'person' },
    ...{ grade: good ? 1 : 0, weight: 1 },
  });
  const strongestUsd = Math.max(...all.map(({ estimatedUsd = 0 }) => estimatedUsd));
  return { task, modelKey, good, usd, strongestUsd };
}

function share(steps: readonly Step[], of: (step: Step) => boolean): number {
  return steps.filter(of).length / steps.length;
}

suite('sessions with the router alone', () => {
  const sessions = SEEDS.map(session);

  for (const task of SESSION_TASKS) {
    test(`${task}: in the last third of a session the cheapest adequate model is asked`, () => {
      const last = sessions
        .flatMap((steps) => steps.slice((TASKS * 2) / 3))
        .filter((one) => one.task === task);

      const settled = share(last, ({ modelKey }) => modelKey === cheapestAdequate(task));

      assert.ok(settled >= 0.85, `${settled}`);
    });
  }

  test('nearly nine of ten answers are good, for less than half of what always asking the strongest costs', () => {
    const steps = sessions.flat();
    const sum = (of: (step: Step) => number) => steps.reduce((all, step) => all + of(step), 0);

    const good = share(steps, (step) => step.good);
    const cost = sum(({ usd }) => usd) / sum(({ strongestUsd }) => strongestUsd);

    assert.ok(good >= 0.88, `${good}`);
    assert.ok(cost <= 0.45, `${cost}`);
  });
});
