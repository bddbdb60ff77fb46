/** Counts what happened in this window: latency by model, hits by cache level. Units: milliseconds, USD. */
import { LatencyHistogram, type LatencySummary } from './latencyHistogram.ts';
import { localDay, type UsageLedger, type UsageRecord } from './usageLedger.ts';

export interface CacheCounts {
  readonly hits: number;
  readonly misses: number;
  readonly joined: number;
  /** Absent while no saved answer had a known price. */
  readonly savedUsd?: number;
  readonly savedMs: number;
}

/** What one finished request adds. `saved…`: what the cache spared. */
export type Measured = Omit<UsageRecord, 'day'> & {
  readonly savedUsd?: number;
  readonly savedMs?: number;
};

/** Reasons to stop after which a call's time tells how fast its model is. */
const WHOLE: ReadonlySet<string> = new Set(['complete', 'tool-use', 'length']);

export class Metrics {
  readonly #ledger: UsageLedger;
  readonly #latencies = new Map<string, LatencyHistogram>();
  #hits = 0;
  #misses = 0;
  #joined = 0;
  #savedUsd: number | undefined;
  #savedMs = 0;
  #day = { atMs: Number.NEGATIVE_INFINITY, untilMs: Number.NEGATIVE_INFINITY, name: '' };

  constructor(ledger: UsageLedger) {
    this.#ledger = ledger;
  }

  record(measured: Measured): void {
    const { savedUsd, savedMs, ...record } = measured;
    if (record.cache === 'memory') this.#hits += 1;
    else if (record.cache === 'joined') this.#joined += 1;
    else this.#misses += 1;
    // What the semantic level saved, it counts itself.
    if (record.cache !== 'similar') {
      if (savedUsd !== undefined) this.#savedUsd = (this.#savedUsd ?? 0) + savedUsd;
      this.#savedMs += savedMs ?? 0;
    }
    // Times of answers that were cut or served from a cache say nothing about the model.
    if (record.cache === 'none' && WHOLE.has(record.stop)) {
      this.#latencyOf(record.modelKey).record(record.totalMs);
    }
    this.#ledger.add({ ...record, day: this.today(record.atMs) });
  }

  cacheCounts(): CacheCounts {
    return {
      hits: this.#hits,
      misses: this.#misses,
      joined: this.#joined,
      ...(this.#savedUsd === undefined ? {} : { savedUsd: this.#savedUsd }),
      savedMs: this.#savedMs,
    };
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
