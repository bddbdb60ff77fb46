/** How long one decision and one learning step take on real prompts, and how large what is kept becomes. Milliseconds, MB. */
import { performance } from 'node:perf_hooks';
import { AdequacyModel } from '../../src/routing/adequacyModel.ts';
import type { TaskFeatures } from '../../src/routing/features.ts';
import { route } from '../../src/routing/router.ts';
import { quantile } from './report.ts';
import { featuresOf, type RoutingData, readTasks, type Task } from './routingData.ts';
import { infoFor, lessonOf } from './routingPairs.ts';

/** As many lessons as the file keeps. */
const KEPT_LESSONS = 2_500;

export interface Speed {
  readonly featuresP99Ms: number;
  readonly decisionP50Ms: number;
  readonly decisionP99Ms: number;
  readonly learnP50Ms: number;
  readonly learnP99Ms: number;
  readonly stateMb: number;
}

/** A decision is features, chances and choice of one prompt; a step is one outcome learned. */
export function speedOf(data: RoutingData, names: readonly string[]): Speed | undefined {
  const tasks = names.flatMap((name) => {
    const { datasets = [], weak = '', strong = '' } = data.tasks.pairs[name] ?? {};
    return readTasks(data.judged, datasets, [weak, strong]).slice(0, KEPT_LESSONS);
  });
  if (tasks.length === 0) return undefined;
  const model = new AdequacyModel(() => ({ chance: 0.7, quality: 0.7, outcomes: 10 }));
  const learning = taught(model, tasks);
  const infos = ['weak', 'strong'].map((name, index) => infoFor(name, 0.001 * (index + 1), 0.7));
  const reading: number[] = [];
  const deciding: number[] = [];
  for (const { prompt } of tasks) {
    const startedMs = performance.now();
    const features = featuresOf('chat', '', prompt, {});
    reading.push(performance.now() - startedMs);
    decide(model, features, infos);
    deciding.push(performance.now() - startedMs);
  }
  return {
    featuresP99Ms: quantile(reading, 0.99),
    decisionP50Ms: quantile(deciding, 0.5),
    decisionP99Ms: quantile(deciding, 0.99),
    learnP50Ms: quantile(learning, 0.5),
    learnP99Ms: quantile(learning, 0.99),
    stateMb: stateMb(tasks),
  };
}

function taught(model: AdequacyModel, tasks: readonly Task[]): number[] {
  return tasks.slice(0, KEPT_LESSONS).flatMap((task, index) => {
    const startedMs = performance.now();
    model.learn(lessonOf(task, index % 2 === 0 ? 'weak' : 'strong', index % 3 === 0 ? 0 : 1));
    return [performance.now() - startedMs];
  });
}

function decide(model: AdequacyModel, features: TaskFeatures, models: ReturnType<typeof infoFor>[]): void {
  route({
    features,
    models,
    rules: [],
    bar: 0.7,
    outputTokens: 500,
    room: () => ({ waitMs: 0 }),
    chances: (keys, of) => model.chances(keys, of),
  });
}

/** As they stand in the file: the longest ones that these tasks give. */
function stateMb(tasks: readonly Task[]): number {
  const sizes = tasks.map((task) => JSON.stringify(lessonOf(task, 'platform/model', 1)).length);
  const largest = sizes.sort((a, b) => b - a).slice(0, KEPT_LESSONS);
  const missing = KEPT_LESSONS - largest.length;
  const bytes = largest.reduce((sum, size) => sum + size, 0) + missing * (largest[0] ?? 0);
  return bytes / 1e6;
}
