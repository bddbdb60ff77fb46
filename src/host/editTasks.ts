/** `Sluice: Fix Problems`, `Refactor…`, `Document`, `Simplify`: edits, each sent as a turn of an inline chat at its place. */
import * as vscode from 'vscode';
import type { TaskType } from '../base/task.ts';
import type { Receipt } from '../flow/request.ts';
import { isCommentInput } from './inlineChatInput.ts';
import { openInlineChat } from './inlineChatOpening.ts';
import type { ChatPlace } from './inlineChatPlace.ts';

const t = vscode.l10n.t;

/** `place` comes from a code action: `{ uri, range }` of the problems. Resolves with the receipt once it was answered. */
export async function fixProblems(place: unknown): Promise<Receipt | undefined> {
  const at = placeOf(place);
  if (at === undefined) {
    if (vscode.window.activeTextEditor === undefined) return nothingHere();
    return openInlineChat(undefined, { task: 'fix', form: 'edit', instruction: '', send: true });
  }
  if (problemsAt(at).length > 0) {
    // Of a problem the symbol around it is sent: what must change is seldom the underlined word alone.
    const range = place === undefined ? at.range : new vscode.Range(at.range.start, at.range.start);
    return openInlineChat({ uri: at.uri, range, fix: true }, { form: 'edit', send: true });
  }
  const ask = t('Ask for a Change');
  const picked = await vscode.window.showInformationMessage(
    t('The editor reports no errors or warnings here.'),
    ask,
  );
  return picked === ask ? openInlineChat(at, { form: 'edit' }) : undefined;
}

/** `how` comes from a key binding; without it the person types what is to become better. */
export async function refactor(how: unknown): Promise<Receipt | undefined> {
  if (vscode.window.activeTextEditor === undefined) return nothingHere();
  const place = placeOf(undefined);
  const typed = typeof how === 'string' && how.trim() !== '' ? how : await typeRefactoring();
  if (typed === undefined) return undefined;
  return openInlineChat(place, { task: 'refactor', form: 'edit', instruction: typed, send: true });
}

/** A task that says it all. */
export async function rewrite(task: TaskType): Promise<Receipt | undefined> {
  if (vscode.window.activeTextEditor === undefined) return nothingHere();
  return openInlineChat(placeOf(undefined), { task, form: 'edit', instruction: '', send: true });
}

function typeRefactoring(): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    title: t('Refactor'),
    prompt: t('What should become better? Enter alone leaves it to the model.'),
    placeHolder: t('Take the parsing out into a function of its own'),
  });
}

/** None where one types into a chat: then that chat is meant. */
function placeOf(place: unknown): ChatPlace | undefined {
  const { uri, range } = (typeof place === 'object' && place !== null ? place : {}) as Partial<ChatPlace>;
  if (uri instanceof vscode.Uri && range instanceof vscode.Range) return { uri, range };
  const editor = vscode.window.activeTextEditor;
  return editor && !isCommentInput(editor.document)
    ? { uri: editor.document.uri, range: editor.selection }
    : undefined;
}

/** Without a selection, those of the whole file: the chat then goes to the symbol around the cursor. */
function problemsAt({ uri, range }: ChatPlace): readonly vscode.Diagnostic[] {
  return vscode.languages
    .getDiagnostics(uri)
    .filter(({ severity }) => severity <= vscode.DiagnosticSeverity.Warning)
    .filter((problem) => range.isEmpty || range.intersection(problem.range) !== undefined);
}

function nothingHere(): undefined {
  void vscode.window.showInformationMessage(t('Open a file first: this works on code in an editor.'));
  return undefined;
}
