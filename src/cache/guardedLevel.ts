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
const writeWithin = () => WRITE_WITHIN_MS;
const same = <T>(answer: T): T => answer;

/** Makes something of what a store answered; `undefined` where it could not answer. */
type Told<T, R> = (answer: T | undefined) => R | Promise<R>;

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

  /**
   * What `told` makes of the value, at once where the level answers at once. A level that cannot tell knows nothing: only
   * what `told` throws is thrown.
   */
  get<R>(key: string, told: Told<Kept, R>): R | Promise<R> {
    if (this.usable) {
      const counted = (kept: Kept | undefined) => {
        if (kept === undefined) this.#misses += 1;
        else this.#hits += 1;
        return told(kept);
      };
      return this.#guard<Kept | undefined, R>(() => this.store.get(key), this.#deps.slowAfterMs, counted);
    }
    this.#look(key);
    this.#skipped += 1;
    this.#misses += 1;
    return told(undefined);
  }

  /** The value was found, and then not good for whoever asked. */
  hitWasNone(): void {
    this.#hits -= 1;
    this.#misses += 1;
  }

  async set(key: string, kept: Kept, lease?: string): Promise<void> {
    if (this.usable) await this.#guard(() => this.store.set(key, kept, lease), writeWithin, same);
  }

  async delete(key: string): Promise<void> {
    if (this.usable) await this.#guard(() => this.store.delete(key), writeWithin, same);
  }

  /** `undefined`: nobody can tell just now. */
  async lease(key: string, holder: string, forMs: number): Promise<LeaseAnswer> {
    if (!this.usable) return undefined;
    return this.#guard(() => this.store.lease(key, holder, forMs), this.#deps.slowAfterMs, same);
  }

  async release(key: string, holder: string): Promise<void> {
    if (this.usable) await this.#guard(() => this.store.release(key, holder), writeWithin, same);
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

  /** What `told` makes of the answer; it hears `undefined` where the store fails, or takes longer. */
  #guard<T, R>(ask: () => T | Promise<T>, within: () => number, told: Told<T, R>): R | Promise<R> {
    let answer: T | Promise<T>;
    try {
      answer = ask();
    } catch (error) {
      this.#fail(error);
      return told(undefined);
    }
    if (answer instanceof Promise) return this.#wait(answer, within(), told);
    this.#inARow = 0;
    return told(answer);
  }

  /** One promise in all: each further one costs a hit in Redis a hundredth of its time. */
  #wait<T, R>(answer: Promise<T>, withinMs: number, told: Told<T, R>): Promise<R> {
    const patience = this.#patience;
    return new Promise((resolve, reject) => {
      const tell = (value?: T) => {
        try {
          resolve(told(value));
        } catch (error) {
          reject(error);
        }
      };
      const failed = (error: unknown) => {
        this.#fail(error);
        tell();
      };
      const waiting = patience.begin(withinMs, failed);
      answer.then(
        (value) => {
          if (!patience.ended(waiting)) return;
          this.#inARow = 0;
          tell(value);
        },
        (error: unknown) => {
          if (patience.ended(waiting)) failed(error);
        },
      );
    });
  }

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
      await this.#guard<Kept | undefined, unknown>(() => this.store.get(key), slowAfterMs, same);
      if (this.#failures === before && this.#owed.size > 0)
        await this.#guard(() => this.#forgetOwed(), writeWithin, same);
      this.#looking = false;
      if (this.#failures !== before) return;
      this.#lookAtMs = undefined;
      onRecovery?.();
    };
    void asked();
  }
}
