import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import type { Book } from '../../src/quota/book.ts';
import { LazyLevels } from '../../src/quota/lazyLevels.ts';
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

function switching() {
  const clock = new FakeClock();
  const stores: Watched[] = [];
  const known: string[][] = [];
  const levels = new LazyLevels({
    clock,
    open: async (_failed, books) => {
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

  test('before anything was opened there is nothing to change', async () => {
    const { levels, stores } = switching();

    await levels.reopen();

    assert.equal(stores.length, 0);
  });
});
