/** A model's answer streamed into documents of a real editor: shown, decided, undone. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { SluiceError } from '../../src/base/errors.ts';
import { eventually } from './hostSupport.ts';
import { fenced, inside, run, savedFile, showText, startEdit, whole } from './liveEditSupport.ts';

const BEFORE = [
  'function area(w: number, h: number) {',
  '  const a = w * h;',
  '  return a;',
  '}',
  '',
  'const unit = 1;',
  'export const sizes = [unit];',
  '',
].join('\n');
const AFTER = BEFORE.replace('  return a;\n', '  return Math.abs(a);\n').replace('[unit]', '[unit, 2]');

/** Bound while an edit stands in the editor. */
const KEYED = new Set(
  ['acceptHunk', 'rejectHunk', 'acceptAllEdits', 'rejectAllEdits', 'nextHunk', 'previousHunk'].map(
    (name) => `sluice.${name}`,
  ),
);

suite('an edit inside VS Code', () => {
  test('an answer ends as hunks, and accepting all of them leaves the new code', async () => {
    const { document } = await showText(BEFORE);
    const edit = await startEdit(document);

    edit.push(fenced(AFTER));
    const result = await edit.finish(true);
    await run('acceptAllEdits');

    assert.deepEqual(result, { kind: 'edited', hunks: 2, addedLines: 2, removedLines: 2 });
    assert.deepEqual(await edit.settled, { accepted: 2, rejected: 0, lost: 0 });
    assert.equal(document.getText(), AFTER);
  });

  test('while it grows, the document holds the new lines so far and the rest of the old ones', async () => {
    const { document } = await showText(BEFORE);
    const edit = await startEdit(document);
    const answer = fenced(AFTER);
    const until = answer.indexOf('Math.abs(a);\n') + 'Math.abs(a);\n'.length;

    edit.push(answer.slice(0, until));
    await eventually('the first new line', () => document.getText().includes('Math.abs'));
    const growing = document.getText();
    const lensesThen = await lenses(document);
    edit.push(answer.slice(until));
    await edit.finish(true);

    assert.equal(growing, BEFORE.replace('  return a;\n', '  return Math.abs(a);\n  return a;\n'));
    assert.deepEqual(lensesThen, []);
    assert.equal(document.getText(), AFTER);
    assert.match((await lenses(document)).join(), /Accept.*Reject.*Accept All 2.*Reject All.*Show Diff/);
    await edit.stop();
  });

  test('one hunk accepted, one rejected: by the lens of each', async () => {
    const { document } = await showText(BEFORE);
    const edit = await startEdit(document);
    edit.push(fenced(AFTER));
    await edit.finish(true);
    const [first, second] = await addresses(document);

    await vscode.commands.executeCommand('sluice.rejectHunk', first);
    await vscode.commands.executeCommand('sluice.acceptHunk', second);

    assert.deepEqual(await edit.settled, { accepted: 1, rejected: 1, lost: 0 });
    assert.equal(document.getText(), BEFORE.replace('[unit]', '[unit, 2]'));
  });

  test('the keys decide on the hunk at the cursor, and go to the next one', async () => {
    const editor = await showText(BEFORE);
    const edit = await startEdit(editor.document);
    edit.push(fenced(AFTER));
    await edit.finish(true);
    editor.selection = new vscode.Selection(0, 0, 0, 0);

    await run('acceptHunk');
    const wentTo = editor.selection.active.line;
    await run('acceptHunk');
    await eventually('the cursor at the second hunk', () => editor.selection.active.line === 6);
    await run('previousHunk');
    await run('rejectHunk');

    assert.equal(wentTo, 2);
    assert.deepEqual(await edit.settled, { accepted: 1, rejected: 1, lost: 0 });
    assert.equal(editor.document.getText(), AFTER.replace('[unit, 2]', '[unit]'));
  });

  test('however many writes it took, undo is one step, and redo another', async () => {
    const { document } = await showText(BEFORE);
    const edit = await startEdit(document);
    const versions = new Set<number>();
    for (const line of fenced(AFTER).split(/(?<=\n)/)) {
      edit.push(line);
      const { version } = document;
      if (inside(line, AFTER, BEFORE)) await eventually('a write', () => document.version > version);
      versions.add(document.version);
    }
    await edit.finish(true);
    const [first] = await addresses(document);
    await vscode.commands.executeCommand('sluice.rejectHunk', first);
    await run('acceptAllEdits');
    const decided = document.getText();

    await vscode.commands.executeCommand('undo');
    const undone = document.getText();
    await vscode.commands.executeCommand('redo');

    assert.ok(versions.size >= 3, `${versions.size} versions`);
    assert.equal(decided, BEFORE.replace('[unit]', '[unit, 2]'));
    assert.deepEqual([undone, document.getText()], [BEFORE, decided]);
  });

  test('what is typed after it is an undo step of its own', async () => {
    const editor = await showText(BEFORE);
    const edit = await startEdit(editor.document);
    edit.push(fenced(AFTER));
    await edit.finish(true);
    await run('acceptAllEdits');
    editor.selection = new vscode.Selection(5, 0, 5, 0);

    await vscode.commands.executeCommand('type', { text: 'x' });
    await vscode.commands.executeCommand('undo');

    assert.equal(editor.document.getText(), AFTER);
  });

  test('undone while it waits for a decision, it counts as rejected', async () => {
    const { document } = await showText(BEFORE);
    const edit = await startEdit(document);
    edit.push(fenced(AFTER));
    await edit.finish(true);

    await vscode.commands.executeCommand('undo');

    assert.deepEqual(await edit.settled, { accepted: 0, rejected: 2, lost: 0 });
    assert.equal(document.getText(), BEFORE);
  });

  test('stopped in the middle, text and saved state are as they were', async () => {
    const file = await savedFile(BEFORE);
    const { document } = await vscode.window.showTextDocument(file);
    const edit = await startEdit(document);
    edit.push(fenced(AFTER).slice(0, -60));
    await eventually('a write', () => document.isDirty);

    await edit.stop();
    const late = edit.finish(true);

    assert.deepEqual(await late, { kind: 'refused', why: 'stopped' });
    assert.deepEqual([document.getText(), document.isDirty], [BEFORE, false]);
    assert.deepEqual(await edit.settled, { accepted: 0, rejected: 0, lost: 0 });
  });

  test('rejecting everything leaves a saved file saved', async () => {
    const { document } = await vscode.window.showTextDocument(await savedFile(BEFORE));
    const edit = await startEdit(document);
    edit.push(fenced(AFTER));
    await edit.finish(true);

    await run('rejectAllEdits');

    assert.deepEqual(await edit.settled, { accepted: 0, rejected: 2, lost: 0 });
    assert.deepEqual([document.getText(), document.isDirty], [BEFORE, false]);
  });

  test('line ends of Windows stay, and so does the indentation that the answer has lost', async () => {
    const windows = 'class A {\r\n    one() {\r\n        return 1;\r\n    }\r\n}\r\n';
    const { document } = await vscode.window.showTextDocument(await savedFile(windows));
    const edit = await startEdit(document, new vscode.Range(1, 4, 3, 5));

    edit.push(fenced('one() {\n    return 2;\n}\n'));
    await edit.finish(true);
    await run('acceptAllEdits');

    assert.equal(document.getText(), windows.replace('1;', '2;'));
  });

  test('a part of a line is changed without the text around it', async () => {
    const { document } = await showText('const sum = add(1, 2) + 3;\n');
    const edit = await startEdit(document, new vscode.Range(0, 12, 0, 21));

    edit.push(fenced('add(1,\n    20)\n'));
    await edit.finish(true);
    await run('acceptAllEdits');

    assert.equal(document.getText(), 'const sum = add(1,\n    20) + 3;\n');
  });

  test('a cell of a notebook is a place as any other', async () => {
    const cell = new vscode.NotebookCellData(vscode.NotebookCellKind.Code, BEFORE, 'typescript');
    const notebook = await vscode.workspace.openNotebookDocument(
      'jupyter-notebook',
      new vscode.NotebookData([cell]),
    );
    await vscode.window.showNotebookDocument(notebook);
    const document = notebook.cellAt(0).document;
    const edit = await startEdit(document);

    edit.push(fenced(AFTER));
    const result = await edit.finish(true);
    await edit.acceptAll();

    assert.equal(result.kind, 'edited');
    assert.equal(document.getText(), AFTER);
  });

  test('selections in the place become cursors, so that they do not grow with it', async () => {
    const editor = await showText(BEFORE);
    editor.selections = [new vscode.Selection(0, 0, 3, 1), new vscode.Selection(5, 0, 5, 5)];
    const edit = await startEdit(editor.document, new vscode.Range(0, 0, 4, 0));

    edit.push(fenced('function area() {\n  return 0;\n}\n'));
    await edit.finish(true);

    await eventually('no selection there', () => editor.selections.some((one) => one.isEmpty));
    assert.ok(editor.selections.some((one) => !one.isEmpty && editor.document.getText(one) === 'const'));
    await edit.stop();
    assert.equal(editor.document.getText(), BEFORE);
  });

  test('a document that is shown twice is written once', async () => {
    const { document } = await showText(BEFORE);
    await vscode.window.showTextDocument(document, vscode.ViewColumn.Two);
    const edit = await startEdit(document);

    edit.push(fenced(AFTER));
    await edit.finish(true);
    await run('acceptAllEdits');

    assert.equal(document.getText(), AFTER);
  });

  test('a document that nobody sees is written at the end', async () => {
    const document = await vscode.workspace.openTextDocument({ content: BEFORE, language: 'typescript' });
    const edit = await startEdit(document);

    edit.push(fenced(AFTER));
    const result = await edit.finish(true);
    await edit.acceptAll();

    assert.deepEqual([result.kind, document.getText()], ['edited', AFTER]);
  });

  test('two edits in different places of a file do not disturb each other; one on top of another is refused', async () => {
    const { document } = await showText(BEFORE);
    const lower = await startEdit(document, new vscode.Range(5, 0, 7, 0));
    const upper = await startEdit(document, new vscode.Range(0, 0, 4, 0));
    const again = await startEdit(document, whole(document)).catch((error: unknown) => error);

    lower.push(fenced('const unit = 2;\nexport const sizes = [unit];\n'));
    upper.push(
      fenced(
        '/** In square metres. */\n/** Never negative. */\nfunction area(w: number, h: number) {\n  return Math.abs(w * h);\n}\n',
      ),
    );
    const results = await Promise.all([lower.finish(true), upper.finish(true)]);
    await lower.rejectAll();
    await upper.acceptAll();

    assert.ok(SluiceError.is(again, 'not-editable') && again.facts.why === 'overlap');
    assert.deepEqual(
      results.map(({ kind }) => kind),
      ['edited', 'edited'],
    );
    assert.equal(
      document.getText(),
      `/** In square metres. */\n/** Never negative. */\nfunction area(w: number, h: number) {\n  return Math.abs(w * h);\n}\n${BEFORE.slice(BEFORE.indexOf('\n\n') + 1)}`,
    );
  });

  test('its keys are bound by nothing of VS Code that works in a text editor', async () => {
    const defaults = vscode.Uri.parse('vscode://defaultsettings/keybindings.json');
    const text = (await vscode.workspace.openTextDocument(defaults)).getText();
    const bound = [...text.matchAll(/"key": "([^"]+)",\s*"command": "([^"]+)"/g)].map(([, key, command]) => ({
      key: key ?? '',
      command: command ?? '',
    }));
    const ours = bound.filter(({ command }) => KEYED.has(command)).map(({ key }) => key);

    const taken = bound.filter(
      ({ key, command }) => key !== 'escape' && ours.includes(key) && !/^(sluice|notebook)\./.test(command),
    );

    assert.ok(ours.length >= 6, ours.join());
    assert.deepEqual(taken, []);
  });

  test('four hundred hunks in ten thousand lines', async () => {
    const lines = Array.from({ length: 10_000 }, (_, line) => `const value${line} = ${line};`);
    const changed = lines.map((line, index) => (index % 25 === 0 ? line.replace('= ', '= 1 + ') : line));
    const { document } = await showText(lines.join('\n'));
    const edit = await startEdit(document);

    edit.push(fenced(`${changed.join('\n')}\n`));
    const result = await edit.finish(true);
    await run('acceptAllEdits');

    assert.deepEqual(result, { kind: 'edited', hunks: 400, addedLines: 400, removedLines: 400 });
    assert.equal(document.getText(), changed.join('\n'));
  });
});

async function codeLenses(document: vscode.TextDocument): Promise<vscode.CodeLens[]> {
  const found = await vscode.commands.executeCommand<vscode.CodeLens[]>(
    'vscode.executeCodeLensProvider',
    document.uri,
    100,
  );
  return found.filter(({ command }) => command?.command.startsWith('sluice.'));
}

async function lenses(document: vscode.TextDocument): Promise<string[]> {
  return (await codeLenses(document)).map(({ command }) => command?.title ?? '');
}

/** What the lenses of each hunk give to their commands, from top to bottom. */
async function addresses(document: vscode.TextDocument): Promise<unknown[]> {
  return (await codeLenses(document))
    .filter(({ command }) => command?.command === 'sluice.acceptHunk')
    .toSorted((one, other) => one.range.start.line - other.range.start.line)
    .map(({ command }) => command?.arguments?.[0]);
}
