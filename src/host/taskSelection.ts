/** The code that a command is about, or a word on why there is none. Units: characters. */
import * as vscode from 'vscode';
import type { Clock } from '../base/clock.ts';
import { SluiceError } from '../base/errors.ts';
import type { CodeContext } from '../flow/request.ts';
import type { Settings } from '../flow/settings.ts';
import { type PlacedCode, placedCode } from './editorContext.ts';
import { errorWords } from './errorWords.ts';

const t = vscode.l10n.t;
const CHARS_PER_KB = 1_024;

export interface SelectionDeps {
  readonly clock: Clock;
  readonly settings: () => Settings;
}

export async function codeHere(deps: SelectionDeps): Promise<CodeContext | undefined> {
  return (await placedCodeHere(deps))?.code;
}

export async function placedCodeHere({ clock, settings }: SelectionDeps): Promise<PlacedCode | undefined> {
  const maxChars = settings()['request.maxSelectionKilobytes'] * CHARS_PER_KB;
  try {
    return await placedCode(maxChars, clock, new AbortController().signal);
  } catch (error) {
    if (!SluiceError.any(error)) throw error;
    void vscode.window.showInformationMessage(errorWords(error, String));
    return undefined;
  }
}

/** `total in cart.ts`, `3 lines of cart.ts`. */
export function placeWords({ symbol, fileName, text }: CodeContext): string {
  const lines = text.replace(/\n$/, '').split('\n').length;
  const file = fileName ?? t('unsaved file');
  if (symbol !== undefined) return t('{0} in {1}', symbol, file);
  return lines === 1 ? t('1 line of {0}', file) : t('{0} lines of {1}', lines, file);
}

/** What was left out of a selection that is too long; nothing for one that is not. */
export function cutNotices({ text, cutChars }: CodeContext): readonly string[] {
  if (cutChars === 0) return [];
  const kb = (chars: number) => Math.max(1, Math.round(chars / CHARS_PER_KB));
  return [
    t(
      'The selection was too long: the first {0} KB were sent, {1} KB were left out (setting “sluice.request.maxSelectionKilobytes”).',
      kb(text.length),
      kb(cutChars),
    ),
  ];
}
