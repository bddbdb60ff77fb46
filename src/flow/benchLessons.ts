/** What a benchmark teaches the router. */
import type { Lesson } from '../routing/lessons.ts';
import type { BenchResult } from './benchRun.ts';
import { BUNDLED_SUITE } from './benchTasks.ts';

/** Its checks run no code: a pass is no proof. */
const WEIGHT = 0.7;

/**
 * A request that failed teaches nothing. Nor do simulated models at the bundled tasks: they make their answers up, and
 * cannot know a right one.
 */
export function lessonsOf(results: readonly BenchResult[], suite: string, atMs: number): readonly Lesson[] {
  return results.flatMap(({ task, model, passed, failure, features }) => {
    const madeUp = model.simulated && suite === BUNDLED_SUITE.name;
    if (failure !== undefined || features === undefined || madeUp) return [];
    const taskId = `benchmark ${suite} ${task.id}`;
    return [
      {
        taskId,
        atMs,
        modelKey: model.key,
        features,
        grade: passed ? 1 : 0,
        weight: WEIGHT,
        source: 'benchmark',
      },
    ];
  });
}
