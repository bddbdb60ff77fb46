/**
 * Keeps the newest value in a store that takes its time and may fail: one write at a time, the newest next, and again
 * after a failure until it is kept. Units: milliseconds.
 */
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';

const AGAIN_AFTER_MS = 30_000;

export interface NewestWriteDeps<T> {
  readonly clock: Clock;
  readonly write: (value: T) => PromiseLike<void>;
  /** Told once until a write succeeds again. */
  readonly onFailure: (error: unknown) => void;
}

export class NewestWrite<T> implements Disposable {
  readonly #deps: NewestWriteDeps<T>;
  #newest: { readonly value: T } | undefined;
  #running: Promise<void> | undefined;
  #again: Disposable | undefined;
  #failed = false;
  #disposed = false;

  constructor(deps: NewestWriteDeps<T>) {
    this.#deps = deps;
  }

  put(value: T): void {
    this.#newest = { value };
    this.#running ??= this.#writeAll();
  }

  /** Resolves when nothing is being written any more: whether all of it is kept. */
  async settled(): Promise<boolean> {
    while (this.#running) await this.#running;
    return this.#newest === undefined;
  }

  /** What was put is still written; but once only. */
  dispose(): void {
    this.#disposed = true;
    this.#again?.dispose();
    if (this.#newest) this.#running ??= this.#writeAll();
  }

  async #writeAll(): Promise<void> {
    this.#again?.dispose();
    for (let next = this.#newest; next; next = this.#newest) {
      try {
        await this.#deps.write(next.value);
      } catch (error) {
        // A newer value may fare better: one that is not larger than what is there already.
        if (this.#newest !== next) continue;
        this.#fail(error);
        break;
      }
      this.#failed = false;
      if (this.#newest === next) this.#newest = undefined;
    }
    this.#running = undefined;
  }

  #fail(error: unknown): void {
    if (!this.#disposed) {
      this.#again = this.#deps.clock.after(AGAIN_AFTER_MS, () => {
        if (this.#newest) this.#running ??= this.#writeAll();
      });
    }
    if (this.#failed) return;
    this.#failed = true;
    this.#deps.onFailure(error);
  }
}
