/** What both SDK transports do around one attempt: cancel, time out, translate errors. Units: milliseconds. */
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { SluiceError } from '../base/errors.ts';
import type { ModelEvent } from '../flow/transport.ts';
import { badResponse, toSluiceError } from './sdkErrors.ts';

export interface SdkTransportDeps {
  /** Names the platform in errors. */
  readonly platform: string;
  readonly apiKey: string;
  /** The vendor's own address when absent. */
  readonly baseUrl?: string;
  /** The longest silence: to the first event, and between two. */
  readonly timeoutMs: number;
  readonly clock: Clock;
}

type Ending = 'cancelled' | 'timed-out' | 'closed' | 'completed';

/** After its last event a platform closes the stream at once; one that lingers is left. */
const LINGER_MS = 1_000;

/** Ours is the only timer: this is the longest that the SDKs accept. */
export const NO_SDK_TIMEOUT_MS = 2_147_483_647;

/** One attempt's signal: aborted by the caller, by silence, or with its transport. */
export class SdkAttempt implements Disposable {
  readonly #deps: SdkTransportDeps;
  readonly #model: string;
  readonly #caller: AbortSignal;
  readonly #controller = new AbortController();
  readonly #onAbort = () => this.#end('cancelled');
  #ending: Ending | undefined;
  #limitMs: number;
  #lastMs: number;
  #timer: Disposable;
  #streaming = false;

  constructor(deps: SdkTransportDeps, model: string, caller: AbortSignal) {
    this.#deps = deps;
    this.#model = model;
    this.#caller = caller;
    this.#limitMs = deps.timeoutMs;
    this.#lastMs = deps.clock.monotonic();
    this.#timer = deps.clock.after(this.#limitMs, () => this.#onTimer());
    caller.addEventListener('abort', this.#onAbort, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** To be called at each event: the platform is alive. Throws when the attempt is over. */
  alive(): void {
    this.#streaming = true;
    this.#lastMs = this.#deps.clock.monotonic();
    this.throwIfOver();
  }

  /** The platform said that it is done: whatever happens from now on is no failure. */
  complete(): void {
    this.#ending ??= 'completed';
    this.#limitMs = Math.min(this.#limitMs, LINGER_MS);
    this.#timer.dispose();
    this.#timer = this.#deps.clock.after(this.#limitMs, () => this.#controller.abort());
  }

  get completed(): boolean {
    return this.#ending === 'completed';
  }

  /** Throws the caller's reason, `timeout`, or `network` when the transport was disposed of. */
  throwIfOver(): void {
    const { platform, timeoutMs } = this.#deps;
    if (this.#ending === 'cancelled') throw this.#caller.reason;
    if (this.#ending === 'timed-out') throw new SluiceError('timeout', { platform, afterMs: timeoutMs });
    if (this.#ending === 'closed') throw new SluiceError('network', { platform, cause: 'transport-closed' });
  }

  /** What to throw for what the SDK threw: an abort of ours shows as many things there. */
  verdict(error: unknown): unknown {
    const { platform, clock } = this.#deps;
    try {
      this.throwIfOver();
    } catch (over) {
      return over;
    }
    const nowMs = clock.now();
    return toSluiceError(error, {
      platform,
      model: this.#model,
      silentMs: clock.monotonic() - this.#lastMs,
      nowMs,
      streaming: this.#streaming,
    });
  }

  /** The transport goes: its attempts go with it. */
  close(): void {
    this.#end('closed');
  }

  /** Closes the connection unless the whole answer was read. */
  dispose(): void {
    this.#timer.dispose();
    this.#caller.removeEventListener('abort', this.#onAbort);
    this.#controller.abort();
  }

  #onTimer(): void {
    const silentMs = this.#deps.clock.monotonic() - this.#lastMs;
    if (silentMs >= this.#limitMs) this.#end('timed-out');
    else this.#timer = this.#deps.clock.after(this.#limitMs - silentMs, () => this.#onTimer());
  }

  #end(ending: Ending): void {
    this.#ending ??= ending;
    this.#controller.abort();
  }
}

/** Runs attempts of one transport and ends them with it. */
export class SdkAttempts implements Disposable {
  readonly #deps: SdkTransportDeps;
  readonly #open = new Set<SdkAttempt>();
  #closed = false;

  constructor(deps: SdkTransportDeps) {
    this.#deps = deps;
  }

  async *stream(
    model: string,
    caller: AbortSignal,
    run: (attempt: SdkAttempt) => AsyncIterable<ModelEvent>,
  ): AsyncGenerator<ModelEvent> {
    const attempt = this.#begin(model, caller);
    try {
      yield* run(attempt);
      attempt.throwIfOver();
      if (!attempt.completed) throw new SluiceError('cut-stream', { platform: this.#deps.platform });
    } catch (error) {
      if (!attempt.completed) throw attempt.verdict(error);
    } finally {
      this.#end(attempt);
    }
  }

  async once<T>(caller: AbortSignal, run: (attempt: SdkAttempt) => Promise<T>): Promise<T> {
    const attempt = this.#begin('', caller);
    try {
      const result = await run(attempt);
      attempt.throwIfOver();
      return result;
    } catch (error) {
      throw attempt.verdict(error);
    } finally {
      this.#end(attempt);
    }
  }

  dispose(): void {
    this.#closed = true;
    for (const attempt of this.#open) attempt.close();
  }

  #begin(model: string, caller: AbortSignal): SdkAttempt {
    caller.throwIfAborted();
    const { platform, apiKey } = this.#deps;
    if (this.#closed) throw new SluiceError('network', { platform, cause: 'transport-closed' });
    // Any other character would make the header invalid, and an error that quotes the key.
    if (!/^[\x21-\x7e]+$/.test(apiKey)) throw new SluiceError('invalid-key', { platform });
    const attempt = new SdkAttempt(this.#deps, model, caller);
    this.#open.add(attempt);
    return attempt;
  }

  #end(attempt: SdkAttempt): void {
    this.#open.delete(attempt);
    attempt.dispose();
  }
}

/** A page of a proxy or a login comes with status 200 as well. Throws `bad-response`. */
export function assertEventStream(response: Response, platform: string): void {
  const type = response.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (/html|json|xml/.test(type)) throw badResponse(platform, `content-type ${type.slice(0, 40)}`);
}

/**
 * Headers that a vendor's SDK would add from an environment variable of `Name: value` lines, each set to "do not
 * send": they are meant for another program, and may hold a secret for another host.
 */
export function withoutEnvironmentHeaders(lines: string | undefined): Record<string, null> {
  const names = (lines ?? '').split('\n').map((line) => line.slice(0, Math.max(0, line.indexOf(':'))).trim());
  return Object.fromEntries(names.filter((name) => name !== '').map((name) => [name, null]));
}
