/**
 * Two platforms in simulated time, each with a bucket of tokens that it keeps itself, and what became of each task that
 * was sent to them. Units: milliseconds, tokens.
 */
import type { Priority } from '../../src/base/task.ts';
import { FakeClock } from '../support/fakeClock.ts';
import { quantile, round } from './report.ts';
import type { TracedTask } from './traceData.ts';

export const PREFERRED = 'preferred';
export const FALLBACK = 'fallback';
export const PLATFORMS = [PREFERRED, FALLBACK] as const;
export type PlatformName = (typeof PLATFORMS)[number];

/** A first word after this time, then so many tokens a second. */
const FIRST_TOKEN_MS = 400;
const TOKENS_PER_MS = 0.1;
/** Shorter than this is not waiting but how a timer is rounded. */
const NOTABLE_MS = 2;

/** Its bucket is as large as a minute of its refill, and full at first. */
class Server {
  readonly size: number;
  readonly refillPerMs: number;
  used = 0;
  /** Did not fit into the full bucket; and the part of it while some task waited. */
  overflowed = 0;
  wasted = 0;
  /** Whether some task waits just now. */
  wanted = false;
  #level: number;
  #atMs = 0;

  constructor(tokensPerMinute: number) {
    this.size = tokensPerMinute;
    this.refillPerMs = tokensPerMinute / 60_000;
    this.#level = tokensPerMinute;
  }

  level(nowMs: number): number {
    const filled = this.#level + (nowMs - this.#atMs) * this.refillPerMs;
    this.#level = Math.min(this.size, filled);
    this.overflowed += filled - this.#level;
    if (this.wanted) this.wasted += filled - this.#level;
    this.#atMs = nowMs;
    return this.#level;
  }

  /** 0: taken. Else a 429 with the time after which there will be so much. */
  take(tokens: number, nowMs: number): number {
    const missing = Math.min(tokens, this.size) - this.level(nowMs);
    if (missing > 1e-6) return Math.max(1, Math.ceil(missing / this.refillPerMs));
    this.#level = Math.max(0, this.#level - tokens);
    this.used += tokens;
    return 0;
  }
}

export interface Fate {
  waitedMs?: number;
  /** Refused by a platform, or made to wait by our own count. */
  hits: number;
}

/** How a task was sent: the strategy decides, the world counts. */
export class World {
  readonly clock = new FakeClock();
  readonly tasks: readonly TracedTask[];
  readonly fates: Fate[];
  readonly servers: Readonly<Record<PlatformName, Server>>;

  constructor(tasks: readonly TracedTask[], tokensPerMinute: number) {
    this.tasks = tasks;
    this.fates = tasks.map(() => ({ hits: 0 }));
    this.servers = { preferred: new Server(tokensPerMinute), fallback: new Server(tokensPerMinute) };
  }

  get nowMs(): number {
    return this.clock.monotonic();
  }

  #waiting = 0;
  /** Up to the last arrival: what is left over while the rest drains was not scarce. */
  usable = Number.NaN;

  /** Sends one task; 0 when it runs, else what the platform asks to wait. */
  send(index: number, platform: PlatformName): number {
    const { inputTokens, outputTokens, atMs } = this.task(index);
    const fate = this.fate(index);
    const waitMs = this.servers[platform].take(inputTokens + outputTokens, this.nowMs);
    if (waitMs > 0) {
      fate.hits += 1;
    } else {
      fate.waitedMs = this.nowMs - atMs;
      this.#waiting -= 1;
    }
    return waitMs;
  }

  #atLastArrival(): void {
    const sum = (key: 'used' | 'wasted') => this.servers.preferred[key] + this.servers.fallback[key];
    this.usable = 1 - sum('wasted') / (sum('wasted') + sum('used'));
  }

  task(index: number): TracedTask {
    const task = this.tasks[index];
    if (task === undefined) throw new Error(`there is no task ${index}`);
    return task;
  }

  fate(index: number): Fate {
    const fate = this.fates[index];
    if (fate === undefined) throw new Error(`there is no task ${index}`);
    return fate;
  }

  lastsMs(index: number): number {
    return FIRST_TOKEN_MS + this.task(index).outputTokens / TOKENS_PER_MS;
  }

  /** Calls `arrive` for each task at its time, then lets everything end. */
  async run(arrive: (index: number) => void): Promise<void> {
    let index = 0;
    const next = () => {
      this.#waiting += 1;
      arrive(index);
      index += 1;
      const task = this.tasks[index];
      if (task) this.clock.after(task.atMs - this.nowMs, next);
      else this.#atLastArrival();
    };
    this.clock.after(this.tasks[0]?.atMs ?? 0, next);
    while (this.clock.pending > 0 || index < this.tasks.length) {
      this.clock.advance(this.clock.untilNextMs);
      await settled();
      for (const server of Object.values(this.servers)) {
        server.level(this.nowMs);
        server.wanted = this.#waiting > 0;
      }
      if (this.nowMs > LONGEST_MS) throw new Error('the replay does not end');
    }
  }
}

const LONGEST_MS = 48 * 3_600_000;

/** All promises that can have settled. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

export function figures({ tasks, fates, servers, usable }: World) {
  const waits = fates.map(({ waitedMs = Number.POSITIVE_INFINITY }) => waitedMs);
  const of = (wanted: Priority) => waits.filter((_, index) => tasks[index]?.priority === wanted);
  const free = fates.filter(({ hits }) => hits === 0).length / fates.length;
  return {
    withoutLimit: round(free),
    limitHits: fates.reduce((sum, { hits }) => sum + hits, 0),
    waited: waits.filter((ms) => ms > NOTABLE_MS).length,
    waitMeanMs: round(waits.reduce((sum, ms) => sum + ms, 0) / waits.length),
    waitP50Ms: round(quantile(waits, 0.5)),
    waitP95Ms: round(quantile(waits, 0.95)),
    waitMaxMs: round(Math.max(...waits)),
    criticalOverASecond: of('critical').filter((ms) => ms > 1_000).length,
    criticalMaxMs: round(Math.max(...of('critical'))),
    lowP95Ms: round(quantile(of('low'), 0.95)),
    unusedTokens: Math.round(servers.preferred.overflowed + servers.fallback.overflowed),
    usedTokens: servers.preferred.used + servers.fallback.used,
    /** Of what was used or lost while some task waited, the part that was not lost in a full bucket. */
    usable: round(usable),
  };
}

export type Figures = ReturnType<typeof figures>;
