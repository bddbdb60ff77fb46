/** The lightbulb: 'Fix with Sluice' at a problem, and what can be done to a selection. */
import * as vscode from 'vscode';

const t = vscode.l10n.t;

const KINDS = [vscode.CodeActionKind.QuickFix, vscode.CodeActionKind.RefactorRewrite];

/** Nothing is asked of a model before one of them is chosen. */
export function registerCodeActions(): vscode.Disposable {
  const provider: vscode.CodeActionProvider = {
    provideCodeActions: (document, range, { diagnostics, only }) => {
      const asked = (kind: vscode.CodeActionKind) => only === undefined || only.contains(kind);
      const fixes = asked(vscode.CodeActionKind.QuickFix) ? fixActions(document, diagnostics) : [];
      const wants = only !== undefined && asked(vscode.CodeActionKind.RefactorRewrite);
      return wants || !range.isEmpty ? [...fixes, ...rewriteActions()] : fixes;
    },
  };
  return vscode.languages.registerCodeActionsProvider({ pattern: '**' }, provider, {
    providedCodeActionKinds: KINDS,
  });
}

function fixActions(
  { uri }: vscode.TextDocument,
  diagnostics: readonly vscode.Diagnostic[],
): vscode.CodeAction[] {
  const problems = diagnostics.filter(({ severity }) => severity <= vscode.DiagnosticSeverity.Warning);
  const [first] = problems;
  if (first === undefined) return [];
  const action = new vscode.CodeAction(t('Fix with Sluice'), vscode.CodeActionKind.QuickFix);
  const whole = problems.reduce((range, problem) => range.union(problem.range), first.range);
  action.diagnostics = problems;
  action.command = { command: 'sluice.fixProblems', title: action.title, arguments: [{ uri, range: whole }] };
  return [action];
}

function rewriteActions(): vscode.CodeAction[] {
  const actions: readonly (readonly [string, string])[] = [
    [t('Refactor with Sluice…'), 'sluice.refactor'],
    [t('Simplify with Sluice'), 'sluice.simplify'],
    [t('Document with Sluice'), 'sluice.document'],
  ];
  return actions.map(([title, command]) => {
    const action = new vscode.CodeAction(title, vscode.CodeActionKind.RefactorRewrite);
    action.command = { command, title };
    return action;
  });
}
