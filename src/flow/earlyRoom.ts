/**
 * Notices that a queued question need not wait for its time: the model that would be chosen has room again, or another
 * platform may answer. Only a change counts: a limit of which nothing is known here always seems to have room, and the
 * platform that refused knew better. Units: milliseconds of the monotonic clock.
 */
import type { DeferredTask } from './deferredTask.ts';
import type { RouteRequest } from './request.ts';

export interface RoomNow {
  /** How long it would have to wait; `undefined` where that cannot be told, as while nothing is connected. */
  waitMs(request: RouteRequest): number | undefined;
  /** Names the models that may answer; empty: none. */
  models(): string;
}

/** A platform that refuses all the same is not asked again sooner. */
export const EARLY_AGAIN_MS = 60_000;

interface Seen {
  /** It was seen to have no room since it was queued, or last asked. */
  blocked: boolean;
  models: string;
  notBeforeMs: number;
}

export class EarlyRoom {
  readonly #room: RoomNow;
  readonly #seen = new Map<string, Seen>();

  constructor(room: RoomNow) {
    this.#room = room;
  }

  /**
   * The first of these that may be asked at once; the others are looked at too. `againInMs`: one more may be asked then,
   * should nothing change.
   */
  look(
    tasks: readonly DeferredTask[],
    nowMs: number,
  ): { readonly task?: DeferredTask; readonly againInMs?: number } {
    for (const id of this.#seen.keys()) if (tasks.every((task) => task.id !== id)) this.#seen.delete(id);
    const models = this.#room.models();
    if (models === '') return {};
    let found: DeferredTask | undefined;
    let againInMs: number | undefined;
    for (const task of tasks) {
      const seen = this.#seen.get(task.id) ?? { blocked: false, models, notBeforeMs: nowMs };
      this.#seen.set(task.id, seen);
      const waitMs = this.#room.waitMs(task.request);
      if (waitMs === undefined) continue;
      if (waitMs > 0) seen.blocked = true;
      const changed = seen.blocked || seen.models !== models;
      if (waitMs > 0) seen.models = models;
      if (waitMs > 0 || !changed || found) continue;
      if (nowMs >= seen.notBeforeMs) found = task;
      else againInMs = Math.min(againInMs ?? Number.POSITIVE_INFINITY, seen.notBeforeMs - nowMs);
    }
    return { ...(found ? { task: found } : {}), ...(againInMs === undefined ? {} : { againInMs }) };
  }

  /** It is asked now: what was seen before says nothing any more. */
  asked(id: string, nowMs: number): void {
    this.#seen.set(id, { blocked: false, models: this.#room.models(), notBeforeMs: nowMs + EARLY_AGAIN_MS });
  }
}
