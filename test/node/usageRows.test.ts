import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setup, suite, teardown, test } from 'mocha';
import { SluiceError } from '../../src/base/errors.ts';
import type { UsageRecord } from '../../src/metrics/usageLedger.ts';
import { SqliteLedger } from '../../src/node/sqliteLedger.ts';
import { readUsage } from '../../src/node/usageRows.ts';
import { FakeClock } from '../support/fakeClock.ts';

const RECORD: UsageRecord = {
  atMs: 1_795_000_000_000,
  day: '2026-11-21',
  task: 'explain',
  modelKey: 'p/m',
  simulated: false,
  cache: 'memory',
  stop: 'complete',
  inputTokens: 100,
  outputTokens: 10,
  costUsd: 0.25,
  totalMs: 800,
};

suite('usage rows', () => {
  let folder = '';
  setup(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-'));
  });
  teardown(() => rmSync(folder, { recursive: true, force: true }));

  test('the whole history comes back as it was written, oldest first, while another window writes', async () => {
    const file = join(folder, 'sluice.db');
    const ledger = await SqliteLedger.open(file, new FakeClock(), (error) => assert.fail(error));
    const { costUsd: _usd, inputTokens: _in, outputTokens: _out, ...unknown } = RECORD;
    ledger.add({ ...RECORD, atMs: RECORD.atMs + 5, simulated: true });
    ledger.add(RECORD);
    ledger.add({ ...unknown, atMs: RECORD.atMs + 9 });
    ledger.flush();

    const rows = await readUsage(file);
    ledger.dispose();

    assert.deepEqual(rows, [
      RECORD,
      { ...RECORD, atMs: RECORD.atMs + 5, simulated: true },
      { ...unknown, atMs: RECORD.atMs + 9 },
    ]);
  });

  test('no history is no rows, and no file is made; a damaged one is told', async () => {
    const damaged = join(folder, 'damaged.db');
    writeFileSync(damaged, 'this is not a database, and long enough to be taken for one'.repeat(50));

    const none = await readUsage(join(folder, 'none.db'));
    const failure = await readUsage(damaged).catch((error: unknown) => error);

    assert.deepEqual(none, []);
    assert.ok(SluiceError.is(failure, 'storage-unusable'));
  });
});
