/**
 * One decision of the quota: over three limits with priorities in memory, beside one reading of the clock and beside the
 * libraries that limit rates; in SQLite, while another process decides on the same levels; and in Redis. Units: nanoseconds in
 * memory, milliseconds in SQLite and in Redis.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RateLimiter } from 'limiter';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { systemClock } from '../../src/base/clock.ts';
import { SqliteLevels } from '../../src/node/sqliteLevels.ts';
import { type Book, emptyBook } from '../../src/quota/book.ts';
import { decide, newVerdict } from '../../src/quota/decide.ts';
import type { DeclaredLimit } from '../../src/quota/declaredLimits.ts';
import type { LevelStore } from '../../src/quota/levelStore.ts';
import { MemoryLevels } from '../../src/quota/memoryLevels.ts';
import { applyOperation } from '../../src/quota/operations.ts';
import { startPeer } from '../support/levelPeer.ts';
import { quietMoment } from './quiet.ts';
import { redisDecisions } from './redisDecisions.ts';
import { type Bench, check, quantile, round, summary } from './report.ts';

const ROUNDS = 25;
const QUIET_WITHIN_MS = 20_000;
const DECISIONS = 200_000;
const PEER_DECISIONS = 20_000;
const SHARED = 2_000;
/** Between two decisions of one process: some 150 in a second, each with its settling. Milliseconds. */
const PAUSE_MS = 5;
/** About as long as a decision in SQLite takes. */
const CONTROL_MS = 0.1;
/** So large that every request passes, as with the libraries. */
const LIMITS: readonly DeclaredLimit[] = [
  { platform: 'p', unit: 'requests', size: 1e12, refillPerMs: 1_000 },
  { platform: 'p', unit: 'input-tokens', size: 1e12, refillPerMs: 1_000 },
  { platform: 'p', unit: 'output-tokens', size: 1e12, refillPerMs: 1_000 },
];
const ASKS = [0, 1, 2, 3].map((priority) => ({
  id: 'a',
  model: 'm',
  demand: { inputTokens: 900, outputTokens: 100 },
  priority,
  waitedMs: 0,
  patienceMs: 0,
  lent: [],
  fair: true,
}));

export const bucket: Bench = async ({ say }) => {
  const taken = { clock: [], decide: [], store: [], limiter: [], flexible: [] } as Record<Kind, number[]>;
  const runs = await subjects();
  const quiet = await quietMoment(QUIET_WITHIN_MS);
  for (let index = 0; index < ROUNDS; index += 1) {
    say(`round ${index + 1} of ${ROUNDS}`);
    for (const kind of KINDS) taken[kind].push(await runs[kind]());
  }
  // The first rounds warm up.
  const ns = Object.fromEntries(
    KINDS.map((kind) => [kind, round(quantile(taken[kind].slice(3), 0.5))]),
  ) as Record<Kind, number>;
  // Of each round, then their median: what slows the machine down for a while slows both.
  const ratio = (peer: Kind) =>
    quantile(taken.decide.map((value, index) => value / (taken[peer][index] ?? 1)).slice(3), 0.5);
  say('two processes on one file');
  const shared = await sharedDecisions();
  say('Redis');
  const redis = await redisDecisions(LIMITS, ASKS[0] as (typeof ASKS)[number]);
  return {
    results: {
      ns,
      sqliteMs: {
        ...shared.summary,
        max: shared.max,
        longestStall: shared.stall,
        triedAgain: shared.triedAgain,
        otherProcess: shared.other,
      },
      redis,
      controlMs: shared.control,
      quiet,
      note: 'decide takes from the shares; store adds the reservation and its settling; controlMs is as much work without any file: what it is longer than 0.1 ms the machine took for others; a Redis decision is that of a window alone with its platform; bareRatio is what as many bytes added to a list cost, decided by nobody, nothingRatio a script that does nothing with them, togetherRatio a decision while another window settles in between; serverMicros the server’s own time',
    },
    checks: [
      check('decision over three limits ÷ one clock reading', ratio('clock'), '<=', 1.5, '×'),
      check('decision ÷ limiter RateLimiter', ratio('limiter'), '<=', 0.6, '×'),
      check('SQLite decision with two processes, P99', shared.summary.p99, '<=', 1, 'ms'),
      check('SQLite decision, longest stall', shared.stall, '<=', 10, 'ms'),
      check('Redis decision over three limits ÷ PING', redis.ratio, '<=', 1.3, '×'),
      check('Redis: admitted of ten times as many, of 250', redis.admitted, '<=', redis.expected, ''),
      check('Redis: admitted, at least', redis.expected - redis.admitted, '<=', 0, 'missing'),
      check('Redis dead, first decision', redis.deadFirstMs, '<=', 150, 'ms'),
      check('Redis dead, each decision after it, P99', redis.deadThenMs, '<=', 0.1, 'ms'),
    ],
  };
};

const KINDS = ['clock', 'decide', 'store', 'limiter', 'flexible'] as const;
type Kind = (typeof KINDS)[number];

async function subjects(): Promise<Record<Kind, () => number | Promise<number>>> {
  const book = declared();
  const verdict = newVerdict();
  const store = new MemoryLevels(systemClock);
  store.run('p', { kind: 'declare', limits: LIMITS });
  const limiter = new RateLimiter({ tokensPerInterval: 1e12, interval: 'hour' });
  const flexible = new RateLimiterMemory({ points: 1e12, duration: 3_600 });
  let sum = 0;
  return {
    clock: () =>
      time(DECISIONS, () => {
        for (let index = 0; index < DECISIONS; index += 1) sum += performance.now();
        return sum;
      }),
    decide: () =>
      time(DECISIONS, () => {
        let granted = 0;
        for (let index = 0; index < DECISIONS; index += 1) {
          const one = ASKS[index & 3];
          if (one !== undefined && decide(book, one, performance.now(), verdict)) granted += 1;
        }
        return expected(granted, DECISIONS);
      }),
    store: () => time(PEER_DECISIONS, () => takeAndSettle(store)),
    limiter: () =>
      time(DECISIONS, () => {
        let granted = 0;
        for (let index = 0; index < DECISIONS; index += 1) if (limiter.tryRemoveTokens(1)) granted += 1;
        return expected(granted, DECISIONS);
      }),
    flexible: async () => {
      const startedMs = performance.now();
      for (let index = 0; index < PEER_DECISIONS; index += 1) await flexible.consume('key', 1);
      return ((performance.now() - startedMs) * 1e6) / PEER_DECISIONS;
    },
  };
}

/** The whole way in memory: decision, reservation, settling. */
function takeAndSettle(store: LevelStore): number {
  let granted = 0;
  for (let index = 0; index < PEER_DECISIONS; index += 1) {
    const one = ASKS[index & 3];
    if (one === undefined) continue;
    const outcome = store.run('p', { kind: 'take', ask: one, holder: 'us', leaseMs: 1e9 });
    store.run('p', { kind: 'settle', id: 'a', used: one.demand });
    if (!(outcome instanceof Promise) && outcome.ok) granted += 1;
  }
  return expected(granted, PEER_DECISIONS);
}

function declared(): Book {
  const book = emptyBook();
  applyOperation(book, { kind: 'declare', limits: LIMITS }, performance.now());
  return book;
}

/** A run that refused would be fast and worth nothing. */
function expected(granted: number, all: number): number {
  if (granted !== all) throw new Error(`${granted} of ${all} were granted`);
  return granted;
}

function time(count: number, run: () => number): number {
  const startedMs = performance.now();
  run();
  return ((performance.now() - startedMs) * 1e6) / count;
}

/** Works for so long and says how long it took: more only when the machine did something else. */
function spin(ms: number): number {
  const startedMs = performance.now();
  while (performance.now() - startedMs < ms);
  return performance.now() - startedMs;
}

async function sharedDecisions() {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
  const file = join(folder, 'levels.db');
  const store = await SqliteLevels.open({
    file,
    clock: systemClock,
    random: Math.random,
    onFailure: (error) => {
      throw error;
    },
  });
  const peer = startPeer(file, { holder: 'peer', takes: SHARED, pauseMs: PAUSE_MS, settle: true });
  try {
    await store.run('p', { kind: 'declare', limits: LIMITS });
    await peer.ready;
    const ms: number[] = [];
    const stalls: number[] = [];
    const control: number[] = [];
    let triedAgain = 0;
    for (let index = 0; index < SHARED; index += 1) {
      const one = { ...ASKS[0], id: `bench ${index}` } as (typeof ASKS)[number];
      const startedMs = performance.now();
      const outcome = store.run('p', { kind: 'take', ask: one, holder: 'bench', leaseMs: 15_000 });
      stalls.push(performance.now() - startedMs);
      if (outcome instanceof Promise) triedAgain += 1;
      await outcome;
      ms.push(performance.now() - startedMs);
      await store.run('p', { kind: 'settle', id: one.id, used: one.demand });
      control.push(spin(CONTROL_MS));
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
    const other = await peer.done;
    return {
      summary: summary(ms),
      max: round(Math.max(...ms)),
      stall: round(Math.max(...stalls)),
      triedAgain,
      control: { ...summary(control), max: round(Math.max(...control)) },
      other,
    };
  } finally {
    peer.kill();
    store.dispose();
    rmSync(folder, { recursive: true, force: true });
  }
}
