import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, teardown, test } from 'mocha';
import * as vscode from 'vscode';
import { explain, freshCode, show } from './hostSupport.ts';

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
      // Rows are written a quarter of a second behind the request.
      const texts = await exported(folder);

      const [name = ''] = /answer_\w+/.exec(code) ?? [];
      assert.match(texts.csv, /^time,day,task,model,/);
      assert.match(texts.csv, /,explain,simulated\//);
      assert.equal(JSON.parse(texts.json)[0].task, 'explain');
      assert.ok(!texts.csv.includes(name) && !texts.json.includes(name));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test('without a queued task the list says so and nothing is done', async () => {
    const done = await vscode.commands.executeCommand('sluice.showQueuedTasks');

    assert.equal(done, undefined);
  });
});

/** Asks until the history has a row: it is written in batches behind the request. */
async function exported(folder: string): Promise<{ csv: string; json: string }> {
  const write = (name: string) =>
    vscode.commands.executeCommand('sluice.exportUsage', vscode.Uri.file(join(folder, name)));
  const untilMs = performance.now() + 5_000;
  while ((await write('usage.csv')) === undefined) {
    assert.ok(performance.now() < untilMs, 'nothing was written to the history');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await write('usage.json');
  return {
    csv: await readFile(join(folder, 'usage.csv'), 'utf8'),
    json: await readFile(join(folder, 'usage.json'), 'utf8'),
  };
}
