/** What people do by accident, inside the extension host: a clear end each time, and nothing lost. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { systemClock } from '../../src/base/clock.ts';
import { SluiceError } from '../../src/base/errors.ts';
import { silentLog } from '../../src/base/log.ts';
import { startSimulatedPlatform } from '../../src/node/simulatedPlatform.ts';
import { explain, freshCode, handle, show } from './hostSupport.ts';

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
    const [anthropic, openai] = connections.kinds;
    assert.ok(anthropic && openai);
    try {
      await set('anthropic.baseUrl', server.url);
      await set('openai.baseUrl', 'http://127.0.0.1:9/v1');

      const refused = connections.connect(anthropic, 'not the token', never);
      await assert.rejects(refused, (error) => SluiceError.is(error, 'invalid-key'));
      const unreachable = connections.connect(openai, 'any', never);
      await assert.rejects(unreachable, (error) => SluiceError.is(error, 'network'));

      assert.deepEqual(connections.connected, []);
      assert.ok(connections.simulated);
    } finally {
      await set('anthropic.baseUrl', undefined);
      await set('openai.baseUrl', undefined);
      server.dispose();
    }
  });

  test('both platforms are connected, answer through their own protocol, and are disconnected again', async () => {
    const { connections, pipeline } = await handle();
    const models = connections.kinds.flatMap((kind) => kind.models);
    const options = { seed: 1, clock: systemClock, log: silentLog, latencyScale: 0, models };
    const server = await startSimulatedPlatform(options);
    try {
      await set('anthropic.baseUrl', server.url);
      await set('openai.baseUrl', server.openaiUrl);
      for (const kind of connections.kinds) {
        await connections.connect(kind, server.token, never);
        await show(freshCode());
        const receipt = await explain();
        assert.deepEqual(
          [receipt?.platform, receipt?.stop, receipt?.simulated],
          [kind.id, 'complete', false],
        );
        assert.ok((receipt?.costUsd ?? 0) > 0);
        await connections.disconnect(kind);
      }

      const wires = new Set(server.requests.map(({ wire }) => wire));
      assert.deepEqual([wires.has('messages'), wires.has('responses')], [true, true]);
      assert.ok(connections.simulated && pipeline.running === 0);
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
