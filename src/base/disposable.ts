/** Who creates, disposes. */
export interface Disposable {
  dispose(): void;
}

/** Owns disposables and ends them in reverse order; what is added after the end is ended at once. */
export class DisposableBag implements Disposable {
  readonly #items: Disposable[] = [];
  #disposed = false;

  add<T extends Disposable>(item: T): T {
    if (this.#disposed) item.dispose();
    else this.#items.push(item);
    return item;
  }

  dispose(): void {
    this.#disposed = true;
    for (let item = this.#items.pop(); item !== undefined; item = this.#items.pop()) item.dispose();
  }
}
