/** The first cache level: the newest values in memory, bound by count, bytes and age. */
import { LRUCache } from 'lru-cache';
import type { Clock } from '../base/clock.ts';

export interface MemoryCacheLimits {
  readonly maxEntries: number;
  readonly maxBytes: number;
  readonly ttlMs: number;
}

/** A larger value would push out too much else: it may take this part of the whole. */
const MOST_PART = 0.5;

export class MemoryCache<V extends object> {
  readonly #entries: LRUCache<string, V>;
  #evictions = 0;

  /** `sizeOf` gives the bytes of a value; at least 1. */
  constructor(limits: MemoryCacheLimits, sizeOf: (value: V) => number, clock: Clock) {
    this.#entries = new LRUCache({
      max: limits.maxEntries,
      maxSize: limits.maxBytes,
      maxEntrySize: Math.max(1, Math.floor(limits.maxBytes * MOST_PART)),
      ttl: limits.ttlMs,
      sizeCalculation: (value) => Math.max(1, sizeOf(value)),
      perf: { now: () => clock.monotonic() },
      ttlResolution: 0,
      dispose: (_value, _key, reason) => {
        if (reason === 'evict') this.#evictions += 1;
      },
    });
  }

  get(key: string): V | undefined {
    return this.#entries.get(key);
  }

  /** As `get`, but the entry does not count as used. */
  peek(key: string): V | undefined {
    return this.#entries.peek(key);
  }

  /** A value too large for the cache is not kept. `ttlMs`: shorter than the cache's own. */
  set(key: string, value: V, ttlMs?: number): void {
    if (ttlMs === undefined) this.#entries.set(key, value);
    else if (ttlMs > 0) this.#entries.set(key, value, { ttl: ttlMs });
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  /** Takes out all that `what` says yes to. */
  drop(what: (value: V) => boolean): void {
    for (const [key, value] of [...this.#entries.entries()]) if (what(value)) this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
  }

  /** Entries still alive. */
  get size(): number {
    this.#entries.purgeStale();
    return this.#entries.size;
  }

  get bytes(): number {
    return this.#entries.calculatedSize;
  }

  /** Put out to make room. */
  get evictions(): number {
    return this.#evictions;
  }
}
