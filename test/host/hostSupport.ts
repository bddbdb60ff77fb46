/** What the suite inside VS Code shares: the extension's test handle, documents, and the simulated platform's script. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { TestHandle } from '../../src/extension.ts';
import type { Receipt } from '../../src/flow/request.ts';
import { kindOf, type PlatformKind } from '../../src/host/platformKinds.ts';
import type { ScriptStep } from '../../src/node/simulatedScript.ts';
import type { SimulatedSkill } from '../../src/node/simulatedSkills.ts';

export async function handle(): Promise<TestHandle> {
  const extension = vscode.extensions.getExtension<TestHandle | undefined>('sluice.sluice');
  assert.ok(extension, 'sluice.sluice is not among the extensions');
  const found = await extension.activate();
  assert.ok(found, 'the extension gives its test handle in test mode only');
  return found;
}

/** A new document in front, all of it selected unless `selection` says otherwise. */
export async function show(content: string, language = 'typescript', selection?: vscode.Selection) {
  const document = await vscode.workspace.openTextDocument({ content, language });
  const editor = await vscode.window.showTextDocument(document, vscode.ViewColumn.One);
  const end = document.lineAt(document.lineCount - 1).range.end;
  editor.selection = selection ?? new vscode.Selection(new vscode.Position(0, 0), end);
  return editor;
}

export function explain(): Thenable<Receipt | undefined> {
  return vscode.commands.executeCommand<Receipt | undefined>('sluice.explainSelection');
}

/** Code that no other test has asked about. */
export function freshCode(): string {
  const name = `answer_${crypto.randomUUID().slice(0, 8)}`;
  return `export function ${name}(items: readonly number[]): number {\n  return items.length * 2;\n}\n`;
}

/** The simulated platform inside the extension plays these faults next; asks it once first, so that it runs. */
export function script(steps: readonly ScriptStep[]): Promise<void> {
  return tellSimulated('script', steps);
}

/** Its models fail so from now on; with no row they never fail. */
export async function skills(rows: readonly SimulatedSkill[]): Promise<void> {
  await script([]);
  await tellSimulated('skills', rows);
}

async function tellSimulated(what: 'script' | 'skills', body: readonly unknown[]): Promise<void> {
  const { simulated } = await handle();
  if (simulated() === undefined) {
    await show(freshCode());
    await explain();
  }
  const server = simulated();
  assert.ok(server, 'the simulated platform has started');
  const response = await fetch(`${server.url}/simulated/${what}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  assert.ok(response.ok, `the ${what} was refused: ${response.status}`);
}

/** Resolves when `holds` does; asks again after each turn of the event loop, for at most `withinMs`. */
export async function eventually(what: string, holds: () => boolean, withinMs = 20_000): Promise<void> {
  const untilMs = performance.now() + withinMs;
  while (!holds()) {
    assert.ok(performance.now() < untilMs, `not within ${withinMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

export function platformKind(id: string): PlatformKind {
  const kind = kindOf(id);
  assert.ok(kind, `there is no platform kind ${id}`);
  return kind;
}
