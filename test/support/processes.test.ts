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
/** Starts a child that answers on a port and says which. */
const server = `
  require('node:http').createServer((_, answer) => answer.end()).listen(0, '127.0.0.1', function () {
    console.log(this.address().port);
  })`;
const parent = `
  require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(server)}], { stdio: 'inherit' });
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
    const port = await until({ what: 'a child', timeoutMs: 20_000 }, async () => {
      return Number(await readFile(logFile, 'utf8')) || undefined;
    });
    assert.equal(await answers(port), true);

    await group.stop();

    assert.equal(group.running, false);
    assert.equal(await answers(port), false);
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
      timeoutMs: 20_000,
      onWait: () => order.push('second waits'),
    };
    const first = withProcessLock(
      lock,
      async () => {
        await until({ what: 'the second to wait', timeoutMs: 20_000 }, () => order.length > 0);
        order.push('first is done');
      },
      never,
    );

    await Promise.all([first, withProcessLock(lock, async () => order.push('second runs'), never)]);

    assert.deepEqual(order, ['second waits', 'first is done', 'second runs']);
  });
});

function answers(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/`).then(
    () => true,
    () => false,
  );
}
