/** What may be lent while nobody forecasts: the share of a priority that has not asked for a while. Units: milliseconds. */

/** As long as people look away from one kind of work. */
const IDLE_AFTER_MS = 15 * 60_000;
/** The rest is there at once when it asks again; the refill brings more. */
const LENT_WHEN_IDLE = 0.9;

/** The part of a share, 0…1, that stays unused for now; `idleMs` is `Infinity` for a priority that never asked. */
export function idleShare(idleMs: number): number {
  return idleMs >= IDLE_AFTER_MS ? LENT_WHEN_IDLE : 0;
}
