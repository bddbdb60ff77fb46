import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'mocha';
import { runTestCommand } from '../../src/node/testCommand.ts';
import { FakeClock } from '../support/fakeClock.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const never = new AbortController().signal;
const run = (command: string, folder = process.cwd()) =>
  runTestCommand({ command, folder, limitMs: 1_000 }, new FakeClock(), never);
const node = JSON.stringify(process.execPath);
const HANGS = `${node} -e "setInterval(() => undefined, 1000)"`;

suite('test command', () => {
  test('it says how the command ended, which runs in the folder', async () => {
    const folder = await temporaryFolder();
    writeFileSync(join(folder.path, 'here'), '');

    assert.deepEqual(await run(`${node} -e "process.exit(3)"`), { kind: 'ended', exitCode: 3 });
    assert.deepEqual(await run(`${node} -e "fs.statSync('here')"`, folder.path), {
      kind: 'ended',
      exitCode: 0,
    });
    assert.ok(existsSync(folder.path));
    await folder.remove();
  });

  test('a program or a folder that is not there was not started', async () => {
    assert.deepEqual(await run('no-such-program-at-all --run'), { kind: 'not-started' });
    assert.deepEqual(await run('exit 0', join(process.cwd(), 'no-such-folder')), { kind: 'not-started' });
  });

  test('a command that no system can be told of was not started', async () => {
    assert.deepEqual(await run('exit 0\0'), { kind: 'not-started' });
  });

  test('one that hangs is ended when its time is over', async () => {
    const clock = new FakeClock();

    const running = runTestCommand({ command: HANGS, folder: process.cwd(), limitMs: 5_000 }, clock, never);
    clock.advance(4_999);
    const pending = clock.pending;
    clock.advance(1);

    assert.equal(pending, 1);
    assert.deepEqual(await running, { kind: 'timed-out' });
  });

  test('who cancels ends it', async () => {
    const abort = new AbortController();
    const order = { command: HANGS, folder: process.cwd(), limitMs: 5_000 };

    const running = runTestCommand(order, new FakeClock(), abort.signal);
    abort.abort(new DOMException('cancelled', 'AbortError'));

    await assert.rejects(running, { name: 'AbortError' });
    await assert.rejects(runTestCommand(order, new FakeClock(), abort.signal), { name: 'AbortError' });
  });
});
