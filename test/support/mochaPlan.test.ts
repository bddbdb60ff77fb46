/** A test run is believed by its result file alone. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { setup, suite, teardown, test } from 'mocha';
import { type MochaPlan, noteProgress, readResult, writeResult } from './mochaPlan.ts';
import { type TemporaryFolder, temporaryFolder } from './temporaryFolder.ts';
import { sum, totalsLine } from './testReport.ts';

suite('result of a test run', () => {
  let folder: TemporaryFolder;
  let plan: MochaPlan;

  setup(async () => {
    folder = await temporaryFolder();
    plan = { files: [], resultFile: join(folder.path, 'r.json'), timeoutMs: 1, talkative: false };
  });
  teardown(() => folder.remove());

  test('a run that was killed is one failure, which says where it was', () => {
    noteProgress(plan, "running 'the second test'");

    const result = readResult(plan);

    assert.equal(result.failed, 1);
    assert.match(result.failures[0]?.message ?? '', /the second test/);
  });

  test('a run that came to its end is believed', () => {
    writeResult(plan, { passed: 9, failed: 0, skipped: 1, failures: [] });

    assert.deepEqual(readResult(plan), { passed: 9, failed: 0, skipped: 1, failures: [] });
  });

  test('the totals of several runs are one line, which names skipped tests only if there are any', () => {
    const outcomes = [
      { passed: 2, failed: 0, skipped: 0 },
      { passed: 3, failed: 1, skipped: 0 },
    ];

    assert.equal(totalsLine(sum(outcomes)), '5 passed, 1 failed');
    assert.equal(totalsLine({ passed: 5, failed: 0, skipped: 2 }), '5 passed, 0 failed, 2 skipped');
  });
});
