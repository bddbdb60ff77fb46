/** Edits that stand as a proposal while the language server judges them, and are taken back for a better one. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import type { Receipt } from '../../src/flow/request.ts';
import { openInlineChat } from '../../src/host/inlineChatOpening.ts';
import type { ScriptStep } from '../../src/node/simulatedScript.ts';
import { eventually, handle, script, skills } from './hostSupport.ts';
import { fenced, run, savedFile, showText, whole } from './liveEditSupport.ts';

/** A language server that finds an error in each `BUG`, and tells at once what it has found unless it was muted. */
class Server implements vscode.Disposable {
  muted = false;
  /** Each text that it has judged. */
  readonly seen: string[] = [];
  readonly #found = vscode.languages.createDiagnosticCollection('tried edits');
  readonly #listening: vscode.Disposable;

  constructor() {
    this.#listening = vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      if (contentChanges.length > 0 && document.languageId === LANGUAGE) this.judge(document);
    });
  }

  judge(document: vscode.TextDocument): void {
    const text = document.getText();
    this.seen.push(text);
    if (this.muted) return;
    const errors = [...text.matchAll(/BUG/g)].map(({ index }) => {
      const range = new vscode.Range(document.positionAt(index), document.positionAt(index + 3));
      return new vscode.Diagnostic(range, 'no such thing');
    });
    this.#found.set(document.uri, errors);
  }

  dispose(): void {
    this.#listening.dispose();
    this.#found.dispose();
  }
}

/** Code that no other test has asked about; the answers to it by what they return. */
function freshTask() {
  const name = `tried_${crypto.randomUUID().slice(0, 8)}`;
  const code = (value: string) => `function ${name}() {\n  return ${value};\n}\n`;
  return { before: code('1'), bad: code('BUG'), worse: code('BUG + BUG'), good: code('2') };
}

/** No language server of VS Code's own speaks of it, and no grammar is at hand. */
const LANGUAGE = 'lua';
const said = (code: string): ScriptStep => ({ fault: { kind: 'say', text: fenced(code, LANGUAGE) } });

/** The models answer so, one after the other; then as they always do. */
const answers = (...codes: readonly string[]) => script(codes.map(said));

async function ask({ document }: vscode.TextEditor): Promise<Receipt | undefined> {
  const place = { uri: document.uri, range: whole(document) };
  return openInlineChat(place, { form: 'edit', instruction: 'Make it better', send: true });
}

/** Asks for a change of a file, and waits until its first proposal stands there. */
async function askInFile(server: Server, before: string, bad: string, name: string) {
  const uri = await savedFile(before, `tried-${name}.lua`);
  const editor = await vscode.window.showTextDocument(uri, { viewColumn: vscode.ViewColumn.One });
  const asked = ask(editor);
  await eventually('the proposal stands', () => server.seen.includes(bad));
  return { uri, document: editor.document, asked };
}

const checksOf = ({ checks = [] }: Receipt) => checks.map(({ check, verdict }) => `${check} ${verdict}`);

const set = (name: string, value: unknown) =>
  vscode.workspace.getConfiguration('sluice').update(name, value, true);

suite('edits that are tried inside VS Code', () => {
  let server: Server;

  // The cheapest model answers first, whatever earlier tests have taught.
  suiteSetup(async () => {
    await set('routing.learn', false);
    await set('routing.explorePercent', 0);
  });

  suiteTeardown(async () => {
    await set('routing.learn', undefined);
    await set('routing.explorePercent', undefined);
  });

  setup(async () => {
    server = new Server();
    await set('cascade.when', 'edits');
  });

  teardown(async () => {
    server.dispose();
    await skills([]);
    await set('cascade.when', undefined);
    await set('cascade.maxAttempts', undefined);
    await run('inlineChatClose');
    await run('rejectAllEdits');
  });

  test('a proposal with new problems is taken back, and the one of a stronger model stands in its place', async () => {
    const { before, bad, good } = freshTask();
    await answers(bad, good);
    const { outcomes } = await handle();
    const editor = await showText(before, LANGUAGE);

    const receipt = await ask(editor);

    assert.ok(receipt);
    assert.equal(checksOf(receipt).at(-1), 'diagnostics pass');
    const [first, ...others] = receipt.attempts ?? [];
    assert.ok(first && others.length === 0);
    assert.equal(checksOf(first).at(-1), 'diagnostics fail');
    assert.notEqual(first.modelKey, receipt.modelKey);
    assert.ok(receipt.decision.reasons.some(({ kind }) => kind === 'went-up'));
    assert.equal(editor.document.getText(), good);
    assert.deepEqual(server.seen, [bad, before, good]);
    const told = outcomes.recent.filter(
      ({ kind, receiptId }) => kind === 'checked' && receiptId === first.id,
    );
    assert.ok(told.some((one) => one.kind === 'checked' && one.check === 'diagnostics' && !one.passed));
    await vscode.commands.executeCommand('sluice.inlineChatReject', receipt.id);
    assert.equal(editor.document.getText(), before);
  });

  test('one undo takes all of it back: the first proposal, its end and the second', async () => {
    const { before, bad, good } = freshTask();
    await answers(bad, good);
    const editor = await showText(before, LANGUAGE);
    const receipt = await ask(editor);
    await vscode.commands.executeCommand('sluice.inlineChatAccept', receipt?.id);

    await vscode.window.showTextDocument(editor.document, vscode.ViewColumn.One);
    await vscode.commands.executeCommand('undo');

    assert.equal(editor.document.getText(), before);
  });

  test('where edits are shown as they come nothing is taken back', async () => {
    await set('cascade.when', undefined);
    const { before, bad, good } = freshTask();
    await answers(bad, good);
    const editor = await showText(before, LANGUAGE);

    const receipt = await ask(editor);

    assert.equal(receipt?.attempts, undefined);
    assert.equal(editor.document.getText(), bad);
    assert.ok(!server.seen.includes(before));
  });

  test('when all leave problems the one with the fewest is put in again, and stands as a proposal', async () => {
    await set('cascade.maxAttempts', 2);
    const { before, bad, worse } = freshTask();
    await answers(bad, worse);
    const editor = await showText(before, LANGUAGE);

    const receipt = await ask(editor);

    assert.equal(receipt?.decision.reasons[0]?.kind, 'best-of-failed');
    assert.equal(editor.document.getText(), bad);
    assert.deepEqual(server.seen, [bad, before, worse, before, bad]);
    await vscode.commands.executeCommand('sluice.inlineChatReject', receipt.id);
    assert.equal(editor.document.getText(), before);
  });

  test('one who accepts while it is judged is asked nothing more', async () => {
    const { before, bad, good } = freshTask();
    await answers(bad, good);
    server.muted = true;
    const editor = await showText(before, LANGUAGE);
    const asked = ask(editor);
    await eventually('the proposal stands', () => server.seen.includes(bad));

    const { edits } = await handle();
    await eventually('it can be decided on', () => (edits.loaded?.pending.length ?? 0) > 0);
    await edits.loaded?.pending[0]?.acceptAll();
    const receipt = await asked;

    assert.ok(receipt);
    assert.equal(receipt.attempts, undefined);
    assert.equal(checksOf(receipt).at(-1), 'diagnostics unknown');
    assert.equal(editor.document.getText(), bad);
  });

  test('one who types elsewhere while it is judged keeps what stands there', async () => {
    const { before, bad, good } = freshTask();
    await answers(bad, good);
    server.muted = true;
    const editor = await showText(`// top\n${before}`, LANGUAGE);
    const { document } = editor;
    const place = { uri: document.uri, range: new vscode.Range(1, 0, 4, 0) };
    const asked = openInlineChat(place, { form: 'edit', instruction: 'Make it better', send: true });
    await eventually('the proposal stands', () => server.seen.includes(`// top\n${bad}`));

    await typed(document, '// theirs\n');
    server.muted = false;
    server.judge(document);
    const receipt = await asked;

    assert.ok(receipt);
    assert.equal(receipt.attempts, undefined);
    // What was wrong before was never told, and cannot be found out any more.
    assert.equal(checksOf(receipt).at(-1), 'diagnostics unknown');
    assert.equal(document.getText(), `// theirs\n// top\n${bad}`);
    await vscode.commands.executeCommand('sluice.inlineChatReject', receipt.id);
  });

  for (const when of ['judged', 'asked anew'] as const) {
    test(`cancelled while it is ${when}, the file is as it was`, async () => {
      const { before, bad } = freshTask();
      await script([said(bad), { fault: { kind: 'hang' } }]);
      server.muted = when === 'judged';
      const { uri, document, asked } = await askInFile(server, before, bad, when.replace(' ', '-'));
      if (when === 'asked anew') await eventually('it was taken back', () => server.seen.includes(before));

      await run('inlineChatEscape');
      const receipt = await asked;

      assert.equal(receipt, undefined);
      await eventually('the code is back', () => document.getText() === before);
      assert.equal(await readFile(uri.fsPath, 'utf8'), before);
      const { edits } = await handle();
      await eventually('no edit is left', () => edits.loaded?.pending.length === 0);
    });
  }

  test('saved while it is judged, then taken back and cancelled: the text is as it was', async () => {
    const { before, bad } = freshTask();
    await script([said(bad), { fault: { kind: 'hang' } }]);
    server.muted = true;
    const { document, asked } = await askInFile(server, before, bad, 'saved');
    await document.save();
    server.muted = false;
    server.judge(document);
    await eventually('it was taken back', () => server.seen.includes(before));
    await vscode.window.showTextDocument(document, vscode.ViewColumn.One);

    await run('inlineChatEscape');
    await asked;

    const { edits } = await handle();
    await eventually('no edit is left', () => edits.loaded?.pending.length === 0);
    assert.equal(document.getText(), before);
  });

  test('one who types into the place while the next is asked keeps that, and is told', async () => {
    const { before, bad, good } = freshTask();
    await answers(bad, good);
    const editor = await showText(before, LANGUAGE);
    const { document } = editor;
    let typing: Promise<void> | undefined;
    const back = vscode.workspace.onDidChangeTextDocument((event) => {
      if (event.document !== document || typing !== undefined || document.getText() !== before) return;
      typing = typed(document, '-- theirs\n', 1);
    });

    const receipt = await ask(editor);
    await typing;
    back.dispose();

    assert.ok(typing && receipt);
    assert.match(document.getText(), /-- theirs/);
    await vscode.commands.executeCommand('sluice.inlineChatReject', receipt.id);
    assert.match(document.getText(), /-- theirs/);
  });

  test('undone while it is judged, that is the decision', async () => {
    const { before, bad, good } = freshTask();
    await answers(bad, good);
    server.muted = true;
    const editor = await showText(before, LANGUAGE);
    const asked = ask(editor);
    await eventually('the proposal stands', () => server.seen.includes(bad));
    await vscode.window.showTextDocument(editor.document, vscode.ViewColumn.One);

    await vscode.commands.executeCommand('undo');
    const receipt = await asked;

    assert.ok(receipt);
    assert.equal(receipt.attempts, undefined);
    assert.equal(editor.document.getText(), before);
  });

  test('closed while it is judged, nothing more is asked and nothing written', async () => {
    const { before, bad, good } = freshTask();
    await answers(bad, good);
    server.muted = true;
    const { uri, document, asked } = await askInFile(server, before, bad, 'closed');
    await vscode.window.showTextDocument(document, vscode.ViewColumn.One);

    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    const receipt = await asked;

    assert.equal(receipt?.attempts, undefined);
    assert.equal((await vscode.workspace.openTextDocument(uri)).getText(), before);
  });

  test('a server that never says anything lets it stand', async () => {
    const { before, bad, good } = freshTask();
    await answers(bad, good);
    server.muted = true;
    const uri = await savedFile(before, 'tried-mute.lua');
    const editor = await vscode.window.showTextDocument(uri, { viewColumn: vscode.ViewColumn.One });

    const receipt = await ask(editor);

    assert.ok(receipt);
    assert.equal(checksOf(receipt).at(-1), 'diagnostics unknown');
    assert.equal(editor.document.getText(), bad);
    await vscode.commands.executeCommand('sluice.inlineChatReject', receipt.id);
  });

  test('errors that were there before, and are told only now, are not held against it', async () => {
    const { before, bad, good } = freshTask();
    await answers(good, bad);
    const old = '-- BUG\n';
    const editor = await showText(`${old}${before}`, LANGUAGE);
    const { document } = editor;
    const place = { uri: document.uri, range: new vscode.Range(1, 0, 4, 0) };

    const receipt = await openInlineChat(place, { form: 'edit', instruction: 'Make it better', send: true });

    assert.ok(receipt);
    assert.equal(receipt.attempts, undefined);
    assert.deepEqual(receipt.checks?.at(-1)?.why, { kind: 'unsettled' });
    assert.equal(document.getText(), `${old}${good}`);
    assert.deepEqual(
      server.seen,
      [good, before, good].map((code) => `${old}${code}`),
    );
    await vscode.commands.executeCommand('sluice.inlineChatReject', receipt.id);
    assert.equal(document.getText(), `${old}${before}`);
  });

  test('of errors that are told only now, those that it adds are', async () => {
    const { before, bad, good } = freshTask();
    await answers(bad, good);
    const old = '-- BUG\n';
    const { document } = await showText(`${old}${before}`, LANGUAGE);
    const place = { uri: document.uri, range: new vscode.Range(1, 0, 4, 0) };

    const receipt = await openInlineChat(place, { form: 'edit', instruction: 'Make it better', send: true });

    const [first] = receipt?.attempts ?? [];
    assert.deepEqual(first?.checks?.at(-1)?.why, { kind: 'new-problems', before: 1, after: 2 });
    assert.equal(document.getText(), `${old}${good}`);
    await vscode.commands.executeCommand('sluice.inlineChatReject', receipt?.id);
  });

  test('of a language that nobody speaks of it is said so, and waited for only once', async () => {
    const language = 'coffeescript';
    for (const [index, why] of (['timed-out', 'no-server'] as const).entries()) {
      const { before, good } = freshTask();
      await script([{ fault: { kind: 'say', text: fenced(good, language) } }]);
      const editor = await showText(before, language);

      const receipt = await ask(editor);

      const told = receipt?.checks?.at(-1);
      assert.deepEqual([told?.verdict, told?.why?.kind], ['unknown', why], `try ${index}`);
      assert.equal(editor.document.getText(), good);
      await vscode.commands.executeCommand('sluice.inlineChatReject', receipt?.id);
    }
  });

  test('another window saves the file while it is judged: what it wrote is not written over', async () => {
    const { before, bad } = freshTask();
    await script([said(bad), { fault: { kind: 'hang' } }]);
    server.muted = true;
    const { uri, document, asked } = await askInFile(server, before, bad, 'others-disk');

    const theirs = `-- theirs\n${before}`;
    await writeFile(uri.fsPath, theirs);
    server.muted = false;
    server.judge(document);
    await eventually('it was taken back', () => server.seen.includes(before));
    await run('inlineChatEscape');
    await asked;

    const { edits } = await handle();
    await eventually('no edit is left', () => edits.loaded?.pending.length === 0);
    assert.equal(await readFile(uri.fsPath, 'utf8'), theirs);
    await vscode.window.showTextDocument(document, vscode.ViewColumn.One);
    await vscode.commands.executeCommand('workbench.action.files.revert');
    assert.equal(document.getText(), theirs);
  });

  test('two windows try an edit of the same file, and both are saved: the later stands, and nothing is taken back from it', async () => {
    const { before, bad, worse, good } = freshTask();
    await answers(bad, good);
    server.muted = true;
    const { uri, document, asked } = await askInFile(server, before, bad, 'others-edit');
    await document.save();

    await writeFile(uri.fsPath, worse);
    await eventually('it was read again', () => document.getText() === worse);
    server.muted = false;
    server.judge(document);
    const receipt = await asked;

    assert.equal(receipt?.attempts, undefined);
    assert.equal(document.getText(), worse);
    assert.equal(await readFile(uri.fsPath, 'utf8'), worse);
    const { edits } = await handle();
    await eventually('no edit is left', () => edits.loaded?.pending.length === 0);
  });

  test('a stronger model that fails leaves the first proposal, put in again with its note', async () => {
    const { before, bad } = freshTask();
    await script([said(bad), { fault: { kind: 'http-error', status: 400 }, times: 3 }]);
    const editor = await showText(before, LANGUAGE);

    const receipt = await ask(editor);

    assert.ok(receipt);
    assert.equal(checksOf(receipt).at(-1), 'diagnostics fail');
    assert.equal(receipt.attempts, undefined);
    assert.equal(editor.document.getText(), bad);
    assert.deepEqual(server.seen, [bad, before, bad]);
    await vscode.commands.executeCommand('sluice.inlineChatReject', receipt.id);
  });

  test('an editor that was made read-only is told so, and nobody else is asked', async () => {
    const { before, bad, good } = freshTask();
    await answers(bad, good);
    const uri = await savedFile(before, 'tried-fixed.lua');
    const editor = await vscode.window.showTextDocument(uri, { viewColumn: vscode.ViewColumn.One });
    await vscode.commands.executeCommand('workbench.action.files.setActiveEditorReadonlyInSession');

    const receipt = await ask(editor);

    assert.ok(receipt);
    assert.equal(receipt.attempts, undefined);
    assert.deepEqual([editor.document.getText(), server.seen], [before, []]);
  });
});

/** Somebody else, at the top unless `line` says otherwise. */
async function typed(document: vscode.TextDocument, text: string, line = 0): Promise<void> {
  for (let tries = 0; tries < 50; tries += 1) {
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(line, 0), text);
    if (await vscode.workspace.applyEdit(edit)) return;
  }
  assert.fail('the document takes nothing');
}
