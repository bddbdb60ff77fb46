/** `Sluice: Explain Selection` and `Sluice: Ask About Selection…`. */
import * as vscode from 'vscode';
import type { Clock } from '../base/clock.ts';
import { SluiceError } from '../base/errors.ts';
import type { TaskType } from '../base/task.ts';
import type { CodeContext, Receipt } from '../flow/request.ts';
import type { Settings } from '../flow/settings.ts';
import type { Answers } from './answers.ts';
import { codeContext } from './editorContext.ts';
import { errorWords, taskName } from './words.ts';

const t = vscode.l10n.t;
const CHARS_PER_KB = 1_024;

export interface AskDeps {
  readonly answers: Answers;
  readonly clock: Clock;
  readonly settings: () => Settings;
}

/** Resolves with the receipt once the answer is there; without one when there was nothing to ask or it failed. */
export async function explainSelection(deps: AskDeps): Promise<Receipt | undefined> {
  const code = await codeHere(deps);
  return code && send(deps, 'explain', '', code);
}

/** `asked` comes from a key binding or another command; without it an input box asks. */
export async function askAboutSelection(deps: AskDeps, asked: unknown): Promise<Receipt | undefined> {
  const code = await codeHere(deps);
  if (code === undefined) return undefined;
  const question = typeof asked === 'string' && asked.trim() !== '' ? asked : await typeQuestion(code);
  return question === undefined ? undefined : send(deps, 'question', question, code);
}

async function codeHere(deps: AskDeps): Promise<CodeContext | undefined> {
  const maxChars = deps.settings()['request.maxSelectionKilobytes'] * CHARS_PER_KB;
  try {
    return await codeContext(maxChars, deps.clock, new AbortController().signal);
  } catch (error) {
    if (!SluiceError.any(error)) throw error;
    void vscode.window.showInformationMessage(errorWords(error, (platform) => platform));
    return undefined;
  }
}

async function typeQuestion(code: CodeContext): Promise<string | undefined> {
  const question = await vscode.window.showInputBox({
    title: t('Ask about {0}', placeWords(code)),
    prompt: t('Your question goes to the cheapest model that is good enough for it.'),
    placeHolder: t('What happens when the list is empty?'),
  });
  return question?.trim() === '' ? undefined : question?.trim();
}

function send(
  deps: AskDeps,
  task: TaskType,
  instruction: string,
  code: CodeContext,
): Promise<Receipt | undefined> {
  return deps.answers.ask({
    title: t('Sluice: {0}', taskName(task)),
    subtitle: instruction === '' ? placeWords(code) : `${instruction} — ${placeWords(code)}`,
    request: { task, priority: 'medium', instruction, code, freshness: 'cached' },
    notices: code.cutChars > 0 ? [cutWords(code)] : [],
  });
}

function placeWords({ symbol, fileName, text }: CodeContext): string {
  const lines = text.replace(/\n$/, '').split('\n').length;
  const file = fileName ?? t('unsaved file');
  if (symbol !== undefined) return t('{0} in {1}', symbol, file);
  return lines === 1 ? t('1 line of {0}', file) : t('{0} lines of {1}', lines, file);
}

function cutWords({ text, cutChars }: CodeContext): string {
  const kb = (chars: number) => Math.max(1, Math.round(chars / CHARS_PER_KB));
  return t(
    'The selection was too long: the first {0} KB were sent, {1} KB were left out (setting “sluice.request.maxSelectionKilobytes”).',
    kb(text.length),
    kb(cutChars),
  );
}
