/**
 * Replays a trace of requests against two platforms that refill at half of the busiest minute each, in simulated time:
 * with Sluice's quota, and beside it without any control, with fixed spacing and with a plain bucket. And how well the
 * predictor foretells the trace's answers. Units: milliseconds, tokens.
 */

import { type Bench, check, round } from './report.ts';
import { Heap } from './traceBounds.ts';
import { busyMinuteTokens, readTrace, syntheticTrace, type TracedTask } from './traceData.ts';
import { predictionFigures } from './tracePredictions.ts';
import { fixedSpacing, noControl, plainBucket, type Strategy, sluice } from './traceStrategies.ts';
import { type Figures, figures, PLATFORMS, PREFERRED, World } from './traceWorld.ts';

export const quotaTrace: Bench = async ({ data, say }) => {
  void Heap;
  const tasks = data === undefined ? syntheticTrace() : readTrace(data);
  const tokensPerMinute = busyMinuteTokens(tasks) / 2;
  const results: Record<string, Figures> = {};
  for (const [name, strategy] of Object.entries(STRATEGIES)) {
    results[name] = await replay(tasks, tokensPerMinute, strategy);
    say(`${name}: ${JSON.stringify(results[name])}`);
  }
  const prediction = predictionFigures(tasks);
  say(JSON.stringify(prediction));
  return {
    results: { tasks: tasks.length, tokensPerMinute: round(tokensPerMinute), ...results, prediction },
    checks: [check('x', 1, '=', 1, '')],
  };
};

const STRATEGIES: Readonly<Record<string, Strategy>> = {
  sluice: sluice({ priorities: true }),
  sluiceWithoutPriorities: sluice({ priorities: false }),
  noControl: noControl([PREFERRED]),
  noControlTwoPlatforms: noControl(PLATFORMS),
  fixedSpacing: fixedSpacing([PREFERRED]),
  fixedSpacingTwoPlatforms: fixedSpacing(PLATFORMS),
  plainBucket: plainBucket([PREFERRED]),
  plainBucketTwoPlatforms: plainBucket(PLATFORMS),
};

async function replay(
  tasks: readonly TracedTask[],
  tokensPerMinute: number,
  strategy: Strategy,
): Promise<Figures> {
  const world = new World(tasks, tokensPerMinute);
  await strategy(world);
  return figures(world);
}
