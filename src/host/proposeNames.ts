/** `Sluice: Propose Names…`: better names for the symbol under the cursor, renamed everywhere by the language server. */
import * as vscode from 'vscode';
import type { Receipt } from '../flow/request.ts';
import { type ProposedName, readNames } from '../prompt/readNames.ts';
import { receiptLine } from './receiptRows.ts';
import { runTask, type TaskDeps, tellDone } from './taskRun.ts';
import { codeHere } from './taskSelection.ts';

const t = vscode.l10n.t;

interface Symbol {
  readonly uri: vscode.Uri;
  readonly position: vscode.Position;
  readonly name: string;
}

/** Resolves with the name that was taken. */
export async function proposeNames(deps: TaskDeps, strongerThan?: string): Promise<string | undefined> {
  const symbol = symbolHere();
  if (symbol === undefined) {
    void vscode.window.showInformationMessage(t('Put the cursor on a name first.'));
    return undefined;
  }
  const code = await codeHere(deps);
  if (code === undefined) return undefined;
  const answer = await runTask(deps, t('Sluice: names for {0}', symbol.name), {
    task: 'name',
    priority: 'medium',
    instruction: `Propose three better names for \`${symbol.name}\`, best first: bullets, the new name in backticks, one line of reasoning each.`,
    code,
    freshness: 'cached',
    ...(strongerThan === undefined ? {} : { strongerThan }),
  });
  if (answer === undefined) return undefined;
  const { receipt } = answer;
  const names = readNames(answer.text, symbol.name);
  if (names.length === 0) {
    deps.outcomes.happened(receipt, { kind: 'unusable', why: 'no-names' });
    void tellDone(t('The answer proposed no other name.'), receipt);
    return undefined;
  }
  const picked = await pickName(names, symbol.name, receipt);
  if (picked === 'stronger') {
    deps.outcomes.happened(receipt, { kind: 'asked-stronger' });
    return proposeNames(deps, receipt.modelKey);
  }
  if (picked === undefined) return undefined;
  deps.outcomes.happened(receipt, { kind: 'used' });
  return (await rename(symbol, picked)) ? picked : undefined;
}

function symbolHere(): Symbol | undefined {
  const editor = vscode.window.activeTextEditor;
  const position = editor?.selection.active;
  const word = position && editor.document.getWordRangeAtPosition(position);
  if (editor === undefined || position === undefined || word === undefined) return undefined;
  return { uri: editor.document.uri, position: word.start, name: editor.document.getText(word) };
}

function pickName(
  names: readonly ProposedName[],
  old: string,
  receipt: Receipt,
): Promise<string | 'stronger' | undefined> {
  const pick = vscode.window.createQuickPick();
  const stronger = { iconPath: new vscode.ThemeIcon('arrow-up'), tooltip: t('Ask a Stronger Model') };
  pick.title = t('Names for {0}', old);
  pick.placeholder = receiptLine(receipt);
  pick.buttons = [stronger];
  pick.items = names.map(({ name, reason }) => ({ label: name, detail: reason }));
  return new Promise((resolve) => {
    pick.onDidTriggerButton(() => {
      resolve('stronger');
      pick.hide();
    });
    pick.onDidAccept(() => {
      resolve(pick.selectedItems[0]?.label);
      pick.hide();
    });
    pick.onDidHide(() => {
      resolve(undefined);
      pick.dispose();
    });
    pick.show();
  });
}

/** Through the language server; where there is none the name is only copied. A rename in several files is reviewed. */
async function rename({ uri, position }: Symbol, name: string): Promise<boolean> {
  const edit = await renameEdit(uri, position, name);
  if (edit === undefined || edit.size === 0) {
    await vscode.env.clipboard.writeText(name);
    void vscode.window.showInformationMessage(
      t('Nothing here can rename this symbol; “{0}” was copied instead.', name),
    );
    return false;
  }
  return vscode.workspace.applyEdit(edit.size > 1 ? reviewed(edit) : edit);
}

async function renameEdit(uri: vscode.Uri, position: vscode.Position, name: string) {
  try {
    return await vscode.commands.executeCommand<vscode.WorkspaceEdit | undefined>(
      'vscode.executeDocumentRenameProvider',
      uri,
      position,
      name,
    );
  } catch {
    // A language server refuses by throwing: then the name is copied.
    return undefined;
  }
}

function reviewed(edit: vscode.WorkspaceEdit): vscode.WorkspaceEdit {
  const asked = new vscode.WorkspaceEdit();
  const metadata = { needsConfirmation: true, label: t('Rename') };
  for (const [uri, edits] of edit.entries()) {
    for (const { range, newText } of edits) asked.replace(uri, range, newText, metadata);
  }
  return asked;
}
