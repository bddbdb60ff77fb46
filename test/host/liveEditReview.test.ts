/** Changes in several files, in VS Code's own preview: nothing is written that was not ticked. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { reviewFiles } from '../../src/host/liveEditReview.ts';
import { eventually } from './hostSupport.ts';
import { savedFile } from './liveEditSupport.ts';

const BEFORE = 'const one = 1;\nconst two = 2;\n';
const AFTER = BEFORE.replace('= 1', '= 10');

/** The preview's one category holds all changes. */
const TICK_ALL = [
  'refactorPreview.groupByType',
  'refactorPreview.focus',
  'list.focusFirst',
  'refactorPreview.toggleCheckedState',
];

const textOf = async (uri: vscode.Uri) => (await vscode.workspace.openTextDocument(uri)).getText();

suite('changes in several files inside VS Code', () => {
  test('what is ticked is written, with the line ends of its file, and a new file is made', async () => {
    const one = await savedFile(BEFORE, 'one.ts');
    const two = await savedFile(BEFORE.replaceAll('\n', '\r\n'), 'two.ts');
    const made = one.with({ path: one.path.replace('one.ts', 'made.ts') });

    const reviewed = reviewFiles([one, two, made].map((uri) => ({ uri, newText: AFTER })));
    await answer(reviewed, TICK_ALL, 'apply');

    assert.deepEqual((await reviewed).map(String), [one, two, made].map(String));
    assert.deepEqual(await Promise.all([one, two, made].map(textOf)), [
      AFTER,
      AFTER.replaceAll('\n', '\r\n'),
      AFTER,
    ]);
  });

  test('unticked or discarded, every file is as it was; equal texts open no preview', async () => {
    const uri = await savedFile(BEFORE, 'one.ts');

    const unticked = reviewFiles([{ uri, newText: AFTER }]);
    await answer(unticked, [], 'apply');
    const discarded = reviewFiles([{ uri, newText: AFTER }]);
    await answer(discarded, [], 'discard');

    assert.deepEqual([await unticked, await discarded, await textOf(uri)], [[], [], BEFORE]);
    assert.deepEqual(await reviewFiles([{ uri, newText: BEFORE }]), []);
  });
});

/** The preview tells no extension when it is there, so it is answered until it is gone. */
async function answer(
  reviewed: Promise<unknown>,
  commands: readonly string[],
  how: 'apply' | 'discard',
): Promise<void> {
  let done = false;
  void reviewed.then(() => {
    done = true;
  });
  let turn = 0;
  const next = () => {
    turn += 1;
    if (turn % 60 !== 0) return;
    void (async () => {
      for (const command of commands) await vscode.commands.executeCommand(command);
      await vscode.commands.executeCommand(`refactorPreview.${how}`);
    })().then(undefined, () => undefined);
  };
  await eventually('the preview is answered', () => {
    next();
    return done;
  });
}
