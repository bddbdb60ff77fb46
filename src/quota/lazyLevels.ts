/**
 * The store of the machine or the team, opened when it is first needed, and another in its place when the settings say
 * so; this window's memory takes its place where it cannot be opened, and goes on with what was known. A reservation ends
 * where it was made. Units: milliseconds.
 */
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { Emitter } from '../base/event.ts';
import type { Book } from './book.ts';
import type { LevelStore, Operation, Outcome } from './levelStore.ts';
import { MemoryLevels } from './memoryLevels.ts';

export type KnownBooks = readonly (readonly [platform: string, book: Book])[];

export interface LazyLevelsDeps {
  readonly clock: Clock;
  /** `known` is what the store before it knew. */
  readonly open: (known: KnownBooks) => Promise<LevelStore>;
  /** Hears, once, why it could not be opened. */
  readonly onFailure: (error: unknown) => void;
}

export class LazyLevels implements LevelStore {
  readonly #deps: LazyLevelsDeps;
  readonly #changed = new Emitter<void>();
  /** Where each reservation was made. */
  readonly #made = new Map<string, LevelStore>();
  /** No longer in use, but for reservations. */
  readonly #left = new Set<LevelStore>();
  readonly #declared = new Map<string, Operation>();
  #store: LevelStore | undefined;
  #opening: Promise<void> | undefined;
  #listening: Disposable | undefined;
  #disposed = false;
  #told = false;

  constructor(deps: LazyLevelsDeps) {
    this.#deps = deps;
  }

  /** Until it is open nobody knows; then as the store is. */
  get shared(): boolean {
    return this.#store?.shared ?? true;
  }

  run(platform: string, operation: Operation): Outcome | Promise<Outcome> {
    const store = this.#storeOf(operation);
    if (store === undefined) return this.open().then(() => this.run(platform, operation));
    if (operation.kind === 'declare') this.#declared.set(platform, operation);
    if (operation.kind === 'renew' || operation.kind === 'leave')
      for (const left of this.#left) void left.run(platform, operation);
    const outcome = store.run(platform, operation);
    const settled = (answer: Outcome): Outcome | Promise<Outcome> => {
      // It was left and closed before it could answer.
      if (answer.unanswered && this.#storeOf(operation) !== store) return this.run(platform, operation);
      this.#note(operation, answer, store);
      return answer;
    };
    return outcome instanceof Promise ? outcome.then(settled) : settled(outcome);
  }

  /** Once; operations that came before are run in their order. */
  async open(): Promise<void> {
    this.#opening ??= this.#open();
    await this.#opening;
  }

  /** Another store is meant from now on; until it is open, the one before goes on. */
  async reopen(): Promise<void> {
    if (this.#opening === undefined) return;
    this.#opening = this.#opening.then(() => this.#open());
    await this.#opening;
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
    for (const store of this.#left) store.dispose();
    this.#store?.dispose();
    this.#changed.dispose();
  }

  #storeOf(operation: Operation): LevelStore | undefined {
    return (operation.kind === 'settle' ? this.#made.get(operation.id) : undefined) ?? this.#store;
  }

  #note(operation: Operation, { ok }: Outcome, store: LevelStore): void {
    if (operation.kind === 'take' && ok) this.#made.set(operation.ask.id, store);
    if (operation.kind !== 'settle' || !this.#made.delete(operation.id)) return;
    if (this.#left.has(store)) this.#endUnused(store);
  }

  #endUnused(store: LevelStore): void {
    if ([...this.#made.values()].includes(store)) return;
    this.#left.delete(store);
    store.dispose();
  }

  async #open(): Promise<void> {
    const { open, clock } = this.#deps;
    const before = this.#store;
    const known = before ? booksOf(before) : [];
    const store = await open(known).catch((error: unknown) => {
      this.#tell(error);
      return new MemoryLevels(clock, known);
    });
    if (this.#disposed) store.dispose();
    for (const [platform, operation] of this.#declared) void store.run(platform, operation);
    if (before) this.#left.add(before);
    this.#use(store);
    if (before) this.#endUnused(before);
  }

  #use(store: LevelStore): void {
    this.#listening?.dispose();
    this.#store = store;
    this.#listening = store.onChange(() => this.#changed.fire());
    this.#changed.fire();
  }

  #tell(error: unknown): void {
    if (this.#told) return;
    this.#told = true;
    this.#deps.onFailure(error);
  }
}

/** With the time of now in them. */
export function booksOf(store: Pick<LevelStore, 'platforms' | 'book' | 'nowMs'>): KnownBooks {
  return store.platforms().flatMap((platform) => {
    const book = store.book(platform);
    return book ? [[platform, { ...book, atMs: store.nowMs(platform) }] as const] : [];
  });
}
