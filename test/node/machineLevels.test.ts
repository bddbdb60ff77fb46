import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setup, suite, teardown, test } from 'mocha';
import { SluiceError } from '../../src/base/errors.ts';
import { seededRandom } from '../../src/base/random.ts';
import { openMachineLevels } from '../../src/node/machineLevels.ts';
import type { LevelStore } from '../../src/quota/levelStore.ts';
import { LOOK_AGAIN_MS } from '../../src/quota/returningLevels.ts';
import { levelOf } from '../../src/quota/shares.ts';
import { ask, take } from '../quota/storeLaws.ts';
import { FakeClock } from '../support/fakeClock.ts';
import { until } from '../support/until.ts';

const LIMIT = { platform: 'p', unit: 'tokens', size: 1_000, window: '5h', windowMs: 1e9 } as const;

/** Of this process, with what SQLite keeps beside the file. */
function openFiles(file: string): string[] {
  return readdirSync('/proc/self/fd').flatMap((name) => {
    try {
      const path = readlinkSync(join('/proc/self/fd', name));
      return path.startsWith(file) ? [path] : [];
    } catch {
      return [];
    }
  });
}

suite('the file of the machine’s levels', () => {
  let folder = '';
  const file = () => join(folder, 'deep', 'levels.db');
  const level = (store: LevelStore) => {
    const row = store.book('p')?.limits[0];
    return row && levelOf(row);
  };
  setup(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-'));
  });
  teardown(() => rmSync(folder, { recursive: true, force: true }));

  async function open(holder: string, clock: FakeClock) {
    const troubles: unknown[] = [];
    const random = seededRandom(1);
    const onState = (trouble: unknown) => troubles.push(trouble);
    return { store: await openMachineLevels({ file: file(), clock, random, holder, onState }), troubles };
  }

  /** Looks again, however long the file takes to open. */
  const back = (clock: FakeClock, is: () => boolean) =>
    until({ what: 'the file to be used again', timeoutMs: 20_000 }, () => {
      clock.advance(LOOK_AGAIN_MS);
      return is();
    });

  test('one that cannot be written to is left for a while, and told what happened when it can', async () => {
    const clock = new FakeClock();
    const [one, two] = [await open('one', clock), await open('two', clock)];
    await one.store.run('p', { kind: 'declare', limits: [LIMIT] });
    await take(one.store, 'p', ask('before', 0, 100));
    const other = new DatabaseSync(file());
    other.exec('ALTER TABLE levels RENAME TO away');

    const outcome = await take(one.store, 'p', ask('first', 0, 200, { fair: false }));
    await one.store.run('p', { kind: 'settle', id: 'first', used: { inputTokens: 150, outputTokens: 0 } });
    const alone = level(one.store);
    other.exec('ALTER TABLE away RENAME TO levels');
    other.close();
    await back(clock, () => one.troubles.length === 2);
    await one.store.run('p', { kind: 'settle', id: 'before', used: { inputTokens: 100, outputTokens: 0 } });
    await until({ what: 'both to know all', timeoutMs: 20_000 }, () => {
      clock.advance(1_000);
      return level(one.store) === 750 && level(two.store) === 750;
    });

    const [trouble, well] = one.troubles;
    assert.ok(outcome.ok);
    assert.ok(SluiceError.is(trouble, 'storage-unusable') && trouble.facts.why === 'not-writable');
    assert.deepEqual([alone, well], [750, undefined]);
    for (const { store } of [one, two]) store.dispose();
  });

  test('a folder that cannot be made is waited for; the file of a newer version is not', async () => {
    const clock = new FakeClock();
    writeFileSync(dirname(file()), 'in the way');
    const { store, troubles } = await open('one', clock);
    await store.run('p', { kind: 'declare', limits: [LIMIT] });
    await take(store, 'p', ask('a', 0, 100));
    await store.run('p', { kind: 'settle', id: 'a', used: { inputTokens: 100, outputTokens: 0 } });

    rmSync(dirname(file()));
    await back(clock, () => troubles.length === 2);
    await until({ what: 'all to be told', timeoutMs: 20_000 }, () => level(store) === 900);
    store.dispose();

    rmSync(folder, { recursive: true });
    mkdirSync(dirname(file()), { recursive: true });
    const newer = new DatabaseSync(file());
    newer.exec('PRAGMA user_version = 99');
    newer.close();
    await assert.rejects(
      open('two', clock),
      (error) => SluiceError.is(error, 'storage-unusable') && error.facts.why === 'newer-version',
    );
  });

  test('one whose table is gone is said once, and no look at it leaves it open', async function () {
    // Where the machine says which files a process has open.
    if (!existsSync('/proc/self/fd')) this.skip();
    const clock = new FakeClock();
    const { store, troubles } = await open('one', clock);
    await store.run('p', { kind: 'declare', limits: [LIMIT] });
    await take(store, 'p', ask('a', 0, 100), 'one');
    const other = new DatabaseSync(file());
    other.exec('DROP TABLE levels');
    other.close();

    const granted = await take(store, 'p', ask('b', 0, 200), 'one');
    await store.run('p', { kind: 'settle', id: 'a', used: { inputTokens: 50, outputTokens: 0 } });
    const second = await open('two', clock);
    // A look is over when the next one is due.
    const { pending } = clock;
    for (let look = 0; look < 3; look += 1) {
      clock.advance(LOOK_AGAIN_MS);
      await until({ what: 'both to have looked', timeoutMs: 20_000 }, () => clock.pending === pending);
    }

    assert.ok(granted.ok);
    assert.deepEqual([troubles.length, second.troubles.length, level(store)], [1, 1, 750]);
    assert.deepEqual(openFiles(file()), []);
    for (const window of [store, second.store]) window.dispose();
  });
});
