/** Claude Code in odd states inside VS Code: a stand-in for its program misbehaves as it is told (test/support/claudeFake.ts). */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { systemClock } from '../../src/base/clock.ts';
import { type ErrorCode, SluiceError } from '../../src/base/errors.ts';
import { eventually, explain, freshCode, handle, platformKind, show } from './hostSupport.ts';

const HOUR_MS = 3_600_000;
const never = new AbortController().signal;
const set = (key: string, value: unknown) =>
  vscode.workspace.getConfiguration('sluice').update(key, value, vscode.ConfigurationTarget.Global);

suite('Claude Code in odd states', () => {
  const before = { ...process.env };

  setup(async () => {
    process.env.CLAUDE_CONFIG_DIR = mkdtempSync(join(tmpdir(), 'sluice-claude-'));
    await set('claudeCode.path', process.env.SLUICE_TEST_CLAUDE_FAKE);
  });

  teardown(async () => {
    const { connections } = await handle();
    for (const { id } of connections.accounts) await connections.remove(id);
    await set('claudeCode.path', undefined);
    process.env = { ...before };
  });

  const connect = async () => {
    const { connections } = await handle();
    return connections.connect({ kind: platformKind('claude-code'), key: '' }, never);
  };

  /** Code that tells the stand-in what to do. */
  const explainWith = async (trick: string) => {
    await show(`// [[${trick}]]\n${freshCode()}`);
    return explain();
  };

  const answersAgain = async () => {
    await show(freshCode());
    const receipt = await explain();
    assert.deepEqual([receipt?.platform, receipt?.stop], ['claude-code', 'complete']);
  };

  for (const [state, code] of [
    ['exit', 'network'],
    ['garbage', 'bad-response'],
  ] as const satisfies readonly (readonly [string, ErrorCode])[]) {
    test(`a program that starts with ${state} is not connected, and nothing is kept`, async () => {
      process.env.FAKE_START = state;
      const { connections } = await handle();

      await assert.rejects(connect(), (error) => SluiceError.is(error, code), code);

      assert.deepEqual([connections.accounts, connections.simulated], [[], true]);
    });
  }

  test('nobody logged in: it is told so, and not connected', async () => {
    process.env.FAKE_LOGGED_IN = 'false';
    const { connections } = await handle();

    await assert.rejects(connect(), (error) => SluiceError.is(error, 'not-logged-in'));

    assert.deepEqual(connections.accounts, []);
  });

  test('lines that are no JSON in between change nothing', async () => {
    await connect();

    const receipt = await explainWith('garbage');

    assert.deepEqual([receipt?.platform, receipt?.stop], ['claude-code', 'complete']);
  });

  test('garbage without end, and an exit before the first word, end without an answer; the next request has one', async () => {
    await connect();

    for (const trick of ['flood', 'exit', 'empty']) {
      assert.equal(await explainWith(trick), undefined, trick);
      await answersAgain();
    }
  });

  test('an exit in the middle keeps what came; the next request gets a new process', async () => {
    await connect();

    const receipt = await explainWith('exit-after-text');

    assert.deepEqual([receipt?.platform, receipt?.stop], ['claude-code', 'cut']);
    await answersAgain();
  });

  test('a program that hangs is cancelled by the person, and answers again', async () => {
    const { pipeline } = await handle();
    await connect();

    const asking = explainWith('hang');
    await eventually('the request runs', () => pipeline.running > 0);
    await vscode.commands.executeCommand('sluice.cancelRequest');
    await asking;

    assert.equal(pipeline.running, 0);
    await answersAgain();
  });

  test('what a terminal used is told by model, for each window', async () => {
    const { connections } = await handle();
    const project = join(process.env.CLAUDE_CONFIG_DIR ?? '', 'projects/-home-me');
    mkdirSync(project, { recursive: true });
    const line = (id: string, model: string, ageMs: number) =>
      JSON.stringify({
        type: 'assistant',
        timestamp: new Date(systemClock.now() - ageMs).toISOString(),
        requestId: id,
        message: { id, model, usage: { input_tokens: 900, output_tokens: 80 } },
      });
    const lines = [line('1', 'claude-opus-5-5', HOUR_MS), line('2', 'claude-haiku-5-5', 30 * HOUR_MS)];
    writeFileSync(join(project, 'session.jsonl'), `${lines.join('\n')}\n`);
    const account = await connect();

    const lately = await connections.usedElsewhere(account, 5 * HOUR_MS, never);
    const week = await connections.usedElsewhere(account, 7 * 24 * HOUR_MS, never);

    const told = (uses: typeof week) =>
      uses?.map(({ model, requests, usage }) => [model, requests, usage.output]);
    assert.deepEqual(told(lately), [['claude-opus-5-5', 1, 80]]);
    assert.deepEqual(told(week), [
      ['claude-opus-5-5', 1, 80],
      ['claude-haiku-5-5', 1, 80],
    ]);
  });

  test('a window that is used up is known as such, with its reset, and the next request is not sent into it', async () => {
    const { quota } = await handle();
    await connect();

    const receipt = await explainWith('used-up');
    const window = quota.states().find((state) => state.platform === 'claude-code' && state.window === '5h');
    await show(freshCode());
    const next = await explain();

    assert.deepEqual([receipt, window?.level, next], [undefined, 0, undefined]);
    assert.ok((window?.fullInMs ?? 0) > 3_000_000);
  });
});
