/**
 * Equal requests at the same time are one run: each caller hears every event from the first on, and the run is
 * aborted only when the last caller has left.
 */

type Start<E, R> = (emit: (event: E) => void, signal: AbortSignal) => Promise<R>;

export interface Joined<R> {
  readonly result: R;
  /** True for the caller who started the run. */
  readonly leader: boolean;
}

export class SingleFlight<E, R> {
  readonly #flights = new Map<string, Flight<E, R>>();

  get size(): number {
    return this.#flights.size;
  }

  /** Rejects with the caller's own abort reason, or with what the run rejects with. */
  async join(
    key: string,
    start: Start<E, R>,
    onEvent: (event: E) => void,
    signal: AbortSignal,
  ): Promise<Joined<R>> {
    signal.throwIfAborted();
    const running = this.#flights.get(key);
    const flight = running ?? this.#begin(key, start);
    return { result: await flight.attend(onEvent, signal), leader: running === undefined };
  }

  abortAll(reason: unknown): void {
    for (const flight of this.#flights.values()) flight.abort(reason);
  }

  #begin(key: string, start: Start<E, R>): Flight<E, R> {
    const flight = new Flight(start, () => {
      if (this.#flights.get(key) === flight) this.#flights.delete(key);
    });
    this.#flights.set(key, flight);
    return flight;
  }
}

class Flight<E, R> {
  readonly #abort = new AbortController();
  readonly #heard: E[] = [];
  readonly #listeners = new Set<(event: E) => void>();
  readonly #onEmpty: () => void;
  readonly #result: Promise<R>;
  #attending = 0;

  /** `onEnd` is called once the run is over or nobody waits for it any more. */
  constructor(start: Start<E, R>, onEnd: () => void) {
    this.#onEmpty = onEnd;
    const emit = (event: E) => {
      this.#heard.push(event);
      for (const listener of this.#listeners) listener(event);
    };
    // Started a microtask later, so that `onEnd` never runs before the flight is in the map.
    this.#result = Promise.resolve().then(() => start(emit, this.#abort.signal));
    this.#result.then(onEnd, onEnd);
  }

  abort(reason: unknown): void {
    this.#abort.abort(reason);
  }

  attend(onEvent: (event: E) => void, signal: AbortSignal): Promise<R> {
    this.#attending += 1;
    for (const event of this.#heard) onEvent(event);
    this.#listeners.add(onEvent);
    return new Promise<R>((resolve, reject) => {
      let here = true;
      const leave = () => {
        if (!here) return;
        here = false;
        signal.removeEventListener('abort', onAbort);
        this.#listeners.delete(onEvent);
        this.#attending -= 1;
      };
      const onAbort = () => {
        leave();
        if (this.#attending === 0) {
          this.#onEmpty();
          this.#abort.abort(signal.reason);
        }
        reject(signal.reason);
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.#result.then(
        (result) => {
          leave();
          resolve(result);
        },
        (error: unknown) => {
          leave();
          reject(error);
        },
      );
    });
  }
}
