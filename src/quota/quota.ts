/**
 * All limits of all platforms. A request passes only when every limit that concerns it has room; the one that takes
 * longest is named. What is reserved is settled to the real use, given back, or lapses when its holder is gone. Units:
 * tokens, milliseconds.
 */
import type { Clock } from '../base/clock.ts';
import { type Disposable, DisposableBag } from '../base/disposable.ts';
import { Emitter } from '../base/event.ts';
import { PRIORITIES, type Priority } from '../base/task.ts';
import { NEVER } from './book.ts';
import { type Ask, look, newVerdict } from './decide.ts';
import type { DeclaredLimit, SharedBucket } from './declaredLimits.ts';
import type { Candidate, Grant, Patience, QuotaRequest, Room } from './grant.ts';
import type { Operation, Outcome } from './levelStore.ts';
import { type Demand, type LimitState, nameOf, soundDemand } from './limit.ts';
import type { LimitReading } from './limitReading.ts';
import { limitStates } from './limitState.ts';
import { MemoryLevels } from './memoryLevels.ts';
import type { QuotaOptions } from './quotaOptions.ts';
import { aged, LEASE_MS, Reservations } from './reservations.ts';
import { SharedLevels } from './sharedLevels.ts';
import { type Waiting, WaitingLine } from './waitingLine.ts';

const NOTHING_LENT: readonly number[] = [];

type Waits = Pick<Ask, 'waitedMs' | 'patienceMs'>;

const ONCE: Waits = { waitedMs: 0, patienceMs: 0 };

export class Quota implements Disposable {
  readonly #clock: Clock;
  readonly #store: SharedLevels;
  readonly #holder: string;
  readonly #options: QuotaOptions;
  readonly #bag = new DisposableBag();
  readonly #changed = new Emitter<void>();
  readonly #lines = new Map<string, WaitingLine>();
  readonly #reservations: Reservations;
  readonly #verdict = newVerdict();
  #count = 0;
  #leases = false;

  constructor(clock: Clock, options: QuotaOptions = {}) {
    this.#clock = clock;
    this.#options = options;
    this.#holder = options.holder ?? 'this';
    const lent = (key: string) => this.#lent(key);
    const store = this.#bag.add(new SharedLevels({ store: options.store ?? new MemoryLevels(clock), lent }));
    this.#store = store;
    this.#bag.add(store.onChange(() => this.#wake()));
    this.#reservations = this.#bag.add(
      new Reservations({
        clock,
        holder: this.#holder,
        leases: () => this.#leases,
        tell: (platform, operation) => this.#tell(platform, operation),
      }),
    );
  }

  onChange(listener: () => void): Disposable {
    return this.#changed.on(listener);
  }

  /** As far as this window knows, now; nothing is taken. */
  room(platform: string, model: string, demand: Demand, priority: Priority = 'medium'): Room {
    const book = this.#store.book(platform);
    const ask = this.#ask('', { platform, model, demand, priority }, ONCE);
    const { waitMs, limit } = this.#store.room(platform, ask);
    if (book) look(book, ask, this.#store.nowMs(platform), this.#verdict);
    const row = book?.limits[this.#verdict.tightest];
    if (row && this.#verdict.waitMs > waitMs) return { limit: nameOf(row), waitMs: this.#verdict.waitMs };
    return limit === undefined ? { waitMs: 0 } : { limit, waitMs };
  }

  /** Asks once, without waiting. */
  async request(request: QuotaRequest): Promise<Grant> {
    const id = this.#nextId();
    const outcome = await this.#take(id, request, ONCE);
    return outcome.ok ? this.#granted(id, request) : this.#refused(request, outcome);
  }

  /**
   * Waits in line, by priority and age, until there is room; refused when that takes longer than the patience. Rejects
   * with the signal's reason, and then nothing is held.
   */
  async acquire(request: QuotaRequest, patience: Patience, signal: AbortSignal): Promise<Grant> {
    signal.throwIfAborted();
    const id = this.#nextId();
    const sinceMs = this.#clock.monotonic();
    const { patienceMs } = patience;
    let outcome = await this.#take(id, request, { waitedMs: 0, patienceMs });
    if (!outcome.ok && outcome.waitMs <= patienceMs && !signal.aborted) {
      patience.onWait?.(outcome.waitMs);
      const alive = this.#reservations.keepAlive(request.platform);
      outcome = await this.#wait({ id, request, sinceMs, patience, refused: outcome, signal });
      alive.dispose();
    }
    if (!outcome.ok) {
      signal.throwIfAborted();
      return this.#refused(request, outcome);
    }
    const grant = this.#granted(id, request);
    // Granted while it was cancelled: nobody would settle it.
    if (signal.aborted && grant.approved) grant.reservation.dispose();
    signal.throwIfAborted();
    return grant;
  }

  /** A reading that came without a request of ours. */
  read(platform: string, readings: readonly LimitReading[]): void {
    if (readings.length > 0) this.#tell(platform, { kind: 'read', readings: aged(readings, this.#clock) });
  }

  /** The person's own limits of a platform, in place of those declared before. */
  declare(platform: string, limits: readonly DeclaredLimit[]): void {
    this.#tell(platform, { kind: 'declare', limits, lenient: this.#lenient });
  }

  /** The buckets that several platforms charge together, all of them, in place of those declared before. */
  share(buckets: readonly SharedBucket[]): void {
    this.#store.declare(buckets, this.#lenient);
    this.#wake();
  }

  /** Forgets what is known of a platform that is no longer connected. */
  forget(platform: string): void {
    this.#tell(platform, { kind: 'forget' });
  }

  /** May this window ask the platform what is left? Of all windows one may in `everyMs`; the others read it here. */
  async mayPoll(platform: string, everyMs: number): Promise<boolean> {
    return (await this.#store.run(platform, { kind: 'poll', everyMs })).ok;
  }

  /** How long ago a request of this priority asked, in any window; `Infinity`: never. */
  idleMs(platform: string, priority: Priority): number {
    const askedAtMs = this.#store.book(platform)?.askedAtMs[PRIORITIES.indexOf(priority)] ?? -NEVER;
    return askedAtMs === -NEVER ? Number.POSITIVE_INFINITY : this.#store.nowMs(platform) - askedAtMs;
  }

  states(): LimitState[] {
    const wallMs = this.#clock.now();
    const fair = this.#fair;
    return this.#store.platforms().flatMap((platform) => {
      const book = this.#store.book(platform);
      if (book === undefined) return [];
      const nowMs = this.#store.nowMs(platform);
      const [lent, waiting] = [this.#lent(platform), this.#waiting(platform)];
      const { name, platforms } = this.#store.bucket(platform) ?? {};
      const shared = platforms && { platforms, ...(name === undefined ? {} : { name }) };
      return limitStates({ platform, shared, book, nowMs, wallMs, fair, lent, waiting });
    });
  }

  /** Gives back what is held. */
  dispose(): void {
    for (const line of this.#lines.values()) line.dispose();
    this.#bag.dispose();
    this.#changed.dispose();
  }

  get #fair(): boolean {
    return this.#options.priorities?.() ?? true;
  }

  get #lenient(): boolean {
    return !(this.#options.overusePenalty?.() ?? true);
  }

  #lent(platform: string): readonly number[] {
    const { unusedShare } = this.#options;
    if (unusedShare === undefined) return NOTHING_LENT;
    const wallMs = this.#clock.now();
    return PRIORITIES.map((priority) => Math.max(0, Math.min(1, unusedShare(priority, wallMs, platform))));
  }

  /** Here, and in other windows: the first of each model stands in the book, and says how many are behind it. */
  #waiting(platform: string): number {
    const all = this.#store.book(platform)?.waiting ?? [];
    // Who waits for a shared bucket stands in the line of a platform.
    const shared = this.#store.bucket(platform) !== undefined;
    const others = all.filter(({ holder }) => shared || holder !== this.#holder);
    const here = this.#lines.get(platform)?.length ?? 0;
    return others.reduce((sum, { behind }) => sum + 1 + behind, here);
  }

  #nextId(): string {
    this.#count += 1;
    return `${this.#holder}:${this.#count}`;
  }

  #ask(id: string, { model, demand, priority, platform }: QuotaRequest, waits: Waits): Ask {
    const index = PRIORITIES.indexOf(priority);
    // First come, first served is what a critical request has anyway, but for the burst.
    const fair = this.#fair && (index > 0 || (this.#options.criticalBurst?.() ?? true));
    return {
      id,
      model,
      demand: soundDemand(demand),
      priority: index,
      lent: this.#lent(platform),
      fair,
      ...waits,
    };
  }

  #take(id: string, request: QuotaRequest, waits: Waits, behind?: number): Outcome | Promise<Outcome> {
    const { shared } = this.#store;
    this.#leases ||= shared;
    return this.#store.run(request.platform, {
      kind: 'take',
      ask: this.#ask(id, request, waits),
      holder: this.#holder,
      leaseMs: shared ? LEASE_MS : NEVER,
      ...(behind === undefined ? {} : { join: { behind } }),
    });
  }

  #granted(id: string, request: QuotaRequest): Grant {
    const reservation = this.#reservations.open(id, request);
    this.#changed.fire();
    return { approved: true, waitMs: 0, reservation };
  }

  #refused({ alternatives = [], priority }: QuotaRequest, { limit = '', waitMs }: Outcome): Grant {
    const free = ({ platform, model, demand }: Candidate) =>
      this.room(platform, model, demand, priority).waitMs === 0;
    const alternative = alternatives.find(free);
    return { approved: false, limit, waitMs, ...(alternative === undefined ? {} : { alternative }) };
  }

  #wait({ id, request, sinceMs, patience, refused, signal }: Wait): Promise<Outcome> {
    const line = this.#line(request.platform);
    return new Promise((resolve) => {
      const onAbort = () => {
        line.leave(id);
        resolve(refused);
        this.#changed.fire();
      };
      signal.addEventListener('abort', onAbort, { once: true });
      const waiting: Waiting = {
        id,
        request,
        priority: PRIORITIES.indexOf(request.priority),
        sinceMs,
        deadlineMs: sinceMs + patience.patienceMs,
        onWait: (waitMs) => patience.onWait?.(waitMs),
        done: (outcome) => {
          signal.removeEventListener('abort', onAbort);
          if (outcome.ok && signal.aborted) this.#tell(request.platform, { kind: 'settle', id });
          resolve(outcome);
        },
      };
      line.join(waiting, refused);
      this.#changed.fire();
    });
  }

  #line(platform: string): WaitingLine {
    const known = this.#lines.get(platform);
    if (known) return known;
    const line = new WaitingLine({
      clock: this.#clock,
      take: ({ id, request, sinceMs, deadlineMs }, behind) => {
        const waitedMs = this.#clock.monotonic() - sinceMs;
        return this.#take(id, request, { waitedMs, patienceMs: deadlineMs - sinceMs }, behind);
      },
      leave: (id) => this.#tell(platform, { kind: 'leave', id }),
    });
    this.#lines.set(platform, line);
    return line;
  }

  /** Nobody waits for it; a store never rejects. */
  #tell(platform: string, operation: Operation): void {
    const outcome = this.#store.run(platform, operation);
    if (outcome instanceof Promise) void outcome.then(() => this.#wake(platform));
    else this.#wake(platform);
  }

  /** Something may have come free. */
  #wake(platform?: string): void {
    if (platform === undefined || this.#store.of(platform).length > 0)
      for (const line of this.#lines.values()) line.wake();
    else this.#lines.get(platform)?.wake();
    this.#changed.fire();
  }
}

interface Wait {
  readonly id: string;
  readonly request: QuotaRequest;
  readonly sinceMs: number;
  readonly patience: Patience;
  readonly refused: Outcome;
  readonly signal: AbortSignal;
}
