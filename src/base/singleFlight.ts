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

  /** As `join`, for whoever hears nothing but the end. */
  share(key: string, start: Start<E, R>, signal: AbortSignal): Promise<R> {
    if (signal.aborted) return Promise.reject(signal.reason);
    return (this.#flights.get(key) ?? this.#begin(key, start)).attend(undefined, signal);
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

/** All callers with one signal: they leave together and hear the same end. */
interface Party<E, R> {
  readonly result: Promise<R>;
  readonly listeners: ((event: E) => void)[];
}

class Flight<E, R> {
  readonly #abort = new AbortController();
  readonly #heard: E[] = [];
  readonly #parties = new Map<AbortSignal, Party<E, R>>();
  readonly #onEmpty: () => void;
  readonly #result: Promise<R>;

  /** `onEnd` is called once the run is over or nobody waits for it any more. */
  constructor(start: Start<E, R>, onEnd: () => void) {
    this.#onEmpty = onEnd;
    const emit = (event: E) => {
      this.#heard.push(event);
      for (const { listeners } of this.#parties.values()) for (const listener of listeners) listener(event);
    };
    // Started a microtask later, so that `onEnd` never runs before the flight is in the map.
    this.#result = Promise.resolve().then(() => start(emit, this.#abort.signal));
    this.#result.then(onEnd, onEnd);
  }

  abort(reason: unknown): void {
    this.#abort.abort(reason);
  }

  attend(onEvent: ((event: E) => void) | undefined, signal: AbortSignal): Promise<R> {
    const party = this.#parties.get(signal) ?? this.#enter(signal);
    if (onEvent === undefined) return party.result;
    for (const event of this.#heard) onEvent(event);
    party.listeners.push(onEvent);
    return party.result;
  }

  #enter(signal: AbortSignal): Party<E, R> {
    const result = new Promise<R>((resolve, reject) => {
      const onAbort = () => {
        this.#parties.delete(signal);
        if (this.#parties.size === 0) {
          this.#onEmpty();
          this.#abort.abort(signal.reason);
        }
        reject(signal.reason);
      };
      const leave = () => {
        signal.removeEventListener('abort', onAbort);
        this.#parties.delete(signal);
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.#result.then(leave, leave);
      this.#result.then(resolve, reject);
    });
    const party: Party<E, R> = { result, listeners: [] };
    this.#parties.set(signal, party);
    return party;
  }
}
