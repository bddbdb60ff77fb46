/** Answers that are checked: held and gone up from, or noted under what is shown already. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Receipt } from '../../src/flow/request.ts';
import { openInlineChat } from '../../src/host/inlineChatOpening.ts';
import type { SimulatedSkill } from '../../src/node/simulatedSkills.ts';
import { eventually, freshCode, handle, show, skills } from './hostSupport.ts';

/** Every model but the powerful one fails so. */
const onlyPowerful = (how: SimulatedSkill['how']): readonly SimulatedSkill[] => [
  { model: 'sim-powerful', fails: 0 },
  { fails: 1, ...(how === undefined ? {} : { how }) },
];

suite('checks inside VS Code', () => {
  teardown(async () => {
    await skills([]);
    await vscode.workspace.getConfiguration('sluice').update('cascade.when', undefined, true);
    await vscode.commands.executeCommand('sluice.inlineChatClose');
  });

  test('tests that do not parse are never seen: a stronger model writes them, and the receipt says why', async () => {
    await skills(onlyPowerful(['unparsable']));
    await show(freshCode());

    const receipt = await vscode.commands.executeCommand<Receipt>('sluice.writeTests');

    assert.equal(receipt.model, 'sim-powerful');
    assert.ok(receipt.checks?.some(({ check, verdict }) => check === 'parses' && verdict === 'pass'));
    const failed = receipt.attempts?.flatMap(({ checks = [] }) => checks).filter(({ why }) => why);
    assert.ok(failed?.every(({ check, why }) => check === 'parses' && why?.kind === 'syntax'));
    assert.ok((receipt.attempts?.length ?? 0) > 0);
    assert.ok(receipt.decision.reasons.some(({ kind }) => kind === 'went-up'));
    const texts = vscode.window.visibleTextEditors.map(({ document }) => document.getText());
    assert.ok(texts.some((text) => text.startsWith('test(') && text.trimEnd().endsWith('});')));
  });

  test('an edit that does not parse is held when the setting says so, and the better one stands in the file', async () => {
    await vscode.workspace.getConfiguration('sluice').update('cascade.when', 'edits', true);
    await skills(onlyPowerful(['unparsable', 'left-out', 'cut', 'words-only']));
    const editor = await show(freshCode());

    const receipt = await openInlineChat(
      { uri: editor.document.uri, range: editor.selection },
      { form: 'edit', instruction: 'Make it better', send: true },
    );

    assert.equal(receipt?.model, 'sim-powerful');
    assert.ok((receipt?.attempts?.length ?? 0) > 0);
    assert.match(editor.document.getText(), /Simulated edit/);
    await vscode.commands.executeCommand('sluice.inlineChatReject', receipt?.id);
  });

  test('of an edit that is shown as it comes, what does not parse is recorded as such', async () => {
    await skills([{ fails: 1, how: ['unparsable'] }]);
    const { outcomes } = await handle();
    const editor = await show(freshCode());

    const receipt = await openInlineChat(
      { uri: editor.document.uri, range: editor.selection },
      { form: 'edit', instruction: 'Change it a little', send: true },
    );

    assert.equal(receipt?.attempts, undefined);
    await eventually('the check is recorded', () =>
      outcomes.recent.some(
        (outcome) => outcome.receiptId === receipt?.id && outcome.kind === 'checked' && !outcome.passed,
      ),
    );
    await vscode.commands.executeCommand('sluice.inlineChatReject', receipt?.id);
  });
});
