/**
 * The books of a team in Redis: one round trip an operation. A window that knows the newest book gets only the verdict
 * and changes its own copy the same way; any other gets the whole book with it. What the script does not know is done
 * here and swapped in, if nobody was faster. Rejects with whatever the connection says. Units: milliseconds.
 */
import { createHash } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import { type Book, emptyBook } from '../quota/book.ts';
import { newVerdict } from '../quota/decide.ts';
import type { Operation, Outcome } from '../quota/levelStore.ts';
import { nameOf } from '../quota/limit.ts';
import { applyOperation } from '../quota/operations.ts';
import { packDoubles } from './doubles.ts';
import { encodeBook, type StoredBook } from './redisBook.ts';
import { type Arguments, argumentsOf, type Reply, replyOf } from './redisCalls.ts';
import { type Proposal, propose } from './redisProposal.ts';
import { BOOK_SCRIPT, LOOK_SCRIPT } from './redisScript.ts';

/** What is needed of a connection. */
export interface RedisCaller {
  callBuffer(command: string, args: (string | Buffer)[]): Promise<unknown>;
}

export interface RedisBooksDeps {
  readonly redis: RedisCaller;
  readonly prefix: string;
  readonly clock: Clock;
  /** Books that are put where Redis has none. */
  readonly seed?: Iterable<readonly [platform: string, book: Book]>;
  /** In place of the server's clock; for tests. */
  readonly serverMs?: () => number;
}

interface Known extends StoredBook {
  /** Of the answer that it came with. */
  readonly ticket: number;
  /** Of this process, when it was seen. */
  readonly monotonicMs: number;
}

/** What no book is numbered: the whole of it is wanted. */
const ANY = -1;
/** The script's word that a proposal stands. */
const KEPT = 1;
const NOTHING_PROPOSED: Readonly<Record<string, readonly string[]>> = {
  take: ['', '', ''],
  settle: ['', ''],
};
const [BOOK_SHA, LOOK_SHA] = [sha1(BOOK_SCRIPT), sha1(LOOK_SCRIPT)];

function sha1(text: string): string {
  return createHash('sha1').update(text).digest('hex');
}

export class RedisBooks {
  readonly #deps: RedisBooksDeps;
  readonly #known = new Map<string, Known>();
  readonly #running = new Map<string, number>();
  readonly #verdict = newVerdict();
  #tickets = 0;

  constructor(deps: RedisBooksDeps) {
    this.#deps = deps;
    const monotonicMs = deps.clock.monotonic();
    for (const [platform, book] of deps.seed ?? [])
      this.#known.set(platform, { book, seq: ANY, atMs: book.atMs, wallMs: 0, monotonicMs, ticket: 0 });
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
    const args = argumentsOf(operation);
    return args === undefined ? this.#swap(platform, operation) : this.#script(platform, operation, args);
  }

  /** Says that `holder` lives for another `leaseMs`; tells how many do, and whether a book has changed. */
  async look(
    holder: string,
    leaseMs: number,
  ): Promise<{ readonly windows: number; readonly changed: boolean }> {
    const { serverMs } = this.#deps;
    const args = [holder, String(leaseMs), serverMs === undefined ? '' : String(serverMs())];
    const reply = await this.#eval(
      LOOK_SHA,
      LOOK_SCRIPT,
      [this.#key('windows'), this.#key('platforms')],
      args,
    );
    const [windows, members] = reply as [number, Buffer[]];
    const platforms = new Set([...members.map(String), ...this.#known.keys()]);
    const changes = await Promise.all([...platforms].map((platform) => this.#refresh(platform)));
    return { windows, changed: changes.includes(true) };
  }

  async leave(holder: string): Promise<void> {
    await this.#deps.redis.callBuffer('ZREM', [this.#key('windows'), holder]);
  }

  async #refresh(platform: string): Promise<boolean> {
    const known = this.#known.get(platform);
    const reply = await this.#call(platform, 'get', [known?.seq ?? ANY], []);
    if (reply.whole) this.#keep(platform, reply.whole, reply);
    return reply.whole !== undefined;
  }

  /** Its common way is one promise long: a decision waits for nothing but the answer. */
  #script(platform: string, operation: Operation, { numbers, texts }: Arguments): Promise<Outcome> {
    const again = () => this.#script(platform, operation, { numbers, texts });
    const known = this.#known.get(platform);
    if (known?.seq === ANY) return this.#seed(platform).then(again);
    const running = this.#running.get(platform) ?? 0;
    this.#running.set(platform, running + 1);
    const ended = () => this.#running.set(platform, (this.#running.get(platform) ?? 1) - 1);
    const proposal = known && running === 0 ? this.#propose(known, operation) : undefined;
    const undo = () => {
      if (this.#known.get(platform)?.book === known?.book) proposal?.undo();
    };
    const [id = '', ...rest] = texts;
    const all = [id, ...(proposal?.texts ?? NOTHING_PROPOSED[operation.kind] ?? []), ...rest];
    const ticket = this.#nextTicket();
    return this.#send(platform, operation.kind, [(known?.seq ?? 0) + running, ...numbers], all).then(
      (raw) => {
        ended();
        if (raw === KEPT && known && proposal) return this.#kept(platform, { ...known, ticket }, proposal);
        undo();
        const reply = replyOf(raw, ticket);
        if (reply.state === 'missing') return this.#seed(platform).then(again);
        this.#follow(platform, operation, reply);
        const { ok, waitMs, tightest } = reply;
        const row = this.#known.get(platform)?.book.limits[tightest];
        return row === undefined ? { ok, waitMs } : { ok, waitMs, limit: nameOf(row) };
      },
      (error: unknown) => {
        ended();
        undo();
        throw error;
      },
    );
  }

  #propose(known: Known, operation: Operation): Proposal | undefined {
    const { clock, serverMs } = this.#deps;
    const wallMs = serverMs?.() ?? known.wallMs + clock.monotonic() - known.monotonicMs;
    return propose(known, operation, wallMs, this.#verdict);
  }

  #kept(platform: string, known: Known, { outcome, nowMs, wallMs }: Proposal): Outcome {
    const monotonicMs = known.monotonicMs + wallMs - known.wallMs;
    this.#known.set(platform, { ...known, seq: known.seq + 1, atMs: nowMs, wallMs, monotonicMs });
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
  #keep(platform: string, stored: StoredBook, { ticket }: Pick<Reply, 'ticket'>): void {
    if ((this.#known.get(platform)?.ticket ?? 0) > ticket) return;
    this.#known.set(platform, { ...stored, monotonicMs: this.#deps.clock.monotonic(), ticket });
  }

  #nextTicket(): number {
    this.#tickets += 1;
    return this.#tickets;
  }

  async #call(
    platform: string,
    operation: string,
    numbers: readonly number[],
    texts: readonly (string | Buffer)[],
  ): Promise<Reply> {
    const ticket = this.#nextTicket();
    return replyOf(await this.#send(platform, operation, numbers, texts), ticket);
  }

  #send(
    platform: string,
    operation: string,
    numbers: readonly number[],
    texts: readonly (string | Buffer)[],
  ): Promise<unknown> {
    const packed = packDoubles([this.#deps.serverMs?.() ?? Number.NaN, ...numbers]);
    const keys = [this.#key(`book:${platform}`), this.#key('platforms')];
    return this.#eval(BOOK_SHA, BOOK_SCRIPT, keys, [operation, packed, platform, ...texts]);
  }

  /** A server that was started anew knows no script. */
  #eval(
    sha: string,
    script: string,
    keys: readonly string[],
    args: readonly (string | Buffer)[],
  ): Promise<unknown> {
    const rest = [String(keys.length), ...keys, ...args];
    const { redis } = this.#deps;
    return redis.callBuffer('EVALSHA', [sha, ...rest]).catch((error: unknown) => {
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
      return redis.callBuffer('EVAL', [script, ...rest]);
    });
  }

  /** All keys of one prefix have one hash tag. */
  #key(name: string): string {
    return `{${this.#deps.prefix}}:${name}`;
  }
}
