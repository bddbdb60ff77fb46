/** Colours of an edit in every editor that shows its document: new lines, what they took the place of, what is to come. */
import * as vscode from 'vscode';
import { type LineMark, lineMarks } from '../edit/lineMarks.ts';
import type { PlacedHunk } from '../edit/placedHunks.ts';
import type { StreamedEdit } from './liveEditStream.ts';

const t = vscode.l10n.t;
const MOST_CHARS = 120;

const added = {
  isWholeLine: true,
  backgroundColor: new vscode.ThemeColor('diffEditor.insertedLineBackground'),
  overviewRulerColor: new vscode.ThemeColor('editorOverviewRuler.addedForeground'),
  overviewRulerLane: vscode.OverviewRulerLane.Full,
  // High contrast themes have no background for it.
  borderStyle: 'solid',
  borderWidth: '0 0 0 2px',
  borderColor: new vscode.ThemeColor('editorGutter.addedBackground'),
};

const gone = {
  color: new vscode.ThemeColor('editor.foreground'),
  backgroundColor: new vscode.ThemeColor('diffEditor.removedTextBackground'),
  textDecoration: 'line-through',
};

export class LiveEditMarks implements vscode.Disposable {
  readonly #edits: () => readonly StreamedEdit[];
  readonly #types = {
    lines: vscode.window.createTextEditorDecorationType(added),
    words: vscode.window.createTextEditorDecorationType({
      backgroundColor: new vscode.ThemeColor('diffEditor.insertedTextBackground'),
    }),
    removed: vscode.window.createTextEditorDecorationType({
      rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
    }),
    rest: vscode.window.createTextEditorDecorationType({ isWholeLine: true, opacity: '0.55' }),
  };
  #drawn = new Set<vscode.TextEditor>();

  constructor(edits: () => readonly StreamedEdit[]) {
    this.#edits = edits;
  }

  draw(): void {
    const drawn = new Set<vscode.TextEditor>();
    for (const editor of vscode.window.visibleTextEditors) {
      const edits = this.#edits().filter(({ document }) => document === editor.document);
      if (edits.length > 0) drawn.add(editor);
      else if (!this.#drawn.has(editor)) continue;
      const marks = edits.map(marksOf);
      for (const [name, type] of Object.entries(this.#types)) {
        const key = name as keyof Marks;
        editor.setDecorations(
          type,
          marks.flatMap((one) => [...one[key]]),
        );
      }
    }
    this.#drawn = drawn;
  }

  dispose(): void {
    for (const type of Object.values(this.#types)) type.dispose();
  }
}

type Marks = Readonly<Record<'lines' | 'words' | 'removed' | 'rest', readonly vscode.DecorationOptions[]>>;

function marksOf(edit: StreamedEdit): Marks {
  const { growth, document } = edit;
  if (growth !== undefined) {
    const lines = growth.changed.map((line) => ({ range: new vscode.Range(line, 0, line, 0) }));
    const { last } = edit.lines;
    const rest = growth.rest > last ? [] : [{ range: new vscode.Range(growth.rest, 0, last, 0) }];
    return { lines, words: [], removed: [], rest };
  }
  const marks = edit.hunks.map((hunk) => ({ hunk, hover: hoverOf(edit, hunk), marks: lineMarks(hunk.hunk) }));
  return {
    lines: marks.flatMap(({ hunk: { line, hunk }, hover }) =>
      hunk.newLines.map((_, index) => ({ range: lineRange(document, line + index), hoverMessage: hover })),
    ),
    words: marks.flatMap(({ hunk, marks: ofLines }) =>
      ofLines.flatMap(({ line, words }) =>
        words.map(({ from, to }) => ({
          range: new vscode.Range(hunk.line + line, from, hunk.line + line, to),
        })),
      ),
    ),
    removed: marks.flatMap(({ hunk, hover, marks: ofLines }) =>
      ofLines.flatMap((mark) => [
        ...removedMark(document, hunk, mark, hover),
        ...removedWordMarks(hunk.line + mark.line, mark),
      ]),
    ),
    rest: [],
  };
}

/** Old text stands behind the new line, never in the document: what is saved is always whole code. */
function removedMark(
  document: vscode.TextDocument,
  { line }: PlacedHunk,
  { line: offset, removed, more }: LineMark,
  hoverMessage: vscode.MarkdownString,
): vscode.DecorationOptions[] {
  if (removed === undefined && more === 0) return [];
  const above = line + offset;
  const at = Math.max(0, above);
  const { text } = document.lineAt(at);
  const place = above < 0 ? new vscode.Position(0, 0) : new vscode.Position(at, text.length);
  const attachment = {
    ...gone,
    contentText: shown(removed, more),
    margin: above < 0 ? '0 3ch 0 0' : '0 0 0 3ch',
  };
  const renderOptions = above < 0 ? { before: attachment } : { after: attachment };
  return [{ range: new vscode.Range(place, place), hoverMessage, renderOptions }];
}

function removedWordMarks(line: number, { removedWords }: LineMark): vscode.DecorationOptions[] {
  return removedWords.map(({ at, text }) => ({
    range: new vscode.Range(line, at, line, at),
    renderOptions: { before: { ...gone, contentText: text.replace(/\s/g, '\u00a0') } },
  }));
}

/** Ordinary blanks would fall together. */
function shown(removed: string | undefined, more: number): string {
  const text = (removed ?? '').trim().replace(/\s/g, '\u00a0');
  const cut = text.length > MOST_CHARS ? `${text.slice(0, MOST_CHARS)}…` : text;
  const further = more === 0 ? '' : t('+ {0} removed lines', more).replace(/ /g, '\u00a0');
  return [cut, further].filter((part) => part !== '').join('\u00a0\u00a0');
}

function hoverOf({ id, document }: StreamedEdit, { hunk }: PlacedHunk): vscode.MarkdownString {
  const hover = new vscode.MarkdownString();
  hover.isTrusted = { enabledCommands: ['sluice.acceptHunk', 'sluice.rejectHunk', 'sluice.showEditDiff'] };
  if (hunk.oldLines.length > 0) {
    hover.appendText(t('Before:'));
    hover.appendCodeblock(hunk.oldLines.join('\n'), document.languageId);
  }
  const link = (command: string, words: string) =>
    `[${words}](command:${command}?${encodeURIComponent(JSON.stringify([{ edit: id, hunk: hunk.id }]))})`;
  hover.appendMarkdown(
    [
      link('sluice.acceptHunk', t('Accept')),
      link('sluice.rejectHunk', t('Reject')),
      link('sluice.showEditDiff', t('Show Diff')),
    ].join(' · '),
  );
  return hover;
}

function lineRange(document: vscode.TextDocument, line: number): vscode.Range {
  return document.lineAt(Math.min(line, document.lineCount - 1)).range;
}
