/** The cache levels below the memory, inside the extension host. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { systemRandom } from '../../src/base/random.ts';
import type { Receipt } from '../../src/flow/request.ts';
import { connectRedis } from '../../src/node/redisConnection.ts';
import { startRedis } from '../support/redisServer.ts';
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

  test('a saved change takes the answers that were bound to the file before; a deleted file takes all of its own', async () => {
    const { lower } = await handle();
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
    assert.ok(folder);
    const uri = vscode.Uri.joinPath(folder, `bound-${crypto.randomUUID().slice(0, 8)}.ts`);
    await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(`${freshCode()}// end\n`));
    const entries = () => lower.current?.levels.at(-1)?.facts().entries ?? 0;
    const ask = async () => {
      const editor = await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri));
      editor.selection = new vscode.Selection(0, 0, 2, 1);
      const receipt = await explain();
      assert.equal(receipt?.cache, 'none');
      return editor.document;
    };
    await clear('all');
    const document = await ask();
    await eventually('the disk to have the answer', () => entries() === 1);

    const edit = new vscode.WorkspaceEdit();
    edit.insert(uri, new vscode.Position(document.lineCount - 1, 0), '// more\n');
    await vscode.workspace.applyEdit(edit);
    await document.save();
    await eventually('the disk to forget it', () => entries() === 0);

    await ask();
    await eventually('the disk to have the next one', () => entries() === 1);
    const gone = new vscode.WorkspaceEdit();
    gone.deleteFile(uri);
    await vscode.workspace.applyEdit(gone);
    await eventually('the disk to forget that too', () => entries() === 0);
  }).timeout(60_000);

  test('an answer to a similar question is asked anyway, as the question that was meant', async () => {
    await handle();
    const about = (question: string) =>
      vscode.commands.executeCommand<Receipt | undefined>('sluice.askAboutSelection', question);
    const similar = async () => {
      await show(freshCode());
      await about('explain this function');
      return about('What does this function do?');
    };
    // The level is loaded a moment after a first request.
    let receipt = await similar();
    for (let times = 0; times < 40 && receipt?.cache !== 'similar'; times += 1) {
      await new Promise((resolve) => setTimeout(resolve, 250));
      receipt = await similar();
    }
    assert.equal(receipt?.cache, 'similar');
    assert.equal(receipt.answeredFor?.question, 'explain this function');

    const anyway = await vscode.commands.executeCommand<Receipt | undefined>('sluice.askAnyway', receipt.id);
    const again = await about('What does this function do?');
    const unknown = await vscode.commands.executeCommand('sluice.askAnyway', 'no such receipt');

    assert.deepEqual([anyway?.cache, anyway?.task, anyway?.stop], ['none', 'question', 'complete']);
    assert.deepEqual([again?.cache, again?.answeredFor], ['memory', undefined]);
    assert.equal(unknown, undefined);
  }).timeout(120_000);

  test('nothing of a private workspace goes to the team, and all that others see goes once it is not', async () => {
    await handle();
    const server = await startRedis();
    const { redis } = connectRedis({ url: server.url }, systemRandom, 10_000);
    const sluice = vscode.workspace.getConfiguration('sluice');
    const set = (key: string, value: unknown, target = vscode.ConfigurationTarget.Global) =>
      sluice.update(key, value, target);
    const kept = async () => (await redis.keys('sluice:cache:v:*')).length;
    try {
      await new Promise<void>((resolve) => redis.once('ready', () => resolve()));
      await set('cache.private', true, vscode.ConfigurationTarget.Workspace);
      await set('redis.url', server.url);
      await show(freshCode());
      assert.equal((await explain())?.cache, 'none');
      const { lower } = await handle();
      assert.deepEqual(
        lower.current?.levels.map(({ level }) => level),
        ['disk'],
      );
      assert.equal((await redis.keys('sluice:cache:*')).length, 0);

      await set('cache.private', undefined, vscode.ConfigurationTarget.Workspace);
      // The first answers may be too early for the connection: nobody waits for it.
      let values = 0;
      for (let times = 0; times < 40 && values === 0; times += 1) {
        await show(freshCode());
        await explain();
        values = await kept();
      }

      assert.ok(values > 0);
      await set('routing.localOnly', true);
      const here = (await lower.get()).levels.map(({ level }) => level);
      assert.deepEqual(here, ['disk'], 'nothing may leave this machine any longer');
    } finally {
      await set('routing.localOnly', undefined);
      await set('redis.url', undefined);
      await set('cache.private', undefined, vscode.ConfigurationTarget.Workspace);
      redis.disconnect();
      await server.stop();
    }
  }).timeout(60_000);

  test('without a hit there is nothing to explain, and it is said', async () => {
    await handle();
    const explained = await vscode.commands.executeCommand('sluice.explainCacheHit', 'no such receipt');

    assert.equal(explained, undefined);
  });
});
