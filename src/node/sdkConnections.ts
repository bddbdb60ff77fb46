/**
 * How the SDKs of one transport reach the network. Units: milliseconds.
 *
 * In plain Node, and inside VS Code for what runs on this machine: a pool of kept-alive connections of our own, opened by
 * the first request and closed with the transport. Node has no public constructor for it; the class is found behind
 * undici's own registry symbol (undici docs, "global dispatcher"), and without it the process's shared pool is used.
 *
 * Everything else inside VS Code goes through the editor's own `fetch`, which knows its proxy settings and the system's
 * certificates. It replaces any pool that it is given (measured with 1.139.1, and read in its @vscode/proxy-agent), and
 * with `http.proxySupport: "on"` a pool of ours would keep it from using the proxy: it gets none.
 */
import type { Disposable } from '../base/disposable.ts';
import { type Fetch, fetchBehindEditor, isOnThisMachine } from './nodeFetch.ts';

type Dispatcher = NonNullable<RequestInit['dispatcher']>;

export interface SdkConnectionOptions {
  readonly fetch?: Fetch;
  readonly fetchOptions?: { readonly dispatcher: Dispatcher };
}

const GLOBAL_DISPATCHER = Symbol.for('undici.globalDispatcher.1');

/** Long enough for a person who reads an answer and asks again; a shorter hint of the platform wins. */
const KEEP_ALIVE_MS = 60_000;

export class SdkConnections implements Disposable {
  #pool: Dispatcher | undefined;

  /** For the SDK's client; asked for once, when it is built. */
  open(baseUrl: string): SdkConnectionOptions {
    const nodeFetch = fetchBehindEditor();
    if (nodeFetch !== undefined && !isOnThisMachine(baseUrl)) return {};
    this.#pool ??= openPool();
    if (this.#pool === undefined) return {};
    const fetchOptions = { dispatcher: this.#pool };
    return nodeFetch === undefined ? { fetchOptions } : { fetch: nodeFetch, fetchOptions };
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
