import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { SluiceError } from '../../src/base/errors.ts';
import { Emitter } from '../../src/base/event.ts';
import { seededRandom } from '../../src/base/random.ts';
import { type DeferredOutcome, DeferredQueue } from '../../src/flow/deferredQueue.ts';
import { type DeferredTask, MOST_TASKS } from '../../src/flow/deferredTask.ts';
import { EARLY_AGAIN_MS } from '../../src/flow/earlyRoom.ts';
import { FakeClock } from '../support/fakeClock.ts';
import { request } from '../support/spine.ts';

const HOUR = 3_600_000;
const QUESTION = { title: 'Explain', subtitle: '3 lines', notices: [], request: request() };
const exhausted = (retryAfterMs: number) =>
  new SluiceError('quota-exhausted', { platform: 'test', limit: '5h', retryAfterMs });

suite('deferred queue', () => {
  test('a task is asked when its time has come, and not before', async () => {
    const bench = new Bench();
    bench.queue.add(QUESTION, bench.clock.now() + HOUR);

    bench.clock.advance(HOUR - 1);
    await settled();
    const early = bench.asked.length;
    bench.clock.advance(1);
    await settled();

    assert.equal(early, 0);
    assert.deepEqual(bench.asked, ['id1']);
    assert.deepEqual(bench.kinds(), ['answered']);
  });

  test('a task survives a reload, and is asked at once when its time passed meanwhile', async () => {
    const before = new Bench();
    before.queue.add(QUESTION, before.clock.now() + HOUR);
    before.queue.dispose();
    before.clock.advance(3 * HOUR);

    const after = new Bench(before.clock, before.stored);
    after.clock.advance(0);
    await settled();

    assert.deepEqual(after.asked, ['id1']);
    assert.deepEqual(after.queue.list()[0]?.request, QUESTION.request);
  });

  test('an answer that was not shown before a reload is not paid for again unasked', async () => {
    const before = new Bench();
    before.queue.add(QUESTION, before.clock.now());
    before.clock.advance(0);
    await settled();
    const [shown] = before.queue.list();
    before.queue.dispose();

    const after = new Bench(before.clock, before.stored);
    after.clock.advance(5 * HOUR);
    await settled();

    assert.equal(shown?.step, 'answered');
    assert.equal(after.queue.list()[0]?.step, 'ready');
    assert.deepEqual(after.asked, []);
  });

  test('a task whose answer was shown, or that was cancelled, leaves nothing behind', async () => {
    const bench = new Bench();
    bench.queue.add(QUESTION, bench.clock.now());
    bench.queue.add(QUESTION, bench.clock.now() + HOUR);
    bench.clock.advance(0);
    await settled();

    for (const { id } of bench.queue.list()) bench.queue.remove(id);
    bench.clock.advance(2 * HOUR);
    await settled();

    assert.deepEqual(bench.asked, ['id1']);
    assert.deepEqual(bench.stored, []);
    assert.equal(bench.clock.pending, 0);
  });

  test('a limit that is still full puts the task off for as long as it says', async () => {
    const bench = new Bench();
    bench.failures.push(exhausted(2 * HOUR));
    bench.queue.add(QUESTION, bench.clock.now());
    bench.clock.advance(0);
    await settled();
    const dueAtMs = bench.queue.list()[0]?.dueAtMs ?? 0;

    bench.clock.advance(2 * HOUR);
    await settled();

    assert.equal(dueAtMs, bench.clock.now());
    assert.deepEqual(bench.kinds(), ['put-off', 'answered']);
    assert.equal(bench.asked.length, 2);
  });

  test('a failure that waiting does not mend leaves the task to the person', async () => {
    const bench = new Bench();
    bench.failures.push(new SluiceError('invalid-key', { platform: 'test' }));
    bench.queue.add(QUESTION, bench.clock.now());
    bench.clock.advance(0);
    await settled();
    bench.clock.advance(24 * HOUR);
    await settled();
    const steps = bench.queue.list().map(({ step }) => step);

    bench.queue.runNow('id1');
    bench.clock.advance(0);
    await settled();

    assert.deepEqual(steps, ['ready']);
    assert.deepEqual(bench.kinds(), ['failed', 'answered']);
  });

  test('a limit that never has room is not asked for ever', async () => {
    const bench = new Bench();
    for (let time = 0; time < 50; time += 1) bench.failures.push(exhausted(0));
    bench.queue.add(QUESTION, bench.clock.now());

    for (let time = 0; time < 50; time += 1) {
      bench.clock.advance(60_000);
      await settled();
    }

    assert.equal(bench.asked.length, 6);
    assert.equal(bench.kinds().at(-1), 'failed');
  });

  test('tasks are asked one after the other, first due first', async () => {
    const bench = new Bench();
    bench.hold = true;
    bench.queue.add(QUESTION, bench.clock.now() + 2_000);
    bench.queue.add(QUESTION, bench.clock.now() + 1_000);
    bench.clock.advance(5_000);
    await settled();
    const first = [...bench.asked];

    bench.release();
    await settled();
    bench.clock.advance(0);
    await settled();

    assert.deepEqual(first, ['id2']);
    assert.deepEqual(bench.asked, ['id2', 'id1']);
  });

  test('a running task that is cancelled is aborted, and nobody hears of it', async () => {
    const bench = new Bench();
    bench.hold = true;
    bench.queue.add(QUESTION, bench.clock.now());
    bench.clock.advance(0);
    await settled();

    bench.queue.remove('id1');
    await settled();

    assert.equal(bench.aborted, 1);
    assert.deepEqual(bench.kinds(), []);
    assert.deepEqual(bench.queue.list(), []);
  });

  test('a full queue says so, by number and by size', () => {
    const many = new Bench();
    for (let index = 0; index < MOST_TASKS; index += 1) assert.ok(many.queue.add(QUESTION, 1));
    const large = { ...QUESTION, request: request({ instruction: 'x'.repeat(600_000) }) };
    const wide = new Bench();

    assert.equal(many.queue.add(QUESTION, 1), undefined);
    assert.ok(wide.queue.add(large, 1));
    assert.equal(wide.queue.add(large, 1), undefined);
  });

  test('law: whatever a store holds is read without a throw, and good rows are kept', () => {
    const random = seededRandom(4);
    const bench = new Bench();
    bench.queue.add(QUESTION, 5);
    const good = JSON.parse(JSON.stringify(bench.stored))[0];
    const rubbish = [
      null,
      7,
      'x',
      {},
      { ...good, request: {} },
      { ...good, dueAtMs: 'soon' },
      { ...good, id: 3 },
    ];

    for (let round = 0; round < 50; round += 1) {
      const rows = [good, ...rubbish].toSorted(() => random() - 0.5);
      const again = new Bench(new FakeClock(), rows);
      assert.deepEqual(
        again.queue.list().map(({ id }) => id),
        ['id1'],
      );
      again.queue.dispose();
    }
    assert.deepEqual(new Bench(new FakeClock(), 'rubbish').queue.list(), []);
  });
});

suite('deferred queue: a store that takes its time or fails', () => {
  test('a task that was just queued is kept once the store says so, although the window closes meanwhile', async () => {
    const bench = new Bench();
    bench.slow = true;
    bench.queue.add(QUESTION, HOUR);
    bench.queue.add(QUESTION, 2 * HOUR);
    const kept = bench.queue.kept();
    bench.queue.dispose();
    const early = bench.stored;

    await bench.written();
    const all = await kept;

    assert.equal(early, undefined);
    assert.equal(all, true);
    assert.deepEqual(
      new Bench(bench.clock, bench.stored).queue.list().map(({ id }) => id),
      ['id1', 'id2'],
    );
  });

  test('an older state is never written over a newer one, and what is in between is left out', async () => {
    const bench = new Bench();
    bench.slow = true;
    for (let index = 0; index < 5; index += 1) bench.queue.add(QUESTION, HOUR);

    await bench.written();

    assert.deepEqual(bench.writes, [1, 5]);
  });

  test('a store that fails is told of once, the task goes on, and is kept as soon as the store takes it', async () => {
    const bench = new Bench();
    bench.broken = new Error('no space left');
    bench.queue.add(QUESTION, bench.clock.now() + HOUR);
    const first = await bench.queue.kept();
    bench.clock.advance(60_000);
    await settled();
    const listed = bench.queue.list().map(({ step }) => step);
    const [unkept, stored] = [[...bench.unkept], bench.stored];

    bench.broken = undefined;
    bench.clock.advance(60_000);
    const second = await bench.queue.kept();

    assert.deepEqual([first, second], [false, true]);
    assert.deepEqual([unkept, stored], [[new Error('no space left')], undefined]);
    assert.deepEqual(listed, ['waiting']);
    assert.equal(new Bench(bench.clock, bench.stored).queue.list().length, 1);
  });

  test('a store that failed is tried once more when the window closes', async () => {
    const bench = new Bench();
    bench.broken = new Error('busy');
    bench.queue.add(QUESTION, HOUR);
    await bench.queue.kept();
    bench.broken = undefined;

    bench.queue.dispose();

    assert.equal(await bench.queue.kept(), true);
    assert.equal(bench.clock.pending, 0);
  });
});

suite('deferred queue: room before its time', () => {
  test('a task is asked as soon as its limit has room again, and not at its time once more', async () => {
    const bench = new Bench();
    bench.waitMs = HOUR;
    bench.queue.add(QUESTION, bench.clock.now() + HOUR);

    await bench.now({ waitMs: HOUR / 2 });
    const early = bench.asked.length;
    await bench.now({ waitMs: 0 });
    bench.clock.advance(2 * HOUR);
    await settled();

    assert.equal(early, 0);
    assert.deepEqual([bench.asked, bench.kinds()], [['id1'], ['answered']]);
  });

  test('room that was never seen to be gone is none: the platform that refused knew better', async () => {
    const bench = new Bench();
    bench.queue.add(QUESTION, bench.clock.now() + HOUR);

    for (let change = 0; change < 5; change += 1) await bench.now({ waitMs: 0 });

    assert.deepEqual(bench.asked, []);
  });

  test('another platform that has room is asked at once; without any nothing is', async () => {
    const bench = new Bench();
    bench.queue.add(QUESTION, bench.clock.now() + HOUR);

    await bench.now({ models: '' });
    await bench.now({ models: 'a' });
    const same = bench.asked.length;
    await bench.now({ models: 'a b' });

    assert.equal(same, 0);
    assert.deepEqual(bench.asked, ['id1']);
  });

  test('a task whose model cannot be told just now is not taken for one without room', async () => {
    const bench = new Bench();
    bench.waitMs = undefined;
    bench.queue.add(QUESTION, bench.clock.now() + HOUR);

    await bench.now({ waitMs: 0 });

    assert.deepEqual(bench.asked, []);
  });

  test('a platform that was paused and full, and is resumed with room, is asked', async () => {
    const bench = new Bench();
    bench.waitMs = HOUR;
    bench.queue.add(QUESTION, bench.clock.now() + HOUR);

    await bench.now({ models: '' });
    const paused = bench.asked.length;
    await bench.now({ models: 'a', waitMs: 0 });

    assert.equal(paused, 0);
    assert.deepEqual(bench.asked, ['id1']);
  });

  test('one that is refused early waits on, costs no try, and is not asked early again within a minute', async () => {
    const bench = new Bench();
    bench.waitMs = HOUR;
    bench.queue.add(QUESTION, bench.clock.now() + HOUR);
    bench.failures.push(exhausted(HOUR));
    await bench.now({ waitMs: 0 });
    const [refused] = bench.queue.list();

    await bench.now({ waitMs: HOUR });
    await bench.now({ waitMs: 0 });
    const within = bench.asked.length;
    bench.clock.advance(EARLY_AGAIN_MS);
    await settled();

    assert.deepEqual([refused?.tries, refused?.step], [0, 'waiting']);
    assert.equal(within, 1);
    assert.deepEqual(bench.kinds(), ['put-off', 'answered']);
  });

  test('tasks that get room together are asked one after the other, the oldest first', async () => {
    const bench = new Bench();
    bench.waitMs = HOUR;
    bench.queue.add(QUESTION, bench.clock.now() + 2 * HOUR);
    bench.queue.add(QUESTION, bench.clock.now() + HOUR);

    bench.hold = true;
    await bench.now({ waitMs: 0 });
    const first = [...bench.asked];
    bench.release();
    await settled();
    bench.clock.advance(2_000);
    await settled();

    assert.deepEqual(first, ['id1']);
    assert.deepEqual(bench.asked, ['id1', 'id2']);
  });

  test('a queue that is closed asks nothing more', async () => {
    const bench = new Bench();
    bench.waitMs = HOUR;
    bench.queue.add(QUESTION, bench.clock.now() + HOUR);
    bench.queue.dispose();

    await bench.now({ waitMs: 0 });

    assert.deepEqual(bench.asked, []);
    assert.equal(bench.clock.pending, 0);
  });
});

class Bench {
  readonly clock: FakeClock;
  readonly asked: string[] = [];
  readonly outcomes: DeferredOutcome[] = [];
  readonly failures: unknown[] = [];
  readonly queue: DeferredQueue;
  readonly unkept: unknown[] = [];
  /** How many tasks each write had. */
  readonly writes: number[] = [];
  stored: unknown;
  /** Writes end when `written` is called. */
  slow = false;
  /** What each write fails with. */
  broken: Error | undefined;
  hold = false;
  /** What the limits say; `undefined`: nothing is connected. */
  waitMs: number | undefined = 0;
  models = 'a';
  readonly changed = new Emitter<void>();
  aborted = 0;
  readonly #slow: (() => void)[] = [];
  #release: () => void = () => undefined;
  #ids = 0;

  constructor(clock = new FakeClock(), stored?: unknown) {
    this.clock = clock;
    this.stored = stored;
    this.queue = new DeferredQueue({
      clock,
      store: { read: () => this.stored, write: (tasks) => this.#write(tasks) },
      onUnkept: (error) => this.unkept.push(error),
      newId: () => `id${++this.#ids}`,
      run: (task, signal) => this.#run(task, signal),
      room: {
        waitMs: () => this.waitMs,
        models: () => this.models,
        onChange: (listener) => this.changed.on(listener),
      },
    });
    this.queue.onSettled((outcome) => this.outcomes.push(outcome));
  }

  /** The limits, or what is connected, are different from now on. */
  async now(change: { readonly waitMs?: number; readonly models?: string }): Promise<void> {
    Object.assign(this, change);
    this.changed.fire();
    this.clock.advance(2_000);
    await settled();
  }

  kinds(): string[] {
    return this.outcomes.map(({ kind }) => kind);
  }

  release(): void {
    this.hold = false;
    this.#release();
  }

  /** Ends the writes that are slow, until none is left. */
  async written(): Promise<void> {
    for (let next = this.#slow.shift(); next; next = this.#slow.shift()) {
      next();
      await settled();
    }
  }

  /** As a store does: what is read later is a copy. */
  #write(tasks: readonly DeferredTask[]): Promise<void> {
    this.writes.push(tasks.length);
    const keep = () => {
      this.stored = JSON.parse(JSON.stringify(tasks));
    };
    if (this.broken) return Promise.reject(this.broken);
    if (this.slow) return new Promise<void>((resolve) => this.#slow.push(resolve)).then(keep);
    keep();
    return Promise.resolve();
  }

  async #run({ id }: DeferredTask, signal: AbortSignal): Promise<void> {
    this.asked.push(id);
    if (this.hold) {
      await new Promise<void>((resolve, reject) => {
        this.#release = resolve;
        signal.addEventListener('abort', () => {
          this.aborted += 1;
          reject(signal.reason);
        });
      });
    }
    const failure = this.failures.shift();
    if (failure !== undefined) throw failure;
  }
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}
