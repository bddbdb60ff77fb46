/** A model's answer streamed into documents of a real editor: shown, decided, undone, interrupted. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { LiveEdit } from '../../src/host/liveEdit.ts';
import { handle } from './hostSupport.ts';

const BEFORE = 'function area(w: number, h: number) {\n  const a = w * h;\n  return a;\n}\n';
const AFTER =
  'function area(width: number, height: number) {\n  const a = w * h;\n  return width * height;\n}\n';
const fenced = (code: string, language = 'ts') =>
  `Here it is:\n\n\`\`\`${language}\n${code}\`\`\`\n\nDone.\n`;

async function open(content: string, language = 'typescript') {
  const document = await vscode.workspace.openTextDocument({ content, language });
  return vscode.window.showTextDocument(document, vscode.ViewColumn.One);
}

function whole(document: vscode.TextDocument): vscode.Range {
  return new vscode.Range(new vscode.Position(0, 0), document.lineAt(document.lineCount - 1).range.end);
}

async function start(document: vscode.TextDocument, range = whole(document)): Promise<LiveEdit> {
  const { edits } = await handle();
  return (await edits.load()).start({ uri: document.uri, range, original: document.getText(range) });
}

const run = (command: string) => vscode.commands.executeCommand(`sluice.${command}`);

suite('an edit inside VS Code', () => {
  test('an answer ends as hunks, and taking all of them leaves the new code', async () => {
    const { document } = await open(BEFORE);
    const edit = await start(document);

    edit.push(fenced(AFTER));
    const result = await edit.finish(true);
    await run('acceptAllEdits');

    assert.deepEqual(result, { kind: 'edited', hunks: 2, addedLines: 2, removedLines: 2 });
    assert.deepEqual(await edit.settled, { accepted: 2, rejected: 0, lost: 0 });
    assert.equal(document.getText(), AFTER);
  });
});
