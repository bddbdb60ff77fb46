/**
 * The requests of this window that wait for room on one platform: by priority, then by age; who has waited too long goes
 * with the critical ones. The book keeps the order among windows. Units: milliseconds of the monotonic clock.
 */
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { rankOf } from './decide.ts';
import type { QuotaRequest } from './grant.ts';
import type { Outcome } from './levelStore.ts';

export interface Waiting {
  readonly id: string;
  readonly request: QuotaRequest;
  /** 0 is critical. */
  readonly priority: number;
  readonly sinceMs: number;
  readonly deadlineMs: number;
  /** Hears how long it will be, when that is known anew. */
  readonly onWait: (waitMs: number) => void;
  readonly done: (outcome: Outcome) => void;
}

export interface WaitingLineDeps {
  readonly clock: Clock;
  /** Asks for what a request wants; it stands in line where it is refused. */
  readonly take: (waiting: Waiting, behind: number) => Outcome | Promise<Outcome>;
  readonly leave: (id: string) => void;
}

export class WaitingLine implements Disposable {
  readonly #deps: WaitingLineDeps;
  readonly #line: Waiting[] = [];
  readonly #last = new Map<string, Outcome>();
  #timer: Disposable | undefined;
  #pumping = false;
  #again = false;

  constructor(deps: WaitingLineDeps) {
    this.#deps = deps;
  }

  get length(): number {
    return this.#line.length;
  }

  /** `refused` is what it was told just now. */
  join(waiting: Waiting, refused: Outcome): void {
    this.#line.push(waiting);
    this.#last.set(waiting.id, refused);
    this.wake();
  }

  /** True when it stood there. */
  leave(id: string): boolean {
    const index = this.#line.findIndex((waiting) => waiting.id === id);
    if (index < 0) return false;
    this.#line.splice(index, 1);
    this.#last.delete(id);
    this.#deps.leave(id);
    this.wake();
    return true;
  }

  /** Something may have come free. */
  wake(): void {
    this.#again = true;
    if (!this.#pumping && this.#line.length > 0) void this.#pump();
  }

  dispose(): void {
    this.#timer?.dispose();
    this.#line.length = 0;
  }

  async #pump(): Promise<void> {
    this.#pumping = true;
    let nextMs = Number.POSITIVE_INFINITY;
    while (this.#again) {
      this.#again = false;
      nextMs = await this.#round();
    }
    this.#pumping = false;
    this.#timer?.dispose();
    if (Number.isFinite(nextMs)) this.#timer = this.#deps.clock.after(Math.max(1, nextMs), () => this.wake());
  }

  /** Asks for the first of each model; returns when it is worth to ask again. */
  async #round(): Promise<number> {
    const refused = new Set<string>();
    let nextMs = Number.POSITIVE_INFINITY;
    this.#sort();
    for (const waiting of [...this.#line]) {
      if (!this.#line.includes(waiting)) continue;
      if (refused.has(waiting.request.model)) {
        this.#endOverdue(waiting, 0);
        nextMs = Math.min(nextMs, this.#untilDeadline(waiting));
        continue;
      }
      const behind = this.#line.filter(({ request }) => request.model === waiting.request.model).length - 1;
      const outcome = await this.#deps.take(waiting, behind);
      if (outcome.ok) {
        this.#granted(waiting, outcome);
        continue;
      }
      refused.add(waiting.request.model);
      this.#refused(waiting, outcome);
      nextMs = Math.min(nextMs, outcome.waitMs, this.#untilDeadline(waiting));
    }
    return nextMs;
  }

  #granted(waiting: Waiting, outcome: Outcome): void {
    const index = this.#line.indexOf(waiting);
    if (index >= 0) this.#line.splice(index, 1);
    this.#last.delete(waiting.id);
    waiting.done(outcome);
  }

  #refused(waiting: Waiting, outcome: Outcome): void {
    if (!this.#line.includes(waiting)) {
      this.#deps.leave(waiting.id);
      return;
    }
    const before = this.#last.get(waiting.id);
    this.#last.set(waiting.id, outcome);
    if (this.#endOverdue(waiting, outcome.waitMs)) return;
    if (before !== undefined && Math.abs(before.waitMs - outcome.waitMs) > NOTABLE_MS)
      waiting.onWait(outcome.waitMs);
  }

  /** Whose time is up, or cannot be enough, need not wait for it. */
  #endOverdue(waiting: Waiting, waitMs: number): boolean {
    const outcome = this.#last.get(waiting.id);
    const nowMs = this.#deps.clock.monotonic();
    const overdue = nowMs >= waiting.deadlineMs;
    if (outcome === undefined || (!overdue && nowMs + waitMs <= waiting.deadlineMs)) return false;
    this.#line.splice(this.#line.indexOf(waiting), 1);
    this.#last.delete(waiting.id);
    this.#deps.leave(waiting.id);
    waiting.done(outcome);
    return true;
  }

  #untilDeadline(waiting: Waiting): number {
    return Math.max(0, waiting.deadlineMs - this.#deps.clock.monotonic());
  }

  #sort(): void {
    const nowMs = this.#deps.clock.monotonic();
    const rank = ({ priority, sinceMs }: Waiting) => rankOf(priority, nowMs - sinceMs);
    this.#line.sort((a, b) => rank(a) - rank(b) || a.sinceMs - b.sinceMs);
  }
}

/** A wait that changed by less is not worth to be told again. */
const NOTABLE_MS = 500;
