/**
 * Requests over time to replay: from a CSV `time,context tokens,generated tokens` with one line of names (the shape of
 * the Azure LLM inference traces), or made up with a seed in the same shape. Units: milliseconds, tokens.
 */
import { readFileSync } from 'node:fs';
import { type Random, seededRandom } from '../../src/base/random.ts';
import type { Priority } from '../../src/base/task.ts';

export interface TracedTask {
  /** Since the first one. */
  readonly atMs: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly priority: Priority;
}

const SEED = 20_231_116;
const MINUTE = 60_000;

export function readTrace(file: string): TracedTask[] {
  const rows = readFileSync(file, 'utf8').trim().split(/\r?\n/).slice(1).map(parseRow);
  const [first = { atMs: 0 }] = rows;
  return rows.map((row, index) => ({ ...row, atMs: row.atMs - first.atMs, priority: priorityOf(index) }));
}

/** Throws on a row that is none: a bench must not measure half a file. */
function parseRow(line: string, index: number) {
  const [time = '', input, output] = line.split(',');
  const atMs = Date.parse(`${time.trim().replace(' ', 'T').slice(0, 23)}Z`);
  const [inputTokens, outputTokens] = [Number(input), Number(output)];
  if (!Number.isFinite(atMs + inputTokens + outputTokens))
    throw new Error(`row ${index + 2} is none: ${line}`);
  return { atMs, inputTokens, outputTokens };
}

/**
 * An hour of 8,000 requests: bursts of some seconds to minutes with quiet between them; prompts log-normal around 1,400
 * tokens, cut at 7,437; answers log-normal around 14 with a long tail; one in six asks the same once more.
 */
export function syntheticTrace(): TracedTask[] {
  const random = seededRandom(SEED);
  const tasks: TracedTask[] = [];
  for (let atMs = 0; tasks.length < 8_000; ) {
    const burst = Math.ceil(10 + 400 * random() ** 2);
    const gapMs = 60 + 400 * random();
    for (let left = burst; left > 0; left -= 1) {
      atMs += -gapMs * Math.log(1 - random());
      const again = tasks.at(-Math.ceil(10 * random()));
      const isAgain = again !== undefined && random() < 1 / 6;
      const inputTokens = isAgain
        ? again.inputTokens
        : Math.min(7_437, Math.ceil(1_400 * spread(random, 1.2)));
      const outputTokens = Math.ceil((isAgain ? again.outputTokens : 14) * spread(random, isAgain ? 0.5 : 1));
      tasks.push({ atMs, inputTokens, outputTokens, priority: priorityOf(tasks.length) });
    }
    atMs += 60_000 * random();
  }
  return tasks;
}

/** 5 % critical, 20 % high, 45 % medium, 30 % low. */
function priorityOf(index: number): Priority {
  const chance = seededRandom(SEED ^ Math.imul(index + 1, 2_654_435_761))();
  if (chance < 0.05) return 'critical';
  if (chance < 0.25) return 'high';
  return chance < 0.7 ? 'medium' : 'low';
}

/** The 99th percentile of the tokens that arrive in a minute. */
export function busyMinuteTokens(tasks: readonly TracedTask[]): number {
  const minutes = new Map<number, number>();
  for (const { atMs, inputTokens, outputTokens } of tasks) {
    const minute = Math.floor(atMs / MINUTE);
    minutes.set(minute, (minutes.get(minute) ?? 0) + inputTokens + outputTokens);
  }
  const count = 1 + Math.floor((tasks.at(-1)?.atMs ?? 0) / MINUTE);
  const sums = Array.from({ length: count }, (_, minute) => minutes.get(minute) ?? 0).sort((a, b) => a - b);
  return sums[Math.ceil(0.99 * count) - 1] ?? 0;
}

function spread(random: Random, sigma: number): number {
  return Math.exp(sigma * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()));
}
