/**
 * The `claude` processes of one window: one that stays, more only while several requests run at once. Started by the
 * first request, ended after a time without any. Units: milliseconds.
 */
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { SluiceError } from '../base/errors.ts';
import type { ClaudeSession } from './claudeCodeSession.ts';

export interface ClaudePoolDeps {
  readonly platform: string;
  readonly maxProcesses: number;
  /** How long one is kept without a request; each takes about 200 MB. */
  readonly idleMs: number;
  readonly clock: Clock;
  readonly start: (onDead: (session: ClaudeSession) => void) => ClaudeSession;
}

/** After so many starts in a row that failed … */
const MOST_FAILED_STARTS = 3;
/** … a request fails at once for so long, with the reason of the last one. */
const COOL_DOWN_MS = 30_000;

export class ClaudePool implements Disposable {
  readonly #deps: ClaudePoolDeps;
  readonly #all = new Set<ClaudeSession>();
  /** Nobody has them; they may be starting or resting. The timer ends the ones that nobody wants. */
  readonly #free = new Map<ClaudeSession, Disposable>();
  readonly #waiting = new Set<() => void>();
  #failedStarts = 0;
  #lastFailure: { readonly error: unknown; readonly atMs: number } | undefined;
  #closed = false;

  constructor(deps: ClaudePoolDeps) {
    this.#deps = deps;
  }

  get pids(): number[] {
    return [...this.#all].map(({ pid }) => pid).filter((pid) => pid !== undefined);
  }

  /** A session that can be asked at once; to be given back. Rejects with what a start failed of, or the signal's reason. */
  async acquire(signal: AbortSignal): Promise<ClaudeSession> {
    for (;;) {
      signal.throwIfAborted();
      this.#throwIfClosed();
      const kept = this.#takeFree();
      const session = kept ?? this.#start();
      if (session === undefined) {
        await this.#untilOneIsFree(signal);
        continue;
      }
      try {
        await untilReady(session, signal);
        this.#failedStarts = 0;
        return session;
      } catch (error) {
        // One that died since its last request is no reason to fail: the next one is a new start.
        this.release(session);
        if (signal.aborted) throw signal.reason;
        if (kept !== undefined) continue;
        this.#failedStarts++;
        this.#lastFailure = { error, atMs: this.#deps.clock.monotonic() };
        throw error;
      }
    }
  }

  release(session: ClaudeSession): void {
    if (!session.dead && !this.#closed) {
      this.#free.set(
        session,
        this.#deps.clock.after(this.#deps.idleMs, () => session.dispose()),
      );
    }
    this.#wake();
  }

  dispose(): void {
    this.#closed = true;
    for (const session of [...this.#all]) session.dispose();
    this.#wake();
  }

  /** A clean one first: one that is still resting would be waited for. */
  #takeFree(): ClaudeSession | undefined {
    const sessions = [...this.#free.keys()];
    const session = sessions.find(({ clean }) => clean) ?? sessions[0];
    if (session === undefined) return undefined;
    this.#free.get(session)?.dispose();
    this.#free.delete(session);
    return session;
  }

  #start(): ClaudeSession | undefined {
    const { maxProcesses, clock } = this.#deps;
    if (this.#all.size >= maxProcesses) return undefined;
    const failure = this.#lastFailure;
    if (failure !== undefined && this.#failedStarts >= MOST_FAILED_STARTS) {
      if (clock.monotonic() - failure.atMs < COOL_DOWN_MS) throw failure.error;
    }
    const session = this.#deps.start((dead) => this.#forget(dead));
    this.#all.add(session);
    return session;
  }

  #forget(session: ClaudeSession): void {
    this.#all.delete(session);
    this.#free.get(session)?.dispose();
    this.#free.delete(session);
    this.#wake();
  }

  #untilOneIsFree(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const wake = () => {
        this.#waiting.delete(wake);
        signal.removeEventListener('abort', onAbort);
        resolve();
      };
      const onAbort = () => {
        this.#waiting.delete(wake);
        reject(signal.reason);
      };
      this.#waiting.add(wake);
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** In the order in which they came; who finds nothing waits again. */
  #wake(): void {
    for (const wake of [...this.#waiting]) wake();
  }

  #throwIfClosed(): void {
    const { platform } = this.#deps;
    if (this.#closed) throw new SluiceError('network', { platform, cause: 'transport-closed' });
  }
}

function untilReady(session: ClaudeSession, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    session.ready.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
