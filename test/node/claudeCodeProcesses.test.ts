import assert from 'node:assert/strict';
import { suite, teardown, test } from 'mocha';
import { SluiceError } from '../../src/base/errors.ts';
import { ClaudeTrial, type ClaudeTrialOptions, claudeCall } from '../support/claudeTrial.ts';
import { type Collected, collect, neverAborted } from '../support/simulatedTrial.ts';
import { until } from '../support/until.ts';

const platform = 'trial';

suite('the processes of Claude Code, played by a stand-in', () => {
  let trial: ClaudeTrial;
  teardown(() => trial.dispose());

  const start = async (options: ClaudeTrialOptions = {}): Promise<void> => {
    trial = await ClaudeTrial.start(options);
  };
  const run = (text: string, signal = neverAborted()): Promise<Collected> =>
    collect(trial.transport.stream(claudeCall(text), signal));
  const ended = () =>
    until({ what: 'the program to end', timeoutMs: 5_000 }, () => trial.transport.pids.length === 0);

  test('requests at once share two processes; one after the other needs only one', async () => {
    await start({ maxProcesses: 2 });

    const answers = await Promise.all(['1', '2', '3', '4', '5'].map((text) => run(text)));

    assert.deepEqual(
      answers.map(({ error, text }) => [error, JSON.parse(text).earlier]),
      Array.from({ length: 5 }, () => [undefined, 0]),
    );
    assert.equal(trial.transport.pids.length, 2);
  });

  test('who waits for a process can leave', async () => {
    await start({ maxProcesses: 1 });
    const controller = new AbortController();
    const busy = run('[[hang]]', controller.signal);
    const waiting = new AbortController();
    const second = run('second', waiting.signal);

    waiting.abort('enough');

    assert.equal((await second).error, 'enough');
    controller.abort('done');
    await busy;
    assert.equal((await run('third')).error, undefined);
  });

  test('a process that nobody needs is ended, and started again when one does', async () => {
    await start({ idleMs: 50 });
    await run('hello');

    await ended();

    assert.equal((await run('again')).error, undefined);
  });

  test('disposed of, every process ends, also one that does not listen, and nothing new begins', async () => {
    await start();
    let pid = 0;
    let error: unknown;

    try {
      for await (const event of trial.transport.stream(claudeCall('[[deaf]]'), neverAborted())) {
        if (event.kind !== 'text') continue;
        pid = Number(event.text);
        trial.transport.dispose();
      }
    } catch (thrown) {
      error = thrown;
    }

    assert.ok(SluiceError.is(error, 'network'), String(error));
    assert.equal(error.facts.cause, 'transport-closed');
    assert.ok(SluiceError.is((await run('more')).error, 'network'));
    await until({ what: 'the program to end', timeoutMs: 5_000 }, () => !runs(pid));
  });

  test('a program that cannot start is asked three times, then left alone for a while', async () => {
    await start({ env: { FAKE_START: 'exit' } });

    const errors = [];
    for (let round = 0; round < 5; round++) errors.push((await run('hello')).error);

    for (const error of errors) assert.ok(SluiceError.is(error, 'network') && error.facts.cause === 'exit-7');
    assert.equal(errors[4], errors[2]);
  });

  test('a program that floods or knows no /clear at its start is not its protocol', async () => {
    for (const FAKE_START of ['garbage', 'no-reset']) {
      if (FAKE_START === 'no-reset') await trial.dispose();
      await start({ env: { FAKE_START } });

      assert.ok(SluiceError.is((await run('hello')).error, 'bad-response'));
    }
  });

  test('a program that is not there, or no program, is said to be missing', async () => {
    await start({ program: '/nowhere/claude' });

    const { error } = await run('hello');

    assert.ok(SluiceError.is(error, 'program-missing'), String(error));
    assert.deepEqual(error.facts, { platform, program: '/nowhere/claude', why: 'not-found' });
  });
});

function runs(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
