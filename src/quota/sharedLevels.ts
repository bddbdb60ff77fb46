/**
 * Buckets that several platforms charge together: each is a book of its own in the same store, so memory, SQLite and
 * Redis keep it as they keep any other. A request takes from its platform first, then from every shared bucket; where one
 * has no room, what was taken goes back. Nothing is ever granted that one of the books did not grant. Units: milliseconds.
 */
import type { Disposable } from '../base/disposable.ts';
import type { Book } from './book.ts';
import { type Ask, look, newVerdict } from './decide.ts';
import { isSharedKey, type SharedBucket } from './declaredLimits.ts';
import type { LevelStore, Operation, Outcome } from './levelStore.ts';
import { nameOf } from './limit.ts';

type Take = Extract<Operation, { kind: 'take' }>;
type Answer = Outcome | Promise<Outcome>;

export interface SharedLevelsDeps {
  readonly store: LevelStore;
  /** The parts of the shares of a bucket that may be lent. */
  readonly lent: (key: string) => readonly number[];
}

export class SharedLevels implements LevelStore {
  readonly #store: LevelStore;
  readonly #lent: (key: string) => readonly number[];
  readonly #verdict = newVerdict();
  #buckets: readonly SharedBucket[] = [];
  /** Which buckets a reservation has taken from, whatever is declared by now. */
  readonly #held = new Map<string, readonly string[]>();

  constructor({ store, lent }: SharedLevelsDeps) {
    this.#store = store;
    this.#lent = lent;
  }

  get shared(): boolean {
    return this.#store.shared;
  }

  /**
   * All buckets that are shared from now on. The book of one that no longer is stays as it is: another window may have a
   * platform that charges it, and when it comes back what was used of it was used.
   */
  declare(buckets: readonly SharedBucket[], lenient = false): void {
    this.#buckets = buckets;
    for (const { key, limits } of buckets) void this.#store.run(key, { kind: 'declare', limits, lenient });
  }

  bucket(key: string): SharedBucket | undefined {
    return this.#buckets.find((bucket) => bucket.key === key);
  }

  /** The buckets that a platform charges with others. */
  of(platform: string): readonly SharedBucket[] {
    return this.#buckets.length === 0
      ? NONE
      : this.#buckets.filter((one) => one.platforms.includes(platform));
  }

  run(platform: string, operation: Operation): Answer {
    if (this.#buckets.length === 0 && this.#held.size === 0) return this.#store.run(platform, operation);
    switch (operation.kind) {
      case 'take':
        return this.#take(platform, operation);
      case 'settle': {
        const keys = this.#held.get(operation.id) ?? [];
        this.#held.delete(operation.id);
        for (const key of keys) void this.#store.run(key, { ...operation, id: idIn(key, operation.id) });
        return this.#store.run(platform, operation);
      }
      case 'leave':
        this.#leave(platform, operation.id);
        return this.#store.run(platform, operation);
      case 'renew':
        for (const key of this.#inUse()) void this.#store.run(key, operation);
        return this.#store.run(platform, operation);
      default:
        return this.#store.run(platform, operation);
    }
  }

  /** Of what a platform shares: the longest wait, and the limit that says so. Takes nothing. */
  room(platform: string, ask: Ask): Outcome {
    let worst: Outcome = { ok: true, waitMs: 0 };
    for (const bucket of this.of(platform)) {
      const book = this.#store.book(bucket.key);
      if (book === undefined) continue;
      look(book, { ...ask, lent: this.#lent(bucket.key) }, this.#store.nowMs(bucket.key), this.#verdict);
      const row = book.limits[this.#verdict.tightest];
      if (row === undefined || this.#verdict.waitMs <= worst.waitMs) continue;
      worst = { ok: false, waitMs: this.#verdict.waitMs, limit: named(nameOf(row), bucket) };
    }
    return worst;
  }

  book(platform: string): Book | undefined {
    return this.#store.book(platform);
  }

  /** Without the buckets of other windows' settings. */
  platforms(): readonly string[] {
    return this.#store.platforms().filter((key) => !isSharedKey(key) || this.bucket(key) !== undefined);
  }

  nowMs(platform: string): number {
    return this.#store.nowMs(platform);
  }

  onChange(listener: () => void): Disposable {
    return this.#store.onChange(listener);
  }

  dispose(): void {
    this.#store.dispose();
  }

  #take(platform: string, operation: Take): Answer {
    const buckets = this.of(platform);
    const own = this.#store.run(platform, operation);
    if (buckets.length === 0) return own;
    return next(own, (outcome) => {
      if (outcome.ok) return this.#takeFrom(buckets, 0, platform, operation);
      // It stands in its platform's line now.
      this.#leave(platform, operation.ask.id);
      const room = this.room(platform, operation.ask);
      return room.waitMs > outcome.waitMs ? room : outcome;
    });
  }

  /** From the bucket at `index` on; the ones before have granted it. */
  #takeFrom(buckets: readonly SharedBucket[], index: number, platform: string, operation: Take): Answer {
    const { ask } = operation;
    const bucket = buckets[index];
    const taken = buckets.slice(0, index).map(({ key }) => key);
    if (bucket === undefined) {
      this.#held.set(ask.id, taken);
      return GRANTED;
    }
    const { key } = bucket;
    const wanted = { ...ask, id: idIn(key, ask.id), lent: this.#lent(key) };
    return next(this.#store.run(key, { ...operation, ask: wanted }), (outcome) => {
      if (outcome.ok) return this.#takeFrom(buckets, index + 1, platform, operation);
      for (const one of taken) void this.#store.run(one, { kind: 'settle', id: idIn(one, ask.id) });
      const { limit, waitMs } = outcome;
      const refused = { ok: false, waitMs, ...(limit === undefined ? {} : { limit: named(limit, bucket) }) };
      return next(this.#store.run(platform, { kind: 'settle', id: ask.id }), () => refused);
    });
  }

  #leave(platform: string, id: string): void {
    for (const { key } of this.of(platform)) {
      const own = idIn(key, id);
      if (this.#store.book(key)?.waiting.some((waiter) => waiter.id === own))
        void this.#store.run(key, { kind: 'leave', id: own });
    }
  }

  /** What this window may hold something of, or stand in line for. */
  #inUse(): ReadonlySet<string> {
    return new Set([...this.#buckets.map(({ key }) => key), ...[...this.#held.values()].flat()]);
  }
}

const NONE: readonly SharedBucket[] = [];
const GRANTED: Outcome = { ok: true, waitMs: 0 };

/** One reservation has another id in each book. */
function idIn(key: string, id: string): string {
  return `${id}@${key}`;
}

function named(limit: string, { name, platforms }: SharedBucket): string {
  return `${limit} (${name ?? platforms.join(' + ')})`;
}

/** At once where the answer is there already. */
function next(answer: Answer, then: (outcome: Outcome) => Answer): Answer {
  return answer instanceof Promise ? answer.then(then) : then(answer);
}
