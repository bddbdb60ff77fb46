/**
 * Which prompt prefixes the platforms still hold, as far as this window knows: a prefix is warm for the one model that
 * read or wrote it, until its time is over. Units: tokens, milliseconds.
 */
import type { Clock } from '../base/clock.ts';

export interface WarmPrefix {
  /** Key of the model that owns it: no other model can read it. */
  readonly owner: string;
  /** Names the prefix; see `prefixKey`. */
  readonly prefix: string;
  readonly tokens: number;
  /** Time left. */
  readonly leftMs: number;
}

interface Entry {
  readonly owner: string;
  readonly prefix: string;
  readonly tokens: number;
  readonly untilMs: number;
}

const MOST_KNOWN = 100;

export class WarmPrefixes {
  readonly #clock: Clock;
  readonly #known = new Map<string, Entry>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A call that began at `startedMs` (monotonic) read or wrote it: its time counts from there, each time anew. */
  note(
    owner: string,
    prefix: string,
    kept: { readonly tokens: number; readonly startedMs: number; readonly ttlMs: number },
  ): void {
    const { tokens, startedMs, ttlMs } = kept;
    const untilMs = startedMs + ttlMs;
    if (!(tokens > 0 && untilMs > this.#clock.monotonic())) return;
    const id = idOf(owner, prefix);
    this.#known.delete(id);
    this.#known.set(id, { owner, prefix, tokens, untilMs });
    const oldest = this.#known.keys().next();
    if (this.#known.size > MOST_KNOWN && !oldest.done) this.#known.delete(oldest.value);
  }

  /** The platform did not know it any more. */
  forget(owner: string, prefix: string): void {
    this.#known.delete(idOf(owner, prefix));
  }

  /** 0 when it is cold. */
  tokens(owner: string, prefix: string): number {
    const entry = this.#known.get(idOf(owner, prefix));
    return entry !== undefined && entry.untilMs > this.#clock.monotonic() ? entry.tokens : 0;
  }

  /** All that are warm now. */
  list(): readonly WarmPrefix[] {
    const now = this.#clock.monotonic();
    return [...this.#known.values()]
      .filter(({ untilMs }) => untilMs > now)
      .map(({ owner, prefix, tokens, untilMs }) => ({ owner, prefix, tokens, leftMs: untilMs - now }));
  }
}

function idOf(owner: string, prefix: string): string {
  return `${owner} ${prefix}`;
}
