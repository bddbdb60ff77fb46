/** What comes between an edit and its end: other people's changes, closed documents, answers that cannot be taken. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { SluiceError } from '../../src/base/errors.ts';
import { eventually, handle } from './hostSupport.ts';
import { fenced, run, savedFile, showText, startEdit } from './liveEditSupport.ts';

const BEFORE = 'const one = 1;\nconst two = 2;\nconst three = 3;\nconst four = 4;\nconst five = 5;\n';
const AFTER = BEFORE.replace('= 1', '= 10').replace('= 3', '= 30').replace('= 5', '= 50');
/** As far as the second new line. */
const HALF = fenced(AFTER).slice(0, fenced(AFTER).indexOf('const four'));

/** Somebody else. VS Code refuses what was made for an older version of the document: then it is made anew. */
async function type(
  document: vscode.TextDocument,
  line: number,
  column: number,
  text: string,
): Promise<void> {
  for (let tries = 0; tries < 50; tries += 1) {
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(line, column), text);
    if (await vscode.workspace.applyEdit(edit)) return;
  }
  assert.fail('the document takes nothing');
}

const lineOf = (document: vscode.TextDocument, text: string) =>
  document.positionAt(document.getText().indexOf(text)).line;

suite('an edit in trouble inside VS Code', () => {
  test('lines put in above and below while it grows move it, and nothing else', async () => {
    const { document } = await showText(`// top\n${BEFORE}// end\n`);
    const edit = await startEdit(document, new vscode.Range(1, 0, 6, 0));
    edit.push(HALF);
    await eventually('half of it', () => document.getText().includes('= 30'));

    await type(document, 0, 0, '// first\n// second\n');
    await type(document, lineOf(document, '// end'), 0, '// last\n');
    edit.push(fenced(AFTER).slice(HALF.length));
    const result = await edit.finish(true);
    await edit.acceptAll();

    assert.equal(result.kind, 'edited');
    assert.equal(document.getText(), `// first\n// second\n// top\n${AFTER}// last\n// end\n`);
  });

  test('somebody types into the place while it grows: theirs stays, ours goes, and it says so', async () => {
    const { document } = await showText(BEFORE);
    const edit = await startEdit(document);
    edit.push(HALF);
    await eventually('half of it', () => document.getText().includes('= 30'));

    await type(document, lineOf(document, 'const four'), 0, 'const more = 3.5;\n');
    edit.push(fenced(AFTER).slice(HALF.length));
    const result = await edit.finish(true);

    assert.deepEqual(result, { kind: 'refused', why: 'document-changed' });
    assert.equal(document.getText(), BEFORE.replace('const four', 'const more = 3.5;\nconst four'));
    assert.deepEqual(await edit.settled, { accepted: 0, rejected: 0, lost: 0 });
  });

  test('a proposed line that somebody changes is theirs; the other hunks can still be decided on', async () => {
    const { document } = await showText(BEFORE);
    const edit = await startEdit(document);
    edit.push(fenced(AFTER));
    await edit.finish(true);

    await type(document, 2, 0, 'export ');
    await edit.rejectAll();

    assert.deepEqual(await edit.settled, { accepted: 0, rejected: 2, lost: 1 });
    assert.equal(document.getText(), BEFORE.replace('const three = 3', 'export const three = 30'));
  });

  test('closed while it grows: nothing is written any more', async () => {
    const { document } = await vscode.window.showTextDocument(await savedFile(BEFORE));
    const edit = await startEdit(document);
    edit.push(HALF);
    await eventually('half of it', () => document.getText().includes('= 30'));

    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    const verdict = await edit.settled;
    edit.push(fenced(AFTER).slice(HALF.length));
    const result = await edit.finish(true);

    assert.deepEqual(verdict, { accepted: 0, rejected: 0, lost: 0 });
    assert.equal(result.kind, 'refused');
    assert.equal((await vscode.workspace.openTextDocument(document.uri)).getText(), BEFORE);
  });

  test('closed with its changes saved before a decision: they count as lost', async () => {
    const { document } = await vscode.window.showTextDocument(await savedFile(BEFORE));
    const edit = await startEdit(document);
    edit.push(fenced(AFTER));
    await edit.finish(true);
    await document.save();

    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');

    assert.deepEqual(await edit.settled, { accepted: 0, rejected: 0, lost: 3 });
  });

  test('renamed while it grows: nothing is written under the old name', async () => {
    const uri = await savedFile(BEFORE);
    const { document } = await vscode.window.showTextDocument(uri);
    const edit = await startEdit(document);
    edit.push('Let me see.\n');
    const moved = new vscode.WorkspaceEdit();
    moved.renameFile(uri, uri.with({ path: uri.path.replace('area', 'moved') }));

    await vscode.workspace.applyEdit(moved);
    await edit.settled;
    edit.push(fenced(AFTER));

    assert.deepEqual(await edit.finish(true), { kind: 'refused', why: 'document-closed' });
  });

  test('an editor that was made read-only is refused, and left as it is', async () => {
    const { document } = await vscode.window.showTextDocument(await savedFile(BEFORE));
    await vscode.commands.executeCommand('workbench.action.files.setActiveEditorReadonlyInSession');
    const edit = await startEdit(document);

    edit.push(fenced(AFTER));
    const result = await edit.finish(true);

    assert.deepEqual(result, { kind: 'refused', why: 'read-only' });
    assert.deepEqual([document.getText(), document.isDirty], [BEFORE, false]);
  });

  test('a document that is no file, and one that has changed since, are refused at once', async () => {
    const provider = { provideTextDocumentContent: () => BEFORE };
    const registered = vscode.workspace.registerTextDocumentContentProvider('sluice-test', provider);
    const fixed = await vscode.workspace.openTextDocument(vscode.Uri.parse('sluice-test:/fixed.ts'));
    const { document } = await showText(BEFORE);
    const loaded = await (await handle()).edits.load();
    const why = (uri: vscode.Uri, original: string) => {
      try {
        loaded.start({ uri, range: new vscode.Range(0, 0, 0, 14), original });
      } catch (error) {
        return SluiceError.is(error, 'not-editable') ? error.facts.why : error;
      }
      return undefined;
    };

    const found = [
      why(fixed.uri, 'const one = 1;'),
      why(document.uri, 'const one = 7;'),
      why(vscode.Uri.file('/never/opened.ts'), 'const one = 1;'),
    ];

    registered.dispose();
    assert.deepEqual(found, ['read-only', 'changed', 'closed']);
  });

  for (const [what, answer, complete, why] of [
    [
      'code that is left out',
      fenced('const one = 10;\nconst none = 0;\n// ... rest ...\nconst six = 6;\n'),
      true,
      'elision',
    ],
    ['two versions', fenced(AFTER) + fenced(AFTER.replace('10', '11')), true, 'several-blocks'],
    ['another file', fenced(AFTER, 'ts:src/other.ts'), true, 'wrong-file'],
    ['half of it', HALF, false, 'half'],
  ] as const) {
    test(`an answer with ${what} is refused, and the file is as it was`, async () => {
      const { document } = await vscode.window.showTextDocument(await savedFile(BEFORE));
      const edit = await startEdit(document);

      edit.push(answer);
      const result = await edit.finish(complete);

      assert.deepEqual(result, { kind: 'refused', why });
      assert.deepEqual([document.getText(), document.isDirty], [BEFORE, false]);
      assert.deepEqual(await edit.settled, { accepted: 0, rejected: 0, lost: 0 });
    });
  }

  test('saved while it grows, then stopped: all of it goes back, not only what came after', async () => {
    const { document } = await vscode.window.showTextDocument(await savedFile(BEFORE));
    const edit = await startEdit(document);
    edit.push(HALF);
    await eventually('half of it', () => document.getText().includes('= 30'));
    await document.save();
    edit.push(fenced(AFTER).slice(HALF.length));
    await eventually('all of it', () => document.getText().includes('= 50'));

    await edit.stop();

    assert.equal(document.getText(), BEFORE);
  });

  test('words only, and the same code again, change nothing', async () => {
    const { document } = await showText(BEFORE);
    const words = await startEdit(document);
    words.push('All of this is fine as it is.');
    const said = await words.finish(true);
    const same = await startEdit(document);
    same.push(fenced(BEFORE));

    assert.deepEqual([said, await same.finish(true)], [{ kind: 'no-code' }, { kind: 'unchanged' }]);
    assert.equal(document.getText(), BEFORE);
  });

  test('stopped when others have typed elsewhere, only what is ours goes back', async () => {
    const { document } = await showText(`// top\n${BEFORE}`);
    const edit = await startEdit(document, new vscode.Range(1, 0, 6, 0));
    edit.push(HALF);
    await eventually('half of it', () => document.getText().includes('= 30'));
    await type(document, 0, 0, '// theirs\n');

    await run('rejectAllEdits');

    assert.equal(document.getText(), `// theirs\n// top\n${BEFORE}`);
    assert.deepEqual(await edit.finish(true), { kind: 'refused', why: 'stopped' });
  });

  test('changes that come while a write is on its way are not overwritten', async () => {
    const { document } = await showText(`// top\n${BEFORE}`);
    const edit = await startEdit(document, new vscode.Range(1, 0, 6, 0));

    const pieces = fenced(AFTER).split(/(?<=\n)/);
    for (const [index, piece] of pieces.entries()) {
      edit.push(piece);
      await type(document, 0, 0, `// note ${index}\n`);
    }
    const finished = edit.finish(true);
    await type(document, 0, 0, '// last\n');
    const result = await finished;
    await edit.acceptAll();

    assert.equal(result.kind, 'edited');
    const notes = pieces.map((_, index) => `// note ${index}\n`).toReversed();
    assert.equal(document.getText(), `// last\n${notes.join('')}// top\n${AFTER}`);
  });
});
