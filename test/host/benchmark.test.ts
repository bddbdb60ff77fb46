/** `Sluice: Run Benchmark…` inside the extension host, against the simulated platform. */
import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, teardown, test } from 'mocha';
import * as vscode from 'vscode';
import type { BenchResult } from '../../src/flow/benchRun.ts';
import { eventually, handle, script } from './hostSupport.ts';

const MODELS = ['simulated/sim-fast', 'simulated/sim-balanced'];
const GOOD = {
  name: 'ours',
  tasks: [
    {
      id: 'says',
      task: 'explain',
      language: 'typescript',
      code: 'let a = 1;\n',
      expect: { contains: ['a'] },
    },
    {
      ...{ id: 'says not', level: 'edge', task: 'explain', language: 'typescript', code: 'let b = 2;\n' },
      expect: { contains: ['no simulated answer says this'] },
    },
  ],
};

const run = (given: object) =>
  vscode.commands.executeCommand<readonly BenchResult[] | undefined>('sluice.runBenchmark', given);
const report = () => vscode.window.activeTextEditor?.document.getText() ?? '';

suite('a benchmark inside VS Code', () => {
  const undo: (() => void)[] = [];
  teardown(async () => {
    for (const back of undo.splice(0)) back();
    await script([]);
  });

  /** What VS Code would show; a test runner gets no dialog. Until the test is over. */
  function instead<K extends keyof typeof vscode.window>(name: K, stub: (typeof vscode.window)[K]): void {
    const real = vscode.window[name];
    vscode.window[name] = stub;
    undo.push(() => {
      vscode.window[name] = real;
    });
  }

  async function file(content: string): Promise<vscode.Uri> {
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    assert.ok(folder, 'the tests have a folder open');
    const path = join(folder.uri.fsPath, `ours-${crypto.randomUUID()}.sluice-bench.json`);
    await writeFile(path, content);
    undo.push(() => void rm(path, { force: true }));
    return vscode.Uri.file(path);
  }

  test('the models are picked by their estimates; nothing is sent before the person has said yes to cost and time', async () => {
    const { pipeline, simulated } = await handle();
    await script([]);
    const before = [pipeline.recent[0]?.id, simulated()?.requests.length];
    const offered: string[] = [];
    const asked: string[] = [];
    instead('showQuickPick', (async (items: readonly vscode.QuickPickItem[]) => {
      offered.push(...items.map(({ label, detail }) => `${label}: ${detail}`));
      return items.slice(0, 1);
    }) as unknown as typeof vscode.window.showQuickPick);
    instead('showInformationMessage', (async (message: string, options: vscode.MessageOptions) => {
      asked.push(`${message} ${options.detail}`);
      return undefined;
    }) as unknown as typeof vscode.window.showInformationMessage);

    const results = await run({ suite: await file(JSON.stringify(GOOD)) });

    assert.equal(results, undefined);
    assert.ok(offered.length >= 3 && offered.every((line) => /\$.+about .+expected to be good/.test(line)));
    assert.match(asked.join(), /“ours”\? 2 requests, estimated cost \$0.*, about .+ You can cancel/);
    assert.deepEqual([pipeline.recent[0]?.id, simulated()?.requests.length], before);
  });

  test('each task goes to each model, the report says what failed and why, and the next one compares with it', async () => {
    const { pipeline } = await handle();
    const name = `ours ${crypto.randomUUID()}`;
    const own = await file(JSON.stringify({ ...GOOD, name }));

    const results = (await run({ suite: own, models: MODELS, consent: true })) ?? [];
    const first = report();
    await run({ suite: own, models: MODELS, consent: true });
    const second = report();

    assert.deepEqual(
      results.map(({ model, task, passed }) => [model.key, task.id, passed]),
      MODELS.flatMap((key) => [
        [key, 'says', true],
        [key, 'says not', false],
      ]),
    );
    assert.ok(pipeline.recent.slice(0, 4).every((receipt) => receipt.benchmark && receipt.cache === 'none'));
    assert.match(first, new RegExp(`^# Benchmark: ${name}\\n`));
    assert.match(first, /results say nothing of real ones/);
    assert.match(first, /1 of 2 \(50 ?%\) \| \d+ ?% \| – \|/);
    assert.match(first, /says not \(.+\): does not say “no simulated answer says this”/);
    assert.match(second, /1 of 2 \(50 ?%\) \| \d+ ?% \| 50 ?% \|/);
  });

  test('cancelled in the middle, what was done is reported, and nothing goes on', async () => {
    const { pipeline, quota } = await handle();
    const slow = (delayMs: number) => ({ fault: { kind: 'slow-first-token', delayMs } }) as const;
    await script([slow(1), slow(60_000)]);
    const cancel = new vscode.CancellationTokenSource();
    const told: string[] = [];
    const real = vscode.window.withProgress;
    instead('withProgress', ((options, task) =>
      real(options, (progress) => {
        const report = (step: { message?: string }) => {
          told.push(step.message ?? '');
          progress.report(step as never);
        };
        return task({ report } as never, cancel.token);
      })) as typeof vscode.window.withProgress);

    const running = run({
      suite: await file(JSON.stringify(GOOD)),
      models: MODELS.slice(0, 1),
      consent: true,
    });
    await eventually('the second task runs', () => told.length === 1 && pipeline.running === 1);
    cancel.cancel();
    const results = await running;

    assert.deepEqual(
      results?.map(({ task }) => task.id),
      ['says'],
    );
    assert.match(told.join(), /says/);
    assert.match(report(), /It was cancelled; what was done until then is shown\./);
    await eventually('nothing is reserved', () => quota.states().every(({ reserved }) => reserved === 0));
    assert.equal(pipeline.running, 0);
  });

  test('a file with an error sends nothing, names the line, and is opened there', async () => {
    const { pipeline } = await handle();
    const seen = pipeline.recent[0]?.id;
    const errors: string[] = [];
    instead('showErrorMessage', (async (message: string, open: string) => {
      errors.push(message);
      return open;
    }) as unknown as typeof vscode.window.showErrorMessage);
    const lines = ['{', '  "name": "ours",', '  "tasks": [', '    { "id": "a", "task": "cook" }', '  ]', '}'];
    const wrong = await file(lines.join('\n'));

    const results = await run({ suite: wrong, models: MODELS, consent: true });

    assert.equal(results, undefined);
    assert.match(
      errors.join(),
      /This benchmark cannot be used: .*line 4: “task” has a value that cannot be used/,
    );
    await eventually('the file is opened at the line', () => {
      const editor = vscode.window.activeTextEditor;
      return editor?.document.uri.fsPath === wrong.fsPath && editor.selection.active.line === 3;
    });
    assert.equal(pipeline.recent[0]?.id, seen);
  });
});
