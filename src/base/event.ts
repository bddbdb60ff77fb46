/** A list of listeners, called in the order in which they came. */
import type { Disposable } from './disposable.ts';

export type Listener<T> = (value: T) => void;

export class Emitter<T> implements Disposable {
  readonly #listeners = new Set<Listener<T>>();

  on(listener: Listener<T>): Disposable {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  }

  fire(value: T): void {
    for (const listener of this.#listeners) listener(value);
  }

  dispose(): void {
    this.#listeners.clear();
  }
}
