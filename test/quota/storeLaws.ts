/** What holds in every store of levels, over random sequences. */
import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { type Random, seededRandom } from '../../src/base/random.ts';
import type { Book, LimitRow } from '../../src/quota/book.ts';
import type { Ask } from '../../src/quota/decide.ts';
import type { DeclaredLimit } from '../../src/quota/declaredLimits.ts';
import type { LevelStore, Outcome } from '../../src/quota/levelStore.ts';
import type { LimitReading } from '../../src/quota/limitReading.ts';
import { SharedLevels } from '../../src/quota/sharedLevels.ts';
import { levelOf } from '../../src/quota/shares.ts';
import { FakeClock } from '../support/fakeClock.ts';

export interface StoreUnderTest {
  readonly name: string;
  /** Sequences for each law: thousands in all. */
  readonly sequences: number;
  /** Stores of one file (or what it is) for the tests of a suite; each call opens another window on it. */
  open(clock: FakeClock): Promise<LevelStore>;
}

const LEASE_MS = 15_000;
const HOUR_MS = 3_600_000;

export function ask(id: string, priority: number, tokens: number, changes: Partial<Ask> = {}): Ask {
  const demand = { inputTokens: tokens, outputTokens: 0 };
  return { id, model: 'm', demand, priority, waitedMs: 0, patienceMs: 0, lent: [], fair: true, ...changes };
}

export async function take(store: LevelStore, platform: string, one: Ask, holder = 'us'): Promise<Outcome> {
  return store.run(platform, { kind: 'take', ask: one, holder, leaseMs: LEASE_MS });
}

function bucket(size: number, refillPerMs: number): DeclaredLimit {
  return { platform: 'p', unit: 'tokens', size, refillPerMs };
}

/** Of one kind of limit, at random. */
function someLimit(random: Random): DeclaredLimit {
  const size = 1 + Math.floor(random() * 1_000);
  const kind = Math.floor(random() * 3);
  if (kind === 0) return bucket(size, random() * 2);
  const windowMs = 1_000 + Math.floor(random() * 20_000);
  return { platform: 'p', unit: 'tokens', window: '5h', windowMs, sliding: kind === 1, size };
}

function someReading(
  random: Random,
  limit: DeclaredLimit,
  clock: FakeClock,
): LimitReading & { ageMs: number } {
  const ageMs = Math.floor(random() * 20_000);
  const most = Math.max(1, limit.size * (0.5 + random()));
  return {
    unit: 'tokens',
    ...(limit.window === undefined ? {} : { window: limit.window, refill: 'at-reset' }),
    limit: most,
    remaining: random() * most,
    ...(random() < 0.8 ? { fullInMs: random() * 30_000 } : {}),
    atMs: clock.now() - ageMs,
    ageMs,
  };
}

function only(store: LevelStore, platform: string): { readonly book: Book; readonly row: LimitRow } {
  const book = store.book(platform);
  const row = book?.limits[0];
  assert.ok(book && row);
  return { book, row };
}

function holds(row: LimitRow, where: string): void {
  for (const share of row.shares) assert.ok(share >= 0, `${where}: a share of ${share}`);
  const level = levelOf(row);
  assert.ok(level <= row.size * (1 + 1e-9), `${where}: ${level} of ${row.size}`);
  assert.ok(row.reserved >= 0 && row.owed >= 0 && row.owed <= row.size, where);
  assert.ok(
    row.used.every((used) => used >= 0),
    where,
  );
}

export function storeLaws({ name, sequences, open }: StoreUnderTest): void {
  suite(`levels ${name}: laws`, function () {
    // Thousands of round trips: a machine under load is no failure.
    this.timeout(240_000);

    test('whatever happens, each share is at least 0 and their sum at most the size', async () => {
      const clock = new FakeClock();
      const store = await open(clock);
      for (let seed = 0; seed < sequences; seed += 1) {
        const random = seededRandom(seed);
        const [platform, limit] = [`all ${seed}`, someLimit(random)];
        await store.run(platform, { kind: 'declare', limits: [limit] });
        for (let step = 0; step < 40; step += 1) {
          clock.advance(random() * 400);
          if (random() < 0.05) clock.jump((random() - 0.5) * HOUR_MS);
          const what = random();
          const id = `${platform} ${Math.floor(random() * 12)}`;
          if (what < 0.5) {
            const tokens = random() * limit.size * (random() < 0.1 ? 3 : 0.4);
            const lent = random() < 0.3 ? [random(), random(), random(), random()] : [];
            const fair = random() < 0.9;
            const waitedMs = random() < 0.1 ? 70_000 : 0;
            const one = ask(`${id} ${step}`, Math.floor(random() * 4), tokens, { lent, fair, waitedMs });
            await take(store, platform, one);
          } else if (what < 0.8) {
            const held = store.book(platform)?.held.at(Math.floor(random() * 3));
            const used = { inputTokens: random() * limit.size * 0.6, outputTokens: 0 };
            if (held) {
              const end = random() < 0.3 ? {} : { used };
              await store.run(platform, { kind: 'settle', id: held.id, ...end });
            }
          } else if (what < 0.9) {
            await store.run(platform, { kind: 'read', readings: [someReading(random, limit, clock)] });
          } else if (what < 0.95) {
            await store.run(platform, {
              kind: 'declare',
              limits: [{ ...limit, size: limit.size * (0.5 + random()) }],
            });
          } else {
            await store.run(platform, { kind: 'renew', holder: 'us', leaseMs: LEASE_MS });
          }
          holds(only(store, platform).row, `seed ${seed} step ${step}`);
        }
      }
      store.dispose();
    });

    test('in any time no more is granted than the size and what was refilled in it', async () => {
      const clock = new FakeClock();
      const store = await open(clock);
      for (let seed = 0; seed < sequences; seed += 1) {
        const random = seededRandom(seed);
        const platform = `granted ${seed}`;
        const [size, refillPerMs] = [1 + Math.floor(random() * 1_000), random() * 2];
        await store.run(platform, { kind: 'declare', limits: [bucket(size, refillPerMs)] });
        const grants: { readonly atMs: number; readonly amount: number }[] = [];
        for (let step = 0; step < 30; step += 1) {
          clock.advance(random() * 300);
          if (random() < 0.1) clock.jump(-random() * HOUR_MS);
          const one = ask(`${step}`, Math.floor(random() * 4), random() * size * 0.7);
          if (!(await take(store, platform, one)).ok) continue;
          const { book } = only(store, platform);
          const amount = book.held.at(-1)?.parts[0]?.taken.reduce((sum, part) => sum + part, 0) ?? 0;
          grants.push({ atMs: clock.monotonic(), amount });
        }
        for (const [index, { atMs }] of grants.entries()) {
          let sum = 0;
          for (const grant of grants.slice(index)) {
            sum += grant.amount;
            const most = size + (grant.atMs - atMs + 1) * refillPerMs;
            assert.ok(sum <= most * (1 + 1e-9), `seed ${seed}: ${sum} of ${most}`);
          }
        }
      }
      store.dispose();
    });

    test('settled or given back twice counts once', async () => {
      const clock = new FakeClock();
      const store = await open(clock);
      for (let seed = 0; seed < sequences; seed += 1) {
        const random = seededRandom(seed);
        const platform = `twice ${seed}`;
        await store.run(platform, { kind: 'declare', limits: [bucket(1_000, 0.001)] });
        const tokens = random() * 400;
        await take(store, platform, ask('a', 0, tokens));
        await take(store, platform, ask('b', 1, random() * 200));
        const used = { inputTokens: random() * 500, outputTokens: 0 };
        const end = random() < 0.5 ? {} : { used };

        const first = await store.run(platform, { kind: 'settle', id: 'a', ...end });
        const once = structuredClone(only(store, platform).book);
        const second = await store.run(platform, { kind: 'settle', id: 'a', used });
        const third = await store.run(platform, { kind: 'settle', id: 'a' });

        assert.deepEqual([first.ok, second.ok, third.ok], [true, false, false]);
        assert.deepEqual(only(store, platform).book, once, `seed ${seed}`);
      }
      store.dispose();
    });

    test('what is given back is back where it was taken, to the last share', async () => {
      const clock = new FakeClock();
      const store = await open(clock);
      for (let seed = 0; seed < sequences; seed += 1) {
        const random = seededRandom(seed);
        const platform = `back ${seed}`;
        await store.run(platform, { kind: 'declare', limits: [bucket(1_000, 0.001)] });
        await take(store, platform, ask('before', Math.floor(random() * 4), random() * 300));
        const before = [...only(store, platform).row.shares];
        const lent = [random(), random(), random(), random()];
        await take(store, platform, ask('a', Math.floor(random() * 4), random() * 900, { lent }));

        await store.run(platform, { kind: 'settle', id: 'a' });

        const after = only(store, platform).row.shares;
        for (const [share, amount] of before.entries())
          assert.ok(Math.abs((after[share] ?? 0) - amount) < 1e-6, `seed ${seed}: ${before} ${after}`);
      }
      store.dispose();
    });

    test('a reading from the past never overwrites a newer one, whatever the clock was set to', async () => {
      const clock = new FakeClock();
      const store = await open(clock);
      for (let seed = 0; seed < sequences; seed += 1) {
        const random = seededRandom(seed);
        const platform = `past ${seed}`;
        const limit = bucket(500, 0.001);
        await store.run(platform, { kind: 'read', readings: [someReading(random, limit, clock)] });
        for (let step = 0; step < 10; step += 1) {
          clock.advance(random() * 5_000);
          if (random() < 0.2) clock.jump(-random() * HOUR_MS);
          const known = structuredClone(only(store, platform).row);
          const reading = someReading(random, limit, clock);

          await store.run(platform, { kind: 'read', readings: [reading] });

          const { book, row } = only(store, platform);
          const older = book.atMs - reading.ageMs < known.readAtMs;
          assert.equal(row.readAtMs, older ? known.readAtMs : book.atMs - reading.ageMs, `seed ${seed}`);
          if (older) assert.deepEqual([row.size, row.shares], [known.size, known.shares], `seed ${seed}`);
        }
      }
      store.dispose();
    });

    test('who does not renew its lease loses what it holds; what it used after all is charged once', async () => {
      const clock = new FakeClock();
      const store = await open(clock);
      const limit = {
        platform: 'p',
        unit: 'tokens',
        window: '7d',
        windowMs: 168 * HOUR_MS,
        size: 1_000,
      } as const;
      await store.run('lease', { kind: 'declare', limits: [limit] });
      await take(store, 'lease', ask('gone', 0, 300), 'gone');
      await take(store, 'lease', ask('alive', 0, 200), 'alive');
      clock.advance(LEASE_MS - 1);
      await store.run('lease', { kind: 'renew', holder: 'alive', leaseMs: LEASE_MS });
      const held = levelOf(only(store, 'lease').row);

      clock.advance(1);
      await store.run('lease', { kind: 'renew', holder: 'alive', leaseMs: LEASE_MS });
      const lapsed = levelOf(only(store, 'lease').row);
      const used = { inputTokens: 120, outputTokens: 0 };
      const late = await store.run('lease', { kind: 'settle', id: 'gone', used });
      const again = await store.run('lease', { kind: 'settle', id: 'gone', used });

      assert.deepEqual([held, lapsed], [500, 800]);
      assert.deepEqual([late.ok, again.ok], [true, false]);
      assert.ok(Math.abs(levelOf(only(store, 'lease').row) - 680) < 1e-9);
      store.dispose();
    });

    test('platforms that share a bucket together never get more than it has, and all of it comes back', async () => {
      const clock = new FakeClock();
      const inner = await open(clock);
      for (let seed = 0; seed < Math.min(sequences, 200); seed += 1) {
        const random = seededRandom(seed);
        const store = new SharedLevels({ store: inner, lent: () => [] });
        const platforms = ['x', 'y', 'z'].map((name) => `${name} ${seed}`);
        const key = `shared:${seed}`;
        const size = 50 + Math.floor(random() * 200);
        const window = { window: '5h', windowMs: 5 * HOUR_MS };
        store.declare([{ key, platforms, limits: [{ platform: key, unit: 'tokens', size, ...window }] }]);
        const [own = ''] = platforms;
        await store.run(own, { kind: 'declare', limits: [bucket(40, 0)] });
        const held = new Map<string, { readonly platform: string; readonly tokens: number }>();

        for (let step = 0; step < 15; step += 1) {
          const platform = platforms[Math.floor(random() * 3)] ?? own;
          const tokens = 1 + Math.floor(random() * 60);
          const one = ask(`${seed} ${step}`, 3, tokens, { fair: false });
          if ((await take(store, platform, one)).ok)
            held.set(one.id, { platform, tokens: Math.min(tokens, size) });
          const granted = [...held.values()].reduce((sum, each) => sum + each.tokens, 0);
          const { row } = only(store, key);
          assert.ok(granted <= size, `seed ${seed}: ${granted} of ${size}`);
          assert.ok(Math.abs(levelOf(row) - (size - granted)) < 1e-6, `seed ${seed}, step ${step}`);
        }
        for (const [id, { platform }] of held) await store.run(platform, { kind: 'settle', id });

        assert.ok(Math.abs(levelOf(only(store, key).row) - size) < 1e-6, `seed ${seed}`);
        assert.ok(Math.abs(levelOf(only(store, own).row) - 40) < 1e-6, `seed ${seed}`);
      }
      inner.dispose();
    });

    test('who used more than its share gets less of the refill, unless that was turned off', async () => {
      const clock = new FakeClock();
      const store = await open(clock);
      const shareOf = async (platform: string, lenient: boolean) => {
        await store.run(platform, { kind: 'declare', limits: [bucket(1_000, 1)], lenient });
        await take(store, platform, ask(`${platform} over`, 2, 300));
        clock.advance(100);
        await take(store, platform, ask(`${platform} after`, 0, 1));
        return only(store, platform).row.shares[2] ?? 0;
      };

      const less = await shareOf('penalised', false);
      const even = await shareOf('lenient', true);

      // 100 came back for medium (20 %, which had 300 of 200) and low (10 %).
      assert.ok(Math.abs(less - (100 * 0.4) / 0.7) < 1e-6, `${less}`);
      assert.ok(Math.abs(even - (100 * 2) / 3) < 1e-6, `${even}`);
      store.dispose();
    });

    test('of all windows one may poll in a while', async () => {
      const clock = new FakeClock();
      const store = await open(clock);
      const poll = async () => (await store.run('poll', { kind: 'poll', everyMs: 60_000 })).ok;

      const answers = [await poll(), await poll()];
      clock.advance(60_000);
      answers.push(await poll(), await poll());

      assert.deepEqual(answers, [true, false, true, false]);
      store.dispose();
    });
  });
}
