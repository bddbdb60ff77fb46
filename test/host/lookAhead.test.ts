import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, teardown, test } from 'mocha';
import * as vscode from 'vscode';
import { systemClock } from '../../src/base/clock.ts';
import { eventually, explain, freshCode, handle, show } from './hostSupport.ts';

const DAY_MS = 86_400_000;
const EVENTS = 'quota.events';
const configured = () => vscode.workspace.getConfiguration('sluice').get<readonly unknown[]>(EVENTS) ?? [];

suite('look ahead in VS Code', () => {
  teardown(() =>
    vscode.workspace.getConfiguration('sluice').update(EVENTS, undefined, vscode.ConfigurationTarget.Global),
  );

  test('a planned event is added to the setting, after those that are there', async () => {
    const first = { name: 'Release', day: 'friday', from: '14:00', to: '18:00', weight: 3 };
    const second = { ...first, name: 'Planning', day: '2027-01-11' };

    const added = await vscode.commands.executeCommand('sluice.planEvent', first);
    await vscode.commands.executeCommand('sluice.planEvent', second);

    assert.deepEqual(added, first);
    assert.deepEqual(configured(), [first, second]);
  });

  test('the usage is exported as CSV and as JSON, without what was asked or answered', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sluice-export-'));
    try {
      const code = freshCode();
      await show(code);
      await explain();
      const texts = await exported(folder, /,explain,simulated\//);

      const [name = ''] = /answer_\w+/.exec(code) ?? [];
      assert.match(texts.csv, /^time,day,task,model,/);
      const rows: readonly { task: string }[] = JSON.parse(texts.json);
      assert.ok(rows.some(({ task }) => task === 'explain'));
      assert.ok(!texts.csv.includes(name) && !texts.json.includes(name));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test('a queued question is asked as soon as its limit has room, long before its time', async () => {
    const { queued, quota } = await handle();
    const limits = (rows: readonly unknown[] | undefined) =>
      vscode.workspace.getConfiguration('sluice').update('limits', rows, vscode.ConfigurationTarget.Global);
    const code = { language: 'typescript', text: freshCode(), problems: [], cutChars: 0 };
    const request = {
      task: 'explain',
      priority: 'medium',
      instruction: '',
      code,
      freshness: 'cached',
    } as const;
    await limits([{ platform: 'simulated', unit: 'tokens', size: 1, window: '1d' }]);
    await eventually('the limit', () => quota.states().some(({ window }) => window === '1d'));
    const grant = await quota.request({
      ...{ platform: 'simulated', model: 'any', priority: 'critical' },
      demand: { inputTokens: 1, outputTokens: 0 },
    });
    const queue = await queued();
    const dueAtMs = systemClock.now() + DAY_MS;

    const task = await queue.add({ title: 'Explain', subtitle: '', notices: [], request }, dueAtMs);
    const step = () => queue.list.find(({ id }) => id === task?.id)?.step;
    const before = step();
    await limits(undefined);
    await eventually('the answer', () => step() === 'answered');
    queue.cancel(task?.id ?? '');

    assert.equal(before, 'waiting');
    if (grant.approved) grant.reservation.dispose();
  });

  test('without a queued task the list says so and nothing is done', async () => {
    const done = await vscode.commands.executeCommand('sluice.showQueuedTasks');

    assert.equal(done, undefined);
  });
});

/** Asks until the history has such a row: it is written in batches, a quarter of a second behind the request. */
async function exported(folder: string, row: RegExp): Promise<{ csv: string; json: string }> {
  const write = (name: string) =>
    vscode.commands.executeCommand('sluice.exportUsage', vscode.Uri.file(join(folder, name)));
  const read = (name: string) => readFile(join(folder, name), 'utf8');
  const untilMs = performance.now() + 5_000;
  while ((await write('usage.csv')) === undefined || !row.test(await read('usage.csv'))) {
    assert.ok(performance.now() < untilMs, `the history has no row like ${row}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await write('usage.json');
  return { csv: await read('usage.csv'), json: await read('usage.json') };
}
