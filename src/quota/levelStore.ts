/**
 * Where levels live: in this window's memory, in a file that all windows of a machine share, later for a team.
 *
 * A store keeps one `Book` for each platform and runs operations on it, one after the other, each as a whole: load the
 * book, `applyOperation` with the store's time, keep it. A store that cannot run our code in one step (Redis) mirrors
 * `take` and `settle` in a script of its own, line by line as `decide.ts` and `operations.ts` say it, and may run the
 * others by comparing and swapping the whole book. Every store passes test/quota/storeLaws.ts.
 */
import type { Disposable } from '../base/disposable.ts';
import type { Book } from './book.ts';
import type { AgedReading } from './correct.ts';
import type { Ask } from './decide.ts';
import type { DeclaredLimit } from './declaredLimits.ts';
import type { Demand } from './limit.ts';

export type Operation =
  /** Asks for what a request wants; `join`: when refused, stands in line, with so many of its window behind it. */
  | {
      readonly kind: 'take';
      readonly ask: Ask;
      readonly holder: string;
      readonly leaseMs: number;
      readonly join?: { readonly behind: number };
    }
  /** Leaves the line. */
  | { readonly kind: 'leave'; readonly id: string }
  /** Ends a reservation: `used` is gone, the rest comes back; without it all does. Counts once. */
  | { readonly kind: 'settle'; readonly id: string; readonly used?: Demand }
  /** The holder lives: what it holds and waits for stays so much longer. */
  | { readonly kind: 'renew'; readonly holder: string; readonly leaseMs: number }
  /** What the platform said; `id` names the reservation of the request whose answer it came with, `seen` what the
   * platform had charged of it by then. */
  | {
      readonly kind: 'read';
      readonly readings: readonly AgedReading[];
      readonly id?: string;
      readonly seen?: Demand;
    }
  /** Replaces what was declared before; `lenient`: who uses more than its share gets no less of the refill. */
  | { readonly kind: 'declare'; readonly limits: readonly DeclaredLimit[]; readonly lenient?: boolean }
  | { readonly kind: 'forget' }
  /** Was used without having been asked for here, as while a store could not be reached. */
  | { readonly kind: 'charge'; readonly uses: readonly Use[] }
  /** May this window ask the platform what is left? Once in `everyMs` one may. */
  | { readonly kind: 'poll'; readonly everyMs: number };

export interface Use {
  readonly model: string;
  /** 0 is critical, 3 low. */
  readonly priority: number;
  readonly used: Demand;
}

/** `limit` names the tightest limit where `take` was refused; `waitMs` says how long until it has room. */
export interface Outcome {
  readonly ok: boolean;
  readonly waitMs: number;
  readonly limit?: string;
  /** Nothing was decided: the store went away before it could answer. */
  readonly unanswered?: true;
}

export const UNANSWERED: Outcome = { ok: false, waitMs: 0, unanswered: true };

export interface LevelStore extends Disposable {
  /** Other windows use it too: reservations have leases, and changes may come from outside. */
  readonly shared: boolean;
  /** Answers at once where it can. Never rejects while `dispose` has not been called. */
  run(platform: string, operation: Operation): Outcome | Promise<Outcome>;
  /** The newest book that this window knows of; to be read only. */
  book(platform: string): Book | undefined;
  platforms(): readonly string[];
  /** The time of that book, now. */
  nowMs(platform: string): number;
  /** Fires when books changed outside this window. */
  onChange(listener: () => void): Disposable;
}
