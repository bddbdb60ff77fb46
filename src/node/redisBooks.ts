/**
 * The books of a team in Redis: one round trip an operation. A window that is alone with a platform works the common case
 * out itself and adds it to the book's log; else the script decides. A window that knows the newest book gets only the
 * verdict and changes its own copy the same way; any other gets the whole book with it. What the script does not know is
 * done here and swapped in, if nobody was faster. Rejects with whatever the connection says. Units: milliseconds.
 */
import type { Clock } from '../base/clock.ts';
import { type Book, emptyBook } from '../quota/book.ts';
import { newVerdict } from '../quota/decide.ts';
import type { Operation, Outcome } from '../quota/levelStore.ts';
import { nameOf } from '../quota/limit.ts';
import { applyOperation } from '../quota/operations.ts';
import { encodeBook, type StoredBook } from './redisBook.ts';
import { type Arguments, argumentsOf, type Reply } from './redisCalls.ts';
import { ALONE_AFTER_MS, FRESH_MS, MOST_ENTRIES } from './redisLog.ts';
import { type Proposal, propose } from './redisProposal.ts';
import { RedisScripts, type RedisScriptsDeps } from './redisScripts.ts';

export interface RedisBooksDeps extends RedisScriptsDeps {
  readonly clock: Clock;
  /** Books that are put where Redis has none. */
  readonly seed?: Iterable<readonly [platform: string, book: Book]>;
}

interface Known extends StoredBook {
  /** Of the answer that it came with. */
  readonly ticket: number;
  /** Of this process, when it was seen. */
  readonly monotonicMs: number;
  /** Of this process, when the server said its time. */
  readonly askedMs: number;
  /** Of the book's log, less than 0: there is none. */
  readonly base: number;
}

/** What no book is numbered: the whole of it is wanted. */
const ANY = -1;
const NO_LOG = -1;

export class RedisBooks {
  readonly #deps: RedisBooksDeps;
  readonly #scripts: RedisScripts;
  readonly #known = new Map<string, Known>();
  readonly #running = new Map<string, number>();
  /** When a book was last found changed by another window. */
  readonly #othersMs = new Map<string, number>();
  readonly #verdict = newVerdict();
  #tickets = 0;

  constructor(deps: RedisBooksDeps) {
    this.#deps = deps;
    this.#scripts = new RedisScripts(deps);
    const monotonicMs = deps.clock.monotonic();
    for (const [platform, book] of deps.seed ?? [])
      this.#known.set(platform, {
        ...{ book, seq: ANY, atMs: book.atMs, wallMs: 0, base: NO_LOG },
        ...{ monotonicMs, askedMs: monotonicMs, ticket: 0 },
      });
  }

  book(platform: string): Book | undefined {
    return this.#known.get(platform)?.book;
  }

  platforms(): readonly string[] {
    return [...this.#known.keys()];
  }

  nowMs(platform: string): number {
    const known = this.#known.get(platform);
    if (known === undefined) return this.#deps.clock.now();
    return known.atMs + Math.max(0, this.#deps.clock.monotonic() - known.monotonicMs);
  }

  run(platform: string, operation: Operation): Promise<Outcome> {
    const appended = this.#append(platform, operation);
    if (appended) return appended;
    const args = argumentsOf(operation);
    return args === undefined ? this.#swap(platform, operation) : this.#script(platform, operation, args);
  }

  /** Says that `holder` lives for another `leaseMs`; tells how many do, and whether a book has changed. */
  async look(
    holder: string,
    leaseMs: number,
  ): Promise<{ readonly windows: number; readonly changed: boolean }> {
    const [windows, members] = await this.#scripts.look(holder, leaseMs);
    const platforms = new Set([...members, ...this.#known.keys()]);
    const changes = await Promise.all([...platforms].map((platform) => this.refresh(platform)));
    return { windows, changed: changes.includes(true) };
  }

  leave(holder: string): Promise<void> {
    return this.#scripts.leave(holder);
  }

  /** Resolves whether the book was found changed by another window. */
  async refresh(platform: string): Promise<boolean> {
    const known = this.#known.get(platform);
    // What is on its way is there before this.
    const running = this.#running.get(platform) ?? 0;
    const seq = known === undefined || known.seq === ANY ? ANY : known.seq + running;
    const reply = await this.#call(platform, 'get', [seq], []);
    if (reply.whole) this.#keep(platform, reply.whole, reply);
    else if (known) this.#lookAtClock(platform, reply);
    return reply.whole !== undefined;
  }

  /** The book is the one that is known: what the server's time is by now. */
  #lookAtClock(platform: string, { before, nowMs: atMs, wallMs, base }: Reply): void {
    const known = this.#known.get(platform);
    if (known?.seq !== before) return;
    const askedMs = this.#deps.clock.monotonic();
    this.#known.set(platform, { ...known, atMs, wallMs, base, monotonicMs: askedMs, askedMs });
  }

  /**
   * Adds what comes of `operation` to the book's log. `undefined`: no common case, or another window may be faster. Its way
   * is one promise long: a decision waits for nothing but the answer.
   */
  #append(platform: string, operation: Operation): Promise<Outcome> | undefined {
    const known = this.#known.get(platform);
    const nowMs = this.#deps.clock.monotonic();
    if (known === undefined || !this.#mayAppend(platform, known, nowMs)) return undefined;
    const wallMs = this.#deps.serverMs?.() ?? known.wallMs + nowMs - known.monotonicMs;
    const proposal = propose(known, operation, wallMs, this.#verdict);
    if (proposal === undefined) return undefined;
    const seq = known.seq + 1;
    const ended = this.#begin(platform);
    const undo = () => {
      if (this.#known.get(platform)?.book === known.book) proposal.undo();
    };
    const ticket = this.#nextTicket();
    return this.#scripts.append(platform, known.base, proposal.entry).then(
      (length) => {
        ended();
        if (length === seq - known.base + 1) return this.#kept(platform, known, ticket, proposal);
        undo();
        this.#changedByOthers(platform);
        return this.run(platform, operation);
      },
      (error: unknown) => {
        ended();
        undo();
        throw error;
      },
    );
  }

  #mayAppend(platform: string, { seq, base, askedMs }: Known, nowMs: number): boolean {
    const fits = base >= 0 && seq - base < MOST_ENTRIES && (this.#running.get(platform) ?? 0) === 0;
    return fits && nowMs - askedMs <= FRESH_MS && this.#isAlone(platform, nowMs);
  }

  #isAlone(platform: string, nowMs: number): boolean {
    return nowMs - (this.#othersMs.get(platform) ?? Number.NEGATIVE_INFINITY) >= ALONE_AFTER_MS;
  }

  #changedByOthers(platform: string): void {
    this.#othersMs.set(platform, this.#deps.clock.monotonic());
  }

  /** Returns what tells its end. */
  #begin(platform: string): () => void {
    this.#running.set(platform, (this.#running.get(platform) ?? 0) + 1);
    return () => this.#running.set(platform, (this.#running.get(platform) ?? 1) - 1);
  }

  #script(platform: string, operation: Operation, { numbers, texts }: Arguments): Promise<Outcome> {
    const again = () => this.#script(platform, operation, { numbers, texts });
    const known = this.#known.get(platform);
    if (known?.seq === ANY) return this.#seed(platform).then(again);
    const running = this.#running.get(platform) ?? 0;
    const ended = this.#begin(platform);
    const stamped = [(known?.seq ?? 0) + running, ...numbers];
    return this.#call(platform, operation.kind, stamped, texts).then(
      (reply) => {
        ended();
        if (reply.state === 'missing') return this.#seed(platform).then(again);
        this.#follow(platform, operation, reply);
        const { ok, waitMs, tightest } = reply;
        const row = this.#known.get(platform)?.book.limits[tightest];
        return row === undefined ? { ok, waitMs } : { ok, waitMs, limit: nameOf(row) };
      },
      (error: unknown) => {
        ended();
        throw error;
      },
    );
  }

  #kept(platform: string, known: Known, ticket: number, { outcome, nowMs, wallMs }: Proposal): Outcome {
    const { book, base, askedMs } = known;
    const monotonicMs = known.monotonicMs + wallMs - known.wallMs;
    const seq = known.seq + 1;
    this.#known.set(platform, { book, seq, atMs: nowMs, wallMs, ticket, monotonicMs, askedMs, base });
    return outcome;
  }

  /** Does to the own copy what the server did to the book. */
  #follow(platform: string, operation: Operation, reply: Reply): void {
    const known = this.#known.get(platform);
    const { whole, before, nowMs, wallMs } = reply;
    if (whole) this.#keep(platform, whole, reply);
    if (whole) return;
    const mine = known ?? (before === 0 ? { book: emptyBook(), seq: 0 } : undefined);
    if (mine?.seq !== before) return;
    applyOperation(mine.book, operation, nowMs, this.#verdict);
    this.#keep(platform, { book: mine.book, seq: before + 1, atMs: nowMs, wallMs }, reply);
  }

  /** Redis was emptied, or has never heard of the platform: what this window knows is put there, by whoever is first. */
  async #seed(platform: string): Promise<void> {
    const known = this.#known.get(platform);
    const found = await this.#call(platform, 'get', [ANY], []);
    if (found.whole || known === undefined) {
      if (found.whole) this.#keep(platform, found.whole, found);
      else this.#known.delete(platform);
      return;
    }
    const book = { ...known.book, atMs: this.nowMs(platform) };
    // Numbered anew, and unlike before.
    const stamp = { seq: Math.floor(found.wallMs), atMs: book.atMs, wallMs: found.wallMs };
    const reply = await this.#call(platform, 'put', [0], encodeBook(book, stamp));
    this.#keep(platform, reply.whole ?? { book, ...stamp }, reply);
  }

  async #swap(platform: string, operation: Operation): Promise<Outcome> {
    for (;;) {
      const known = await this.#newest(platform);
      const nowMs = this.nowMs(platform);
      const book = structuredClone(known.book);
      const outcome = applyOperation(book, operation, nowMs, this.#verdict);
      const stamp = { seq: known.seq + 1, atMs: nowMs, wallMs: known.wallMs + nowMs - known.atMs };
      const reply = await this.#call(platform, 'put', [known.seq], encodeBook(book, stamp));
      if (reply.state === 'missing') await this.#seed(platform);
      else this.#keep(platform, reply.whole ?? { book, ...stamp }, reply);
      if (reply.state === 'done') return outcome;
    }
  }

  async #newest(platform: string): Promise<StoredBook> {
    const known = this.#known.get(platform);
    if (known && known.seq >= 0) return known;
    if (known) await this.#seed(platform);
    const seeded = this.#known.get(platform);
    if (seeded) return seeded;
    const reply = await this.#call(platform, 'get', [ANY], []);
    const { whole, nowMs } = reply;
    const found = whole ?? { book: emptyBook(), seq: 0, atMs: nowMs, wallMs: nowMs };
    this.#keep(platform, found, reply);
    return found;
  }

  /** Not over what came with a later answer. */
  #keep(platform: string, stored: StoredBook, { ticket, base, whole }: Reply): void {
    if (whole && this.#known.has(platform)) this.#changedByOthers(platform);
    if ((this.#known.get(platform)?.ticket ?? 0) > ticket) return;
    const monotonicMs = this.#deps.clock.monotonic();
    this.#known.set(platform, { ...stored, monotonicMs, askedMs: monotonicMs, ticket, base });
  }

  #nextTicket(): number {
    this.#tickets += 1;
    return this.#tickets;
  }

  #call(
    platform: string,
    operation: string,
    [known = ANY, ...numbers]: readonly number[],
    texts: readonly (string | Buffer)[],
  ): Promise<Reply> {
    const ticket = this.#nextTicket();
    const wantsLog = this.#isAlone(platform, this.#deps.clock.monotonic());
    return this.#scripts.call({ platform, operation, known, wantsLog, numbers, texts, ticket });
  }
}
