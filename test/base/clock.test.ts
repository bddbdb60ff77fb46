import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { delay } from '../../src/base/clock.ts';
import { DisposableBag } from '../../src/base/disposable.ts';
import { isCancellation, SluiceError } from '../../src/base/errors.ts';
import { seededRandom } from '../../src/base/random.ts';
import { throttle } from '../../src/base/throttle.ts';
import { FakeClock } from '../support/fakeClock.ts';

suite('base', () => {
  test('a delay ends with its time, or with the abort reason and without a timer left', async () => {
    const clock = new FakeClock();
    const abort = new AbortController();
    const whole = delay(100, clock, new AbortController().signal);
    const cut = delay(100, clock, abort.signal);

    abort.abort('enough');

    await assert.rejects(cut, (reason) => reason === 'enough');
    assert.equal(clock.pending, 1);
    clock.advance(100);
    await whole;
  });

  test('a throttle runs at once, then at most once an interval, and never loses the last request', () => {
    const clock = new FakeClock();
    let runs = 0;
    const throttled = throttle(() => (runs += 1), 250, clock);

    for (let step = 0; step < 99; step += 1) {
      throttled.request();
      clock.advance(10);
    }
    const inASecond = runs;
    clock.advance(1_000);

    assert.equal(inASecond, 4);
    assert.equal(runs, 5);
    throttled.dispose();
    throttled.request();
    assert.equal(runs, 5);
  });

  test('a bag ends what it holds in reverse order, and what comes too late at once', () => {
    const ended: string[] = [];
    const bag = new DisposableBag();
    bag.add({ dispose: () => ended.push('first') });
    bag.add({ dispose: () => ended.push('second') });

    bag.dispose();
    bag.add({ dispose: () => ended.push('late') });

    assert.deepEqual(ended, ['second', 'first', 'late']);
  });

  test('an error of another chunk of the bundle is still known by its brand', () => {
    const error: unknown = new SluiceError('network', { platform: 'x', cause: 'ECONNREFUSED' });
    const foreign: unknown = Object.assign(Object.create({}), {
      [Symbol.for('sluice.error')]: true,
      code: 'network',
      facts: {},
    });

    assert.ok(SluiceError.is(error, 'network'));
    assert.ok(SluiceError.is(foreign, 'network'));
    assert.ok(!SluiceError.is(error, 'timeout'));
    assert.ok(!SluiceError.any(new Error('network')));
  });

  test('a cancellation is what the signal was aborted with, and nothing else', () => {
    const abort = new AbortController();
    const before = isCancellation(new DOMException('x', 'AbortError'), abort.signal);
    abort.abort('stop');

    assert.equal(before, false);
    assert.ok(isCancellation('stop', abort.signal));
    assert.ok(!isCancellation(new Error('other'), abort.signal));
  });

  test('the same seed gives the same numbers, all in [0, 1)', () => {
    const [one, two] = [seededRandom(42), seededRandom(42)];

    const numbers = Array.from({ length: 1_000 }, () => one());

    assert.deepEqual(
      numbers,
      Array.from({ length: 1_000 }, () => two()),
    );
    assert.ok(numbers.every((value) => value >= 0 && value < 1));
    assert.ok(new Set(numbers).size > 990);
  });
});
