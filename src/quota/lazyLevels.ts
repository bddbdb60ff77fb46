/**
 * The store of the machine or the team, opened when it is first needed, and another in its place when the settings say
 * so; this window's memory takes its place where it cannot be used, and goes on with what was known. A reservation ends
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
  /** `failed` hears that the store cannot be used any more; `known` is what the store before it knew. */
  readonly open: (failed: (error: unknown) => void, known: KnownBooks) => Promise<LevelStore>;
  /** Told once. */
  readonly onFailure: (error: unknown) => void;
}

/** A store, or what took its place. */
interface Place {
  store: LevelStore;
}

export class LazyLevels implements LevelStore {
  readonly #deps: LazyLevelsDeps;
  readonly #changed = new Emitter<void>();
  /** Where each reservation was made. */
  readonly #made = new Map<string, Place>();
  /** No longer in use, but for reservations. */
  readonly #left = new Set<Place>();
  readonly #declared = new Map<string, Operation>();
  #place: Place | undefined;
  #opening: Promise<Place> | undefined;
  #listening: Disposable | undefined;
  #disposed = false;
  #failed = false;

  constructor(deps: LazyLevelsDeps) {
    this.#deps = deps;
  }

  /** Until it is open nobody knows; then as the store is. */
  get shared(): boolean {
    return this.#place?.store.shared ?? true;
  }

  run(platform: string, operation: Operation): Outcome | Promise<Outcome> {
    const place = this.#placeOf(operation);
    if (place === undefined) return this.open().then(() => this.run(platform, operation));
    const { store } = place;
    if (operation.kind === 'declare') this.#declared.set(platform, operation);
    if (operation.kind === 'renew' || operation.kind === 'leave')
      for (const left of this.#left) void left.store.run(platform, operation);
    const outcome = store.run(platform, operation);
    const settled = (answer: Outcome): Outcome | Promise<Outcome> => {
      if (answer.unanswered && place.store !== store) return this.run(platform, operation);
      this.#note(operation, answer, place);
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
    return this.#place?.store.book(platform);
  }

  platforms(): readonly string[] {
    return this.#place?.store.platforms() ?? [];
  }

  nowMs(platform: string): number {
    return this.#place?.store.nowMs(platform) ?? 0;
  }

  onChange(listener: () => void): Disposable {
    return this.#changed.on(listener);
  }

  dispose(): void {
    this.#disposed = true;
    this.#listening?.dispose();
    for (const { store } of this.#left) store.dispose();
    this.#place?.store.dispose();
    this.#changed.dispose();
  }

  #placeOf(operation: Operation): Place | undefined {
    return (operation.kind === 'settle' ? this.#made.get(operation.id) : undefined) ?? this.#place;
  }

  #note(operation: Operation, { ok }: Outcome, place: Place): void {
    if (operation.kind === 'take' && ok) this.#made.set(operation.ask.id, place);
    if (operation.kind !== 'settle' || !this.#made.delete(operation.id)) return;
    if (this.#left.has(place)) this.#endUnused(place);
  }

  #endUnused(place: Place): void {
    if ([...this.#made.values()].includes(place)) return;
    this.#left.delete(place);
    place.store.dispose();
  }

  async #open(): Promise<Place> {
    const { open, clock } = this.#deps;
    const before = this.#place;
    const known = before ? booksOf(before.store) : [];
    let early: { readonly error: unknown } | undefined;
    let place: Place | undefined;
    const failed = (error: unknown) => {
      if (place) this.#fall(place, error);
      else early = { error };
    };
    try {
      place = { store: await open(failed, known) };
    } catch (error) {
      place = { store: new MemoryLevels(clock, known) };
      this.#tell(error);
    }
    if (early) this.#fall(place, early.error);
    if (this.#disposed) place.store.dispose();
    for (const [platform, operation] of this.#declared) void place.store.run(platform, operation);
    if (before) this.#left.add(before);
    this.#use(place);
    if (before) this.#endUnused(before);
    return place;
  }

  /** What was open stays open, in memory. */
  #fall(place: Place, error: unknown): void {
    const old = place.store;
    if (!old.shared) return;
    place.store = new MemoryLevels(this.#deps.clock, booksOf(old));
    if (place === this.#place) this.#use(place);
    old.dispose();
    this.#tell(error);
  }

  #use(place: Place): void {
    this.#listening?.dispose();
    this.#place = place;
    this.#listening = place.store.onChange(() => this.#changed.fire());
    this.#changed.fire();
  }

  #tell(error: unknown): void {
    if (this.#failed) return;
    this.#failed = true;
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
