/** What this process holds: settled, given back, and kept alive as long as the process is. Units: milliseconds. */
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import type { AgedReading } from './correct.ts';
import type { QuotaRequest, Reservation } from './grant.ts';
import type { Operation } from './levelStore.ts';
import { soundDemand } from './limit.ts';
import { type LimitReading, soundReading } from './limitReading.ts';

/** A holder that does not renew in this time is gone, and what it holds is given back. */
export const LEASE_MS = 15_000;
const RENEW_EVERY_MS = LEASE_MS / 3;

export interface ReservationsDeps {
  readonly clock: Clock;
  readonly holder: string;
  /** Whether anything was ever taken with a lease: a memory of our own needs none. */
  readonly leases: () => boolean;
  /** Runs an operation that nobody waits for. */
  readonly tell: (platform: string, operation: Operation) => void;
}

export class Reservations implements Disposable {
  readonly #deps: ReservationsDeps;
  readonly #open = new Set<Reservation>();
  /** Who holds something or waits for it, by platform. */
  readonly #alive = new Map<string, number>();
  #renewal: Disposable | undefined;

  constructor(deps: ReservationsDeps) {
    this.#deps = deps;
  }

  open(id: string, { platform, demand }: QuotaRequest): Reservation {
    const { clock, tell } = this.#deps;
    const ended = this.keepAlive(platform);
    const close = (operation: Operation) => {
      if (!this.#open.delete(reservation)) return;
      ended.dispose();
      tell(platform, operation);
    };
    const reservation: Reservation = {
      settle: (used) => close({ kind: 'settle', id, used: soundDemand(used) }),
      dispose: () => close({ kind: 'settle', id }),
      correct: (readings) => {
        if (readings.length === 0) return;
        const seen = soundDemand({ inputTokens: demand.inputTokens, outputTokens: 0 });
        tell(platform, { kind: 'read', readings: aged(readings, clock), id, seen });
      },
    };
    this.#open.add(reservation);
    return reservation;
  }

  /** Until it is disposed of, what this process holds and waits for on the platform stays. */
  keepAlive(platform: string): Disposable {
    this.#alive.set(platform, (this.#alive.get(platform) ?? 0) + 1);
    this.#renewLater();
    return {
      dispose: () => {
        const count = (this.#alive.get(platform) ?? 0) - 1;
        if (count > 0) this.#alive.set(platform, count);
        else this.#alive.delete(platform);
        if (this.#alive.size === 0) this.#stop();
      },
    };
  }

  dispose(): void {
    for (const reservation of [...this.#open]) reservation.dispose();
    this.#stop();
  }

  #renewLater(): void {
    const { clock, leases, tell, holder } = this.#deps;
    if (!leases()) return;
    this.#renewal ??= clock.after(RENEW_EVERY_MS, () => {
      this.#renewal = undefined;
      for (const platform of this.#alive.keys()) tell(platform, { kind: 'renew', holder, leaseMs: LEASE_MS });
      if (this.#alive.size > 0) this.#renewLater();
    });
  }

  #stop(): void {
    this.#renewal?.dispose();
    this.#renewal = undefined;
  }
}

/** By age, so that a clock that was set since does no harm; what makes no sense is left out. */
export function aged(readings: readonly LimitReading[], clock: Clock): AgedReading[] {
  const nowMs = clock.now();
  return readings.flatMap((raw) => {
    const reading = soundReading(raw);
    return reading === undefined ? [] : { ...reading, ageMs: Math.max(0, nowMs - reading.atMs) };
  });
}
