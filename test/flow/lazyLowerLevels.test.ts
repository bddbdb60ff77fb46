import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { LazyLowerLevels } from '../../src/flow/lazyLowerLevels.ts';

function world() {
  interface Opened {
    holder: string;
    disposed: boolean;
    ready: () => void;
  }
  const opened: Opened[] = [];
  const open = () =>
    new Promise<{ levels: []; holder: string; dispose: () => void }>((resolve) => {
      const one: Opened = { holder: `${opened.length}`, disposed: false, ready: () => undefined };
      one.ready = () =>
        resolve({
          levels: [],
          holder: one.holder,
          dispose: () => {
            one.disposed = true;
          },
        });
      opened.push(one);
    });
  return { opened, levels: new LazyLowerLevels(open, (error) => assert.fail(String(error))) };
}

suite('lower levels that are opened when they are needed', () => {
  test('they are opened once, and given without a promise from then on', async () => {
    const { opened, levels } = world();

    const [first, second] = [levels.get(), levels.get()];
    opened[0]?.ready();
    await Promise.all([first, second]);

    const third = levels.get();
    assert.ok(!(third instanceof Promise));
    assert.deepEqual([opened.length, third.holder, levels.current?.holder], [1, '0', '0']);
  });

  test('where others are meant while they open, nobody gets those that have ended', async () => {
    const { opened, levels } = world();
    const before = levels.get();
    levels.reopen();
    const after = levels.get();
    opened[1]?.ready();
    await after;

    opened[0]?.ready();
    await before;
    await Promise.resolve();

    assert.deepEqual(
      opened.map(({ disposed }) => disposed),
      [true, false],
    );
    assert.equal((await levels.get()).holder, '1');
  });
});
