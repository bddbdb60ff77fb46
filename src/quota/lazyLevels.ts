/**
 * The store of the machine, opened when it is first needed; this window's memory takes its place where it cannot be
 * used, and goes on with what was known. Units: milliseconds.
 */
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { Emitter } from '../base/event.ts';
import type { Book } from './book.ts';
import { type LevelStore, type Operation, type Outcome, UNANSWERED } from './levelStore.ts';
import { MemoryLevels } from './memoryLevels.ts';

export interface LazyLevelsDeps {
  readonly clock: Clock;
  /** `failed` hears that the store cannot be used any more. */
  readonly open: (failed: (error: unknown) => void) => Promise<LevelStore>;
  /** Told once. */
  readonly onFailure: (error: unknown) => void;
}

export class LazyLevels implements LevelStore {
  readonly #deps: LazyLevelsDeps;
  readonly #changed = new Emitter<void>();
  #store: LevelStore | undefined;
  #opening: Promise<LevelStore> | undefined;
  #listening: Disposable | undefined;
  #disposed = false;
  #failed = false;

  constructor(deps: LazyLevelsDeps) {
    this.#deps = deps;
  }

  /** Until it is open nobody knows; then as the store is. */
  get shared(): boolean {
    return this.#store?.shared ?? true;
  }

  run(platform: string, operation: Operation): Outcome | Promise<Outcome> {
    const store = this.#store;
    if (store === undefined) return this.open().then(() => this.run(platform, operation));
    const outcome = store.run(platform, operation);
    const settled = (answer: Outcome) =>
      answer === UNANSWERED && this.#store !== store ? this.run(platform, operation) : answer;
    return outcome instanceof Promise ? outcome.then(settled) : settled(outcome);
  }

  /** Once; operations that came before are run in their order. */
  open(): Promise<LevelStore> {
    this.#opening ??= this.#open();
    return this.#opening;
  }

  book(platform: string): Book | undefined {
    return this.#store?.book(platform);
  }

  platforms(): readonly string[] {
    return this.#store?.platforms() ?? [];
  }

  nowMs(platform: string): number {
    return this.#store?.nowMs(platform) ?? 0;
  }

  onChange(listener: () => void): Disposable {
    return this.#changed.on(listener);
  }

  dispose(): void {
    this.#disposed = true;
    this.#listening?.dispose();
    this.#store?.dispose();
    this.#changed.dispose();
  }

  async #open(): Promise<LevelStore> {
    const { open, clock } = this.#deps;
    let store: LevelStore;
    try {
      store = await open((error) => this.#fall(error));
    } catch (error) {
      store = new MemoryLevels(clock);
      this.#tell(error);
    }
    if (this.#disposed) store.dispose();
    this.#use(store);
    return store;
  }

  /** What was open stays open, in memory. */
  #fall(error: unknown): void {
    const old = this.#store;
    if (old === undefined || !old.shared) return;
    const books = old.platforms().flatMap((platform) => {
      const book = old.book(platform);
      return book ? [[platform, { ...book, atMs: old.nowMs(platform) }] as const] : [];
    });
    this.#use(new MemoryLevels(this.#deps.clock, books));
    old.dispose();
    this.#tell(error);
  }

  #use(store: LevelStore): void {
    this.#listening?.dispose();
    this.#store = store;
    this.#listening = store.onChange(() => this.#changed.fire());
    this.#changed.fire();
  }

  #tell(error: unknown): void {
    if (this.#failed) return;
    this.#failed = true;
    this.#deps.onFailure(error);
  }
}
