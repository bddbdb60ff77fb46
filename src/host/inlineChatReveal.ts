/** Brings the box of a chat into view, as little as that takes. Units: lines from 0. */
import * as vscode from 'vscode';

/** Kept in sight above a box that fills the rest of the window. */
const LINES_ABOVE = 3;

/** The box stands below `line`. Somebody who has scrolled away from that line is left where they are. */
export function revealBox(document: vscode.TextDocument, line: number, always: boolean): void {
  const editor = vscode.window.visibleTextEditors.find((one) => one.document === document);
  if (editor === undefined || (!always && !shows(editor, line))) return;
  const below = line + 1;
  if (below < document.lineCount) {
    // The line behind the box comes into view, and the box with it.
    editor.revealRange(new vscode.Range(below, 0, below, 0));
    // A box higher than the window would push its own line out at the top.
    if (shows(editor, line)) return;
  }
  const top = Math.max(0, line - LINES_ABOVE);
  editor.revealRange(new vscode.Range(top, 0, top, 0), vscode.TextEditorRevealType.AtTop);
}

function shows({ visibleRanges }: vscode.TextEditor, line: number): boolean {
  return visibleRanges.some(({ start, end }) => line >= start.line && line <= end.line);
}
