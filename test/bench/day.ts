/**
 * A day of one person's work with repeats, through the whole pipeline on a clock of its own: without a cache, with memory
 * alone, with memory and disk. `--data CSV`: a trace as `traceData.ts` reads; without it, one that is made up there.
 *
 * The generator: the trace gives 1,200 moments (every n-th row, stretched to ten hours) and the tokens of each task (a row
 * at random for each). A request asks one of 500 tasks, chosen by Zipf's law (exponent 0.9: of rank r in proportion to
 * 1 / r^0.9); a task is a question, an explanation or a review of code in one of 40 files. A file changes every 90 minutes
 * on average (exponential), which changes the code of all tasks in it. The window is reloaded every two hours. The first
 * word takes 0.5 s, then 80 tokens come a second; tokens cost 1 USD a million in and 5 out. Similar questions and what is
 * asked ahead are not a part of it. Units as the names say.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { delay } from '../../src/base/clock.ts';
import { seededRandom } from '../../src/base/random.ts';
import { GuardedLevel } from '../../src/cache/guardedLevel.ts';
import type { LowerAnswers } from '../../src/flow/answerCache.ts';
import type { RouteRequest } from '../../src/flow/request.ts';
import type { ModelCall, ModelEvent, ModelTransport } from '../../src/flow/transport.ts';
import { readAnswer } from '../../src/node/answerSchema.ts';
import { SqliteCache } from '../../src/node/sqliteCache.ts';
import { FakeClock } from '../support/fakeClock.ts';
import { buildSpine, FAST } from '../support/spine.ts';
import { type Bench, check, round } from './report.ts';
import { readTrace, syntheticTrace, type TracedTask } from './traceData.ts';

const REQUESTS = 1_200;
const TASKS = 500;
const FILES = 40;
const EXPONENT = 0.9;
const HOUR_MS = 3_600_000;
const DAY_MS = 10 * HOUR_MS;
const CHANGE_EVERY_MS = 1.5 * HOUR_MS;
const RELOAD_EVERY_MS = 2 * HOUR_MS;
const FIRST_WORD_MS = 500;
const TOKENS_PER_S = 80;
const KINDS = ['question', 'explain', 'review'] as const;
const never = new AbortController().signal;

interface Moment {
  readonly atMs: number;
  readonly task: number;
  /** Of the file that the task's code is in. */
  readonly version: number;
  readonly tokens: Tokens;
}

type Tokens = Pick<TracedTask, 'inputTokens' | 'outputTokens'>;
type Levels = 'none' | 'memory' | 'all';

/** See above. */
function dayOf(trace: readonly TracedTask[]): Moment[] {
  const random = seededRandom(11);
  const pick = <T>(all: readonly T[]) => all[Math.floor(random() * all.length)] as T;
  const sizes = Array.from({ length: TASKS }, () => pick(trace));
  const weights = Array.from({ length: TASKS }, (_, rank) => 1 / (rank + 1) ** EXPONENT);
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  const chosen = () => {
    let left = random() * whole;
    const rank = weights.findIndex((weight) => {
      left -= weight;
      return left <= 0;
    });
    return Math.max(0, rank);
  };
  const [first, last] = [trace[0]?.atMs ?? 0, trace.at(-1)?.atMs ?? 1];
  const versions = Array.from({ length: FILES }, () => 0);
  const untilChange = () => -CHANGE_EVERY_MS * Math.log(1 - random());
  const changes = versions.map(untilChange);
  return Array.from({ length: REQUESTS }, (_, index) => {
    const row = trace[Math.floor((index * trace.length) / REQUESTS)] ?? { atMs: first };
    const atMs = ((row.atMs - first) / Math.max(1, last - first)) * DAY_MS;
    for (const [file, at] of changes.entries()) {
      let next = at;
      for (; next <= atMs; next += untilChange()) versions[file] = (versions[file] ?? 0) + 1;
      changes[file] = next;
    }
    const task = chosen();
    return { atMs, task, version: versions[task % FILES] ?? 0, tokens: sizes[task] ?? pick(trace) };
  });
}

function requestOf({ task, version }: Moment): RouteRequest {
  const kind = KINDS[task % KINDS.length] ?? 'question';
  const text = `export function task${task}() {\n  return ${version};\n}\n`;
  return {
    task: kind,
    priority: 'medium',
    instruction: kind === 'question' ? `What does task${task} return?` : '',
    code: { language: 'typescript', fileName: `file${task % FILES}.ts`, text, problems: [], cutChars: 0 },
    freshness: 'cached',
  };
}

/** Answers with the tokens of the task that is asked just now. */
class DayPlatform implements ModelTransport {
  tokens: Tokens = { inputTokens: 0, outputTokens: 0 };
  calls = 0;
  readonly #clock: FakeClock;

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  async *stream({ model }: ModelCall, signal: AbortSignal): AsyncIterable<ModelEvent> {
    const { inputTokens: input, outputTokens: output } = this.tokens;
    this.calls += 1;
    yield { kind: 'start', model, requestId: `${this.calls}`, limits: [] };
    await delay(FIRST_WORD_MS, this.#clock, signal);
    yield { kind: 'text', text: 'An answer. '.repeat(Math.max(1, Math.ceil(output / 3))) };
    await delay((output * 1_000) / TOKENS_PER_S, this.#clock, signal);
    yield { kind: 'usage', usage: { input, output, cacheRead: 0, cacheWrite: 0, reasoning: 0 } };
    yield { kind: 'end', stop: 'complete' };
  }

  async check() {
    return { models: [] };
  }

  dispose(): void {
    this.calls = 0;
  }
}

async function live(day: readonly Moment[], which: Levels, file: string) {
  const clock = new FakeClock();
  const random = seededRandom(3);
  const platform = new DayPlatform(clock);
  const store = which === 'all' && (await SqliteCache.open({ file, clock, random, maxBytes: () => 100e6 }));
  const levels = store ? [new GuardedLevel(store, { clock, random, slowAfterMs: () => 60_000 })] : [];
  const lower: LowerAnswers = {
    levels: async () => ({ levels, holder: 'day' }),
    read: readAnswer,
    scope: () => 'day',
  };
  const open = () =>
    buildSpine({
      ...{ clock, transport: platform, models: [FAST], lower },
      settings: { 'cache.enabled': which !== 'none', 'cascade.when': 'never' },
    });
  let [window, reloads, hits, usd, waitedMs] = [open(), 0, 0, 0, 0];
  for (const moment of day) {
    // Whoever waits for an answer asks the next one later.
    clock.advance(Math.max(0, moment.atMs - clock.monotonic()));
    if (Math.floor(moment.atMs / RELOAD_EVERY_MS) > reloads) {
      reloads += 1;
      window = open();
    }
    platform.tokens = moment.tokens;
    const askedMs = clock.monotonic();
    const { receipt } = await clock.until(window.pipeline.run(requestOf(moment), () => undefined, never));
    // What is stored behind the answer is there before anybody asks again.
    for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
    if (receipt.cache !== 'none') hits += 1;
    usd += receipt.costUsd ?? Number.NaN;
    waitedMs += clock.monotonic() - askedMs;
  }
  const { calls } = platform;
  if (store) store.dispose();
  return { calls, hits, usd, waitedS: waitedMs / 1_000 };
}

export const day: Bench = async ({ data, say }) => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
  try {
    const moments = dayOf(data === undefined ? syntheticTrace() : readTrace(data));
    say(`${REQUESTS} requests`);
    const none = await live(moments, 'none', '');
    const memory = await live(moments, 'memory', '');
    const all = await live(moments, 'all', join(folder, 'day.db'));
    const saved = ({ hits, usd, waitedS }: typeof none) => ({
      hitRate: round(hits / REQUESTS),
      savedUsd: round(none.usd - usd),
      savedS: round(none.waitedS - waitedS),
    });
    // Nobody can know an answer before it was given once.
    const first = new Set(moments.map(({ task, version }) => `${task} ${version}`)).size;
    const possible = REQUESTS - first;
    return {
      results: {
        ...{ requests: REQUESTS, repeats: possible, usd: round(none.usd), waitedS: round(none.waitedS) },
        ...{ none: saved(none), memoryOnly: saved(memory), allLevels: saved(all) },
      },
      checks: [
        check('hits and calls of all levels', all.hits + all.calls, '=', REQUESTS, 'requests'),
        check('hits of all levels ÷ repeats of the day', all.hits / possible, '>=', 0.95, '×'),
        check('money of memory alone ÷ of all levels', memory.usd / all.usd, '>=', 1, '×'),
        check('waiting with memory alone ÷ with all levels', memory.waitedS / all.waitedS, '>=', 1, '×'),
        check('hits without a cache', none.hits, '=', 0, 'hits'),
      ],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
