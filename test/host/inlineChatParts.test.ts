/** The parts of an inline chat that need VS Code's types, but no editor. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { systemClock } from '../../src/base/clock.ts';
import { PromptHistory, PromptWalk } from '../../src/host/inlineChatHistory.ts';
import { parseOpening } from '../../src/host/inlineChatOpening.ts';
import { ChatTarget } from '../../src/host/inlineChatPlace.ts';
import { firstWords, modelMarkdown, withoutPictures } from '../../src/host/inlineChatWords.ts';

const never = new AbortController().signal;
const CODE = ['const one = 1;', 'function two() {', '  return 2;', '}', 'const three = 3;', ''].join('\n');

class MemoryState implements vscode.Memento {
  readonly #kept = new Map<string, unknown>();

  keys = () => [...this.#kept.keys()];

  get<T>(key: string, otherwise?: T): T | undefined {
    return (this.#kept.get(key) as T | undefined) ?? otherwise;
  }

  async update(key: string, value: unknown): Promise<void> {
    this.#kept.set(key, value);
  }
}

suite('parts of an inline chat', () => {
  test('pictures in an answer load nothing; code and links stay as they are', () => {
    const text =
      'See ![x](https://a.b/?q=code) and [y](https://c.d).\n`a![0]`\n```ts\nb![1](2)\n```\n![z][ref]';

    assert.equal(
      withoutPictures(text),
      'See \\!\\[x](https://a.b/?q=code) and [y](https://c.d).\n`a![0]`\n```ts\nb![1](2)\n```\n\\!\\[z][ref]',
    );
  });

  test('an answer runs no command but the decision’s, and what was cut inside code does not swallow the footer', () => {
    const markdown = modelMarkdown('```ts\nconst a', 'footer');

    assert.deepEqual(markdown.isTrusted, { enabledCommands: ['sluice.showLastDecision'] });
    assert.ok(!markdown.supportHtml);
    assert.match(markdown.value, /const a\n```\n\nfooter$/);
    assert.equal(modelMarkdown('```ts\na\n```\nend', 'footer').value, '```ts\na\n```\nend\n\nfooter');
  });

  test('the first words of an answer stand on one line', () => {
    assert.equal(firstWords('## Hello\n\n> **big** `world`', 40), 'Hello big world');
    assert.equal(firstWords('abcdefgh', 3), 'abc…');
  });

  test('prompts are kept newest first, each once, in bounds; long ones are not', () => {
    const history = new PromptHistory(new MemoryState());
    for (let count = 0; count < 60; count += 1) history.add(`prompt ${count}`);
    history.add('prompt 30');
    history.add('   ');
    history.add('x'.repeat(3_000));

    assert.deepEqual(history.prompts.slice(0, 3), ['prompt 30', 'prompt 59', 'prompt 58']);
    assert.equal(history.prompts.length, 50);
    assert.equal(new Set(history.prompts).size, 50);
  });

  test('a walk through the prompts comes back to what was typed', () => {
    const walk = new PromptWalk(['two', 'one'], 'draft');

    assert.deepEqual([walk.earlier(), walk.earlier(), walk.earlier()], ['two', 'one', 'one']);
    assert.deepEqual([walk.later(), walk.later(), walk.later()], ['two', 'draft', 'draft']);
    assert.equal(new PromptWalk([], 'draft').earlier(), 'draft');
  });

  test('only what fits is taken from a key binding or a code action', () => {
    const place = { uri: vscode.Uri.file('/a.ts'), range: new vscode.Range(0, 0, 1, 0) };

    const whole = { place, instruction: 'why', form: 'ask', task: 'fix', send: true };
    assert.deepEqual(parseOpening({ ...whole, other: 1 }), whole);
    assert.deepEqual(parseOpening({ form: 'x', task: 'y', send: 1 }), {});
    assert.deepEqual(parseOpening(vscode.Uri.file('/a.ts')), {});
    assert.deepEqual(parseOpening(undefined), {});
  });

  test('the code of a chat moves with the document, and an edit gets whole lines and what is around them', async () => {
    const document = await vscode.workspace.openTextDocument({ content: CODE, language: 'typescript' });
    const target = new ChatTarget(document, new vscode.Range(1, 3, 2, 5), systemClock, never);
    const listening = vscode.workspace.onDidChangeTextDocument((event) => {
      if (event.document === document) target.changed(event.contentChanges);
    });
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(0, 0), '// first\n');
    edit.insert(document.uri, new vscode.Position(2, 2), '// inside\n  ');
    await vscode.workspace.applyEdit(edit);
    listening.dispose();

    assert.equal(target.code(false, 1_000).text, 'ction two() {\n  // inside\n  ret');
    const code = target.code(true, 1_000);
    assert.equal(code.text, 'function two() {\n  // inside\n  return 2;');
    assert.deepEqual([code.before, code.after], ['// first\nconst one = 1;', '}\nconst three = 3;']);
  });

  test('on an empty line something may be written: its surroundings go along', async () => {
    const document = await vscode.workspace.openTextDocument({ content: `${CODE}\n`, language: 'plaintext' });
    const target = new ChatTarget(document, new vscode.Range(5, 0, 5, 0), systemClock, never);
    await target.found;

    const { text, before } = target.code(true, 1_000);

    assert.deepEqual([text, before], ['', CODE.trimEnd()]);
  });
});
