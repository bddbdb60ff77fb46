/** `Sluice: Export Usage…`: the history of requests as CSV or JSON, where the person wants it. */
import * as vscode from 'vscode';
import { SluiceError } from '../base/errors.ts';
import { exportUsage } from '../metrics/usageExport.ts';
import type { UsageRecord } from '../metrics/usageLedger.ts';

const t = vscode.l10n.t;

export type ReadUsage = () => Promise<readonly UsageRecord[]>;

/** Resolves with where it was written. `target` comes from a key binding or another command; without it a dialog asks. */
export async function exportUsageTo(read: ReadUsage, target: unknown): Promise<vscode.Uri | undefined> {
  const file = target instanceof vscode.Uri ? target : await askWhere();
  if (file === undefined) return undefined;
  try {
    const records = await read();
    if (records.length === 0) {
      void vscode.window.showInformationMessage(t('There is no usage to export yet. Ask something first.'));
      return undefined;
    }
    const format = file.path.toLowerCase().endsWith('.json') ? 'json' : 'csv';
    await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(exportUsage(records, format)));
    void told(file, records.length);
    return file;
  } catch (error) {
    if (!SluiceError.any(error)) throw error;
    const why = SluiceError.is(error, 'storage-unusable') ? error.facts.detail : error.message;
    void vscode.window.showErrorMessage(t('The usage could not be exported: {0}. Nothing was lost.', why));
    return undefined;
  }
}

function askWhere(): Thenable<vscode.Uri | undefined> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  return vscode.window.showSaveDialog({
    title: t('Export Usage'),
    filters: { CSV: ['csv'], JSON: ['json'] },
    saveLabel: t('Export'),
    ...(folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder, 'sluice-usage.csv') }),
  });
}

async function told(file: vscode.Uri, requests: number): Promise<void> {
  const open = t('Open');
  const words =
    requests === 1
      ? t('The usage of 1 request was exported. It holds no prompt, code or answer.')
      : t('The usage of {0} requests was exported. It holds no prompt, code or answer.', requests);
  const picked = await vscode.window.showInformationMessage(words, open);
  if (picked === open) await vscode.window.showTextDocument(file);
}
