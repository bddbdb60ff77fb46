/** Whether what is asked about may leave this machine: looked up for the folder of the file. */
import * as vscode from 'vscode';
import { folderSetting } from './settingsWatcher.ts';

/** `{}`: it may. For a code context or a request. */
export function localOnlyFor(uri: vscode.Uri): { readonly localOnly?: true } {
  const folder = vscode.workspace.getWorkspaceFolder(uri);
  if (folder === undefined) return localOnlySomewhere();
  return isOn(folder.uri) ? { localOnly: true } : {};
}

/** Where nobody knows which folder a text is from, each of them may be the one. */
export function localOnlySomewhere(): { readonly localOnly?: true } {
  const folders = vscode.workspace.workspaceFolders ?? [];
  return isOn(null) || folders.some(({ uri }) => isOn(uri)) ? { localOnly: true } : {};
}

function isOn(folder: vscode.Uri | null): boolean {
  return folderSetting('routing.localOnly', folder) === true;
}
