import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import type { Clock } from '../../src/base/clock.ts';
import type { Disposable } from '../../src/base/disposable.ts';
import type { Book } from '../../src/quota/book.ts';
import { LazyLevels } from '../../src/quota/lazyLevels.ts';
import { type LevelStore, type Operation, type Outcome, UNANSWERED } from '../../src/quota/levelStore.ts';
import { MemoryLevels } from '../../src/quota/memoryLevels.ts';
import { levelOf } from '../../src/quota/shares.ts';
import { FakeClock } from '../support/fakeClock.ts';
import { ask, take } from './storeLaws.ts';

const LIMIT = { platform: 'p', unit: 'tokens', size: 1_000, window: '5h', windowMs: 1e9 } as const;

class Watched extends MemoryLevels {
  disposed = false;
  override dispose(): void {
    this.disposed = true;
    super.dispose();
  }
}

/** Takes so long to grant anything that it is closed first. */
class Slow implements LevelStore {
  readonly shared = true;
  readonly #levels: MemoryLevels;
  readonly #open: ((outcome: Outcome) => void)[] = [];

  constructor(clock: Clock) {
    this.#levels = new MemoryLevels(clock);
  }

  run(platform: string, operation: Operation): Outcome | Promise<Outcome> {
    if (operation.kind !== 'take') return this.#levels.run(platform, operation);
    return new Promise((resolve) => this.#open.push(resolve));
  }

  book(platform: string): Book | undefined {
    return this.#levels.book(platform);
  }

  platforms(): readonly string[] {
    return this.#levels.platforms();
  }

  nowMs(platform: string): number {
    return this.#levels.nowMs(platform);
  }

  onChange(): Disposable {
    return this.#levels.onChange();
  }

  dispose(): void {
    for (const answer of this.#open) answer(UNANSWERED);
  }
}

function switching() {
  const clock = new FakeClock();
  const stores: Watched[] = [];
  const known: string[][] = [];
  const levels = new LazyLevels({
    clock,
    open: async (books) => {
      known.push(books.map(([platform]) => platform));
      const copied = books.map(([platform, book]) => [platform, structuredClone(book)] as const);
      const store = new Watched(clock, copied);
      stores.push(store);
      return store;
    },
    onFailure: (error) => assert.fail(String(error)),
  });
  const left = (book: Book | undefined) => book?.limits.map((row) => Math.round(levelOf(row)));
  return { clock, stores, known, levels, left };
}

suite('a store that changes while it is used', () => {
  test('a reservation ends where it was made, and its store stays open for so long', async () => {
    const { levels, stores, left } = switching();
    await levels.run('p', { kind: 'declare', limits: [LIMIT] });
    await take(levels, 'p', ask('a', 0, 300));

    await levels.reopen();
    await take(levels, 'p', ask('b', 0, 100));
    const open = stores[0]?.disposed;
    const ended = await levels.run('p', {
      kind: 'settle',
      id: 'a',
      used: { inputTokens: 300, outputTokens: 0 },
    });
    await levels.run('p', { kind: 'settle', id: 'b' });

    assert.deepEqual([open, ended.ok, stores[0]?.disposed, stores[1]?.disposed], [false, true, true, false]);
    assert.deepEqual(left(levels.book('p')), [700]);
  });

  test('the new store hears what was known and what is declared', async () => {
    const { levels, known, left } = switching();
    await levels.run('p', { kind: 'declare', limits: [LIMIT] });

    await levels.reopen();

    assert.deepEqual(known, [[], ['p']]);
    assert.deepEqual(left(levels.book('p')), [1_000]);
  });

  test('what a store had no time to answer, the next one answers', async () => {
    const clock = new FakeClock();
    const slow = new Slow(clock);
    const stores: LevelStore[] = [slow, new MemoryLevels(clock)];
    const levels = new LazyLevels({
      clock,
      open: async () => stores.shift() ?? assert.fail('opened once more'),
      onFailure: (error) => assert.fail(String(error)),
    });
    await levels.run('p', { kind: 'declare', limits: [LIMIT] });
    const asked = take(levels, 'p', ask('a', 0, 300));

    await levels.reopen();

    assert.equal((await asked).ok, true);
    assert.equal((await levels.run('p', { kind: 'settle', id: 'a' })).ok, true);
  });

  test('one that cannot be opened is said once; memory goes on with what was known', async () => {
    const clock = new FakeClock();
    const told: unknown[] = [];
    let opened = 0;
    const levels = new LazyLevels({
      clock,
      open: async () => {
        opened += 1;
        if (opened > 1) throw new Error(`no ${opened}`);
        return new MemoryLevels(clock);
      },
      onFailure: (error) => void told.push(String(error)),
    });
    await levels.run('p', { kind: 'declare', limits: [LIMIT] });
    await take(levels, 'p', ask('a', 0, 300));
    await levels.run('p', { kind: 'settle', id: 'a', used: { inputTokens: 300, outputTokens: 0 } });

    await levels.reopen();
    await levels.reopen();

    assert.deepEqual(told, ['Error: no 2']);
    assert.equal((await take(levels, 'p', ask('b', 0, 701, { fair: false }))).ok, false);
    assert.equal((await take(levels, 'p', ask('c', 0, 700))).ok, true);
  });

  test('before anything was opened there is nothing to change', async () => {
    const { levels, stores } = switching();

    await levels.reopen();

    assert.equal(stores.length, 0);
  });
});
