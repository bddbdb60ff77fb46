/** Changes in several files at once, confirmed one by one in VS Code's own refactoring preview before anything is written. */
import * as vscode from 'vscode';
import { diffLines } from '../edit/hunks.ts';
import { linesOf } from '../edit/lines.ts';
import { editOf, linesFrom } from './liveEditWriter.ts';

const t = vscode.l10n.t;

export interface FileChange {
  readonly uri: vscode.Uri;
  /** The whole text; of a file that is not there, it makes a new one. */
  readonly newText: string;
}

/**
 * Every change stands unticked in the preview: what the person does not tick is not written. Resolves with the files that
 * were changed or made, all in one undo step; none when the preview was discarded or nothing differs. Rejects for a file
 * that is not text.
 */
export async function reviewFiles(changes: readonly FileChange[]): Promise<readonly vscode.Uri[]> {
  const edit = new vscode.WorkspaceEdit();
  for (const change of changes) await addChange(edit, change);
  if (edit.size === 0) return [];
  const before = await Promise.all(changes.map(({ uri }) => versionOf(uri)));
  await vscode.workspace.applyEdit(edit, { isRefactoring: true });
  const after = await Promise.all(changes.map(({ uri }) => versionOf(uri)));
  return changes.map(({ uri }) => uri).filter((_, index) => before[index] !== after[index]);
}

/** None for a file that is not there. */
async function versionOf(uri: vscode.Uri): Promise<number | undefined> {
  return (await exists(uri)) ? (await vscode.workspace.openTextDocument(uri)).version : undefined;
}

async function addChange(edit: vscode.WorkspaceEdit, { uri, newText }: FileChange): Promise<void> {
  const metadata = { needsConfirmation: true, label: t('Sluice: proposed changes') };
  if (!(await exists(uri))) {
    edit.createFile(uri, { contents: new TextEncoder().encode(newText) }, metadata);
    return;
  }
  const document = await vscode.workspace.openTextDocument(uri);
  const { hunks } = diffLines(linesFrom(document, 0, document.lineCount), linesOf(newText));
  for (const { oldLine, oldLines, newLines } of hunks) {
    const change = { from: oldLine, to: oldLine + oldLines.length, lines: newLines };
    const { range, text } = editOf(document, change);
    edit.replace(uri, range, text, metadata);
  }
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  if (vscode.workspace.textDocuments.some((document) => document.uri.toString() === uri.toString()))
    return true;
  return vscode.workspace.fs.stat(uri).then(
    () => true,
    () => false,
  );
}
