/** The first cache level: the newest answers in memory, bound by count, bytes and age. */
import { LRUCache } from 'lru-cache';
import type { Clock } from '../base/clock.ts';

export interface MemoryCacheLimits {
  readonly maxEntries: number;
  readonly maxBytes: number;
  readonly ttlMs: number;
}

export class MemoryCache<V extends object> {
  readonly #entries: LRUCache<string, V>;

  /** `sizeOf` gives the bytes of a value; at least 1. */
  constructor(limits: MemoryCacheLimits, sizeOf: (value: V) => number, clock: Clock) {
    this.#entries = new LRUCache({
      max: limits.maxEntries,
      maxSize: limits.maxBytes,
      ttl: limits.ttlMs,
      sizeCalculation: (value) => Math.max(1, sizeOf(value)),
      perf: { now: () => clock.monotonic() },
      ttlResolution: 0,
    });
  }

  get(key: string): V | undefined {
    return this.#entries.get(key);
  }

  /** As `get`, but the entry does not count as used. */
  peek(key: string): V | undefined {
    return this.#entries.peek(key);
  }

  /** A value larger than the whole cache is not kept. */
  set(key: string, value: V): void {
    this.#entries.set(key, value);
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
}
