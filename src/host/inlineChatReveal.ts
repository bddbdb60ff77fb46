/** Brings the box of a chat into view, as little as that takes. Units: lines from 0, milliseconds. */
import * as vscode from 'vscode';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';

/** VS Code shows what has changed after 100 ms, and then its layout. */
const LAID_OUT_AFTER_MS = 250;

/** Code above a box that fills the rest of the window; VS Code itself keeps some five lines more. */
const LINES_ABOVE = 1;

/** Reveals once what was drawn just now has its place. */
export class BoxReveal implements Disposable {
  readonly #clock: Clock;
  #timer: Disposable | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  soon(target: () => { document: vscode.TextDocument; line: number }, opening: boolean): void {
    this.#timer?.dispose();
    this.#timer = this.#clock.after(LAID_OUT_AFTER_MS, () => {
      const { document, line } = target();
      revealBox(document, line, opening);
    });
  }

  dispose(): void {
    this.#timer?.dispose();
  }
}

/** The box stands below `line`. `opening`: it holds the input only; later it may be higher than the window. */
function revealBox(document: vscode.TextDocument, line: number, opening: boolean): void {
  const editor = vscode.window.visibleTextEditors.find((one) => one.document === document);
  if (editor === undefined) return;
  const below = line + 1;
  const fits = below < document.lineCount && shows(editor, below) && shows(editor, line);
  // Somebody who has scrolled away is left where they are.
  if (fits || (!opening && !shows(editor, line))) return;
  if (opening && below < document.lineCount) editor.revealRange(new vscode.Range(below, 0, below, 0));
  else {
    const top = Math.max(0, line - LINES_ABOVE);
    editor.revealRange(new vscode.Range(top, 0, top, 0), vscode.TextEditorRevealType.AtTop);
  }
}

function shows({ visibleRanges }: vscode.TextEditor, line: number): boolean {
  return visibleRanges.some(({ start, end }) => line >= start.line && line <= end.line);
}
