/** Asking on a selection without leaving the line, as a person does it. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, suiteSetup, suiteTeardown, teardown, test } from 'mocha';
import { systemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { type SimulatedPlatform, startSimulatedPlatform } from '../../src/node/simulatedPlatform.ts';
import { catalogueOf } from '../../src/routing/catalogueData.ts';
import { type CodeServer, startCodeServer } from '../support/codeServer.ts';
import { ChatView, finished } from '../support/inlineChatViews.ts';
import { repoRoot } from '../support/paths.ts';
import { keepPicture } from '../support/pictures.ts';
import { answer, chooseOption, pickOption } from '../support/quickInput.ts';
import { copySample, linesOf, type SampleWorkspace } from '../support/sampleWorkspace.ts';
import { meter } from '../support/sluiceViews.ts';
import { until } from '../support/until.ts';
import { Workbench } from '../support/workbench.ts';

const never = new AbortController().signal;
const within = (what: string) => ({ what, timeoutMs: 45_000 });

suite('inline chat', () => {
  let platform: SimulatedPlatform;
  let server: CodeServer;
  let sample: SampleWorkspace;
  let workbench: Workbench;
  let chat: ChatView;

  suiteSetup(async () => {
    const models = catalogueOf('anthropic');
    platform = await startSimulatedPlatform({
      seed: 1,
      clock: systemClock,
      log: silentLog,
      latencyScale: 0,
      models,
    });
    sample = await copySample();
    const settings = { 'sluice.anthropic.baseUrl': platform.url };
    server = await startCodeServer({ name: 'inline-chat', extensionFolders: [repoRoot], settings }, never);
    workbench = await Workbench.open(server, { folder: sample.folder }, never);
    chat = new ChatView(workbench);
    await meter(workbench);
    await workbench.openFile('cart.ts');
  });
  suiteTeardown(async () => {
    await workbench?.close();
    await server?.stop();
    await sample?.remove();
    platform?.dispose();
  });
  teardown(async function () {
    if (this.currentTest?.state === 'failed') await keepPicture(workbench, this.currentTest);
  });

  const selectFunction = async () => workbench.selectLines(await linesOf('bestDiscount', 'cart.ts'));
  const code = async () =>
    (await workbench.page.locator('.editor-instance > .monaco-editor .view-lines').first().textContent()) ??
    '';

  test('it opens by the palette with the focus in it, and says before sending what would answer, why and for how much', async () => {
    await selectFunction();

    await chat.openByPalette();
    const title = await chat.title();
    const next = await chat.next();
    await workbench.page.keyboard.type('make it shorter');
    const edit = await chat.lineThat((text) => text.startsWith('→ Edit'));
    await workbench.page.keyboard.press('Control+A');
    await workbench.page.keyboard.type('why is this wrong?');
    const ask = await chat.lineThat((text) => text.startsWith('→ Ask'));

    assert.match(title, /^Sluice · cart\.ts/);
    assert.match(
      next,
      /^Ask: Fast \(simulated\) · about \d+ tokens in, \d+ out · about \$[\d.]+ \(simulated\) · cheapest that is good enough/,
    );
    assert.match(edit, /^→ Edit: Fast \(simulated\) · about \$/);
    assert.match(ask, /^→ Ask: Fast \(simulated\) · about \$/);
  });

  test('Enter sends, the answer says that it is simulated and what it cost; the input keeps the focus for the next turn', async () => {
    await workbench.page.keyboard.press('Enter');
    const first = await chat.newest('an answer', finished);
    await chat.send('and on an empty list?');
    const second = await chat.newest(
      'a second answer',
      (one) => finished(one) && one.asked.startsWith('and on'),
    );
    await workbench.page.keyboard.type('make it shorter');
    const next = await until(within('what would be sent now'), async () => {
      const line = await chat.next();
      return line.startsWith('Edit:') ? line : undefined;
    });
    await workbench.page.keyboard.press('Control+A');
    await workbench.page.keyboard.press('Delete');

    assert.match(first.text, /bestDiscount/);
    assert.match(first.receipt, /sim-fast \(simulated\) · \d+ in, \d+ out · \$[\d.]+ \(simulated\)/);
    await until(within('both answers'), async () => (await chat.answers()).length === 2);
    assert.match(second.text, /and on an empty list/);
    assert.match(next, /^Edit: Fast \(simulated\) · about \d+ tokens in/);
    assert.ok(await chat.hasFocus());
  });

  test('the arrow keys bring earlier prompts back, and what was being typed', async () => {
    const { keyboard } = workbench.page;
    await keyboard.type('draft');
    await chat.typedThat('draft');

    await keyboard.press('ArrowUp');
    await chat.typedThat('and on an empty list?');
    await keyboard.press('ArrowUp');
    await chat.typedThat('why is this wrong?');
    await keyboard.press('ArrowDown');
    await keyboard.press('ArrowDown');
    await chat.typedThat('draft');

    assert.ok(await chat.hasFocus());
  });

  test('Shift+Enter makes a new line, and the arrow keys then move in the text', async () => {
    const { keyboard } = workbench.page;
    await keyboard.press('Shift+Enter');
    await keyboard.type('second');
    await chat.typedThat('draft\nsecond');

    await keyboard.press('ArrowUp');
    await chat.caretOnLine(0);
    await keyboard.press('End');
    await keyboard.type('!');

    await chat.typedThat('draft!\nsecond');
  });

  test('Escape closes the chat; the focus is in the code, at its selection', async () => {
    await workbench.page.keyboard.press('Escape');
    await chat.closed();

    const { text } = await workbench.statusBarItem('status.editor.selection');

    assert.match(text, /selected/);
    await workbench.page.keyboard.press('ArrowLeft');
    await workbench.statusBarItem('status.editor.selection', (item) => !/selected/.test(item.text));
  });

  test('words that want a change become an edit; all of it is accepted, and one undo takes it back', async () => {
    const { page } = workbench;
    await selectFunction();

    await chat.openByKey();
    await chat.send('make it shorter');
    const edit = await chat.newest('the result of the edit', ({ text }) => /change/.test(text));
    await until(within('the edit in the file'), async () => (await code()).includes('Simulated'));
    await page.getByRole('link', { name: 'Accept All' }).click();
    const accepted = await chat.newest('the verdict', ({ text }) => /accepted/.test(text));
    await workbench.placeCursor(19);
    await page.keyboard.press('Control+Z');
    await until(
      within('the code as it was saved'),
      async () => (await page.locator('.tab.active.dirty').count()) === 0,
    );
    const undone = await chat.newest('what became of it', ({ text }) => /undone/.test(text));
    await page.locator('.review-widget .edit-textarea').click();
    await chat.focused();
    await page.keyboard.press('Escape');
    await chat.closed();

    assert.match(edit.text, /1 change: \+\d+ −\d+ lines · Accept All · Reject All/);
    assert.match(accepted.text, /1 accepted/);
    assert.match(undone.text, /1 accepted, undone/);
    assert.doesNotMatch(edit.text, /Simulated edit/, 'the code is not shown twice');
  });

  test('with a key of one’s own the chat names its models; Send to a Stronger Model takes a more capable one', async () => {
    const { page } = workbench;
    await workbench.runCommand('Sluice: Connect a Platform…');
    await chooseOption(page, 'Anthropic API');
    await page.getByPlaceholder('sk-ant-…').waitFor();
    await answer(page, platform.token);
    await meter(workbench, ({ text }) => !text.includes('simulated'));
    await selectFunction();

    await chat.openByKey();
    await chat.send('what does it return?');
    const plain = await chat.newest('an answer', finished);
    await page.keyboard.type('what does it return on zero?');
    await page.keyboard.press('Alt+Enter');
    const stronger = await chat.newest(
      'a stronger answer',
      (one) => finished(one) && one.asked.endsWith('zero?'),
    );

    assert.match(plain.receipt, /^claude-haiku/);
    assert.doesNotMatch(stronger.receipt, /^claude-haiku/);
    assert.doesNotMatch(plain.receipt, /simulated/);
  });

  test('a model is chosen for the chat from a list with price, chance and room', async () => {
    const { page } = workbench;

    await chat.button('Choose Model…').click();
    const rows = page.locator('.quick-input-list .monaco-list-row');
    await rows.first().waitFor();
    const listed = (await rows.allTextContents()).join('\n');
    await pickOption(page, 'Claude Sonnet 5.5');
    await chat.focused();
    const line = await until(within('the chosen model'), async () => {
      const next = await chat.next();
      return next.includes('chosen by you') ? next : undefined;
    });
    await chat.send('and on a negative sum?');
    const chosen = await chat.newest(
      'the answer of the model',
      (one) => finished(one) && /negative/.test(one.asked),
    );

    assert.match(listed, /about \$.* · chance \d+%.* · has room/);
    assert.match(line, /Sonnet/);
    assert.match(chosen.receipt, /sonnet/);
  });

  test('what fails says why, what helps, and keeps the chat', async () => {
    platform.script([
      { fault: { kind: 'http-error', status: 401, type: 'authentication_error' }, times: 'always' },
    ]);

    await chat.send('does it round?');
    const failed = await chat.newest('the refusal', ({ receipt }) => receipt === 'Failed');

    platform.script([]);
    assert.match(failed.text, /refused the key/);
    assert.match(failed.text, /Connect a Platform…/);
    assert.ok((await chat.answers()).length > 1);
  });

  test('Escape stops what runs and keeps what came; the platform is told', async () => {
    platform.script([{ fault: { kind: 'hang', afterChunks: 6 } }]);
    await chat.send('tell me about the rounding');
    const partial = await chat.newest('its first words', ({ text }) => /Simulated/.test(text));

    await workbench.page.keyboard.press('Escape');
    const stopped = await chat.newest('the end', ({ text }) => /Cancelled/.test(text));
    await until(within('the call to end'), async () => platform.requests.at(-1)?.outcome === 'cancelled');

    assert.match(partial.receipt, /Escape stops it/);
    assert.match(stopped.text, /Simulated[\s\S]*what came before is kept/);
    assert.ok(await chat.hasFocus(), 'the chat is still open');
  });

  test('Escape in the input stops an edit that grows: the code is as before, and the chat stays open', async () => {
    const unsaved = workbench.page.locator('.tab.dirty');
    const unsavedBefore = await unsaved.count();
    platform.script([{ fault: { kind: 'hang', afterChunks: 6 } }]);
    await chat.send('add a comment');
    await chat.newest('the line that it writes', ({ text }) => /Writing into the file/.test(text));

    await workbench.page.keyboard.press('Escape');
    const stopped = await chat.newest('the end', ({ receipt }) => /Cancelled/.test(receipt));
    await until(within('the call to end'), async () => platform.requests.at(-1)?.outcome === 'cancelled');
    await until(within('the code as it was'), async () => (await unsaved.count()) === 0);

    assert.equal(unsavedBefore, 0);
    assert.doesNotMatch(stopped.text, /kept/);
    assert.ok(await chat.hasFocus(), 'the chat is still open');
  });

  test('who goes into the code right after sending, or while an answer streams, types there', async () => {
    const { page } = workbench;
    platform.script([{ fault: { kind: 'slow-first-token', delayMs: 1_000 } }]);
    await page.locator('.review-widget .comment-body:visible').first().click();
    await page.locator('.review-widget .edit-textarea').click();
    await chat.focused();
    const callsBefore = platform.requests.length;
    await chat.send('explain it in one sentence');
    await workbench.placeCursor(19);

    await page.keyboard.type('// typed while it streams', { delay: 60 });

    await until(within('what was typed'), async () =>
      (await code()).includes('//\u00a0typed\u00a0while\u00a0it\u00a0streams'),
    );
    const ended = await until(within('the end of the call'), async () => {
      const call = platform.requests[callsBefore];
      return call?.outcome === 'running' ? undefined : call;
    });
    assert.notEqual(ended.outcome, 'cancelled');
    platform.script([]);
    await workbench.runCommand('File: Revert File');
  });

  test('in a read-only file questions are answered, and an edit is refused in words', async () => {
    await workbench.openFile('stock.py');
    await workbench.runCommand('File: Set Active Editor Read-only in Session');
    await workbench.placeCursor(5);
    await chat.openByKey();

    await chat.send('what is this?');
    const asked = await chat.newest('an answer', finished);
    await chat.send('add a docstring');
    const refused = await chat.newest('the refusal', ({ text }) => /read-only/.test(text));

    assert.match(asked.text, /what is this/);
    assert.match(refused.text, /Nothing was changed/);
    assert.equal(
      await readFile(join(sample.folder, 'stock.py'), 'utf8'),
      await readFile(join(repoRoot, 'test/support/sample/stock.py'), 'utf8'),
    );
    await workbench.page.keyboard.press('Escape');
    await until(within('the chat of this file to close'), async () => (await chat.boxes.count()) === 0);
  });

  test('in a narrow window the whole box is inside, and its buttons can be reached', async () => {
    await workbench.openFile('cart.ts');
    await selectFunction();
    await chat.openByKey();
    await workbench.setSize(520, 760);
    await until(within('the box in the narrow window'), async () => {
      const box = await chat.boxes.first().boundingBox();
      return box !== null && box.x + box.width <= 520;
    });

    const send = await workbench.page.getByRole('button', { name: /^Send \(/ }).boundingBox();

    assert.ok(send !== null && send.x + send.width <= 520);
  });
});
