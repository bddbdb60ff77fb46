/** What a program starts ends with it, whatever that starts in turn. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setup, suite, teardown, test } from 'mocha';
import { run, startGroup } from './processes.ts';
import { withProcessLock } from './processLock.ts';
import { type TemporaryFolder, temporaryFolder } from './temporaryFolder.ts';
import { until } from './until.ts';

const never = new AbortController().signal;
const sleeper = 'setInterval(() => 0, 1000)';
const parent = `
  const { spawn } = require('node:child_process');
  console.log(spawn(process.execPath, ['-e', ${JSON.stringify(sleeper)}]).pid);
  ${sleeper}`;

suite('processes', () => {
  let folder: TemporaryFolder;

  setup(async () => {
    folder = await temporaryFolder();
  });
  teardown(() => folder.remove());

  test('stopping a group ends the children of its program too', async () => {
    const logFile = join(folder.path, 'log');
    const group = startGroup(process.execPath, ['-e', parent], { logFile });
    const child = await until({ what: 'a child', timeoutMs: 5_000 }, async () =>
      Number(await readFile(logFile)),
    );

    await group.stop();

    assert.equal(group.running, false);
    await until({ what: 'the child to be gone', timeoutMs: 5_000 }, () => !alive(child));
  });

  test('an aborted run ends its program and rejects with the reason', async () => {
    const controller = new AbortController();
    const running = run(process.execPath, ['-e', sleeper], {}, controller.signal);

    controller.abort(new Error('enough'));

    await assert.rejects(running, /enough/);
  });

  test('two processes that want the same lock run one after the other', async () => {
    const order: string[] = [];
    const lock = {
      file: join(folder.path, 'lock'),
      timeoutMs: 5_000,
      onWait: () => order.push('second waits'),
    };
    const first = withProcessLock(
      lock,
      async () => {
        await until({ what: 'the second to wait', timeoutMs: 5_000 }, () => order.length > 0);
        order.push('first is done');
      },
      never,
    );

    await Promise.all([first, withProcessLock(lock, async () => order.push('second runs'), never)]);

    assert.deepEqual(order, ['second waits', 'first is done', 'second runs']);
  });
});

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
