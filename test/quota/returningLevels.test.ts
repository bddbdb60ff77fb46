import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { seededRandom } from '../../src/base/random.ts';
import { type Operation, type Outcome, UNANSWERED } from '../../src/quota/levelStore.ts';
import { MemoryLevels } from '../../src/quota/memoryLevels.ts';
import { LOOK_AGAIN_MS, ReturningLevels } from '../../src/quota/returningLevels.ts';
import { levelOf } from '../../src/quota/shares.ts';
import { FakeClock } from '../support/fakeClock.ts';
import { ask, take } from './storeLaws.ts';

const SIZE = 1_000;
const LIMIT = { platform: 'p', unit: 'tokens', size: SIZE, window: '5h', windowMs: 1e9 } as const;
const FULL = new Error('database or disk is full');
const used = (tokens: number) => ({ inputTokens: tokens, outputTokens: 0 });
const turns = async () => {
  for (let turn = 0; turn < 60; turn += 1) await Promise.resolve();
};

/** A disk with one file of levels, and windows on it. */
class Disk {
  readonly clock = new FakeClock();
  readonly levels = new MemoryLevels(this.clock);
  full = false;
  opened = 0;
  /** Writes that still succeed before the disk is full. */
  writesLeft = Number.POSITIVE_INFINITY;

  get level(): number {
    const row = this.levels.book('p')?.limits[0];
    return row ? levelOf(row) : Number.NaN;
  }

  async window(holder = 'us', passes = true) {
    const troubles: unknown[] = [];
    const store = await ReturningLevels.open({
      clock: this.clock,
      holder,
      open: async (failed) => {
        this.opened += 1;
        return new OnDisk(this, failed);
      },
      passes: () => passes,
      onState: (trouble) => troubles.push(trouble),
    });
    return { store, troubles };
  }

  async later(): Promise<void> {
    this.clock.advance(LOOK_AGAIN_MS);
    await turns();
  }
}

class OnDisk extends MemoryLevels {
  readonly #disk: Disk;
  readonly #failed: (error: unknown) => void;

  constructor(disk: Disk, failed: (error: unknown) => void) {
    super(disk.clock);
    this.#disk = disk;
    this.#failed = failed;
  }

  override run(platform: string, operation: Operation): Outcome {
    this.#disk.writesLeft -= 1;
    if (this.#disk.writesLeft < 0) this.#disk.full = true;
    if (!this.#disk.full) return this.#disk.levels.run(platform, operation);
    this.#failed(FULL);
    return UNANSWERED;
  }

  override book(platform: string) {
    return this.#disk.levels.book(platform);
  }

  override platforms() {
    return this.#disk.levels.platforms();
  }

  override nowMs(platform: string) {
    return this.#disk.levels.nowMs(platform);
  }
}

suite('levels on a disk that is full', () => {
  test('the request that found it full is decided here, it is said once, and the next ones go on from there', async () => {
    const disk = new Disk();
    const { store, troubles } = await disk.window();
    await store.run('p', { kind: 'declare', limits: [LIMIT] });
    await take(store, 'p', ask('before', 0, 300));
    disk.full = true;

    const outcomes = [];
    for (const id of ['a', 'b', 'c']) outcomes.push(await take(store, 'p', ask(id, 0, 300, { fair: false })));

    assert.deepEqual(
      outcomes.map(({ ok }) => ok),
      [true, true, false],
    );
    assert.deepEqual(troubles, [FULL]);
    assert.equal(disk.level, 700);
  });

  test('back without a restart: all that was used meanwhile is charged, what is still held once it ends', async () => {
    const disk = new Disk();
    const { store, troubles } = await disk.window();
    await store.run('p', { kind: 'declare', limits: [LIMIT] });
    await take(store, 'p', ask('before', 0, 100));
    disk.full = true;
    await take(store, 'p', ask('ended', 0, 200));
    await store.run('p', { kind: 'settle', id: 'ended', used: used(150) });
    await store.run('p', { kind: 'settle', id: 'before', used: used(90) });
    await take(store, 'p', ask('held', 0, 100));
    await disk.later();
    const still = [...troubles];

    disk.full = false;
    await disk.later();
    const back = disk.level;
    for (const id of ['held', 'held', 'ended', 'before'])
      await store.run('p', { kind: 'settle', id, used: used(70) });

    assert.deepEqual([still, troubles], [[FULL], [FULL, undefined]]);
    assert.deepEqual([back, disk.level], [SIZE - 150 - 90, SIZE - 150 - 90 - 70]);
  });

  test('full again in the middle of telling: nothing is told twice, nothing is lost', async () => {
    for (let writes = 1; writes < 12; writes += 1) {
      const disk = new Disk();
      const { store } = await disk.window();
      await store.run('p', { kind: 'declare', limits: [LIMIT] });
      disk.full = true;
      for (const id of ['a', 'b', 'c']) {
        await take(store, 'p', ask(id, 0, 100));
        await store.run('p', { kind: 'settle', id, used: used(50) });
      }

      disk.full = false;
      disk.writesLeft = writes;
      await disk.later();
      disk.full = false;
      disk.writesLeft = Number.POSITIVE_INFINITY;
      await disk.later();

      assert.equal(disk.level, SIZE - 150, `full after ${writes} writes`);
    }
  });

  test('a disk that is full from the start is waited for; what waiting does not mend is thrown', async () => {
    const disk = new Disk();
    const failing = () =>
      ReturningLevels.open({
        clock: disk.clock,
        holder: 'us',
        open: async (failed) => {
          if (disk.full) throw FULL;
          return new OnDisk(disk, failed);
        },
        passes: () => disk.opened === 0,
        onState: (trouble) => troubles.push(trouble),
      });
    const troubles: unknown[] = [];
    disk.full = true;

    const store = await failing();
    await store.run('p', { kind: 'declare', limits: [LIMIT] });
    await take(store, 'p', ask('a', 0, 100));
    await store.run('p', { kind: 'settle', id: 'a', used: used(100) });
    disk.full = false;
    await disk.later();

    assert.deepEqual(troubles, [FULL, undefined]);
    assert.equal(disk.level, 900);
    disk.full = true;
    disk.opened = 1;
    await assert.rejects(failing(), FULL);
  });

  test('a window that closes while the disk is full leaves nothing running', async () => {
    const disk = new Disk();
    const { store } = await disk.window();
    await store.run('p', { kind: 'declare', limits: [LIMIT] });
    disk.full = true;
    await take(store, 'p', ask('a', 0, 100));

    store.dispose();

    assert.equal(disk.clock.pending, 0);
    assert.equal((await take(store, 'p', ask('b', 0, 1))).ok, false);
  });

  test('law: whenever it is full and for how long, in the end everything used is charged, once', async () => {
    for (let seed = 0; seed < 300; seed += 1) {
      const random = seededRandom(seed);
      const disk = new Disk();
      const windows = [await disk.window('one'), await disk.window('two')];
      for (const { store } of windows) await store.run('p', { kind: 'declare', limits: [LIMIT] });
      const open = new Map<string, (typeof windows)[number]>();
      let spent = 0;
      const settle = async (id: string, window: (typeof windows)[number]) => {
        const tokens = Math.floor(random() * 20);
        spent += tokens;
        open.delete(id);
        await window.store.run('p', { kind: 'settle', id, used: used(tokens) });
      };
      for (let step = 0; step < 30; step += 1) {
        if (random() < 0.15) disk.full = !disk.full;
        if (random() < 0.15) await disk.later();
        const window = windows[Math.floor(random() * 2)];
        assert.ok(window);
        const [held] = open;
        if (held && random() < 0.5) await settle(...held);
        else if ((await take(window.store, 'p', ask(`${step}`, 0, 20, { fair: false }))).ok)
          open.set(`${step}`, window);
      }
      for (const [id, window] of open) await settle(id, window);

      disk.full = false;
      await disk.later();
      await disk.later();

      const book = disk.levels.book('p');
      const lost = SIZE - spent - disk.level;
      assert.ok(Math.abs(lost) < 1e-6, `seed ${seed}: ${lost} of ${spent}`);
      assert.deepEqual(book?.held, [], `seed ${seed}`);
    }
  });
});
