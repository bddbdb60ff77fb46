/** Runs inside the extension host: a whole answer into a long document, and beside it one bare WorkspaceEdit. */
import { writeFileSync } from 'node:fs';
import process from 'node:process';
import * as vscode from 'vscode';
import { systemClock } from '../../src/base/clock.ts';
import { LiveEdits } from '../../src/host/liveEdits.ts';
import { type EditsTimes, editsResultVariable, editsSample } from './editsSample.ts';
import { quietMoment } from './quiet.ts';

const ROUNDS = 7;
const quietWithinMs = 15_000;
const { before, after, answer } = editsSample();

export async function run(): Promise<void> {
  const edits = new LiveEdits(systemClock);
  const times = {
    liveMs: [] as number[],
    acceptMs: [] as number[],
    rejectMs: [] as number[],
    workspaceEditMs: [] as number[],
  };
  const quiet = await quietMoment(quietWithinMs);
  for (let round = 0; round < ROUNDS; round += 1) {
    const accepted = await stream(edits);
    times.liveMs.push(accepted.ms);
    times.acceptMs.push(await timed(() => accepted.edit.acceptAll()));
    expectText(accepted.document, after);
    const rejected = await stream(edits);
    times.liveMs.push(rejected.ms);
    times.rejectMs.push(await timed(() => rejected.edit.rejectAll()));
    expectText(rejected.document, before);
    times.workspaceEditMs.push(await bare());
  }
  edits.dispose();
  const result: EditsTimes = { ...times, quiet };
  writeFileSync(process.env[editsResultVariable] ?? '', JSON.stringify(result));
}

async function open(): Promise<vscode.TextDocument> {
  await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  const document = await vscode.workspace.openTextDocument({
    content: before.join('\n'),
    language: 'plaintext',
  });
  await vscode.window.showTextDocument(document, vscode.ViewColumn.One);
  return document;
}

async function stream(edits: LiveEdits) {
  const document = await open();
  const range = new vscode.Range(0, 0, document.lineCount, 0);
  const edit = edits.start({
    uri: document.uri,
    range: document.validateRange(range),
    original: document.getText(),
  });
  const ms = await timed(async () => {
    edit.push(answer);
    const result = await edit.finish(true);
    if (result.kind !== 'edited') throw new Error(`The answer ended as ${result.kind}.`);
  });
  return { document, edit, ms };
}

async function bare(): Promise<number> {
  const document = await open();
  const edit = new vscode.WorkspaceEdit();
  before.forEach((line, index) => {
    const next = after[index] ?? '';
    if (next !== line) edit.replace(document.uri, document.lineAt(index).range, next);
  });
  const ms = await timed(async () => {
    if (!(await vscode.workspace.applyEdit(edit))) throw new Error('The WorkspaceEdit was refused.');
  });
  expectText(document, after);
  return ms;
}

function expectText(document: vscode.TextDocument, lines: readonly string[]): void {
  if (document.getText() !== lines.join('\n')) throw new Error('The document does not hold what it should.');
}

async function timed(run: () => Promise<void>): Promise<number> {
  const startedMs = performance.now();
  await run();
  return performance.now() - startedMs;
}
