/** Inline chats inside the extension host: what a command, a key or a code action can ask for. */
import assert from 'node:assert/strict';
import { rename } from 'node:fs/promises';
import * as vscode from 'vscode';
import type { Receipt } from '../../src/flow/request.ts';
import { openInlineChat } from '../../src/host/inlineChatOpening.ts';
import { eventually, freshCode, handle, script, show } from './hostSupport.ts';
import { savedFile } from './liveEditSupport.ts';

const chat = (opening?: object) =>
  vscode.commands.executeCommand<Receipt | undefined>('sluice.inlineChat', opening);
const close = () => vscode.commands.executeCommand('sluice.inlineChatClose');
const everything = (document: vscode.TextDocument) =>
  new vscode.Range(0, 0, document.lineCount - 1, document.lineAt(document.lineCount - 1).text.length);

suite('inline chat inside VS Code', () => {
  teardown(async () => {
    await script([]);
    await close();
  });

  test('a question on the selection is answered; the next one knows of it', async () => {
    await show(freshCode());

    const first = await chat({ instruction: 'what does this do?', send: true });
    const second = await chat({ instruction: 'and when it is empty?', send: true });

    assert.deepEqual([first?.task, first?.stop, second?.task], ['question', 'complete', 'question']);
    const tokens = (receipt: Receipt | undefined) => receipt?.decision.estimatedInputTokens ?? 0;
    assert.ok(tokens(second) > tokens(first) + 20, 'the earlier turn goes along');
  });

  test('words that want a change become an edit in the file, accepted by the button of its answer, undone in one step', async () => {
    const { edits } = await handle();
    const code = freshCode();
    const { document } = await show(code);

    const receipt = await chat({ instruction: 'make it shorter', send: true });
    const changed = document.getText();
    await vscode.commands.executeCommand('sluice.inlineChatAccept', receipt?.id);
    await eventually('the edit to be over', () => edits.loaded?.pending.length === 0);
    const accepted = document.getText();
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('undo');

    assert.equal(receipt?.task, 'edit');
    assert.notEqual(changed, code);
    assert.equal(accepted, changed);
    assert.equal(document.getText(), code);
  });

  test('what the person says of an answer by its buttons is an outcome of that answer', async () => {
    const { outcomes } = await handle();
    await show(freshCode());
    const receipt = await chat({ instruction: 'what does this do?', send: true });

    await vscode.commands.executeCommand('sluice.inlineChatBad', receipt?.id);
    await vscode.commands.executeCommand('sluice.inlineChatBad', receipt?.id);

    const said = outcomes.recent.flatMap((one) =>
      one.kind === 'thumbs' && one.receiptId === receipt?.id ? [one.up] : [],
    );
    assert.deepEqual(said, [false]);
  });

  test('a second edit builds on the first one, which counts as accepted', async () => {
    const { edits } = await handle();
    const { document } = await show(freshCode());

    await chat({ instruction: 'make it shorter', send: true });
    const first = document.getText();
    await chat({ instruction: 'rename items', send: true });

    assert.equal(edits.loaded?.pending.length, 1);
    assert.ok(document.getText().length > first.length, 'both edits are in the file');
    await vscode.commands.executeCommand('sluice.rejectAllEdits', undefined);
  });

  test('a place that is to be fixed needs no words', async () => {
    const { document } = await show(freshCode());
    const place = { uri: document.uri, range: everything(document), fix: true };

    const receipt = await openInlineChat(place, { send: true });

    assert.deepEqual([receipt?.task, receipt?.stop], ['fix', 'complete']);
    await vscode.commands.executeCommand('sluice.rejectAllEdits', undefined);
  });

  test('what is said with /ask, and what the caller says, goes before the words', async () => {
    await show(freshCode());

    const asked = await chat({ instruction: '/ask make it shorter', send: true });
    const edited = await chat({ instruction: 'why?', form: 'edit', send: true });

    assert.deepEqual([asked?.task, edited?.task], ['question', 'edit']);
    await vscode.commands.executeCommand('sluice.rejectAllEdits', undefined);
  });

  test('a cell of a notebook is asked about', async () => {
    const cell = new vscode.NotebookCellData(vscode.NotebookCellKind.Code, freshCode(), 'typescript');
    const notebook = await vscode.workspace.openNotebookDocument(
      'jupyter-notebook',
      new vscode.NotebookData([cell]),
    );
    const { document } = notebook.cellAt(0);

    const receipt = await openInlineChat(
      { uri: document.uri, range: everything(document) },
      { instruction: 'what is this?', send: true },
    );

    assert.equal(receipt?.stop, 'complete');
  });

  test('several chats run at once, each in its document', async () => {
    const first = await show(freshCode());
    const second = await vscode.workspace.openTextDocument({ content: freshCode(), language: 'typescript' });

    const receipts = await Promise.all(
      [first.document, second].map((document) =>
        openInlineChat(
          { uri: document.uri, range: everything(document) },
          { instruction: 'why?', send: true },
        ),
      ),
    );

    assert.deepEqual(
      receipts.map((receipt) => receipt?.stop),
      ['complete', 'complete'],
    );
    await close();
  });

  test('a file that is renamed while the answer comes keeps its chat', async () => {
    const uri = await savedFile(freshCode());
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document);
    await script([{ fault: { kind: 'slow-first-token', delayMs: 700 } }]);

    const asked = openInlineChat(
      { uri, range: everything(document) },
      { instruction: 'what is it?', send: true },
    );
    const renamed = vscode.Uri.file(uri.fsPath.replace('area.ts', 'room.ts'));
    const edit = new vscode.WorkspaceEdit();
    edit.renameFile(uri, renamed);
    await vscode.workspace.applyEdit(edit);
    const receipt = await asked;
    const moved = await vscode.workspace.openTextDocument(renamed);
    const next = await openInlineChat(
      { uri: renamed, range: everything(moved) },
      { instruction: 'and now?', send: true },
    );

    assert.equal(receipt?.stop, 'complete');
    assert.ok((next?.decision.estimatedInputTokens ?? 0) > (receipt?.decision.estimatedInputTokens ?? 0));
    await rename(renamed.fsPath, uri.fsPath);
  });

  test('Escape stops what runs, and closing a chat does so too: the platform is told', async () => {
    const { simulated } = await handle();
    await script([{ fault: { kind: 'hang', afterChunks: 2 }, times: 2 }]);
    const running = () => simulated()?.requests.at(-1)?.outcome;

    for (const end of ['sluice.inlineChatEscape', 'sluice.inlineChatClose']) {
      await show(freshCode());
      const asked = chat({ instruction: 'why?', send: true });
      await eventually('a running call', () => running() === 'running');
      await vscode.commands.executeCommand(end);

      assert.equal(await asked, undefined);
      await eventually('the call to be cancelled', () => running() === 'cancelled');
      await close();
    }
  });

  test('an edit that is too long to be given back as a whole is not sent', async () => {
    const { pipeline } = await handle();
    const before = pipeline.recent[0]?.id;
    await show(`${'const value = compute(1);\n'.repeat(6_000)}`);

    const receipt = await chat({ instruction: 'make it shorter', send: true });

    assert.deepEqual([receipt, pipeline.recent[0]?.id], [undefined, before]);
  });

  test('what a key binding gives by mistake opens an empty chat; without an editor it is said', async () => {
    await show(freshCode());

    const opened = await chat({ place: 'here', instruction: 7, form: 'sing', send: 'yes' });
    await close();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    const nowhere = await chat();

    assert.deepEqual([opened, nowhere], [undefined, undefined]);
  });
});
