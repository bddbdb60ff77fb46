/** Each platform connected, used, paused, resumed and removed inside VS Code, against servers that speak its protocol. */
import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { systemClock } from '../../src/base/clock.ts';
import { SluiceError } from '../../src/base/errors.ts';
import { silentLog } from '../../src/base/log.ts';
import { type SimulatedPlatform, startSimulatedPlatform } from '../../src/node/simulatedPlatform.ts';
import { bindModel, type ModelRow } from '../../src/routing/catalogue.ts';
import { catalogueOf } from '../../src/routing/catalogueData.ts';
import { MOCK_KEY, startIndependentMock } from '../support/independentMock.ts';
import { explain, freshCode, handle, platformKind, show } from './hostSupport.ts';

const never = new AbortController().signal;
const WIRES: Readonly<Record<string, string>> = { anthropic: 'messages', openai: 'responses' };
const set = (key: string, value: unknown) =>
  vscode.workspace.getConfiguration('sluice').update(key, value, vscode.ConfigurationTarget.Global);

function serve(models: readonly ModelRow[]): Promise<SimulatedPlatform> {
  return startSimulatedPlatform({ seed: 1, clock: systemClock, log: silentLog, latencyScale: 0, models });
}

suite('platforms inside VS Code', () => {
  let server: SimulatedPlatform;

  teardown(async () => {
    const { connections } = await handle();
    for (const { id } of connections.accounts) await connections.remove(id);
    await set('anthropic.baseUrl', undefined);
    await set('openai.baseUrl', undefined);
    server?.dispose();
  });

  for (const id of ['anthropic', 'openai', 'synthetic', 'openrouter', 'groq', 'togetherai', 'lmstudio']) {
    test(`${id} is connected, answers over its own protocol, is paused, resumed and removed`, async () => {
      const { connections, platforms } = await handle();
      server = await serve(catalogueOf(id));
      await set('anthropic.baseUrl', server.url);
      await set('openai.baseUrl', server.openaiUrl);
      const kind = { ...platformKind(id), baseUrl: server.openaiUrl };

      const { trial } = await connections.connect({ kind, key: server.token }, never);
      await show(freshCode());
      const receipt = await explain();
      await connections.pause(id, true);
      const whilePaused = platforms.list.map((platform) => platform.id);
      await connections.pause(id, false);
      const resumed = platforms.list.map((platform) => platform.id);
      await connections.remove(id);

      assert.ok(trial.models > 0 && trial.streams && trial.usage && trial.limits > 0, JSON.stringify(trial));
      assert.deepEqual([receipt?.platform, receipt?.stop, receipt?.simulated], [id, 'complete', false]);
      assert.ok(server.requests.some(({ wire }) => wire === (WIRES[id] ?? 'chat')));
      assert.deepEqual([whilePaused, resumed], [['simulated'], [id]]);
      assert.deepEqual([connections.accounts, connections.simulated], [[], true]);
    });
  }

  test('somebody else’s server of OpenAI’s protocol is connected by its address, used and removed', async () => {
    const { connections, platforms } = await handle();
    const mock = await startIndependentMock();
    mock.onMessage(/./, { content: 'Explained by somebody else.', model: 'gpt-4o-2024-08-06' });

    try {
      const { id, trial, listed } = await connections.connect(
        { kind: platformKind('compatible'), key: MOCK_KEY, baseUrl: `${mock.url}/v1` },
        never,
      );
      await show(freshCode());
      const receipt = await explain();
      await connections.remove(id);
      const wrongKey = connections.connect(
        { kind: platformKind('compatible'), key: 'another', baseUrl: `${mock.url}/v1` },
        never,
      );

      await assert.rejects(wrongKey, (error) => SluiceError.is(error, 'invalid-key'));
      assert.ok(listed.includes('gpt-4o') && trial.streams && trial.usage, JSON.stringify(trial));
      assert.deepEqual(
        [receipt?.platform, receipt?.stop, receipt?.model],
        ['compatible', 'complete', 'gpt-4o-2024-08-06'],
      );
      assert.ok((receipt?.usage?.output ?? 0) > 0);
      assert.deepEqual([connections.accounts, platforms.list.map(({ id: one }) => one)], [[], ['simulated']]);
    } finally {
      await mock.stop();
    }
  });

  test('Claude Code: the real program answers, says what it used, is paused, resumed and removed', async function () {
    this.timeout(120_000);
    const { connections, platforms } = await handle();
    server = await serve(catalogueOf('anthropic'));
    const before = { ...process.env };
    Object.assign(process.env, {
      ANTHROPIC_BASE_URL: server.url,
      ANTHROPIC_API_KEY: server.token,
      CLAUDE_CONFIG_DIR: mkdtempSync(join(tmpdir(), 'sluice-claude-')),
    });
    try {
      await set('claudeCode.path', process.env.SLUICE_TEST_CLAUDE);

      const { trial, listed } = await connections.connect(
        { kind: platformKind('claude-code'), key: '' },
        never,
      );
      await show(freshCode());
      const receipt = await explain();
      await connections.pause('claude-code', true);
      const whilePaused = platforms.list.map(({ id }) => id);
      await connections.pause('claude-code', false);
      await connections.remove('claude-code');

      assert.ok(listed.length > 0 && trial.streams && trial.usage, JSON.stringify(trial));
      assert.deepEqual(
        [receipt?.platform, receipt?.stop, receipt?.billing],
        ['claude-code', 'complete', 'subscription'],
      );
      assert.equal(receipt?.costUsd, 0);
      assert.match(receipt?.model ?? '', /^claude-/);
      assert.ok((receipt?.usage?.output ?? 0) > 0);
      assert.deepEqual([whilePaused, connections.simulated], [['simulated'], true]);
    } finally {
      process.env = before;
      await set('claudeCode.path', undefined);
    }
  });

  test('Claude Code that is not there is told with the path that was tried', async () => {
    const { connections } = await handle();
    await set('claudeCode.path', '/no/such/claude');

    const connecting = connections.connect({ kind: platformKind('claude-code'), key: '' }, never);

    await assert.rejects(
      connecting,
      (error) => SluiceError.is(error, 'program-missing') && error.facts.why === 'not-found',
    );
    await set('claudeCode.path', undefined);
    assert.deepEqual(connections.accounts, []);
  });

  test('two accounts of one kind are told apart, renamed, and each keeps its own key', async () => {
    const { connections, platforms } = await handle();
    server = await serve(catalogueOf('anthropic'));
    await set('anthropic.baseUrl', server.url);
    const kind = platformKind('anthropic');

    await connections.connect({ kind, key: server.token }, never);
    await connections.connect({ kind, key: server.token }, never);
    await connections.rename('anthropic-2', 'Work');
    await connections.pause('anthropic', true);
    await show(freshCode());
    const receipt = await explain();

    assert.deepEqual(
      connections.accounts.map(({ name }) => name),
      ['Anthropic API', 'Work'],
    );
    assert.deepEqual(
      platforms.list.map(({ label }) => label),
      ['Work'],
    );
    assert.equal(receipt?.platform, 'anthropic-2');
    assert.match(receipt?.modelKey ?? '', /^anthropic-2\//);
  });

  test('a compatible address with models of which nothing is known works, and their price stays unknown', async () => {
    const { connections } = await handle();
    const [row] = catalogueOf('anthropic');
    assert.ok(row);
    server = await serve([{ ...row, name: 'my-own-13b' }]);
    const kind = platformKind('compatible');

    const { id, name, listed } = await connections.connect(
      { kind, key: server.token, baseUrl: server.openaiUrl },
      never,
    );
    await show(freshCode());
    const receipt = await explain();

    assert.deepEqual([id, listed], ['compatible', ['my-own-13b']]);
    assert.equal(name, new URL(server.url).host);
    assert.deepEqual(
      [receipt?.model, receipt?.stop, receipt?.costUsd],
      ['my-own-13b', 'complete', undefined],
    );
    assert.equal(bindModel(row, id, false).key, `compatible/${row.name}`);
  });

  test('Ollama: what it has pulled answers for nothing, and what makes no text is not asked', async () => {
    const { connections, platforms } = await handle();
    const [row] = catalogueOf('anthropic');
    assert.ok(row);
    server = await serve(
      ['nomic-embed-text:latest', 'qwen3-coder:30b', 'gpt-oss:120b-cloud'].map((name) => ({ ...row, name })),
    );
    const kind = { ...platformKind('ollama'), baseUrl: server.openaiUrl };

    const { trial, listed } = await connections.connect({ kind, key: server.token }, never);
    const models = platforms.list[0]?.models ?? [];
    await show(freshCode());
    const receipt = await explain();

    assert.equal(listed.length, 3);
    assert.ok(trial.streams && trial.usage);
    assert.deepEqual(
      models.map(({ name, use, price }) => [name, use, price?.inputUsdPerMTok]),
      [
        ['nomic-embed-text:latest', 'by-name', 0],
        ['qwen3-coder:30b', undefined, 0],
        ['gpt-oss:120b-cloud', undefined, undefined],
      ],
    );
    assert.deepEqual(
      [receipt?.modelKey, receipt?.costUsd, receipt?.stop],
      ['ollama/qwen3-coder:30b', 0, 'complete'],
    );
  });

  test('VS Code’s own models: that there are none is told, and nothing is kept', async () => {
    const { connections } = await handle();

    const connecting = connections.connect({ kind: platformKind('vscode'), key: '' }, never);

    await assert.rejects(
      connecting,
      (error) => SluiceError.is(error, 'no-model') && error.facts.why === 'none-in-vscode',
    );
    assert.deepEqual(connections.accounts, []);
  });
});
