/** What is asked of the quota, and what it answers. Units: tokens, milliseconds. */
import type { Disposable } from '../base/disposable.ts';
import type { Priority } from '../base/task.ts';
import type { Demand } from './limit.ts';
import type { LimitReading } from './limitReading.ts';

/** `limit` names the limit without room, `waitMs` says how long until it has some (0: there is room now). */
export interface Room {
  readonly limit?: string;
  readonly waitMs: number;
}

export interface Candidate {
  readonly platform: string;
  readonly model: string;
  readonly demand: Demand;
}

export interface QuotaRequest extends Candidate {
  readonly priority: Priority;
  /** What could answer as well: the first of these that has room is named in a refusal. */
  readonly alternatives?: readonly Candidate[];
}

export type Grant =
  | { readonly approved: true; readonly waitMs: 0; readonly reservation: Reservation }
  | {
      readonly approved: false;
      readonly limit: string;
      readonly waitMs: number;
      readonly alternative?: Candidate;
    };

/** Tokens held for one request. Disposing without `settle` gives all of them back; both count once. */
export interface Reservation extends Disposable {
  settle(used: Demand): void;
  /** What the platform said of its limits in the answer to this very request. */
  correct(readings: readonly LimitReading[]): void;
}

export interface Patience {
  /** A wait that is known to be longer is refused at once. */
  readonly patienceMs: number;
  /** Hears how long it will be, and again when that changes. */
  readonly onWait?: (waitMs: number) => void;
}

/** The part of a priority's share, 0…1, that is not going to be used for now; `nowMs` is the wall clock. */
export type UnusedShare = (priority: Priority, nowMs: number, platform: string) => number;
