/** What Redis does to a book, against what the quota's own code does to it: thousands of random sequences. */
import assert from 'node:assert/strict';
import { Redis } from 'ioredis';
import { suite, suiteSetup, suiteTeardown, test } from 'mocha';
import { type Random, seededRandom } from '../../src/base/random.ts';
import { decodeBook, encodeBook } from '../../src/node/redisBook.ts';
import { RedisBooks } from '../../src/node/redisBooks.ts';
import { ALONE_AFTER_MS } from '../../src/node/redisLog.ts';
import type { RedisCaller } from '../../src/node/redisScripts.ts';
import { type Book, emptyBook } from '../../src/quota/book.ts';
import type { AgedReading } from '../../src/quota/correct.ts';
import type { DeclaredLimit } from '../../src/quota/declaredLimits.ts';
import type { Operation, Outcome } from '../../src/quota/levelStore.ts';
import { LIMIT_UNITS } from '../../src/quota/limitReading.ts';
import { applyOperation } from '../../src/quota/operations.ts';
import { FakeClock } from '../support/fakeClock.ts';
import { type RedisServer, startRedis } from '../support/redisServer.ts';

const SEQUENCES = 2_000;
const STEPS = 16;
/** Sequences that run at the same time. */
const AT_ONCE = 50;
const SHARED = { prefix: 'mirror' } as const;

const pick = <T>(random: Random, list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
const maybe = <T>(random: Random, chance: number, value: T): Partial<T> => (random() < chance ? value : {});

function someDemand(random: Random) {
  return {
    inputTokens: Math.floor(random() * 400),
    outputTokens: random() < 0.3 ? random() * 200 : 0,
    ...maybe(random, 0.2, { cachedTokens: random() * 300 }),
    ...maybe(random, 0.3, { usd: random() }),
    ...maybe(random, 0.2, { units: random() * 5 }),
  };
}

function someLimit(random: Random): DeclaredLimit {
  const size = 1 + Math.floor(random() * 1_000);
  const kind = random();
  const refill =
    kind < 0.4
      ? { refillPerMs: random() * 2 }
      : {
          window: pick(random, ['5h', '7d']),
          windowMs: 1_000 + Math.floor(random() * 20_000),
          sliding: kind < 0.7,
        };
  return {
    platform: 'p',
    unit: pick(random, LIMIT_UNITS),
    size,
    ...refill,
    ...maybe(random, 0.2, { model: pick(random, ['m', 'other']) }),
    ...maybe(random, 0.2, { threshold: size * random() }),
  };
}

function someReading(random: Random, clock: FakeClock): AgedReading {
  const limit = 1 + random() * 800;
  return {
    unit: pick(random, LIMIT_UNITS),
    limit,
    remaining: random() * limit,
    atMs: clock.now(),
    ageMs: random() * 2_000,
    ...maybe(random, 0.3, { window: pick(random, ['5h', '7d']), refill: 'at-reset' as const }),
    ...maybe(random, 0.2, { model: 'm' }),
    ...maybe(random, 0.8, { fullInMs: random() * 20_000 }),
    ...maybe(random, 0.3, { status: pick(random, ['allowed', 'warning', 'rejected'] as const) }),
  };
}

/** Limits and operations of which most are common ones: windows add what comes of them to the log. */
function plainLimit(random: Random): DeclaredLimit {
  const size = 1_000 + Math.floor(random() * 9_000);
  const refill =
    random() < 0.5 ? { refillPerMs: random() * 2 } : { window: '5h', windowMs: 60_000, sliding: false };
  return { platform: 'p', unit: pick(random, ['tokens', 'input-tokens', 'requests']), size, ...refill };
}

function plainOperation(random: Random, book: Book, step: number, clock: FakeClock): Operation {
  const what = random();
  if (what < 0.02) return someOperation(random, book, step, clock);
  const holder = pick(random, ['us', 'them']);
  const demand = { inputTokens: 1 + Math.floor(random() * 40), outputTokens: random() * 9 };
  if (what > 0.6 && book.held.length > 0)
    return { kind: 'settle', id: pick(random, book.held).id, ...maybe(random, 0.8, { used: demand }) };
  const ask = {
    ...{ id: `a ${step}`, model: 'm', demand, priority: Math.floor(random() * 4) },
    ...{ waitedMs: 0, patienceMs: 0, lent: [], fair: true },
  };
  return { kind: 'take', ask, holder, leaseMs: 600_000 };
}

interface Kind {
  readonly steps: number;
  readonly limit: (random: Random) => DeclaredLimit;
  readonly operation: typeof someOperation;
  /** How often the other window is the one that asks. */
  readonly turns: number;
}

const ALL: Kind = { steps: STEPS, limit: someLimit, operation: someOperation, turns: 0.3 };
const COMMON: Kind = { steps: 120, limit: plainLimit, operation: plainOperation, turns: 0.05 };

function someOperation(random: Random, book: Book, step: number, clock: FakeClock): Operation {
  const what = random();
  const holder = pick(random, ['us', 'them']);
  const known = [...book.held, ...book.lapsed, ...book.waiting];
  const id = known.length > 0 && random() < 0.9 ? pick(random, known).id : 'nobody';
  if (what < 0.5) {
    const waiter = book.waiting.length > 0 && random() < 0.4 ? pick(random, book.waiting) : undefined;
    const ask = {
      id: waiter?.id ?? `a ${step}`,
      model: waiter?.model ?? pick(random, ['m', 'other', 'third']),
      demand: waiter?.demand ?? someDemand(random),
      priority: waiter?.priority ?? Math.floor(random() * 4),
      waitedMs: pick(random, [0, 0, 500, 70_000]),
      patienceMs: pick(random, [0, 20_000, 90_000]),
      lent: random() < 0.4 ? [random(), random(), random(), random()] : [],
      fair: random() < 0.9,
    };
    const leaseMs = pick(random, [500, 15_000, 8.64e15]);
    return { kind: 'take', ask, holder, leaseMs, ...maybe(random, 0.5, { join: { behind: step % 3 } }) };
  }
  if (what < 0.72) return { kind: 'settle', id, ...maybe(random, 0.7, { used: someDemand(random) }) };
  if (what < 0.78) return { kind: 'renew', holder, leaseMs: 3_000 };
  if (what < 0.83) return { kind: 'leave', id };
  if (what < 0.86) return { kind: 'poll', everyMs: 1_500 };
  if (what < 0.95)
    return {
      kind: 'read',
      readings: [someReading(random, clock)],
      ...maybe(random, 0.5, { id, seen: someDemand(random) }),
    };
  if (what < 0.98)
    return { kind: 'declare', limits: Array.from({ length: 1 + (step % 4) }, () => someLimit(random)) };
  if (what < 0.99) return { kind: 'charge', uses: [{ model: 'm', priority: 2, used: someDemand(random) }] };
  return { kind: 'forget' };
}

/** Sums of doubles, and `exp` of two libraries, may differ in the last places. */
function same(a: unknown, b: unknown, where: string): void {
  if (JSON.stringify(a) !== JSON.stringify(b)) near(a, b, where);
}

function near(a: unknown, b: unknown, where: string): void {
  if (typeof a === 'number' && typeof b === 'number') {
    assert.ok(Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b)), `${where}: ${a} and ${b}`);
  } else if (typeof a === 'object' && a !== null && typeof b === 'object' && b !== null) {
    assert.deepEqual(Object.keys(a).sort(), Object.keys(b).sort(), where);
    for (const [key, value] of Object.entries(a))
      near(value, (b as Record<string, unknown>)[key], `${where}.${key}`);
  } else assert.equal(a, b, where);
}

suite('Redis mirrors the quota', () => {
  let server: RedisServer;
  let redis: Redis;
  suiteSetup(async () => {
    server = await startRedis();
    redis = new Redis(server.url);
  });
  suiteTeardown(async () => {
    redis.disconnect();
    await server.stop();
  });

  /** Counts what became of what a window has worked out itself. */
  const counted = (counts: Record<string, number>): RedisCaller => ({
    callBuffer: async (command, args) => {
      // The bytes of an entry stand until the next one.
      const entry = new Float64Array(new Uint8Array(args.at(-1) as Buffer).buffer.slice(0, 8));
      const reply = await redis.callBuffer(command, args);
      if (command === 'rpushx') {
        const base = Number(String(args[0]).split(':').at(-1));
        const what =
          reply === 0 ? 'log ended' : reply === (entry[0] ?? 0) - base + 1 ? 'kept' : 'somebody faster';
        counts[what] = (counts[what] ?? 0) + 1;
      }
      return reply;
    },
  });

  async function sequence(seed: number, counts: Record<string, number>, kind = ALL): Promise<void> {
    const random = seededRandom(seed);
    const clock = new FakeClock();
    const serverMs = () => clock.now();
    // Two windows: whoever is not the last to have changed the book knows an older one.
    const windows = [0, 1].map(() => new RedisBooks({ redis: counted(counts), ...SHARED, clock, serverMs }));
    const looker = new RedisBooks({ redis, ...SHARED, clock, serverMs });
    const platform = `p ${kind.steps} ${seed}`;
    const limits = Array.from({ length: 1 + Math.floor(random() * 4) }, () => kind.limit(random));
    let reference: Book | undefined;
    for (let step = 0; step < kind.steps; step += 1) {
      clock.advance(pick(random, [0, 0.3, 40, 700, 4_000]) * random());
      if (random() < 0.02) clock.jump(-3_600_000);
      if (random() < 0.01) clock.advance(3_600_000);
      const operation: Operation =
        step === 0
          ? { kind: 'declare', limits }
          : kind.operation(random, reference ?? emptyBook(), step, clock);

      const books = random() < kind.turns ? windows[1] : windows[0];
      assert.ok(books);

      // Now and then all look what others did, and a while passes: then each thinks that it is alone, and knows the log.
      if (random() < 0.1) {
        for (const window of windows) await window.refresh(platform);
        clock.advance(ALONE_AFTER_MS);
      }

      const outcome = await books.run(platform, operation);

      // Whoever looks has the log taken over into the book; until then it is what its last writer knows.
      const looked = random() < 0.25 || step === kind.steps - 1;
      if (looked) await looker.refresh(platform);
      const book = looked
        ? decodeBook(await stored(platform)).book
        : structuredClone(books.book(platform) ?? emptyBook());
      const mine = reference ?? emptyBook();
      const expected: Outcome = applyOperation(mine, operation, book.atMs);
      const where = `seed ${seed} step ${step} ${operation.kind}`;
      same(outcome, expected, where);
      same(book, mine, where);
      same(books.book(platform), mine, `${where}, own copy`);
      // The last places must not add up.
      reference = book;
      counts[`${operation.kind} ${expected.ok}`] = (counts[`${operation.kind} ${expected.ok}`] ?? 0) + 1;
    }
  }

  async function stored(platform: string): Promise<Map<string, Buffer>> {
    const fields = await redis.hgetallBuffer(`{mirror}:book:${platform}`);
    return new Map(Object.entries(fields));
  }

  test('every outcome and every book is the same, over random sequences of all operations', async () => {
    const counts: Record<string, number> = {};
    for (let from = 0; from < SEQUENCES; from += AT_ONCE)
      await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => sequence(from + index, counts)));

    for (const kind of [
      'take true',
      'take false',
      'settle true',
      'settle false',
      'leave true',
      'poll false',
      'log ended',
    ])
      assert.ok((counts[kind] ?? 0) > 50, `${kind}: ${counts[kind]}`);
  }).timeout(240_000);

  test('the same holds for what windows work out themselves, however many of them think that they are alone', async () => {
    const counts: Record<string, number> = {};
    for (let from = 0; from < 100; from += AT_ONCE)
      await Promise.all(
        Array.from({ length: AT_ONCE }, (_, index) => sequence(from + index, counts, COMMON)),
      );

    assert.ok((counts.kept ?? 0) > 2_000, `${counts.kept}`);
    for (const kind of ['somebody faster', 'log ended'])
      assert.ok((counts[kind] ?? 0) > 50, `${kind}: ${counts[kind]}`);
  }).timeout(240_000);

  test('a book that was written is read as it was, to the last bit', () => {
    for (let seed = 0; seed < 300; seed += 1) {
      const random = seededRandom(seed);
      const clock = new FakeClock();
      const book = emptyBook();
      applyOperation(book, { kind: 'declare', limits: [someLimit(random), someLimit(random)] }, clock.now());
      for (let step = 0; step < 30; step += 1) {
        clock.advance(random() * 900);
        applyOperation(book, someOperation(random, book, step, clock), clock.now());
      }

      const written = encodeBook(book, { seq: 7, atMs: book.atMs, wallMs: 5 });
      const fields = new Map<string, Buffer>();
      for (let at = 0; at < written.length; at += 2)
        fields.set(String(written[at]), Buffer.from(written[at + 1] ?? ''));
      const read = decodeBook(fields);

      assert.deepEqual(read, { book, seq: 7, atMs: book.atMs, wallMs: 5 });
    }
  });
});
