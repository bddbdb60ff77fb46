/** Changes in several files, in VS Code's own preview: nothing is written that was not ticked. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { reviewFiles } from '../../src/host/liveEditReview.ts';
import { eventually } from './hostSupport.ts';
import { savedFile } from './liveEditSupport.ts';

const BEFORE = 'const one = 1;\nconst two = 2;\n';
const AFTER = BEFORE.replace('= 1', '= 10');
const PREVIEW = 'vscode-bulkeditpreview-editor';
const TICK = ['refactorPreview.focus', 'list.focusFirst', 'refactorPreview.toggleCheckedState'];
const CHOOSE = ['refactorPreview.focus', 'list.focusFirst', 'list.expand', 'list.focusDown', 'list.select'];

const textOf = async (uri: vscode.Uri) => (await vscode.workspace.openTextDocument(uri)).getText();

suite('changes in several files inside VS Code', () => {
  for (const [what, lineEnd] of [
    ['those of Unix', '\n'],
    ['those of Windows', '\r\n'],
  ] as const) {
    test(`what is ticked is written, and line ends stay ${what}`, async () => {
      const uri = await savedFile(BEFORE.replaceAll('\n', lineEnd), 'one.ts');

      const reviewed = reviewFiles([{ uri, newText: AFTER }]);
      await previewOf(uri);
      const unwritten = await textOf(uri);
      await runAll([...TICK, 'refactorPreview.apply']);

      assert.equal(unwritten, BEFORE.replaceAll('\n', lineEnd));
      assert.deepEqual((await reviewed).map(String), [uri.toString()]);
      assert.equal(await textOf(uri), AFTER.replaceAll('\n', lineEnd));
    });
  }

  test('nothing ticked, or everything discarded: every file is as it was, and none is made', async () => {
    for (const end of ['apply', 'discard']) {
      const [one, two] = [await savedFile(BEFORE, 'one.ts'), await savedFile(BEFORE, 'two.ts')];
      const made = one.with({ path: one.path.replace('one.ts', 'made.ts') });

      const reviewed = reviewFiles([one, two, made].map((uri) => ({ uri, newText: AFTER })));
      await previewOf(one, two, made);
      await runAll([`refactorPreview.${end}`]);

      assert.deepEqual(await reviewed, []);
      assert.deepEqual([await textOf(one), await textOf(two)], [BEFORE, BEFORE]);
      await assert.rejects(Promise.resolve(vscode.workspace.fs.stat(made)));
    }
  });

  test('equal texts open no preview', async () => {
    const uri = await savedFile(BEFORE, 'one.ts');

    assert.deepEqual(await reviewFiles([{ uri, newText: BEFORE }]), []);
  });
});

/** VS Code tells no extension that its preview is there, but it opens what a chosen change would make. */
async function previewOf(...files: readonly vscode.Uri[]): Promise<void> {
  const folders = files.map(({ path }) => path.split('/').at(-2) ?? path);
  const isOpen = () =>
    vscode.workspace.textDocuments.some(
      ({ uri }) => uri.scheme === PREVIEW && folders.some((folder) => uri.toString().includes(folder)),
    );
  let choosing = true;
  const choose = async () => {
    while (choosing && !isOpen()) await runAll(CHOOSE);
  };
  const chosen = choose();
  await eventually('a change of the preview is open', isOpen).finally(() => {
    choosing = false;
  });
  await chosen;
}

async function runAll(commands: readonly string[]): Promise<void> {
  for (const command of commands) {
    await vscode.commands.executeCommand(command).then(undefined, () => undefined);
  }
}
