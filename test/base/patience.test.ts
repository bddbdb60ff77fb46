import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { Patience } from '../../src/base/patience.ts';
import { FakeClock } from '../support/fakeClock.ts';

const never = () => new Promise<never>(() => undefined);

async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

/** When each of these ended, and how. */
function watched(clock: FakeClock, patience: Patience, waits: readonly number[], answer = never) {
  const ends: string[] = [];
  for (const [index, ms] of waits.entries()) {
    const end = (what: string) => ends.push(`${index} ${what} at ${clock.monotonic()}`);
    const waiting = patience.begin(ms, () => end('late'));
    answer().then(
      () => end(patience.ended(waiting) ? 'came' : 'came late'),
      () => end(patience.ended(waiting) ? 'failed' : 'failed late'),
    );
  }
  return ends;
}

suite('patience', () => {
  test('each waits for its own time and a turn, in whatever order they came; one timer for all', async () => {
    const clock = new FakeClock();
    const patience = new Patience(clock);
    const ends = watched(clock, patience, [2_000, 50, 100, 50]);

    assert.equal(clock.pending, 1);
    for (const ms of [51, 49, 1, 1_899, 1]) {
      clock.advance(ms);
      await settled();
    }

    assert.deepEqual(ends, ['1 late at 51', '3 late at 51', '2 late at 101', '0 late at 2001']);
    assert.equal(clock.pending, 0);
  });

  test('what comes in time is not late afterwards, and what fails fails as it did', async () => {
    const clock = new FakeClock();
    const patience = new Patience(clock);
    const came = watched(clock, patience, [50], () => Promise.resolve() as Promise<never>);
    const failed = watched(clock, patience, [50], () => Promise.reject(new Error('down')));
    await settled();

    clock.advance(1_000);
    await settled();

    assert.deepEqual([came, failed], [['0 came at 0'], ['0 failed at 0']]);
    assert.equal(clock.pending, 0);
  });

  test('what comes after it was given up is told so', async () => {
    const clock = new FakeClock();
    const patience = new Patience(clock);
    const later = Promise.withResolvers<never>();
    const ends = watched(clock, patience, [50], () => later.promise);

    clock.advance(51);
    later.reject(new Error('down'));
    await settled();

    assert.deepEqual(ends, ['0 late at 51', '0 failed late at 51']);
  });

  test('disposed, it leaves no timer behind; whoever still waits is still told', async () => {
    const clock = new FakeClock();
    const idle = new Patience(clock);
    watched(clock, idle, [50], () => Promise.resolve() as Promise<never>);
    await settled();
    idle.dispose();
    assert.equal(clock.pending, 0);

    const busy = new Patience(clock);
    const ends = watched(clock, busy, [50]);
    busy.dispose();
    clock.advance(51);
    await settled();

    assert.deepEqual(ends, ['0 late at 51']);
  });
});
