/** The commands that do something to the code, as far as a person need not press anything. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Receipt } from '../../src/flow/request.ts';
import { eventually, freshCode, handle, show } from './hostSupport.ts';

const run = <T>(command: string, ...args: unknown[]) => vscode.commands.executeCommand<T>(command, ...args);

suite('tasks inside VS Code', () => {
  test('a review becomes comments at the lines that it names; a new one takes their place', async () => {
    const { outcomes } = await handle();
    const editor = await show(`const above = 1;\n${freshCode()}// TODO: round the result\n`);
    editor.selection = new vscode.Selection(1, 0, 5, 0);

    const threads = (await run<readonly vscode.CommentThread[]>('sluice.reviewSelection')) ?? [];
    const again = (await run<readonly vscode.CommentThread[]>('sluice.reviewSelection')) ?? [];

    const lines = again.map(({ range }) => range?.start.line).toSorted();
    const [comment] = again[0]?.comments ?? [];
    assert.deepEqual([threads.length, lines], [2, [1, 4]]);
    assert.match(comment?.label ?? '', /simulated/);
    assert.ok(comment?.body instanceof vscode.MarkdownString && !comment.body.isTrusted);
    await run('sluice.resolveFinding', again[0]);
    assert.equal(again[0]?.state, vscode.CommentThreadState.Resolved);
    assert.equal(outcomes.recent[0]?.kind, 'used');
    await run('sluice.clearReview');
  });

  test('tests grow in a new unsaved file beside, with the receipt as its lens', async () => {
    await show(freshCode());

    const receipt = await run<Receipt>('sluice.writeTests');

    const written = vscode.window.visibleTextEditors.find(({ document }) =>
      document.getText().startsWith('test('),
    );
    assert.ok(written, 'the file is shown');
    assert.deepEqual(
      [written.document.languageId, written.document.isUntitled, written.viewColumn],
      ['typescript', true, 2],
    );
    const lenses = await run<vscode.CodeLens[]>('vscode.executeCodeLensProvider', written.document.uri);
    assert.deepEqual(
      lenses.map(({ command }) => command?.command),
      ['sluice.showLastDecision', 'sluice.rewriteStronger'],
    );
    assert.match(lenses[0]?.command?.title ?? '', /simulated/);
    assert.deepEqual(lenses[0]?.command?.arguments, [receipt.id]);
  });

  test('a translation grows in a file of the language that was picked', async () => {
    await show(freshCode());

    const receipt = await run<Receipt>('sluice.translate', 'python');

    assert.equal(receipt.task, 'translate');
    assert.ok(vscode.window.visibleTextEditors.some(({ document }) => document.languageId === 'python'));
  });

  test('names are proposed, and the language server renames what was picked', async () => {
    const { outcomes, pipeline } = await handle();
    const asked: string[] = [];
    const renames = vscode.languages.registerRenameProvider('plaintext', {
      provideRenameEdits: (document, position, name) => {
        asked.push(name);
        const edit = new vscode.WorkspaceEdit();
        const word = document.getWordRangeAtPosition(position);
        if (word) edit.replace(document.uri, word, name);
        return edit;
      },
    });
    const editor = await show(freshCode(), 'plaintext', new vscode.Selection(0, 18, 0, 18));
    const before = editor.document.getText();
    const seen = pipeline.recent[0]?.id;

    const picked = run<string | undefined>('sluice.proposeNames');
    await eventually('an answer is there', () => pipeline.recent[0]?.id !== seen);
    let taken: string | undefined;
    void picked.then((name) => {
      taken = name;
    });
    await eventually('the first name is accepted', () => {
      void run('workbench.action.acceptSelectedQuickOpenItem');
      return taken !== undefined;
    });

    renames.dispose();
    assert.match(taken ?? '', /^[a-z]+Answer_/);
    assert.deepEqual(asked, [taken]);
    assert.equal(editor.document.getText(), before.replace(/answer_\w+/, taken ?? ''));
    assert.equal(outcomes.recent[0]?.kind, 'used');
  });

  test('a fix is offered at a problem, written into the file as a change, and what becomes of it is recorded', async () => {
    const { outcomes, edits } = await handle();
    const editor = await show(freshCode());
    const { uri } = editor.document;
    const before = editor.document.getText();
    const problems = vscode.languages.createDiagnosticCollection('test');
    problems.set(uri, [new vscode.Diagnostic(new vscode.Range(1, 2, 1, 8), 'wrong here')]);
    const place = new vscode.Range(1, 4, 1, 4);
    const actions = await run<vscode.CodeAction[]>('vscode.executeCodeActionProvider', uri, place);
    const fix = actions.find(({ title }) => title === 'Fix with Sluice');

    const receipt = await run<Receipt>(fix?.command?.command ?? '', ...(fix?.command?.arguments ?? []));
    const [pending] = edits.loaded?.pending ?? [];
    const proposed = editor.document.getText();
    await pending?.acceptAll();

    assert.deepEqual([fix?.kind?.value, receipt.task, receipt.stop], ['quickfix', 'fix', 'complete']);
    assert.match(proposed, /Simulated fix/);
    await eventually('it is recorded', () => outcomes.recent[0]?.kind === 'edit-settled');
    assert.deepEqual(outcomes.recent[0], {
      kind: 'edit-settled',
      accepted: 1,
      rejected: 0,
      lost: 0,
      receiptId: receipt.id,
      atMs: outcomes.recent[0]?.atMs,
    });
    await vscode.window.showTextDocument(editor.document);
    await run('undo');
    assert.equal(editor.document.getText(), before);
    await eventually('the undoing is recorded', () => outcomes.recent[0]?.kind === 'undone');
    problems.dispose();
  });

  test('documenting and simplifying change the selection; a refactoring says how', async () => {
    const { edits } = await handle();
    for (const [command, task, says] of [
      ['sluice.document', 'document', /simulated description/],
      ['sluice.simplify', 'simplify', /Simulated simplification/],
      ['sluice.refactor', 'refactor', /Simulated refactoring/],
    ] as const) {
      const editor = await show(freshCode());

      const receipt = await run<Receipt>(command, 'shorter');

      assert.equal(receipt.task, task);
      assert.match(editor.document.getText(), says);
      await edits.loaded?.pending[0]?.rejectAll();
    }
  });

  test('a commit message is written from the changes into the box of the source control view', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-git-'));
    const git = (...args: string[]) => execFileSync('git', args, { cwd: folder });
    git('init', '-q');
    git('-c', 'user.name=a', '-c', 'user.email=a@b.c', 'commit', '-q', '--allow-empty', '-m', 'first');
    writeFileSync(join(folder, 'a.ts'), freshCode());
    git('add', 'a.ts');
    const { exports: extension } = vscode.extensions.getExtension('vscode.git') ?? assert.fail('no Git');
    const repository = await extension.getAPI(1).openRepository(vscode.Uri.file(folder));

    const message = await run<string>('sluice.writeCommitMessage', { rootUri: repository.rootUri });

    assert.match(message, /^chore: /);
    assert.equal(repository.inputBox.value, message);
    assert.doesNotMatch(message, /```|^>/m);
    rmSync(folder, { recursive: true, force: true });
  });
});
