/** What people do by accident, inside the extension host: a clear end each time, and nothing lost. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { systemClock } from '../../src/base/clock.ts';
import { SluiceError } from '../../src/base/errors.ts';
import { silentLog } from '../../src/base/log.ts';
import { cutAtLine } from '../../src/host/editorContext.ts';
import { localOnlyFor } from '../../src/host/localOnly.ts';
import { startSimulatedPlatform } from '../../src/node/simulatedPlatform.ts';
import { explain, freshCode, handle, platformKind, show } from './hostSupport.ts';

const never = new AbortController().signal;
const set = (key: string, value: unknown) =>
  vscode.workspace.getConfiguration('sluice').update(key, value, vscode.ConfigurationTarget.Global);

suite('bad input inside VS Code', () => {
  test('an empty file and a binary file send nothing', async () => {
    const { pipeline } = await handle();
    const seen = pipeline.recent[0]?.id;

    await show('   \n');
    const empty = await explain();
    await show('PNG\0\0\u0001binary');
    const binary = await explain();

    assert.deepEqual([empty, binary, pipeline.recent[0]?.id], [undefined, undefined, seen]);
  });

  test('a selection of 2 MB is cut at a line and answered', async () => {
    const line = `${'const value = compute(1);'.repeat(4)}\n`;
    await show(line.repeat(Math.ceil(2_000_000 / line.length)));

    const receipt = await explain();

    assert.equal(receipt?.stop, 'complete');
    assert.ok((receipt?.usage?.input ?? Number.POSITIVE_INFINITY) < 40_000);
  });

  test('what is cut ends with a whole line, and never inside a character', () => {
    const kept = cutAtLine('one\ntwo\nthree', 9);
    const long = cutAtLine(`${'x'.repeat(4)}\u{1F600}y`, 5);

    assert.deepEqual([kept, long, cutAtLine('short', 9)], ['one\ntwo\n', 'xxxx', 'short']);
  });

  test('a setting that makes no sense leaves its default in force', async () => {
    const { pipeline } = await handle();
    await set('cache.ttlMinutes', 'abc');
    await set('routing.rules', { model: 7 });
    await show(freshCode());

    const receipt = await explain();

    await set('cache.ttlMinutes', undefined);
    await set('routing.rules', undefined);
    assert.equal(receipt?.stop, 'complete');
    assert.equal(pipeline.recent[0]?.id, receipt?.id);
  });

  test('where nothing may leave this machine no model is asked that does not run on it, and an unsaved file counts too', async () => {
    const { pipeline } = await handle();
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    const here = vscode.workspace.getConfiguration('sluice', folder?.uri ?? null);
    const only = (value: true | undefined) =>
      here.update('routing.localOnly', value, vscode.ConfigurationTarget.WorkspaceFolder);
    const cart = await vscode.workspace.openTextDocument(
      vscode.Uri.joinPath(folder?.uri ?? assert.fail(), 'cart.ts'),
    );
    const editor = await vscode.window.showTextDocument(cart, vscode.ViewColumn.One);
    editor.selection = new vscode.Selection(0, 0, 10, 0);
    const seen = pipeline.recent[0]?.id;

    await only(true);
    const ofFolder = await explain();
    const told = localOnlyFor(cart.uri);
    await show(freshCode());
    const unsaved = await explain();
    await only(undefined);
    const after = await explain();

    assert.deepEqual([ofFolder, unsaved, told], [undefined, undefined, { localOnly: true }]);
    assert.notEqual(after?.id, undefined);
    assert.notEqual(after?.id, seen);
    assert.deepEqual(localOnlyFor(cart.uri), {});
  });

  test('a routing rule of the person decides, and the receipt says so', async () => {
    await set('routing.rules', [{ task: 'explain', model: 'simulated/sim-powerful' }]);
    await show(freshCode());

    const receipt = await explain();

    await set('routing.rules', undefined);
    assert.equal(receipt?.modelKey, 'simulated/sim-powerful');
    assert.ok(receipt?.decision.reasons.some(({ kind }) => kind === 'rule'));
  });

  test('a key that is refused is not stored; a platform that is not there is told as such', async () => {
    const { connections } = await handle();
    const server = await startSimulatedPlatform({
      seed: 1,
      clock: systemClock,
      log: silentLog,
      latencyScale: 0,
    });
    try {
      await set('anthropic.baseUrl', server.url);
      await set('openai.baseUrl', 'http://127.0.0.1:9/v1');

      const refused = connections.connect({ kind: platformKind('anthropic'), key: 'not-the-token' }, never);
      await assert.rejects(refused, (error) => SluiceError.is(error, 'invalid-key'));
      const unreachable = connections.connect({ kind: platformKind('openai'), key: 'any' }, never);
      await assert.rejects(unreachable, (error) => SluiceError.is(error, 'network'));

      assert.deepEqual(connections.accounts, []);
      assert.ok(connections.simulated);
    } finally {
      await set('anthropic.baseUrl', undefined);
      await set('openai.baseUrl', undefined);
      server.dispose();
    }
  });

  test('no editor at all is told, not thrown', async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');

    assert.equal(await explain(), undefined);
  });
});
