/**
 * One kind of value over all levels: memory at once, then the lower levels in their order; what a lower one knows is put
 * into those above it. Equal misses are one, in this window, on this machine and in the team. Units: milliseconds.
 */
import type { Clock } from '../base/clock.ts';
import type { Random } from '../base/random.ts';
import { SingleFlight } from '../base/singleFlight.ts';
import {
  alive,
  changed,
  type Drop,
  type FileUse,
  isDropped,
  type Kept,
  type LowerLevel,
} from './cacheStore.ts';
import type { GuardedLevel } from './guardedLevel.ts';
import { type Claim, claimFrom, type Lease } from './lease.ts';
import { MemoryCache, type MemoryCacheLimits } from './memoryCache.ts';
import { jittered, STRATEGIES, type Strategy, type StrategyName } from './strategies.ts';

/** The levels below the memory, from the next one down. */
export interface LowerLevels {
  readonly levels: readonly GuardedLevel[];
  /** Names this window among all that share a level. */
  readonly holder: string;
}

export interface TieredDeps<V> {
  /** Of its values; the first one where nothing else is said. */
  readonly strategies: readonly [StrategyName, ...StrategyName[]];
  readonly clock: Clock;
  readonly random: Random;
  readonly limits: MemoryCacheLimits;
  /** Bytes in memory. */
  readonly sizeOf: (value: V) => number;
  readonly encode: (value: V) => string;
  /** `undefined`: it is none of ours. May load what it needs. */
  readonly decode: (text: string) => V | undefined | Promise<V | undefined>;
  /** Opened with the first miss; absent: memory is all there is. */
  readonly lower?: (() => LowerLevels | Promise<LowerLevels>) | undefined;
}

/** What is known of a value besides itself. */
export interface About {
  readonly scope?: string;
  readonly model?: string;
  readonly savesUsd?: number;
  readonly files?: readonly FileUse[];
  readonly strategy?: StrategyName;
  /** Below the memory; absent: as its strategy says. */
  readonly ttlMs?: number;
  /** It goes into no level below the memory. */
  readonly near?: boolean;
}

export interface Held<V> extends Required<Omit<About, 'ttlMs' | 'savesUsd' | 'strategy' | 'near'>> {
  readonly value: V;
  readonly strategy: StrategyName;
  readonly storedAtMs: number;
  readonly staleAtMs: number;
}

export interface Found<V> {
  readonly value: V;
  readonly level: 'memory' | LowerLevel;
  readonly ageMs: number;
  readonly stale: boolean;
}

export interface MemoryFacts {
  readonly hits: number;
  readonly misses: number;
  readonly entries: number;
  readonly bytes: number;
  readonly evictions: number;
}

/** Without a promise where all that was asked answered at once. */
export type Finding<V> = Found<V> | undefined | Promise<Found<V> | undefined>;

/** What is looked for in the levels below the memory. */
interface Search {
  readonly key: string;
  readonly files: readonly FileUse[];
  readonly levels: readonly GuardedLevel[];
  readonly signal: AbortSignal;
}

const NO_FILES: readonly FileUse[] = [];

export class TieredCache<V> {
  readonly #deps: TieredDeps<V>;
  readonly #strategy: Strategy;
  readonly #memory: MemoryCache<Held<V>>;
  readonly #flights = new SingleFlight<never, V>();
  #hits = 0;
  #misses = 0;

  constructor(deps: TieredDeps<V>) {
    this.#deps = deps;
    this.#strategy = STRATEGIES[deps.strategies[0]];
    this.#memory = new MemoryCache(deps.limits, ({ value }) => deps.sizeOf(value), deps.clock);
  }

  /** From memory, without a promise. `files`: how they are now. */
  getNow(key: string, files: readonly FileUse[] = NO_FILES): Held<V> | undefined {
    const held = this.#memory.get(key);
    if (held === undefined || this.#outdated(key, held, files)) {
      this.#misses += 1;
      return undefined;
    }
    this.#hits += 1;
    return held;
  }

  /** As `getNow`, and counts for nothing. */
  peekNow(key: string, files: readonly FileUse[]): V | undefined {
    const held = this.#memory.peek(key);
    return held === undefined || this.#outdated(key, held, files) ? undefined : held.value;
  }

  /** As above, whatever became of the files. */
  peek(key: string): V | undefined {
    return this.#memory.peek(key)?.value;
  }

  /**
   * From the levels below, the next one first; it is in those above afterwards. What is there at once is not waited for,
   * and what a level tells is read in the turn in which it tells it: each further wait costs a hit in Redis a hundredth of
   * its time.
   */
  find(key: string, files: readonly FileUse[], signal: AbortSignal): Finding<V> {
    const lower = this.#lower();
    if (lower instanceof Promise)
      return lower.then(({ levels }) => this.#from(0, { key, files, levels, signal }));
    return lower && this.#from(0, { key, files, levels: lower.levels, signal });
  }

  /**
   * The right to make the value, from the first level that can give it; waits while another window makes it. Rejects with
   * the signal's reason.
   */
  async claim(key: string, files: readonly FileUse[], signal: AbortSignal): Promise<Claim<V>> {
    const lower = await this.#lower();
    const read = async (kept: Kept, level: GuardedLevel) => this.#read(key, kept, level, files);
    return claimFrom({ ...this.#deps, ...lower, key, read }, signal);
  }

  /** In memory at once; in all lower levels when it resolves. */
  async keep(key: string, value: V, about: About = {}, lease?: Lease): Promise<void> {
    const { clock, random, strategies, encode, limits } = this.#deps;
    const { scope = '', model = '', files = NO_FILES, savesUsd = 0, strategy = strategies[0] } = about;
    const { ttlMs: usualMs, lowerTtlMs } = this.#strategy;
    const ttlMs = jittered(about.ttlMs ?? lowerTtlMs ?? usualMs, random);
    const storedAtMs = clock.now();
    const staleAtMs = storedAtMs + ttlMs;
    const expiresAtMs = staleAtMs + this.#strategy.staleMs;
    const held = { value, strategy, scope, model, files, storedAtMs, staleAtMs };
    this.#memory.set(key, held, Math.min(jittered(limits.ttlMs, random), expiresAtMs - storedAtMs));
    const lower = about.near === true ? undefined : await this.#lower();
    if (lower === undefined) return;
    const times = { storedAtMs, staleAtMs, expiresAtMs };
    const kept: Kept = { text: encode(value), strategy, scope, model, savesUsd, files, ...times };
    await Promise.all(
      lower.levels.map((level) => level.set(key, kept, lease?.level === level ? lower.holder : undefined)),
    );
  }

  /** The value of `key`, made at most once at a time wherever it is asked for. A failure is kept nowhere. */
  getOrSet(
    key: string,
    make: (signal: AbortSignal) => Promise<V>,
    signal: AbortSignal,
    about?: About,
  ): V | Promise<V> {
    const held = this.getNow(key, about?.files);
    if (held !== undefined) {
      if (this.#strategy.staleMs > 0 && held.staleAtMs <= this.#deps.clock.now())
        this.#refresh(key, make, about);
      return held.value;
    }
    return this.#findOrMake(key, make, signal, about);
  }

  async drop(what: Drop): Promise<void> {
    this.dropNow(what);
    const lower = await this.#lower();
    await Promise.all((lower?.levels ?? []).map((level) => level.drop(what)));
  }

  /** From memory alone. */
  dropNow(what: Drop): void {
    if (what.kind === 'all') this.#memory.clear();
    else this.#memory.drop((held) => isDropped(held, what));
  }

  facts(): MemoryFacts {
    const { size: entries, bytes, evictions } = this.#memory;
    return { hits: this.#hits, misses: this.#misses, entries, bytes, evictions };
  }

  #findOrMake(
    key: string,
    make: (signal: AbortSignal) => Promise<V>,
    signal: AbortSignal,
    about?: About,
  ): Promise<V> {
    const start = async (_emit: (event: never) => void, abort: AbortSignal) => {
      const found = await this.find(key, about?.files ?? NO_FILES, abort);
      if (found?.stale) this.#refresh(key, make, about);
      return found === undefined ? this.#make(key, make, abort, about) : found.value;
    };
    return this.#flights.share(key, start, signal);
  }

  async #make(
    key: string,
    make: (signal: AbortSignal) => Promise<V>,
    signal: AbortSignal,
    about?: About,
  ): Promise<V> {
    const claim = await this.claim(key, about?.files ?? NO_FILES, signal);
    if (claim.found) return claim.found.value;
    try {
      const value = await make(signal);
      await this.keep(key, value, about, claim);
      return value;
    } finally {
      await claim.release();
    }
  }

  /** Behind whoever got the old one; a failure leaves it as it is. */
  #refresh(key: string, make: (signal: AbortSignal) => Promise<V>, about?: About): void {
    const start = async (_emit: (event: never) => void, abort: AbortSignal) =>
      this.#make(key, make, abort, about);
    const { signal } = new AbortController();
    this.#flights.share(`again ${key}`, start, signal).catch(nobody);
  }

  #from(index: number, search: Search): Finding<V> {
    const level = search.levels[index];
    if (level === undefined) return undefined;
    search.signal.throwIfAborted();
    return level.get(search.key, (kept): Finding<V> => {
      if (kept === undefined) return this.#from(index + 1, search);
      const found = this.#read(search.key, kept, level, search.files);
      return found instanceof Promise
        ? found.then((read) => this.#foundAt(index, search, kept, read))
        : this.#foundAt(index, search, kept, found);
    });
  }

  #foundAt(index: number, search: Search, kept: Kept, found: Found<V> | undefined): Finding<V> {
    if (found === undefined) return this.#from(index + 1, search);
    for (let above = 0; above < index; above += 1) void search.levels[above]?.set(search.key, kept);
    return found;
  }

  #read(key: string, kept: Kept, level: GuardedLevel, files: readonly FileUse[]): Finding<V> {
    const { clock, decode, strategies } = this.#deps;
    const nowMs = clock.now();
    const good = strategies.includes(kept.strategy) && alive(kept, nowMs) && !changed(kept.files, files);
    const value = good ? decode(kept.text) : undefined;
    return value instanceof Promise
      ? value.then((decoded) => this.#take(key, kept, level, clock.now(), decoded))
      : this.#take(key, kept, level, nowMs, value);
  }

  /** `undefined`: the value is not good for whoever asked. */
  #take(key: string, kept: Kept, level: GuardedLevel, nowMs: number, value?: V): Found<V> | undefined {
    if (value === undefined) {
      level.hitWasNone();
      void level.delete(key);
      return undefined;
    }
    const { strategy, scope, model, storedAtMs, staleAtMs, expiresAtMs } = kept;
    const held = { value, strategy, scope, model, files: kept.files, storedAtMs, staleAtMs };
    this.#memory.set(key, held, Math.min(this.#deps.limits.ttlMs, expiresAtMs - nowMs));
    const stale = staleAtMs <= nowMs;
    return { value, level: level.level, ageMs: Math.max(0, nowMs - storedAtMs), stale };
  }

  #outdated(key: string, held: Held<V>, files: readonly FileUse[]): boolean {
    if (held.files.length === 0 || files.length === 0 || !changed(held.files, files)) return false;
    this.#memory.delete(key);
    return true;
  }

  #lower(): LowerLevels | undefined | Promise<LowerLevels> {
    return this.#strategy.lowerTtlMs === undefined ? undefined : this.#deps.lower?.();
  }
}

const nobody = () => undefined;
