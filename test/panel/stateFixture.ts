/** Snapshots and answers as the extension would send them. */
import type { AnswerState, ToPanel } from '../../src/flow/messages.ts';
import type { BucketView, DecisionView, LatencyView, ShareView, Snapshot } from '../../src/flow/snapshot.ts';
import { fullReuse, idleReuse } from './reuseFixture.ts';

/** 2026-03-04 14:05 UTC, a Wednesday. */
export const NOW_MS = Date.UTC(2026, 2, 4, 14, 5);

const MINUTE_MS = 60_000;

export const emptySnapshot: Snapshot = {
  atMs: NOW_MS,
  platforms: [{ id: 'simulated', label: 'Simulated platform', simulated: true, models: 3 }],
  buckets: [],
  caches: [
    { level: 'memory', hits: 0, misses: 0, joined: 0, entries: 0, maxEntries: 1000, bytes: 0, savedMs: 0 },
  ],
  latencies: [],
  decisions: [],
  today: {
    day: '2026-03-04',
    requests: 0,
    inputTokens: 0,
    outputTokens: 0,
    usd: 0,
    simulatedUsd: 0,
    unknownCost: 0,
  },
  running: 0,
  notices: [],
};

/** As the host tells them of a limit whose parts are 40, 30, 20 and 10 of 100. */
function shares(size: number, levels: readonly [number, number, number, number]): ShareView[] {
  const entitled = [0.4, 0.3, 0.2, 0.1];
  return (['critical', 'high', 'medium', 'low'] as const).map((priority, index) => ({
    priority,
    entitled: (entitled[index] ?? 0) * size,
    level: levels[index] ?? 0,
    used: (entitled[index] ?? 0) * size * 0.3,
    borrowed: priority === 'high' ? size / 25 : 0,
    lent: priority === 'low' ? size / 25 : 0,
  }));
}

const BUCKETS: readonly BucketView[] = [
  {
    id: 'anthropic/requests',
    platform: 'anthropic',
    unit: 'requests',
    refill: 'continuous',
    size: 50,
    level: 47,
    reserved: 1,
    refillPerMinute: 50,
    fullInMs: 3600,
    foretold: true,
    source: 'reported',
    readBy: 'headers',
    readingAgeMs: 12_000,
    simulated: false,
    reservations: 1,
    drift: 0,
    foreign: 0,
    shares: shares(50, [20, 15, 8, 4]),
    adaptations: [],
    waiting: 3,
  },
  {
    id: 'anthropic/input',
    platform: 'anthropic',
    unit: 'input-tokens',
    refill: 'continuous',
    size: 200_000,
    level: 31_000,
    reserved: 8200,
    refillPerMinute: 200_000,
    fullInMs: 51_000,
    foretold: true,
    enoughAtMs: NOW_MS + 12 * MINUTE_MS,
    source: 'reported',
    readBy: 'headers',
    readingAgeMs: 12_000,
    simulated: false,
    reservations: 2,
    threshold: 40_000,
    drift: 120,
    foreign: 9_800,
    shares: shares(200_000, [21_000, 6_000, 4_000, 0]),
    adaptations: [
      { kind: 'lent', priority: 'low', part: 0.4 },
      { kind: 'penalised', priority: 'medium', factor: 0.5 },
      { kind: 'burst', priority: 'critical', owed: 2_400 },
    ],
    waiting: 3,
  },
  {
    id: 'claude/5h',
    platform: 'claude_code',
    unit: 'share',
    window: '5h',
    refill: 'at-reset',
    size: 1,
    level: 0.62,
    reserved: 0,
    fullInMs: 175 * MINUTE_MS,
    foretold: true,
    exhaustedAtMs: NOW_MS + 95 * MINUTE_MS,
    exhaustedFromMs: NOW_MS + 65 * MINUTE_MS,
    exhaustedToMs: NOW_MS + 145 * MINUTE_MS,
    source: 'reported',
    readBy: 'program',
    readingAgeMs: 40_000,
    simulated: false,
    shares: shares(1, [0.3, 0.2, 0.1, 0.02]),
    adaptations: [],
  },
  {
    id: 'claude/units',
    platform: 'claude_code',
    unit: 'units',
    refill: 'continuous',
    size: 5000,
    level: 120,
    reserved: 0,
    source: 'declared',
    simulated: false,
    adaptations: [
      { kind: 'unsteady', failed: 0.4, factor: 1.67, lent: 0.6 },
      { kind: 'slow', slower: 2.1, factor: 1.67 },
      { kind: 'haste', times: 1.8, lent: 0.55 },
    ],
  },
  {
    id: 'sim/balanced',
    platform: 'simulated',
    unit: 'tokens',
    model: 'sim-balanced',
    refill: 'continuous',
    size: 40_000,
    level: 40_000,
    reserved: 0,
    refillPerMinute: 40_000,
    fullInMs: 0,
    source: 'declared',
    readingAgeMs: 184_000,
    simulated: true,
  },
];

const BOUNDS_MS = [50, 100, 200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 51_200];

function latency(
  modelKey: string,
  label: string,
  simulated: boolean,
  counts: readonly number[],
  marks: readonly [number, number, number],
): LatencyView {
  const bins = [...BOUNDS_MS.map((upToMs, index) => ({ upToMs, count: counts[index] ?? 0 })), { count: 0 }];
  const count = counts.reduce((sum, each) => sum + each, 0);
  const [p50Ms, p95Ms, p99Ms] = marks;
  return { modelKey, label, simulated, count, p50Ms, p95Ms, p99Ms, bins };
}

const LATENCIES: readonly LatencyView[] = [
  latency(
    'anthropic/claude-balanced',
    'Claude Balanced',
    false,
    [0, 0, 0, 3, 18, 41, 22, 9, 3],
    [1240, 4810, 11_300],
  ),
  latency('simulated/sim-balanced', 'Balanced', true, [0, 0, 1, 4, 2], [340, 690, 780]),
  latency('simulated/sim-powerful', 'Powerful', true, [0, 0, 0, 0, 0, 1], [1530, 1530, 1530]),
];

const WHY = [
  'The cheapest model that is likely to do: the task is simple, 41 lines of TypeScript.',
  'Fast would be cheaper, but the selection names 14 other symbols; Balanced passes the bar with 0.93.',
  'You asked for a stronger answer.',
];

/** `index` 0 is the newest. */
export function decision(index: number): DecisionView {
  const known = index !== 3;
  const tasks = ['explain', 'fix', 'tests', 'question', 'commit-message'] as const;
  const problems: Readonly<Record<number, DecisionView['problem']>> = { 2: 'cut', 5: 'cancelled' };
  const problem = problems[index];
  const outcomes: Readonly<Record<number, string>> = {
    0: 'copied',
    2: 'undone',
    6: 'accepted 2 of 3, changed 40% afterwards, 1 problem less',
  };
  const outcome = outcomes[index];
  return {
    id: `d${1000 - index}`,
    atMs: NOW_MS - (index * 37 + 1) * MINUTE_MS,
    task: tasks[index % tasks.length] ?? 'explain',
    model: index % 3 === 0 ? 'Balanced' : 'Claude Balanced',
    modelKey: index % 3 === 0 ? 'simulated/sim-balanced' : 'anthropic/claude-balanced',
    simulated: index % 3 === 0,
    why: WHY[index % WHY.length] ?? '',
    cache: index === 1 ? 'memory' : index === 4 ? 'joined' : 'none',
    ...(known ? { tokens: 1204 + index * 311, costUsd: 0.0042 * (index + 1) } : {}),
    totalMs: index === 1 ? 2 : 900 + index * 433,
    ...(outcome === undefined ? {} : { outcome }),
    ...(problem === undefined ? {} : { problem }),
  };
}

export function decisions(count: number, from = 0): DecisionView[] {
  return Array.from({ length: count }, (_, index) => decision(index + from));
}

export const fullSnapshot: Snapshot = {
  atMs: NOW_MS,
  platforms: [
    { id: 'anthropic', label: 'Anthropic', simulated: false, models: 4 },
    { id: 'claude_code', label: 'Claude Code', simulated: false, models: 1 },
    { id: 'simulated', label: 'Simulated platform', simulated: true, models: 3 },
  ],
  buckets: BUCKETS,
  caches: [
    {
      level: 'memory',
      hits: 31,
      misses: 19,
      joined: 4,
      entries: 18,
      maxEntries: 1000,
      bytes: 48_200,
      savedUsd: 0.1274,
      savedMs: 94_000,
    },
  ],
  latencies: LATENCIES,
  decisions: decisions(20),
  fates: { known: 12, accepted: 9, undone: 1 },
  escalations: { checked: 11, wentUp: 2 },
  predictions: {
    inputTokens: { outcomes: 120.4, coveredByP90: 0.914, meanError: 0.08 },
    outputTokens: { outcomes: 120.4, coveredByP90: 0.87, meanError: 0.34 },
    durationMs: { outcomes: 12, coveredByP90: 1, meanError: 0.2 },
  },
  modelChanges: [
    {
      modelKey: 'anthropic/balanced',
      label: 'Claude Balanced 4.5',
      simulated: false,
      atMs: NOW_MS - 3_600_000,
      change: { kind: 'first-token', beforeMs: 1_200, afterMs: 3_100 },
    },
    {
      modelKey: 'simulated/sim-fast',
      label: 'Fast (simulated)',
      simulated: true,
      atMs: NOW_MS - 7_200_000,
      change: { kind: 'token', beforeMs: 20, afterMs: 10 },
    },
    {
      modelKey: 'anthropic/balanced',
      label: 'Claude Balanced 4.5',
      simulated: false,
      atMs: NOW_MS - 90_000_000,
      change: { kind: 'quality', better: false },
    },
  ],
  models: [
    {
      task: 'explain',
      models: [
        {
          modelKey: 'simulated/sim-fast',
          label: 'Fast (simulated)',
          simulated: true,
          chance: 0.93,
          evidence: 0,
        },
        {
          modelKey: 'anthropic/balanced',
          label: 'Claude Balanced 4.5',
          simulated: false,
          chance: 0.87,
          evidence: 112,
          costUsd: 0.0042,
          timeMs: 3_400,
        },
        {
          modelKey: 'anthropic/powerful',
          label: 'Claude Powerful 4.5',
          simulated: false,
          chance: 0.96,
          evidence: 7,
          costUsd: 0.0731,
          timeMs: 21_000,
        },
      ],
    },
    {
      task: 'commit-message',
      models: [
        {
          modelKey: 'anthropic/balanced',
          label: 'Claude Balanced 4.5',
          simulated: false,
          chance: 0.71,
          evidence: 3,
          timeMs: 900,
        },
      ],
    },
  ],
  savings: [
    {
      simulated: false,
      days: 30,
      strongest: { label: 'Claude Powerful 4.5', requests: 412, usd: 31.4, actualUsd: 4.02 },
      single: { label: 'Claude Balanced 4.5', requests: 409, usd: 3.6, actualUsd: 3.98, chance: 0.81 },
    },
    {
      simulated: true,
      days: 30,
      strongest: { label: 'Powerful (simulated)', requests: 1, usd: 0.0137, actualUsd: 0.0011 },
      single: { label: 'Powerful (simulated)', requests: 1, usd: 0.0137, actualUsd: 0.0011 },
    },
  ],
  experiments: [
    {
      name: 'A lower bar for explanations',
      per: 'request',
      metric: 'cost',
      errorRate: 0.05,
      variants: [
        { name: 'as it is', count: 212, judged: 140, accepted: 0.81, costUsd: 0.0123, timeMs: 4_100 },
        {
          ...{ name: 'bar 0.6', count: 205, judged: 131, accepted: 0.79, costUsd: 0.0051, timeMs: 2_900 },
          verdict: { kind: 'better', estimate: -0.0072, low: -0.0101, high: -0.0043 },
        },
        {
          ...{ name: 'bar 0.2', count: 48, judged: 40, accepted: 0.3, costUsd: 0.0011, timeMs: 900 },
          verdict: { kind: 'harmful', estimate: -0.51, low: -0.7, high: -0.22 },
        },
      ],
    },
    {
      name: 'no cache',
      per: 'person',
      metric: 'time',
      errorRate: 0.01,
      variants: [
        { name: 'with', count: 12, judged: 0, costUsd: 0.001, timeMs: 900, own: true },
        { name: 'without', count: 0, judged: 0, verdict: { kind: 'undecided' } },
        { name: 'shorter', count: 9, judged: 0, timeMs: 800, verdict: { kind: 'undecided', estimate: -100 } },
      ],
    },
  ],
  today: {
    day: '2026-03-04',
    requests: 54,
    inputTokens: 128_400,
    outputTokens: 34_210,
    usd: 0.4218,
    simulatedUsd: 0.0137,
    unknownCost: 2,
  },
  running: 1,
  notices: ['The setting sluice.cache.memory.maxEntries is not a number; 1,000 is used.'],
};

export const MARKDOWN = `\`parseRow\` turns **one line** of the file into a *typed* row. It

1. splits at the separator, keeping quoted parts together,
2. trims each field, and
3. throws a \`RowError\` when there are too few.

## Where it can fail

- An empty line gives \`[]\`, not an error.
  - The caller drops it.
- A quote that is never closed takes the rest of the file.

\`\`\`ts
export function parseRow(line: string, separator = ','): Row {
  const fields = split(line, separator).map((field) => field.trim()); // a rather long line that has to scroll
  if (fields.length < COLUMNS.length) throw new RowError(line);
  return toRow(fields);
}
\`\`\`

| Input | Fields | Note |
|:------|-------:|------|
| \`a,b\` | 2 | as expected |
| \`"a,b"\` | 1 | quoted |

> A field is trimmed *after* the split: spaces inside quotes are lost.

See [the format](https://example.com/csv) and ![a drawing of the parser](https://example.com/a.png).
`;

export const doneAnswer: AnswerState = {
  title: 'Explain Selection',
  subtitle: 'parseRow in src/import/table.ts, lines 12 to 40',
  phase: 'done',
  status: '',
  markdown: MARKDOWN,
  simulated: true,
  notices: [],
  receipt: [
    { label: 'Model', value: 'Balanced (simulated)' },
    {
      label: 'Why',
      value: 'The cheapest model that is likely to do: the task is simple, 41 lines of TypeScript.',
    },
    { label: 'Tokens', value: '812 in, 392 out' },
    { label: 'Cost', value: '$0.0042 (simulated)' },
    { label: 'Time', value: '1.9 s, first word after 340 ms' },
    { label: 'Cache', value: '–', title: 'The platform did not report its cache.' },
  ],
  actions: ['copy', 'again', 'stronger', 'fresh', 'decision', 'dashboard', 'connect'],
};

export const waitingAnswer: AnswerState = {
  ...doneAnswer,
  phase: 'waiting',
  status: 'Waiting for Balanced…',
  markdown: '',
  receipt: [],
  actions: ['cancel'],
};

export const streamingAnswer: AnswerState = {
  ...waitingAnswer,
  phase: 'streaming',
  status: '',
  markdown: MARKDOWN.slice(0, 640),
  notices: ['The selection was cut to 2,000 of 9,412 lines.'],
  actions: ['copy', 'cancel'],
};

export const failedAnswer: AnswerState = {
  ...doneAnswer,
  phase: 'failed',
  markdown: MARKDOWN.slice(0, 230),
  problem:
    'The connection broke in the middle of the answer. What had come is kept above. Ask again for a whole one.',
  actions: ['copy', 'again', 'stronger', 'decision'],
};

export const cancelledAnswer: AnswerState = {
  ...doneAnswer,
  phase: 'cancelled',
  markdown: '',
  simulated: false,
  receipt: [{ label: 'Model', value: 'Claude Balanced' }],
  actions: ['again'],
};

/** A routing decision, shown in the same view. */
export const documentAnswer: AnswerState = {
  title: 'Routing Decision',
  subtitle: '4 March, 14:04',
  phase: 'done',
  status: '',
  markdown:
    '| Model | Likely to do | Cost |\n|---|---:|---:|\n| Fast | 0.71 | $0.0009 |\n| **Balanced** | 0.93 | $0.0042 |\n| Powerful | 0.98 | $0.0210 |\n',
  simulated: true,
  notices: [],
  receipt: [],
  actions: [],
};

/** A whole answer that reached the length limit. */
export const cutAnswer: AnswerState = {
  ...doneAnswer,
  simulated: false,
  status: 'Done',
  problem: 'The answer reached the length limit and is not complete.',
};

/** An answer of which the person has said that it was bad. */
export const judgedAnswer: AnswerState = {
  ...doneAnswer,
  actions: ['copy', 'again', 'stronger', 'fresh', 'good', 'bad', 'decision'],
  found: 'bad',
};

export const answerStates = {
  waiting: waitingAnswer,
  streaming: streamingAnswer,
  done: doneAnswer,
  failed: failedAnswer,
  cancelled: cancelledAnswer,
  cut: cutAnswer,
  judged: judgedAnswer,
  document: documentAnswer,
} as const;

const shown = (change: Partial<Snapshot> = {}): ToPanel => ({
  kind: 'snapshot',
  snapshot: { ...fullSnapshot, ...change },
});

/** What is sent for each state, in an order in which each can follow the one before. */
export const dashboardStates = {
  failedAtOnce: [{ kind: 'failed', message: 'The disk is full.' }],
  empty: [{ kind: 'snapshot', snapshot: emptySnapshot }],
  ready: [shown({ notices: [], running: 0 })],
  notices: [shown({ running: 0 })],
  reuse: [shown({ ...fullReuse(NOW_MS), notices: [], running: 0 })],
  nothingReused: [shown({ ...idleReuse(), notices: [], running: 0 })],
  running: [shown({ notices: [], running: 3 })],
  nearlyEmpty: [
    shown({ buckets: fullSnapshot.buckets.map((each) => ({ ...each, level: each.size / 100 })) }),
  ],
  failed: [{ kind: 'failed', message: 'The disk is full.' }],
} as const satisfies Record<string, readonly ToPanel[]>;
