/**
 * All limits of all platforms. A request passes only when every limit that concerns it has room; the one that takes
 * longest is named. What is reserved is settled to the real use, or given back. Units: tokens, milliseconds.
 */
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { Emitter } from '../base/event.ts';
import { type Demand, Limit, type LimitState } from './limit.ts';
import type { LimitReading } from './limitReading.ts';

/** `limit` names the limit without room, `waitMs` says how long until it has some (0: there is room now). */
export interface Room {
  readonly limit?: string;
  readonly waitMs: number;
}

export type Grant =
  | { readonly approved: true; readonly reservation: Reservation }
  | { readonly approved: false; readonly limit: string; readonly waitMs: number };

/** Tokens held for one request. Disposing without `settle` gives all of them back; both count once. */
export interface Reservation extends Disposable {
  settle(used: Demand): void;
  /** What the platform said of its limits in the answer to this very request. */
  correct(readings: readonly LimitReading[]): void;
}

export class Quota {
  readonly #clock: Clock;
  readonly #limits = new Map<string, Limit[]>();
  readonly #changed = new Emitter<void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  onChange(listener: () => void): Disposable {
    return this.#changed.on(listener);
  }

  room(platform: string, model: string, demand: Demand): Room {
    let tightest: Room = { waitMs: 0 };
    for (const limit of this.#of(platform)) {
      if (!limit.applies(model)) continue;
      const waitMs = limit.waitMs(demand);
      if (waitMs > tightest.waitMs) tightest = { limit: nameOf(limit), waitMs };
    }
    return tightest;
  }

  reserve(platform: string, model: string, demand: Demand): Grant {
    const room = this.room(platform, model, demand);
    if (room.limit !== undefined) return { approved: false, limit: room.limit, waitMs: room.waitMs };
    return { approved: true, reservation: this.#hold(platform, model, demand) };
  }

  /** A reading that came without a request of ours. */
  read(platform: string, readings: readonly LimitReading[]): void {
    for (const reading of readings) this.#correct(platform, reading, 0);
    if (readings.length > 0) this.#changed.fire();
  }

  /** Forgets what is known of a platform that is no longer connected. */
  forget(platform: string): void {
    if (this.#limits.delete(platform)) this.#changed.fire();
  }

  states(): LimitState[] {
    return [...this.#limits.values()].flat().map((limit) => limit.state());
  }

  #hold(platform: string, model: string, demand: Demand): Reservation {
    const held = new Map<Limit, number>();
    for (const limit of this.#of(platform)) if (limit.applies(model)) held.set(limit, limit.reserve(demand));
    let open = true;
    const close = (used: (limit: Limit) => number) => {
      if (!open) return;
      open = false;
      for (const [limit, reserved] of held) limit.settle(reserved, used(limit));
      this.#changed.fire();
    };
    this.#changed.fire();
    return {
      settle: (used) => close((limit) => limit.amount(used)),
      dispose: () => close(() => 0),
      correct: (readings) => {
        const seen = { inputTokens: demand.inputTokens, outputTokens: 0 };
        for (const reading of readings) {
          const limit = this.#find(platform, reading);
          // A limit born in this answer has no share of ours in reserve: the platform has already counted us.
          const charged = limit && held.has(limit) ? limit.amount(seen) : 0;
          this.#correct(platform, reading, charged);
        }
        this.#changed.fire();
      },
    };
  }

  #correct(platform: string, reading: LimitReading, charged: number): void {
    const known = this.#find(platform, reading);
    if (known) known.correct(reading, charged);
    else this.#limits.set(platform, [...this.#of(platform), new Limit(platform, reading, this.#clock)]);
  }

  #find(platform: string, reading: LimitReading): Limit | undefined {
    return this.#of(platform).find((limit) => limit.is(reading));
  }

  #of(platform: string): readonly Limit[] {
    return this.#limits.get(platform) ?? [];
  }
}

/** Such as `tokens`, `5h`, `week usd` or `requests (a-model)`. */
function nameOf({ unit, window, model }: Limit): string {
  const parts = window === undefined ? [unit] : unit === 'share' ? [window] : [window, unit];
  return model === undefined ? parts.join(' ') : `${parts.join(' ')} (${model})`;
}
