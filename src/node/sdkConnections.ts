/**
 * A pool of kept-alive connections for one transport, opened by its first request and closed with it. Node has no
 * public constructor for it; the class is found behind undici's own registry symbol (undici docs, "global
 * dispatcher"). Where that is missing or is a proxy's, requests use the process's shared pool. Units: milliseconds.
 */
import type { Disposable } from '../base/disposable.ts';

type Dispatcher = NonNullable<RequestInit['dispatcher']>;

const GLOBAL_DISPATCHER = Symbol.for('undici.globalDispatcher.1');

/** Long enough for a person who reads an answer and asks again; a shorter hint of the platform wins. */
const KEEP_ALIVE_MS = 60_000;

export class SdkConnections implements Disposable {
  #pool: Dispatcher | undefined;

  /** For the SDK's `fetchOptions`; asked for once, when its client is built. */
  open(): { readonly dispatcher?: Dispatcher } {
    this.#pool ??= openPool();
    return this.#pool === undefined ? {} : { dispatcher: this.#pool };
  }

  /** Closes idle and busy connections alike. */
  dispose(): void {
    void this.#pool?.destroy();
    this.#pool = undefined;
  }
}

function openPool(): Dispatcher | undefined {
  // Node loads undici, and registers its dispatcher, when the first of these globals is touched.
  if (typeof Response !== 'function') return undefined;
  const shared: unknown = Reflect.get(globalThis, GLOBAL_DISPATCHER);
  if (!isDispatcher(shared) || shared.constructor.name !== 'Agent') return undefined;
  // Silence is timed by the transport, on its own clock.
  const options = { keepAliveTimeout: KEEP_ALIVE_MS, headersTimeout: 0, bodyTimeout: 0 };
  const pool: unknown = Reflect.construct(shared.constructor, [options]);
  return isDispatcher(pool) ? pool : undefined;
}

function isDispatcher(value: unknown): value is Dispatcher {
  return typeof value === 'object' && value !== null && 'dispatch' in value && 'destroy' in value;
}
