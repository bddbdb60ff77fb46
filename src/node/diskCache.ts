/** The cache file on disk, and another in its place when it is damaged: moved aside, made anew, said once. */
import { SluiceError } from '../base/errors.ts';
import type { CacheStore, Drop, Kept, LeaseAnswer, StoreFacts } from '../cache/cacheStore.ts';
import { SqliteCache, type SqliteCacheDeps } from './sqliteCache.ts';
import { identityOf, isNotWritable, moveAside, unusable } from './sqliteFile.ts';

/** How long it does not try to write where nothing could be written. */
const NOT_WRITABLE_MS = 30_000;

export interface DiskCacheDeps extends SqliteCacheDeps {
  /** Hears, once, why the file cannot be used or was made anew. */
  readonly onFailure: (error: unknown) => void;
}

/** `undefined`: it cannot be used, or a newer version made it; then it is left as it is. */
export async function openDiskCache(deps: DiskCacheDeps): Promise<DiskCache | undefined> {
  const identity = identityOf(deps.file);
  try {
    return new DiskCache(deps, await SqliteCache.open(deps));
  } catch (error) {
    deps.onFailure(error);
    if (!SluiceError.is(error, 'storage-unusable') || error.facts.why !== 'corrupt') return undefined;
    return openAnew(deps, identity);
  }
}

async function openAnew(deps: DiskCacheDeps, damaged: string | undefined): Promise<DiskCache | undefined> {
  try {
    moveAside(deps.file, damaged);
    return new DiskCache(deps, await SqliteCache.open(deps), true);
  } catch {
    // It was said already that the file cannot be used.
    return undefined;
  }
}

export class DiskCache implements CacheStore {
  readonly level = 'disk';
  readonly #deps: DiskCacheDeps;
  #store: SqliteCache | undefined;
  /** Of the file that is open. */
  #identity: string | undefined;
  #told: boolean;
  #toldFull = false;
  #writableFromMs = Number.NEGATIVE_INFINITY;
  #disposed = false;

  constructor(deps: DiskCacheDeps, store: SqliteCache, told = false) {
    this.#deps = deps;
    this.#store = store;
    this.#identity = identityOf(deps.file);
    this.#told = told;
  }

  get(key: string): Kept | undefined {
    return this.#try((store) => store.get(key));
  }

  set(key: string, kept: Kept, lease?: string): void | Promise<void> {
    return this.#write((store) => store.set(key, kept, lease));
  }

  delete(key: string): void | Promise<void> {
    return this.#write((store) => store.delete(key));
  }

  lease(key: string, holder: string, forMs: number): LeaseAnswer | Promise<LeaseAnswer> {
    return this.#write((store) => store.lease(key, holder, forMs));
  }

  release(key: string, holder: string): void | Promise<void> {
    return this.#write((store) => store.release(key, holder));
  }

  drop(what: Drop): void | Promise<void> {
    return this.#try((store) => store.drop(what));
  }

  facts(): StoreFacts {
    return this.#store?.facts() ?? NO_FACTS;
  }

  dispose(): void {
    this.#disposed = true;
    this.#store?.dispose();
    this.#store = undefined;
  }

  /** A disk that is full, or only reads, is still read. */
  #write<T>(use: (store: SqliteCache) => T | Promise<T>): T | undefined | Promise<T | undefined> {
    if (this.#deps.clock.monotonic() < this.#writableFromMs) return undefined;
    try {
      const answer = this.#try(use);
      return answer instanceof Promise ? answer.catch((error: unknown) => this.#unwritten(error)) : answer;
    } catch (error) {
      return this.#unwritten(error);
    }
  }

  #unwritten(error: unknown): undefined {
    if (!isNotWritable(error)) throw error;
    this.#writableFromMs = this.#deps.clock.monotonic() + NOT_WRITABLE_MS;
    if (!this.#toldFull) this.#deps.onFailure(unusable(error));
    this.#toldFull = true;
    return undefined;
  }

  /** A damaged file is noticed wherever it is touched; whoever touched it goes without. */
  #try<T>(use: (store: SqliteCache) => T): T {
    if (this.#store === undefined) throw new Error('no cache file');
    try {
      const answer = use(this.#store);
      if (answer instanceof Promise) answer.catch((error: unknown) => this.#look(error));
      return answer;
    } catch (error) {
      this.#look(error);
      throw error;
    }
  }

  #look(error: unknown): void {
    if (unusable(error).facts.why === 'corrupt' && this.#store)
      void this.#replace(unusable(error), this.#store);
  }

  async #replace(error: SluiceError, damaged: SqliteCache): Promise<void> {
    this.#store = undefined;
    if (!this.#told) this.#deps.onFailure(error);
    this.#told = true;
    try {
      damaged.dispose();
      moveAside(this.#deps.file, this.#identity);
      const store = await SqliteCache.open(this.#deps);
      this.#identity = identityOf(this.#deps.file);
      if (this.#disposed) store.dispose();
      else this.#store = store;
    } catch {
      // Said already; the level's breaker keeps requests away from it.
      this.#store = undefined;
    }
  }
}

const NO_FACTS: StoreFacts = {
  plainBytes: 0,
  packedBytes: 0,
  filter: { asked: 0, spared: 0, wrong: 0 },
  rejected: 0,
};
