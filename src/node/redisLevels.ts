/**
 * Levels in Redis, shared by all windows of a team. While Redis cannot be used each window goes on with its part of what
 * it saw last (`quota/localShare.ts`), at once and without asking; when it is back, what was used meanwhile is told.
 * Units: milliseconds.
 */
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { Emitter } from '../base/event.ts';
import type { Random } from '../base/random.ts';
import type { Book } from '../quota/book.ts';
import { booksOf } from '../quota/lazyLevels.ts';
import type { LevelStore, Operation, Outcome } from '../quota/levelStore.ts';
import { UNANSWERED } from '../quota/levelStore.ts';
import { LocalShare, type Note, type Stray, tellNote } from '../quota/localShare.ts';
import { LEASE_MS } from '../quota/reservations.ts';
import { RedisBooks } from './redisBooks.ts';
import {
  ANSWER_WITHIN_MS,
  connectRedis,
  type RedisAddress,
  type RedisConnection,
  type RedisTrouble,
  troubleOf,
} from './redisConnection.ts';

/** How soon this window sees what others did, and they that it lives. */
export const LOOK_EVERY_MS = 1_000;
/** Between two looks whether Redis can be used again: full jitter below a bound that doubles. */
const PROBE = { firstMs: 250, maxMs: 10_000, leastMs: 50 };

export interface RedisLevelsDeps {
  readonly address: RedisAddress;
  /** In front of every key; ledgers of different prefixes know nothing of each other. */
  readonly prefix: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly holder: string;
  /** Hears when Redis cannot be used any more, why; and `undefined` when it can again. */
  readonly onState: (trouble: RedisTrouble | undefined) => void;
  /** What this window knew before: put where Redis has nothing of a platform. */
  readonly seed?: Iterable<readonly [platform: string, book: Book]>;
  /** Absent: what a request of the editor can bear. */
  readonly answerWithinMs?: number;
  /** In place of the server's clock; for tests. */
  readonly serverMs?: () => number;
}

export class RedisLevels implements LevelStore {
  readonly shared = true;
  readonly #deps: RedisLevelsDeps;
  readonly #connection: RedisConnection;
  readonly #books: RedisBooks;
  readonly #changed = new Emitter<void>();
  /** Granted in an outage and still held: Redis knows nothing of them. */
  #strays = new Map<string, Stray>();
  /** What happened in an outage and is not told yet. */
  #untold: Note[] = [];
  /** Present while Redis cannot be used. */
  #local: LocalShare | undefined;
  #windows = 1;
  #timer: Disposable | undefined;
  #probes = 0;
  #probing = false;
  #closed = false;
  /** Redis has answered at least once. */
  #seen = false;
  #onLook: (() => void) | undefined;

  private constructor(deps: RedisLevelsDeps) {
    this.#deps = deps;
    this.#connection = connectRedis(deps.address, deps.random, deps.answerWithinMs);
    this.#books = new RedisBooks({ ...deps, redis: this.#connection });
    this.#connection.redis.on('ready', () => void this.#probe());
  }

  /** Never rejects: a Redis that does not answer in time is asked again later. */
  static async open(deps: RedisLevelsDeps): Promise<RedisLevels> {
    const levels = new RedisLevels(deps);
    await levels.#firstLook();
    return levels;
  }

  run(platform: string, operation: Operation): Outcome | Promise<Outcome> {
    if (this.#closed) return UNANSWERED;
    if (this.#local) return this.#local.run(platform, operation);
    return this.#remote(platform, operation).catch((error: unknown) => {
      if (this.#closed) return UNANSWERED;
      const local = this.#fall(error);
      const outcome = local.run(platform, operation);
      local.unsure(platform, operation);
      return outcome;
    });
  }

  book(platform: string): Book | undefined {
    return (this.#local ?? this.#books).book(platform);
  }

  platforms(): readonly string[] {
    return (this.#local ?? this.#books).platforms();
  }

  nowMs(platform: string): number {
    return (this.#local ?? this.#books).nowMs(platform);
  }

  onChange(listener: () => void): Disposable {
    return this.#changed.on(listener);
  }

  /** That were alive at the last look, this one among them. */
  get windows(): number {
    return this.#windows;
  }

  /** What was given back just before is already on its way. */
  dispose(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#timer?.dispose();
    this.#local?.dispose();
    this.#changed.dispose();
    const { redis } = this.#connection;
    const told = redis.status === 'ready' ? this.#books.leave(this.#deps.holder) : Promise.reject();
    told.then(() => redis.quit()).catch(() => redis.disconnect());
  }

  /** Resolves when the first look is over, or has taken too long: then the window goes on alone for now. */
  #firstLook(): Promise<void> {
    const { redis, complaint } = this.#connection;
    return new Promise((resolve) => {
      const end = () => {
        late.dispose();
        redis.off('close', end);
        if (!this.#seen) this.#fall(complaint());
        resolve();
      };
      const late = this.#deps.clock.after(this.#deps.answerWithinMs ?? ANSWER_WITHIN_MS, end);
      redis.once('close', end);
      this.#onLook = end;
    });
  }

  /** Ended here, and unknown to Redis: charged there. */
  async #remote(platform: string, operation: Operation): Promise<Outcome> {
    const stray = operation.kind === 'settle' ? this.#strays.get(operation.id) : undefined;
    if (operation.kind !== 'settle' || stray === undefined) return this.#books.run(platform, operation);
    const { id, used } = operation;
    const outcome = await this.#books.run(platform, operation);
    this.#strays.delete(id);
    if (outcome.ok || used === undefined) return outcome;
    return this.#books.run(platform, { kind: 'charge', uses: [{ ...stray, used }] });
  }

  #fall(error: unknown): LocalShare {
    if (this.#local) return this.#local;
    const { clock, holder } = this.#deps;
    const state = { books: booksOf(this.#books), notes: this.#untold, strays: this.#strays };
    const local = new LocalShare({ clock, holder, windows: this.#windows, ...state });
    this.#local = local;
    this.#untold = [];
    this.#deps.onState(troubleOf(this.#connection.complaint() ?? error));
    this.#changed.fire();
    this.#probeLater();
    return local;
  }

  #probeLater(): void {
    if (this.#closed) return;
    const { clock, random } = this.#deps;
    const most = Math.min(PROBE.maxMs, PROBE.firstMs * 2 ** Math.min(this.#probes, 10));
    this.#probes += 1;
    this.#timer?.dispose();
    this.#timer = clock.after(PROBE.leastMs + random() * most, () => void this.#probe());
  }

  /** Looks at every book: one that cannot be read would fail at once again. */
  async #probe(): Promise<void> {
    if (this.#closed || this.#probing) return;
    this.#probing = true;
    try {
      const { windows, changed } = await this.#books.look(this.#deps.holder, LEASE_MS);
      this.#windows = Math.max(1, windows);
      this.#seen = true;
      this.#probes = 0;
      if (this.#local) await this.#return(this.#local);
      else if (changed) this.#changed.fire();
    } catch (error) {
      if (!this.#closed) this.#fall(error);
    }
    this.#probing = false;
    this.#onLook?.();
    this.#onLook = undefined;
    if (this.#closed) return;
    if (this.#local) this.#probeLater();
    else this.#lookLater();
  }

  #lookLater(): void {
    this.#timer?.dispose();
    this.#timer = this.#deps.clock.after(LOOK_EVERY_MS, () => void this.#probe());
  }

  /** What comes from now on goes to Redis; what was noted is told first, and kept when it breaks again. */
  async #return(local: LocalShare): Promise<void> {
    this.#local = undefined;
    this.#strays = local.strays;
    this.#untold = [...local.notes];
    local.dispose();
    this.#deps.onState(undefined);
    this.#changed.fire();
    for (let note = this.#untold.shift(); note; note = this.#untold.shift()) {
      try {
        await tellNote(note, this.#deps.clock.monotonic(), (platform, told) =>
          this.#books.run(platform, told),
        );
      } catch (error) {
        this.#untold.unshift(note);
        throw error;
      }
    }
    this.#changed.fire();
  }
}
