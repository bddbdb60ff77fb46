/** `Sluice: Explain Selection` and `Sluice: Ask About Selection…`. */
import * as vscode from 'vscode';
import type { TaskType } from '../base/task.ts';
import type { Answer, CodeContext, Receipt } from '../flow/request.ts';
import type { Answers } from './answers.ts';
import { codeHere, cutNotices, placeWords, type SelectionDeps } from './taskSelection.ts';
import { taskName } from './words.ts';

const t = vscode.l10n.t;

export interface AskDeps extends SelectionDeps {
  readonly answers: Answers;
}

/** Resolves with the receipt once the answer is there; without one when there was nothing to ask or it failed. */
export async function explainSelection(deps: AskDeps): Promise<Receipt | undefined> {
  const code = await codeHere(deps);
  return code && askInView(deps, { task: 'explain', instruction: '', code });
}

/** `asked` comes from a key binding or another command; without it an input box asks. */
export async function askAboutSelection(deps: AskDeps, asked: unknown): Promise<Receipt | undefined> {
  const code = await codeHere(deps);
  if (code === undefined) return undefined;
  const instruction = typeof asked === 'string' && asked.trim() !== '' ? asked : await typeQuestion(code);
  return instruction === undefined ? undefined : askInView(deps, { task: 'question', instruction, code });
}

async function typeQuestion(code: CodeContext): Promise<string | undefined> {
  const question = await vscode.window.showInputBox({
    title: t('Ask about {0}', placeWords(code)),
    prompt: t('Your question goes to the cheapest model that is good enough for it.'),
    placeHolder: t('What happens when the list is empty?'),
  });
  return question?.trim() === '' ? undefined : question?.trim();
}

export interface Asked {
  readonly task: TaskType;
  readonly instruction: string;
  readonly code: CodeContext;
  /** Hears each whole answer, one that was asked for again too. */
  readonly onAnswer?: (answer: Answer) => void;
}

/** The answer streams into the view beside the code. */
export function askInView(
  { answers }: Pick<AskDeps, 'answers'>,
  { task, instruction, code, onAnswer }: Asked,
): Promise<Receipt | undefined> {
  return answers.ask({
    title: t('Sluice: {0}', taskName(task)),
    subtitle: instruction === '' ? placeWords(code) : `${instruction} — ${placeWords(code)}`,
    request: { task, priority: 'medium', instruction, code, freshness: 'cached' },
    notices: cutNotices(code),
    ...(onAnswer === undefined ? {} : { onAnswer }),
  });
}
