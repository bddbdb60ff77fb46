/**
 * Node's own `fetch`, for what runs on this machine. Inside VS Code the global one is the editor's: it knows proxies and
 * the system's certificates, reads those when it is first used (for longer than 400 ms here), and brings its own pool.
 */

export type Fetch = typeof globalThis.fetch;

/** Where VS Code leaves Node's own function when it puts its own in place (seen in 1.139.1). */
const NODE_FETCH = '__vscodeOriginalFetch';

/** Absent where the global one is Node's own. */
export function fetchBehindEditor(): Fetch | undefined {
  const found: unknown = Reflect.get(globalThis, NODE_FETCH);
  return typeof found === 'function' ? (input, init) => found(input, init) : undefined;
}

/** Neither a proxy nor a certificate has a part in it; VS Code leaves the same names alone. */
export function isOnThisMachine(address: string): boolean {
  const url = URL.parse(address);
  return url?.protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
}
