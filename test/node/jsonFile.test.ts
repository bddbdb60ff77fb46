import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setup, suite, teardown, test } from 'mocha';
import { SluiceError } from '../../src/base/errors.ts';
import { JsonFile } from '../../src/node/jsonFile.ts';
import { FakeClock } from '../support/fakeClock.ts';

let folder = '';
setup(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-'));
});
teardown(() => rmSync(folder, { recursive: true, force: true }));

function open(path = join(folder, 'deep', 'state.json')) {
  const clock = new FakeClock();
  const failures: unknown[] = [];
  const file = new JsonFile(path, clock, (error) => failures.push(error));
  const there = () => JSON.parse(readFileSync(path, 'utf8')) as unknown;
  return { path, clock, failures, file, there };
}

/** Until the writes that have begun are over. */
async function written(file: JsonFile): Promise<void> {
  await file.settled();
}

suite('a state in a JSON file', () => {
  test('what was written last is read again, readable by this person alone, and nothing else is left behind', async () => {
    const { path, clock, file, failures } = open();
    for (let n = 0; n < 20; n += 1) {
      file.write({ n });
      clock.advance(1_000);
    }
    clock.advance(10_000);
    await written(file);

    assert.deepEqual(await open(path).file.read(), { n: 19 });
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.deepEqual([readdirSync(join(folder, 'deep')), failures], [['state.json'], []]);
  });

  test('a window that closes leaves its newest state, whatever was being written just then', async () => {
    const { file, there } = open();
    file.write({ n: 1 });
    file.write({ n: 2 });

    file.dispose();

    assert.deepEqual(there(), { n: 2 });
    await written(file);
    assert.deepEqual(there(), { n: 2 });
    assert.deepEqual(readdirSync(join(folder, 'deep')), ['state.json']);
  });

  test('a state that is still on its way when the window closes is there when it is gone', async () => {
    const { file, there } = open();
    file.write({ n: 1 });

    file.dispose();

    assert.deepEqual(there(), { n: 1 });
    await written(file);
    assert.deepEqual(readdirSync(join(folder, 'deep')), ['state.json']);
  });

  test('without a file, or with one that is no JSON, there is no state', async () => {
    const { path, file } = open(join(folder, 'state.json'));
    assert.equal(await file.read(), undefined);

    for (const text of ['', '{"half":', '\0\0\0']) {
      writeFileSync(path, text);
      assert.equal(await file.read(), undefined);
    }
  });

  test('a place that cannot be written is told, and nothing is thrown', async () => {
    writeFileSync(join(folder, 'deep'), 'a file where the folder should be');
    const { file, failures } = open();

    file.write({ n: 1 });
    await written(file);
    file.write({ n: 2 });
    file.dispose();

    assert.equal(failures.length, 2);
    assert.ok(failures.every((error) => SluiceError.is(error, 'storage-unusable')));
  });
});
