/** One selection, end to end, inside the extension host. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { eventually, explain, freshCode, handle, script, show } from './hostSupport.ts';

const setRules = (rules: unknown) =>
  vscode.workspace
    .getConfiguration('sluice')
    .update('routing.rules', rules, vscode.ConfigurationTarget.Global);

suite('explain inside VS Code', () => {
  test('the first answer is a miss of the simulated platform, the second a hit for nothing', async () => {
    const { quota } = await handle();
    await show(freshCode());
    // At once: a limit may be full again before the answer is read.
    let lowered = false;
    const watching = quota.onChange(() => {
      lowered ||= quota.states().some(({ level, size }) => level < size);
    });

    const first = await explain();
    watching.dispose();
    const second = await explain();

    assert.deepEqual([first?.cache, first?.stop, first?.simulated], ['none', 'complete', true]);
    assert.match(first?.model ?? '', /^sim-/);
    assert.ok((first?.usage?.output ?? 0) > 0 && (first?.costUsd ?? 0) > 0);
    assert.deepEqual([second?.cache, second?.costUsd, second?.savedUsd], ['memory', 0, first?.costUsd]);
    assert.ok(lowered, 'the request was charged to a limit');
  });

  test('without a selection the symbol around the cursor is sent', async () => {
    const { pipeline } = await handle();
    const range = new vscode.Range(2, 0, 4, 1);
    const symbols = vscode.languages.registerDocumentSymbolProvider('plaintext', {
      provideDocumentSymbols: () => [
        new vscode.DocumentSymbol('middle', '', vscode.SymbolKind.Function, range, range),
      ],
    });
    const cursor = new vscode.Selection(3, 1, 3, 1);
    await show('above\n\nmiddle {\n  body\n}\n\nbelow\n', 'plaintext', cursor);

    const receipt = await explain();

    symbols.dispose();
    assert.equal(receipt?.stop, 'complete');
    // 7 + 2 words around a 20-character symbol: the whole file would be longer than what was counted.
    assert.equal(pipeline.recent[0]?.id, receipt?.id);
    assert.ok(
      vscode.window.tabGroups.all.some(({ tabs }) => tabs.some(({ label }) => label.startsWith('Sluice'))),
    );
  });

  test('asked stronger, a more capable model answers; asked fresh, the cache is not read', async () => {
    const { pipeline } = await handle();
    await show(freshCode());
    // What other suites have taught must not make the strongest one answer first.
    await setRules([{ task: 'explain', model: 'simulated/sim-fast' }]);
    const first = await explain();
    await setRules(undefined);
    const seen = pipeline.recent[0]?.id;

    await vscode.commands.executeCommand('sluice.askStronger');
    await eventually('a stronger answer', () => pipeline.recent[0]?.id !== seen);
    const stronger = pipeline.recent[0];
    await vscode.commands.executeCommand('sluice.askFresh');
    await eventually('a fresh answer', () => pipeline.recent[0]?.id !== stronger?.id);

    assert.equal(first?.modelKey, 'simulated/sim-fast');
    assert.notEqual(stronger?.modelKey, first.modelKey);
    assert.ok(stronger?.decision.reasons.some(({ kind }) => kind === 'asked-stronger'));
    // Which of the stronger ones: that is learned from being asked again.
    assert.equal(pipeline.recent[0]?.cache, 'none');
    assert.notEqual(pipeline.recent[0]?.modelKey, first.modelKey);
  });

  test('what the person says of an answer is learned, once, and can be said otherwise', async () => {
    const { outcomes } = await handle();
    await show(freshCode());
    const receipt = await explain();
    const said = () =>
      outcomes.recent.flatMap((one) =>
        one.kind === 'thumbs' && one.receiptId === receipt?.id ? [one.up] : [],
      );

    for (const command of ['goodAnswer', 'goodAnswer', 'badAnswer'])
      await vscode.commands.executeCommand(`sluice.${command}`);

    assert.deepEqual(said(), [false, true]);
  });

  test('cancelled before the first token, nothing is recorded and nothing stays reserved', async () => {
    const { pipeline, quota } = await handle();
    await script([{ fault: { kind: 'slow-first-token', delayMs: 60_000 } }]);
    const seen = pipeline.recent[0]?.id;
    await show(freshCode());

    const running = explain();
    await eventually('the request runs', () => pipeline.running === 1);
    await vscode.commands.executeCommand('sluice.cancelRequest');

    assert.equal(await running, undefined);
    await eventually('nothing is reserved', () => quota.states().every(({ reserved }) => reserved === 0));
    assert.deepEqual([pipeline.running, pipeline.recent[0]?.id], [0, seen]);
  });

  test('cancelled after the first token, what came is marked as cancelled', async () => {
    const { pipeline, simulated } = await handle();
    await script([{ fault: { kind: 'hang', afterChunks: 2 } }]);
    const before = simulated()?.requests.length ?? 0;
    await show(freshCode());

    const running = explain();
    await eventually('tokens are sent', () => (simulated()?.requests[before]?.outputTokens ?? 0) > 0);
    // What was written to one loopback connection before is read before a whole exchange over another is over.
    await fetch(simulated()?.url ?? '');
    await vscode.commands.executeCommand('sluice.cancelRequest');

    assert.equal(await running, undefined);
    await eventually('it is recorded', () => pipeline.recent[0]?.stop === 'cancelled');
    assert.equal(pipeline.recent[0]?.costUsd, undefined);
  });

  test('a stream that is cut, and one with a malformed event, keep their text and are marked', async () => {
    await script([
      { fault: { kind: 'cut', afterChunks: 3 } },
      { fault: { kind: 'malformed', afterChunks: 3 } },
    ]);

    await show(freshCode());
    const cut = await explain();
    await show(freshCode());
    const malformed = await explain();

    assert.deepEqual([cut?.stop, malformed?.stop], ['cut', 'cut']);
  });

  test('the decision of the last request opens beside the code', async () => {
    await show(freshCode());
    const receipt = await explain();

    const shown = await vscode.commands.executeCommand<{ id: string }>('sluice.showLastDecision');

    assert.equal(shown.id, receipt?.id);
  });
});
