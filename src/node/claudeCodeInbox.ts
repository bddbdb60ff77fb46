/** Messages in the order in which they came, for one reader who waits for the next. */

interface Waiter<T> {
  readonly resolve: (message: T) => void;
  readonly reject: (reason: unknown) => void;
}

export class Inbox<T> {
  readonly #messages: T[] = [];
  #waiter: Waiter<T> | undefined;
  #failure: { readonly reason: unknown } | undefined;

  push(message: T): void {
    if (this.#waiter === undefined) this.#messages.push(message);
    else this.#settle((waiter) => waiter.resolve(message));
  }

  /** There will be no more: what came before can still be read. The first failure counts. */
  fail(reason: unknown): void {
    this.#failure ??= { reason };
    this.#settle((waiter) => waiter.reject(reason));
  }

  /** Rejects with the failure, or with the signal's reason. */
  next(signal?: AbortSignal): Promise<T> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    const message = this.#messages.shift();
    if (message !== undefined) return Promise.resolve(message);
    if (this.#failure !== undefined) return Promise.reject(this.#failure.reason);
    return new Promise((resolve, reject) => {
      const onAbort = () => this.#settle((waiter) => waiter.reject(signal?.reason));
      const leave = () => signal?.removeEventListener('abort', onAbort);
      this.#waiter = {
        resolve: (value) => {
          leave();
          resolve(value);
        },
        reject: (reason) => {
          leave();
          reject(reason);
        },
      };
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  #settle(how: (waiter: Waiter<T>) => void): void {
    const waiter = this.#waiter;
    this.#waiter = undefined;
    if (waiter !== undefined) how(waiter);
  }
}
