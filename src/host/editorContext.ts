/** What a request is about: the selection, or the symbol around the cursor, or the file. Units: characters. */
import * as vscode from 'vscode';
import { type Clock, delay } from '../base/clock.ts';
import { SluiceError } from '../base/errors.ts';
import type { CodeContext } from '../flow/request.ts';
import { codeFacts } from './codeFacts.ts';
import { fileUseOf } from './fileUse.ts';
import { localOnlyFor } from './localOnly.ts';

/** A language server that takes longer is not waited for: the file is sent instead of the symbol. */
const SYMBOLS_WITHIN_MS = 1_000;
const MOST_PROBLEMS = 20;
const CONTAINERS: ReadonlySet<vscode.SymbolKind> = new Set([
  vscode.SymbolKind.Function,
  vscode.SymbolKind.Method,
  vscode.SymbolKind.Constructor,
  vscode.SymbolKind.Class,
  vscode.SymbolKind.Interface,
  vscode.SymbolKind.Enum,
  vscode.SymbolKind.Struct,
  vscode.SymbolKind.Property,
  vscode.SymbolKind.Variable,
  vscode.SymbolKind.Constant,
]);

export interface CodePlace {
  readonly range: vscode.Range;
  readonly symbol?: string;
}

/** Code with the place that it was taken from. */
export interface PlacedCode {
  readonly code: CodeContext;
  readonly document: vscode.TextDocument;
  /** Of the code before it was cut. */
  readonly range: vscode.Range;
}

/** Throws `nothing-to-send`: no text editor, an empty file, a binary file. */
export async function placedCode(maxChars: number, clock: Clock, signal: AbortSignal): Promise<PlacedCode> {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) throw new SluiceError('nothing-to-send', { why: 'no-editor' });
  const { document } = editor;
  const place = await placeOf(editor, clock, signal);
  const code = codeOf(document, place, maxChars);
  return { code: { ...code, file: await fileUseOf(document) }, document, range: place.range };
}

/** Throws `nothing-to-send`: empty, binary. */
export function codeOf(document: vscode.TextDocument, place: CodePlace, maxChars: number): CodeContext {
  const whole = document.getText(place.range);
  if (whole.trim() === '') throw new SluiceError('nothing-to-send', { why: 'empty' });
  if (whole.includes('\0')) throw new SluiceError('nothing-to-send', { why: 'binary' });
  const text = cutAtLine(whole, maxChars);
  return {
    language: document.languageId,
    text,
    ...(document.isUntitled ? {} : { fileName: fileName(document.uri) }),
    ...(place.symbol === undefined ? {} : { symbol: place.symbol }),
    problems: problemsIn(document.uri, place.range),
    cutChars: whole.length - text.length,
    ...localOnlyFor(document.uri),
    about: codeFacts(document, place.range, text),
  };
}

/** As `placedCode`, without the place. */
export async function codeContext(maxChars: number, clock: Clock, signal: AbortSignal): Promise<CodeContext> {
  return (await placedCode(maxChars, clock, signal)).code;
}

async function placeOf(editor: vscode.TextEditor, clock: Clock, signal: AbortSignal): Promise<CodePlace> {
  if (!editor.selection.isEmpty) return { range: editor.selection };
  const { document, selection } = editor;
  const file = new vscode.Range(0, 0, document.lineCount, 0);
  if (document.getText().trim() === '') return { range: file };
  return (await symbolAt(document, selection.active, clock, signal)) ?? { range: file };
}

/** The innermost symbol that holds `position`; absent where none does, or no language server knows in time. */
export async function symbolAt(
  document: vscode.TextDocument,
  position: vscode.Position,
  clock: Clock,
  signal: AbortSignal,
): Promise<CodePlace | undefined> {
  return enclosing(await symbolsOf(document.uri, clock, signal), position);
}

async function symbolsOf(
  uri: vscode.Uri,
  clock: Clock,
  signal: AbortSignal,
): Promise<readonly vscode.DocumentSymbol[]> {
  const tooLate = new AbortController();
  const asked = vscode.commands.executeCommand<unknown>('vscode.executeDocumentSymbolProvider', uri);
  const given = delay(SYMBOLS_WITHIN_MS, clock, AbortSignal.any([signal, tooLate.signal])).catch(
    (error: unknown) => {
      if (signal.aborted) throw error;
    },
  );
  try {
    const symbols = await Promise.race([asked, given]);
    // Old providers give `SymbolInformation`, which has no range to compare with.
    return Array.isArray(symbols)
      ? symbols.filter((symbol): symbol is vscode.DocumentSymbol => 'range' in symbol)
      : [];
  } finally {
    tooLate.abort();
  }
}

/** The innermost symbol that holds `position` and is more than a single word. */
function enclosing(
  symbols: readonly vscode.DocumentSymbol[],
  position: vscode.Position,
): CodePlace | undefined {
  for (const symbol of symbols) {
    if (!symbol.range.contains(position)) continue;
    const inner = enclosing(symbol.children, position);
    if (inner) return inner;
    if (CONTAINERS.has(symbol.kind) && !symbol.range.isSingleLine) {
      return { range: wholeLines(symbol.range), symbol: symbol.name };
    }
  }
  return undefined;
}

/** With the blanks in front of its first line, so that the indentation reads right. */
function wholeLines(range: vscode.Range): vscode.Range {
  return new vscode.Range(range.start.line, 0, range.end.line, range.end.character);
}

/** Cuts behind the last whole line that fits; a single longer line is cut inside, but never inside a character. */
export function cutAtLine(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  const line = text.lastIndexOf('\n', maxChars - 1);
  if (line > 0) return text.slice(0, line + 1);
  const splits = /[\uD800-\uDBFF]/.test(text.charAt(maxChars - 1));
  return text.slice(0, splits ? maxChars - 1 : maxChars);
}

/** Line numbers count from the first line sent: they stay the same when the code moves as a whole. */
function problemsIn(uri: vscode.Uri, range: vscode.Range): string[] {
  return vscode.languages
    .getDiagnostics(uri)
    .filter(({ severity }) => severity <= vscode.DiagnosticSeverity.Warning)
    .filter((diagnostic) => range.intersection(diagnostic.range) !== undefined)
    .slice(0, MOST_PROBLEMS)
    .map(
      ({ range: at, message }) =>
        `line ${at.start.line - range.start.line + 1}: ${message.replace(/\s+/g, ' ')}`,
    );
}

function fileName(uri: vscode.Uri): string {
  return uri.path.slice(uri.path.lastIndexOf('/') + 1);
}
