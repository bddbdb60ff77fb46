/**
 * The time of a book that several processes write. Each has a wall clock that may be set, and a monotonic clock that
 * nobody else has, and that stands still while some machines sleep. Units: milliseconds.
 *
 * The book's time never goes backwards and never stands still: a process that has seen the book before knows how much
 * time has passed since, at least. What the wall clock says beyond that is believed (the machine may have slept, another
 * window may have written long ago), up to the longest window of any limit. A clock that is set back counts as no time,
 * and from then on it counts from where it stands.
 */
import { LONGEST_WAIT_MS } from '../quota/limitReading.ts';

export interface Anchor {
  /** Time of the book … */
  readonly atMs: number;
  /** … and what the wall clock and the monotonic clock of this process said then. */
  readonly wallMs: number;
  readonly monotonicMs: number;
}

/** `written`: what the book itself says; `seen`: when this process last saw it, if it did. */
export function bookNowMs(
  written: Pick<Anchor, 'atMs' | 'wallMs'>,
  seen: Anchor | undefined,
  wallMs: number,
  monotonicMs: number,
): number {
  const passedMs = Math.max(0, Math.min(wallMs - written.wallMs, LONGEST_WAIT_MS));
  const atLeastMs = seen === undefined ? 0 : seen.atMs + Math.max(0, monotonicMs - seen.monotonicMs);
  return Math.max(written.atMs + passedMs, atLeastMs);
}
