/**
 * Replays a trace of requests against two platforms in simulated time: with Sluice's quota, and beside it without any
 * control, with fixed spacing and with a plain bucket, each on one platform and on both. Three supplies: as wanted (each
 * platform refills at half of the trace's 99th percentile of tokens a minute), half of that, and less than is asked for
 * in all. And how well the predictor foretells the trace's answers. Units: milliseconds, tokens.
 */
import { type Bench, check, round } from './report.ts';
import { mostWithoutLimit } from './traceBound.ts';
import { busyMinuteTokens, readTrace, syntheticTrace, type TracedTask } from './traceData.ts';
import { predictionFigures } from './tracePredictions.ts';
import { fixedSpacing, noControl, plainBucket, type Strategy, sluice } from './traceStrategies.ts';
import { type Figures, figures, PLATFORMS, PREFERRED, World } from './traceWorld.ts';

export const quotaTrace: Bench = async ({ data, say }) => {
  const tasks = data === undefined ? syntheticTrace() : readTrace(data);
  const busy = busyMinuteTokens(tasks);
  const wanted = await supply(tasks, busy / 2, STRATEGIES, say);
  const tight = await supply(tasks, busy / 4, STRATEGIES, say);
  const saturated = await supply(tasks, 0.4 * meanMinuteTokens(tasks), SATURATED, say);
  const prediction = predictionFigures(tasks);
  say(`prediction: ${JSON.stringify(prediction)}`);
  return {
    results: {
      tasks: tasks.length,
      trace: data ?? 'made up with a seed',
      wanted,
      tight,
      saturated,
      prediction,
      note: NOTE,
    },
    checks: [
      ...quotaChecks(wanted),
      check('quota usable while demand exceeds it', usableOf(saturated), '>=', 0.97, ''),
      ...predictionChecks(prediction),
    ],
  };
};

const NOTE =
  'a limit hit is a 429, or a wait for our own count; a platform charges a task when it starts and holds one minute of ' +
  'its refill; waits are from arrival to start; the bound is what no scheduler can surpass';

const STRATEGIES = {
  sluice: sluice({ priorities: true }),
  sluiceWithoutPriorities: sluice({ priorities: false }),
  noControl: noControl([PREFERRED]),
  noControlOnBoth: noControl(PLATFORMS),
  fixedSpacing: fixedSpacing([PREFERRED]),
  fixedSpacingOnBoth: fixedSpacing(PLATFORMS),
  plainBucket: plainBucket([PREFERRED]),
  plainBucketOnBoth: plainBucket(PLATFORMS),
} as const;

const SATURATED = { sluice: STRATEGIES.sluice, plainBucketOnBoth: STRATEGIES.plainBucketOnBoth } as const;

interface Supply<Name extends string> {
  readonly tokensPerMinuteEach: number;
  /** Share of tasks without a limit that is possible at best. */
  readonly bound: number;
  readonly strategies: Readonly<Record<Name, Figures>>;
}

async function supply<Name extends string>(
  tasks: readonly TracedTask[],
  tokensPerMinute: number,
  strategies: Readonly<Record<Name, Strategy>>,
  say: (line: string) => void,
): Promise<Supply<Name>> {
  const bound = mostWithoutLimit(tasks, 2 * tokensPerMinute);
  say(`${round(tokensPerMinute)} tokens a minute each, at best ${round(100 * bound)} % without a limit`);
  const replayed: Partial<Record<Name, Figures>> = {};
  for (const [name, strategy] of Object.entries<Strategy>(strategies)) {
    const world = new World(tasks, tokensPerMinute);
    await strategy(world);
    replayed[name as Name] = figures(world);
    say(`  ${name}: ${line(figures(world))}`);
  }
  return {
    tokensPerMinuteEach: round(tokensPerMinute),
    bound: round(bound),
    strategies: replayed as Record<Name, Figures>,
  };
}

function line(one: Figures): string {
  return (
    `${round(100 * one.withoutLimit)} % without a limit, ${one.limitHits} hits, ${one.waited} waited, ` +
    `wait mean ${one.waitMeanMs} P50 ${one.waitP50Ms} P95 ${one.waitP95Ms} max ${one.waitMaxMs} ms, ` +
    `critical max ${one.criticalMaxMs} ms, ${one.unusedTokens} tokens unused, ${round(100 * one.usable)} % usable`
  );
}

/** Where the trace itself makes the share impossible, the bound takes its place. */
function quotaChecks({
  bound,
  strategies: { sluice: ours, plainBucket: plain },
}: Supply<keyof typeof STRATEGIES>) {
  return [
    check('tasks without a limit met', ours.withoutLimit, '>=', Math.min(0.95, bound), ''),
    check('limit hits to those of one plain bucket', part(ours.limitHits, plain.limitHits), '<=', 0.6, '×'),
    check('mean wait to that of one plain bucket', part(ours.waitMeanMs, plain.waitMeanMs), '<=', 0.7, '×'),
    check('P95 of waits to that of one plain bucket', part(ours.waitP95Ms, plain.waitP95Ms), '<=', 0.7, '×'),
    check('critical tasks delayed over a second', ours.criticalOverASecond, '<=', 0, 'tasks'),
  ];
}

/** Nothing of nothing is no improvement, and no loss. */
function part(ours: number, plain: number): number {
  return ours === 0 ? 0 : ours / plain;
}

function usableOf({ strategies: { sluice: ours } }: Supply<keyof typeof SATURATED>): number {
  return ours.usable;
}

/** Where even the best constant known afterwards loses more than 0.8 of the mean, that constant is the bound. */
function predictionChecks(prediction: ReturnType<typeof predictionFigures>) {
  const { coveredByP90, pinballToRunningMean: ours, bestConstantToRunningMean: constant } = prediction;
  return [
    check('answers covered by P90', coveredByP90, '>=', 0.85, ''),
    check('answers covered by P90', coveredByP90, '<=', 0.95, ''),
    check('pinball loss of P50 to a running mean', ours.p50, '<=', Math.max(0.8, constant.p50), '×'),
    check('pinball loss of P90 to a running mean', ours.p90, '<=', Math.max(0.8, constant.p90), '×'),
  ];
}

function meanMinuteTokens(tasks: readonly TracedTask[]): number {
  const all = tasks.reduce((sum, { inputTokens, outputTokens }) => sum + inputTokens + outputTokens, 0);
  return all / Math.max(1, (tasks.at(-1)?.atMs ?? 0) / 60_000);
}
