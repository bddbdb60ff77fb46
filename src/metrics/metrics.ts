/** Counts what happened in this window: latency by model, hits by cache level. Units: milliseconds, USD. */
import { LatencyHistogram, type LatencySummary } from './latencyHistogram.ts';
import { localDay, type UsageLedger, type UsageRecord } from './usageLedger.ts';

/** What requests did not have to be paid and waited for. */
export interface Savings {
  readonly hits: number;
  /** Absent while no saved answer had a known price. */
  readonly savedUsd?: number;
  readonly savedMs: number;
}

export interface CacheCounts extends Savings {
  readonly misses: number;
  readonly joined: number;
}

type Cache = UsageRecord['cache'];

/** What one finished request adds. `saved…`: what the cache spared. */
export type Measured = Omit<UsageRecord, 'day'> & {
  readonly savedUsd?: number;
  readonly savedMs?: number;
  /** What kind of value it is to the cache. */
  readonly strategy?: string;
  /** Nobody has asked for it yet. */
  readonly ahead?: boolean;
};

/** Reasons to stop after which a call's time tells how fast its model is. */
const WHOLE: ReadonlySet<string> = new Set(['complete', 'tool-use', 'length']);

export class Metrics {
  readonly #ledger: UsageLedger;
  readonly #latencies = new Map<string, LatencyHistogram>();
  readonly #levels = new Map<Cache, Savings>();
  readonly #strategies = new Map<string, CacheCounts>();
  #day = { atMs: Number.NEGATIVE_INFINITY, untilMs: Number.NEGATIVE_INFINITY, name: '' };

  constructor(ledger: UsageLedger) {
    this.#ledger = ledger;
  }

  record(measured: Measured): void {
    const { savedUsd, savedMs, strategy, ahead, ...record } = measured;
    const { cache } = record;
    // What nobody asked for is no miss of anybody's.
    if (ahead !== true) this.#count(cache, strategy, savedUsd, savedMs);
    // Times of answers that were cut or served from a cache say nothing about the model.
    if (record.cache === 'none' && WHOLE.has(record.stop)) {
      this.#latencyOf(record.modelKey).record(record.totalMs);
    }
    this.#ledger.add({ ...record, day: this.today(record.atMs) });
  }

  #count(cache: Cache, strategy: string | undefined, savedUsd?: number, savedMs?: number): void {
    this.#levels.set(cache, plus(this.#levels.get(cache) ?? NOTHING, savedUsd, savedMs));
    if (strategy === undefined) return;
    const known = this.#strategies.get(strategy) ?? { ...NOTHING, misses: 0, joined: 0 };
    this.#strategies.set(strategy, counted(known, cache, savedUsd, savedMs));
  }

  /** Over all levels. */
  cacheCounts(): CacheCounts {
    const levels = [...this.#levels].filter(([cache]) => cache !== 'none' && cache !== 'joined');
    const joined = this.#levels.get('joined') ?? NOTHING;
    const sum = [...levels.map(([, savings]) => savings), { ...joined, hits: 0 }].reduce(
      (total, { hits, savedUsd, savedMs }) => ({
        ...plus(total, savedUsd, savedMs),
        hits: total.hits + hits,
      }),
      NOTHING,
    );
    return { ...sum, misses: this.savings('none').hits, joined: joined.hits };
  }

  /** What one level answered; of `none`: how many requests were paid for. */
  savings(cache: Cache): Savings {
    return this.#levels.get(cache) ?? NOTHING;
  }

  /** By what kind of value was asked for. */
  strategies(): ReadonlyMap<string, CacheCounts> {
    return this.#strategies;
  }

  latencies(): { modelKey: string; summary: LatencySummary }[] {
    return [...this.#latencies].map(([modelKey, histogram]) => ({ modelKey, summary: histogram.summary() }));
  }

  totals(atMs: number) {
    return this.#ledger.day(this.today(atMs));
  }

  /** The day's name is worked out at most once a minute: it costs more than the rest of a cache hit. */
  today(atMs: number): string {
    if (atMs < this.#day.atMs || atMs >= this.#day.untilMs) {
      const minute = Math.floor(atMs / 60_000) * 60_000;
      this.#day = { atMs: minute, untilMs: minute + 60_000, name: localDay(atMs) };
    }
    return this.#day.name;
  }

  #latencyOf(modelKey: string): LatencyHistogram {
    const known = this.#latencies.get(modelKey);
    if (known) return known;
    const fresh = new LatencyHistogram();
    this.#latencies.set(modelKey, fresh);
    return fresh;
  }
}

const NOTHING: Savings = { hits: 0, savedMs: 0 };

function plus(known: Savings, savedUsd: number | undefined, savedMs = 0): Savings {
  return {
    ...known,
    hits: known.hits + 1,
    savedMs: known.savedMs + savedMs,
    ...(savedUsd === undefined ? {} : { savedUsd: (known.savedUsd ?? 0) + savedUsd }),
  };
}

function counted(known: CacheCounts, cache: Cache, savedUsd: number | undefined, savedMs = 0): CacheCounts {
  const { hits, misses, joined } = known;
  const more = { ...known, ...plus(known, savedUsd, savedMs) };
  if (cache === 'none') return { ...more, hits, misses: misses + 1 };
  return cache === 'joined' ? { ...more, hits, joined: joined + 1 } : more;
}
