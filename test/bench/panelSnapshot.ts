/** A dashboard that is as full as it gets: what is shown in it moves with `step`. */
import { PRIORITIES, TASK_TYPES } from '../../src/base/task.ts';
import type { BucketView, DecisionView, LatencyView, Snapshot } from '../../src/flow/snapshot.ts';

const PLATFORMS = 10;
const LIMITS_EACH = 4;
const DECISIONS = 50;
const MODELS = 10;
const AT_MS = Date.UTC(2026, 2, 4, 14, 5);
const UNITS = ['requests', 'input-tokens', 'output-tokens', 'share'] as const;

const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));

export function largeSnapshot(step: number): Snapshot {
  return {
    atMs: AT_MS + step * 1_000,
    platforms: times(PLATFORMS, (index) => ({
      id: `p${index}`,
      label: `Platform ${index}`,
      simulated: index === 9,
      models: index + 1,
    })),
    buckets: times(PLATFORMS, (platform) =>
      times(LIMITS_EACH, (unit) => bucket(platform, unit, step)),
    ).flat(),
    caches: [
      {
        level: 'memory',
        hits: 310 + step,
        misses: 190 + step,
        joined: 4,
        entries: 180 + step,
        maxEntries: 1_000,
        bytes: 480_200,
        savedUsd: 0.1274 + step / 100,
        savedMs: 94_000 + step,
      },
    ],
    latencies: times(MODELS, (index) => latency(index, step)),
    decisions: times(DECISIONS, (index) => decision(index - step)),
    today: {
      day: '2026-03-04',
      requests: 540 + step,
      inputTokens: 1_284_000 + step,
      outputTokens: 342_100 + step,
      usd: 4.218 + step / 100,
      simulatedUsd: 0.0137,
      unknownCost: 2,
    },
    running: step % 3,
    fates: { known: 30, accepted: 20, undone: 2 },
    predictions: { outputTokens: { outcomes: 200, coveredByP90: 0.9, meanError: 0.3 } },
    notices: [],
  };
}

function bucket(platform: number, kind: number, step: number): BucketView {
  const unit = UNITS[kind] ?? 'requests';
  const size = unit === 'share' ? 1 : 1_000 * (platform + 1);
  return {
    id: `p${platform}/${unit}`,
    platform: `p${platform}`,
    unit,
    ...(unit === 'share' ? { window: '5h' } : {}),
    refill: unit === 'share' ? 'at-reset' : 'continuous',
    size,
    level: (size * ((platform * 7 + kind * 13 + step * 3) % 100)) / 100,
    reserved: size / 50,
    refillPerMinute: size,
    fullInMs: 1_000 * (step + kind + 1),
    source: 'reported',
    readBy: 'headers',
    readingAgeMs: 1_000 * (step + platform),
    simulated: platform === 9,
    reservations: step % 4,
    threshold: size / 10,
    drift: step,
    foreign: size / 8,
    // A forecast holds for 15 s: see `LookAhead`.
    ...forecast(Math.floor(step / 15) + kind),
    shares: PRIORITIES.map((priority, index) => ({
      priority,
      entitled: (size * (4 - index)) / 10,
      level: (size * ((platform * 7 + kind * 13 + step * 3) % 100)) / 400,
      used: step + index,
      borrowed: 0,
      lent: step % 2,
    })),
    adaptations: [{ kind: 'lent', priority: 'low', part: 0.4 }],
    waiting: step % 3,
  };
}

function forecast(minutes: number): Partial<BucketView> {
  const at = (factor: number) => AT_MS + factor * (600 + minutes) * 60_000;
  return { foretold: true, exhaustedAtMs: at(1.2), exhaustedFromMs: at(1), exhaustedToMs: at(1.5) };
}

function latency(index: number, step: number): LatencyView {
  const counts = times(11, (bin) => ((bin * 5 + index + step) % 9) * 3);
  return {
    modelKey: `p${index}/model`,
    label: `Model ${index}`,
    simulated: index === 9,
    count: counts.reduce((sum, each) => sum + each, 0),
    p50Ms: 1_240 + step,
    p95Ms: 4_810 + step,
    p99Ms: 11_300 + step,
    bins: [...counts.map((count, bin) => ({ upToMs: 50 * 2 ** bin, count })), { count: 0 }],
  };
}

/** One more is new in each step. */
function decision(index: number): DecisionView {
  const number = Math.abs(index);
  return {
    id: `d${1_000 - index}`,
    atMs: AT_MS - index * 60_000,
    task: TASK_TYPES[number % TASK_TYPES.length] ?? 'explain',
    model: `Model ${number % MODELS}`,
    modelKey: `p${number % MODELS}/model`,
    simulated: number % MODELS === 9,
    why: 'Cheapest model whose chance of a good answer (84%) passes the bar (70%)',
    cache: number % 5 === 0 ? 'memory' : 'none',
    tokens: 1_204 + number * 311,
    costUsd: 0.0042 * (number + 1),
    totalMs: 900 + number * 433,
    ...(number % 7 === 0 ? { problem: 'cut' } : {}),
  };
}
