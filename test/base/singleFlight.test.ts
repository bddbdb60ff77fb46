import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { SingleFlight } from '../../src/base/singleFlight.ts';

const never = new AbortController().signal;
const ignore = () => undefined;

/** A run that ends when the test says so. */
function controlled() {
  let finish: (value: string) => void = ignore;
  const signals: AbortSignal[] = [];
  let starts = 0;
  const start = (emit: (event: string) => void, signal: AbortSignal) => {
    starts += 1;
    signals.push(signal);
    emit('first');
    return new Promise<string>((resolve, reject) => {
      finish = resolve;
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  };
  return { start, finish: (value: string) => finish(value), signals, starts: () => starts };
}

suite('single flight', () => {
  test('a thousand equal requests at once are one run, and each gets the result', async () => {
    const flights = new SingleFlight<string, string>();
    const run = controlled();

    const all = Array.from({ length: 1_000 }, () => flights.join('key', run.start, ignore, never));
    await Promise.resolve();
    run.finish('done');
    const results = await Promise.all(all);

    assert.equal(run.starts(), 1);
    assert.equal(results.filter(({ result }) => result === 'done').length, 1_000);
    assert.equal(results.filter(({ leader }) => leader).length, 1);
    assert.equal(flights.size, 0);
  });

  test('who joins late hears everything from the start', async () => {
    const flights = new SingleFlight<string, string>();
    const run = controlled();
    const heard: string[] = [];
    const first = flights.join('key', run.start, ignore, never);
    await Promise.resolve();

    const second = flights.join('key', run.start, (event) => heard.push(event), never);
    run.finish('done');
    await Promise.all([first, second]);

    assert.deepEqual(heard, ['first']);
  });

  test('the run goes on while one caller is left, and is aborted when the last one leaves', async () => {
    const flights = new SingleFlight<string, string>();
    const run = controlled();
    const [one, two] = [new AbortController(), new AbortController()];
    const first = flights.join('key', run.start, ignore, one.signal);
    const second = flights.join('key', run.start, ignore, two.signal);
    await Promise.resolve();

    one.abort('one left');
    await assert.rejects(first, (reason) => reason === 'one left');
    const abortedEarly = run.signals[0]?.aborted;
    two.abort('two left');
    await assert.rejects(second, (reason) => reason === 'two left');

    assert.equal(abortedEarly, false);
    assert.equal(run.signals[0]?.aborted, true);
    assert.equal(flights.size, 0);
  });

  test('a caller who comes after the abort starts a run of its own', async () => {
    const flights = new SingleFlight<string, string>();
    const run = controlled();
    const gone = new AbortController();
    const first = flights.join('key', run.start, ignore, gone.signal);
    await Promise.resolve();
    gone.abort('gone');

    const second = flights.join('key', run.start, ignore, never);
    await Promise.resolve();
    run.finish('second');

    await assert.rejects(first);
    assert.equal((await second).result, 'second');
    assert.equal(run.starts(), 2);
  });

  test('a failure reaches every caller and is not kept', async () => {
    const flights = new SingleFlight<string, string>();
    const failing = () => Promise.reject(new Error('down'));

    const all = [flights.join('key', failing, ignore, never), flights.join('key', failing, ignore, never)];
    const results = await Promise.allSettled(all);

    assert.deepEqual(
      results.map(({ status }) => status),
      ['rejected', 'rejected'],
    );
    assert.equal(flights.size, 0);
  });

  test('a signal that is aborted already starts nothing', async () => {
    const flights = new SingleFlight<string, string>();
    const run = controlled();

    await assert.rejects(flights.join('key', run.start, ignore, AbortSignal.abort('too late')));

    assert.equal(run.starts(), 0);
  });
});
