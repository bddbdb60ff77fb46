/** What became of an edit, in the person's language: what happened, what was kept, what to do. */
import * as vscode from 'vscode';
import type { EditRefusal, EditResult } from './liveEdit.ts';

const t = vscode.l10n.t;

export function editResultWords(result: EditResult): string {
  switch (result.kind) {
    case 'edited':
      return result.hunks === 1
        ? t(
            '1 change is proposed (+{0} −{1} lines). Accept or reject it in the editor.',
            result.addedLines,
            result.removedLines,
          )
        : t(
            '{0} changes are proposed (+{1} −{2} lines). Accept or reject them in the editor.',
            result.hunks,
            result.addedLines,
            result.removedLines,
          );
    case 'unchanged':
      return t('The model would not change this code.');
    case 'no-code':
      return t('The model answered in words; the code is as it was.');
    case 'refused':
      return refusalWords(result.why);
  }
}

function refusalWords(why: EditRefusal): string {
  switch (why) {
    case 'elision':
      return t('The model left out a part of the code, so nothing was changed. Ask again, or select less.');
    case 'several-blocks':
      return t('The model gave several versions, so nothing was changed. Ask again for one.');
    case 'wrong-file':
      return t('The model answered for another file, so nothing was changed.');
    case 'half':
      return t('The answer broke off in the middle, so the code is as it was. Ask again, or select less.');
    case 'stopped':
      return t('Stopped. The code is as it was.');
    case 'document-changed':
      return t(
        'The code was changed while the answer came. Your change was kept, and nothing else was written.',
      );
    case 'document-closed':
      return t('The file was closed or renamed while the answer came. Nothing more was written.');
    case 'read-only':
      return t('This file is read-only. Nothing was changed.');
  }
}
