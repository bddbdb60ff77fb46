/**
 * A shared store that may break and come back, such as a file on a disk that is full: while it cannot be used this window
 * goes on with the levels that it saw last (`localShare.ts`), and what happened meanwhile is told when the store takes it
 * again. Each window goes on with all that it saw, so in that time the windows of a machine together may use each limit as
 * often as there are of them; the platform's own word corrects it. Units: milliseconds.
 */
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { Emitter } from '../base/event.ts';
import type { Book } from './book.ts';
import { booksOf } from './lazyLevels.ts';
import { type LevelStore, type Operation, type Outcome, UNANSWERED } from './levelStore.ts';
import { LocalShare, type Note, type Stray, tellNote } from './localShare.ts';
import { LEASE_MS } from './reservations.ts';

/** Between two looks whether the store can be used again. */
export const LOOK_AGAIN_MS = 30_000;

export interface ReturningLevelsDeps {
  readonly clock: Clock;
  readonly holder: string;
  /** `failed` hears, once at most, that the store cannot be used any more. */
  readonly open: (failed: (error: unknown) => void) => Promise<LevelStore>;
  /** Whether it is worth waiting for a store that could not be opened at first. */
  readonly passes: (error: unknown) => boolean;
  /** Hears why the store cannot be used; and `undefined` when it can again. */
  readonly onState: (trouble: unknown) => void;
}

export class ReturningLevels implements LevelStore {
  readonly shared = true;
  readonly #deps: ReturningLevelsDeps;
  readonly #changed = new Emitter<void>();
  readonly #declared = new Map<string, Operation>();
  /** Granted while the store was away and still held: it knows nothing of them. */
  #strays = new Map<string, Stray>();
  #untold: Note[] = [];
  #store: LevelStore | undefined;
  #listening: Disposable | undefined;
  /** Present while the store cannot be used. */
  #local: LocalShare | undefined;
  #timer: Disposable | undefined;
  #closed = false;

  private constructor(deps: ReturningLevelsDeps) {
    this.#deps = deps;
  }

  /** Throws what `open` does where waiting would not mend it. */
  static async open(deps: ReturningLevelsDeps): Promise<ReturningLevels> {
    const levels = new ReturningLevels(deps);
    try {
      await levels.#tryOpen();
    } catch (error) {
      if (!deps.passes(error)) throw error;
      levels.#fall(error);
    }
    return levels;
  }

  run(platform: string, operation: Operation): Outcome | Promise<Outcome> {
    if (this.#closed) return UNANSWERED;
    if (operation.kind === 'declare') this.#declared.set(platform, operation);
    const store = this.#store;
    if (this.#local || store === undefined) return this.#local?.run(platform, operation) ?? UNANSWERED;
    const stray = operation.kind === 'settle' ? this.#strays.get(operation.id) : undefined;
    return then(store.run(platform, operation), (outcome) => {
      if (outcome.unanswered && this.#store !== store) return this.run(platform, operation);
      return operation.kind === 'settle' && stray
        ? this.#ended(platform, operation, stray, outcome)
        : outcome;
    });
  }

  book(platform: string): Book | undefined {
    return (this.#local ?? this.#store)?.book(platform);
  }

  platforms(): readonly string[] {
    return (this.#local ?? this.#store)?.platforms() ?? [];
  }

  nowMs(platform: string): number {
    return (this.#local ?? this.#store)?.nowMs(platform) ?? 0;
  }

  onChange(listener: () => void): Disposable {
    return this.#changed.on(listener);
  }

  dispose(): void {
    this.#closed = true;
    this.#timer?.dispose();
    this.#listening?.dispose();
    this.#local?.dispose();
    this.#store?.dispose();
    this.#changed.dispose();
  }

  /** Granted here while the store was away: charged where the store has never heard of it. */
  #ended(
    platform: string,
    { id, used }: Extract<Operation, { kind: 'settle' }>,
    stray: Stray,
    outcome: Outcome,
  ): Outcome | Promise<Outcome> {
    this.#strays.delete(id);
    if (outcome.ok || used === undefined) return outcome;
    return this.run(platform, { kind: 'charge', uses: [{ ...stray, used }] });
  }

  /** Writes before it is believed: a full disk can be opened. False: it broke at once. */
  async #tryOpen(): Promise<boolean> {
    const { open, holder } = this.#deps;
    let broken = false;
    let store: LevelStore | undefined;
    const failed = (error: unknown) => {
      broken = true;
      if (store && this.#store === store) this.#fall(error);
    };
    const opened = await open(failed);
    const [platform] = this.#local?.platforms() ?? [];
    if (platform !== undefined) await opened.run(platform, { kind: 'renew', holder, leaseMs: LEASE_MS });
    if (broken || this.#closed) {
      opened.dispose();
      return false;
    }
    store = opened;
    this.#store = opened;
    this.#listening = opened.onChange(() => this.#changed.fire());
    return true;
  }

  #fall(error: unknown): void {
    if (this.#closed) return;
    const { clock, holder, onState } = this.#deps;
    const store = this.#store;
    const books = store ? booksOf(store) : [];
    const state = { notes: this.#untold, strays: this.#strays };
    this.#local = new LocalShare({ clock, holder, windows: 1, books, ...state });
    this.#untold = [];
    this.#store = undefined;
    this.#listening?.dispose();
    store?.dispose();
    onState(error);
    this.#changed.fire();
    this.#lookLater();
  }

  #lookLater(): void {
    this.#timer = this.#deps.clock.after(LOOK_AGAIN_MS, () => void this.#look());
  }

  async #look(): Promise<void> {
    // Why it still cannot be used was said when it broke.
    const back = await this.#tryOpen().catch(() => false);
    if (this.#closed) return;
    if (back) await this.#return();
    else this.#lookLater();
  }

  /** What comes from now on goes to the store; what was noted is told, and kept when it breaks again. */
  async #return(): Promise<void> {
    const [local, store] = [this.#local, this.#store];
    if (local === undefined || store === undefined) return;
    this.#local = undefined;
    this.#strays = local.strays;
    this.#untold = [...local.notes];
    local.dispose();
    this.#deps.onState(undefined);
    this.#changed.fire();
    for (const [platform, operation] of this.#declared) await store.run(platform, operation);
    for (let [note] = this.#untold; note; [note] = this.#untold) {
      await tellNote(note, this.#deps.clock.monotonic(), (platform, told) => store.run(platform, told));
      if (this.#store !== store) return;
      this.#untold.shift();
    }
    this.#changed.fire();
  }
}

/** At once where the answer is there already. */
function then(
  answer: Outcome | Promise<Outcome>,
  next: (outcome: Outcome) => Outcome | Promise<Outcome>,
): Outcome | Promise<Outcome> {
  return answer instanceof Promise ? answer.then(next) : next(answer);
}
