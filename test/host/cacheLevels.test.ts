/** The cache levels below the memory, inside the extension host. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { eventually, explain, freshCode, handle, show } from './hostSupport.ts';

const clear = (part: string) => vscode.commands.executeCommand<string>('sluice.clearCache', part);

suite('cache levels inside VS Code', () => {
  test('what the memory forgot comes from disk, for nothing; cleared, it is asked anew', async () => {
    const { cache, lower } = await handle();
    await show(freshCode());
    const first = await explain();
    await eventually('the disk to have it', () => (lower.current?.levels[0]?.facts().entries ?? 0) > 0);

    await clear('memory');
    const second = await explain();
    const third = await explain();
    const cleared = await clear('all');
    const fourth = await explain();

    assert.deepEqual([first?.cache, second?.cache, third?.cache], ['none', 'disk', 'memory']);
    assert.deepEqual([second?.costUsd, second?.savedUsd], [0, first?.costUsd]);
    assert.deepEqual([cleared, fourth?.cache], ['all', 'none']);
    assert.ok(cache.facts().hits > 0);
  }).timeout(60_000);

  test('an answer ends with a change anywhere in its file, in all levels', async () => {
    await handle();
    const code = freshCode();
    const { document } = await show(`${code}\n// end\n`);
    const selection = new vscode.Selection(0, 0, 2, 1);
    const ask = async () => {
      const editor = await vscode.window.showTextDocument(document);
      editor.selection = selection;
      return explain();
    };
    const first = await ask();
    const second = await ask();

    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(document.lineCount - 1, 0), '// more\n');
    await vscode.workspace.applyEdit(edit);
    const third = await ask();

    assert.deepEqual([first?.cache, second?.cache, third?.cache], ['none', 'memory', 'none']);
  }).timeout(60_000);
});
