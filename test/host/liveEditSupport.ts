/** Documents and answers for the suites of edits. */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { LiveEdit } from '../../src/host/liveEdit.ts';
import { handle } from './hostSupport.ts';

export const fenced = (code: string, language = 'ts') =>
  `Here it is:\n\n\`\`\`${language}\n${code}\`\`\`\n\nThat is all.\n`;

export async function showText(content: string, language = 'typescript'): Promise<vscode.TextEditor> {
  const document = await vscode.workspace.openTextDocument({ content, language });
  return vscode.window.showTextDocument(document, vscode.ViewColumn.One);
}

/** A file of its own, outside of every workspace. */
export async function savedFile(content: string, name = 'area.ts'): Promise<vscode.Uri> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-edit-'));
  await writeFile(join(folder, name), content);
  return vscode.Uri.file(join(folder, name));
}

export function whole(document: vscode.TextDocument): vscode.Range {
  return new vscode.Range(new vscode.Position(0, 0), document.lineAt(document.lineCount - 1).range.end);
}

export async function startEdit(document: vscode.TextDocument, range = whole(document)): Promise<LiveEdit> {
  const { edits } = await handle();
  const loaded = await edits.load();
  return loaded.start({ uri: document.uri, range, original: document.getText(range) });
}

/** Whether a line is new: the document changes when it arrives. */
export function inside(line: string, after: string, before: string): boolean {
  return after.includes(line) && !before.includes(line);
}

export function run(command: string): Thenable<unknown> {
  return vscode.commands.executeCommand(`sluice.${command}`);
}
