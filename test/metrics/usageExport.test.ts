import assert from 'node:assert/strict';
import { suite, test } from 'mocha';
import { exportUsage } from '../../src/metrics/usageExport.ts';
import type { UsageRecord } from '../../src/metrics/usageLedger.ts';

const RECORD: UsageRecord = {
  atMs: Date.UTC(2026, 10, 21, 15, 0, 0),
  day: '2026-11-21',
  task: 'explain',
  modelKey: 'openai/gpt',
  simulated: false,
  cache: 'none',
  stop: 'complete',
  inputTokens: 100,
  outputTokens: 10,
  costUsd: 0.000_25,
  totalMs: 812.4,
};

suite('usage export', () => {
  test('CSV has one line for each request under a line of column names; what is unknown is empty', () => {
    const { costUsd: _unknown, ...unpriced } = RECORD;

    const lines = exportUsage([RECORD, unpriced], 'csv').split('\r\n');

    assert.deepEqual(lines, [
      'time,day,task,model,simulated,cache,stop,input_tokens,output_tokens,cost_usd,total_ms',
      '2026-11-21T15:00:00.000Z,2026-11-21,explain,openai/gpt,false,none,complete,100,10,0.00025,812',
      '2026-11-21T15:00:00.000Z,2026-11-21,explain,openai/gpt,false,none,complete,100,10,,812',
      '',
    ]);
  });

  test('commas and quotes stay in their field, and nothing becomes a formula', () => {
    const [, line = ''] = exportUsage([{ ...RECORD, task: '=1+1', modelKey: 'a,"b"' }], 'csv').split('\r\n');

    assert.ok(line.includes(`,'=1+1,"a,""b""",`), line);
  });

  test('JSON has the same fields; what is unknown is absent', () => {
    const { inputTokens: _unknown, ...uncounted } = RECORD;

    const [row] = JSON.parse(exportUsage([uncounted], 'json'));

    assert.equal(row.cost_usd, 0.000_25);
    assert.equal(row.simulated, false);
    assert.ok(!('input_tokens' in row));
  });
});
