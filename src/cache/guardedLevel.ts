/**
 * A lower level behind a breaker: one that fails or is slow is skipped, at once and without a word, and looked at again
 * behind the requests. Counts what it was asked and what it knew. Units: milliseconds.
 */
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { Patience } from '../base/patience.ts';
import type { Random } from '../base/random.ts';
import type { CacheStore, Drop, Kept, LeaseAnswer, StoreFacts } from './cacheStore.ts';

export interface GuardDeps {
  readonly clock: Clock;
  readonly random: Random;
  /** A level that has not answered by then is passed over. */
  readonly slowAfterMs: () => number;
  /** Hears why the level cannot be used; once until it can again. */
  readonly onTrouble?: (error: unknown) => void;
  readonly onRecovery?: () => void;
}

export interface LevelCounts {
  readonly hits: number;
  readonly misses: number;
  /** Of the misses: not asked, because the level could not be used. */
  readonly skipped: number;
  readonly failures: number;
  /** Not usable just now. */
  readonly open: boolean;
}

/** Until a level is looked at again: full jitter below a bound that doubles. */
const COOL_DOWN = { firstMs: 250, maxMs: 30_000, leastMs: 50 };
/** Writing is not waited for by anybody who types, but not for ever either. */
const WRITE_WITHIN_MS = 2_000;

/** What a store answered, at once or later; `undefined` where it could not. */
type Guarded<T> = T | undefined | Promise<T | undefined>;
type Told<T> = (answer: T | undefined) => void;

export class GuardedLevel implements Disposable {
  readonly store: CacheStore;
  readonly #deps: GuardDeps;
  readonly #patience: Patience;
  #hits = 0;
  #misses = 0;
  #skipped = 0;
  #failures = 0;
  #inARow = 0;
  /** Present while open. */
  #lookAtMs: number | undefined;
  #looking = false;
  /** Of models that changed, what could not be forgotten: until it is, nothing that lies here is believed. */
  readonly #owed = new Map<string, Drop>();

  constructor(store: CacheStore, deps: GuardDeps) {
    this.store = store;
    this.#deps = deps;
    this.#patience = new Patience(deps.clock);
  }

  get level(): CacheStore['level'] {
    return this.store.level;
  }

  get usable(): boolean {
    return this.#lookAtMs === undefined;
  }

  counts(): LevelCounts {
    return {
      hits: this.#hits,
      misses: this.#misses,
      skipped: this.#skipped,
      failures: this.#failures,
      open: !this.usable,
    };
  }

  facts(): StoreFacts {
    return this.store.facts();
  }

  /** Never rejects: a level that cannot tell knows nothing. At once where the level answers at once. */
  get(key: string): Guarded<Kept> {
    if (this.usable)
      return this.#guard<Kept | undefined>(() => this.store.get(key), this.#deps.slowAfterMs(), this.#count);
    this.#look(key);
    this.#skipped += 1;
    this.#misses += 1;
    return undefined;
  }

  /** The value was found, and then not good for whoever asked. */
  hitWasNone(): void {
    this.#hits -= 1;
    this.#misses += 1;
  }

  async set(key: string, kept: Kept, lease?: string): Promise<void> {
    if (this.usable) await this.#guard(() => this.store.set(key, kept, lease), WRITE_WITHIN_MS);
  }

  async delete(key: string): Promise<void> {
    if (this.usable) await this.#guard(() => this.store.delete(key), WRITE_WITHIN_MS);
  }

  /** `undefined`: nobody can tell just now. */
  async lease(key: string, holder: string, forMs: number): Promise<LeaseAnswer> {
    if (!this.usable) return undefined;
    return this.#guard(() => this.store.lease(key, holder, forMs), this.#deps.slowAfterMs());
  }

  async release(key: string, holder: string): Promise<void> {
    if (this.usable) await this.#guard(() => this.store.release(key, holder), WRITE_WITHIN_MS);
  }

  /** Rejects where it cannot be done: whoever wants something forgotten must know. */
  async drop(what: Drop): Promise<void> {
    try {
      await this.store.drop(what);
    } catch (error) {
      // Nobody tries this again, as a person does who clears; what came from another file is noticed when it is found.
      if (what.kind === 'model') {
        this.#owed.set(what.model, what);
        this.#fail(error);
      }
      throw error;
    }
  }

  dispose(): void {
    this.#patience.dispose();
    this.store.dispose();
  }

  /** What it answers; `undefined` where it fails, or takes longer. `told` hears that before anybody else does. */
  #guard<T>(ask: () => T | Promise<T>, withinMs: number, told?: Told<T>): Guarded<T> {
    let answer: T | Promise<T>;
    try {
      answer = ask();
    } catch (error) {
      return this.#failed(error, told);
    }
    if (!(answer instanceof Promise)) return this.#answered(answer, told);
    return this.#wait(answer, withinMs, told);
  }

  /** One promise in all: each further one costs a hit in Redis a hundredth of its time. */
  #wait<T>(answer: Promise<T>, withinMs: number, told?: Told<T>): Promise<T | undefined> {
    const patience = this.#patience;
    return new Promise((resolve) => {
      const waiting = patience.begin(withinMs, (why) => resolve(this.#failed(why, told)));
      answer.then(
        (value) => {
          if (patience.ended(waiting)) resolve(this.#answered(value, told));
        },
        (error: unknown) => {
          if (patience.ended(waiting)) resolve(this.#failed(error, told));
        },
      );
    });
  }

  #answered<T>(value: T, told?: Told<T>): T {
    this.#inARow = 0;
    told?.(value);
    return value;
  }

  #failed<T>(error: unknown, told?: Told<T>): undefined {
    this.#fail(error);
    told?.(undefined);
  }

  readonly #count = (kept: Kept | undefined): void => {
    if (kept === undefined) this.#misses += 1;
    else this.#hits += 1;
  };

  #fail(error: unknown): void {
    const { clock, random, onTrouble } = this.#deps;
    const first = this.#lookAtMs === undefined && this.#inARow === 0;
    this.#failures += 1;
    const mostMs = Math.min(COOL_DOWN.maxMs, COOL_DOWN.firstMs * 2 ** Math.min(20, this.#inARow));
    this.#inARow += 1;
    this.#lookAtMs = clock.monotonic() + COOL_DOWN.leastMs + random() * mostMs;
    if (first) onTrouble?.(error);
  }

  async #forgetOwed(): Promise<void> {
    for (const [model, what] of this.#owed) {
      await this.store.drop(what);
      this.#owed.delete(model);
    }
  }

  /** Nobody waits for this. */
  #look(key: string): void {
    const { clock, slowAfterMs, onRecovery } = this.#deps;
    if (this.#looking || clock.monotonic() < (this.#lookAtMs ?? 0)) return;
    this.#looking = true;
    const asked = async () => {
      const before = this.#failures;
      await this.#guard(() => this.store.get(key), slowAfterMs());
      if (this.#failures === before && this.#owed.size > 0)
        await this.#guard(() => this.#forgetOwed(), WRITE_WITHIN_MS);
      this.#looking = false;
      if (this.#failures !== before) return;
      this.#lookAtMs = undefined;
      onRecovery?.();
    };
    void asked();
  }
}
