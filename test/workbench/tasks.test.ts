/** What a person drives from the code and from the Chat view: palette, lenses, comments, keys; signed out, without a network. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, suiteSetup, suiteTeardown, teardown, test } from 'mocha';
import type { Locator } from 'playwright-core';
import { type OpenedSluice, openPackagedSluice } from '../support/packagedSluice.ts';
import { keepPicture } from '../support/pictures.ts';
import { quickInput } from '../support/quickInput.ts';
import { linesOf } from '../support/sampleWorkspace.ts';
import { dashboard, sectionText } from '../support/sluiceViews.ts';
import { until } from '../support/until.ts';

const within = (what: string) => ({ what, timeoutMs: 45_000 });

suite('commands on the code, and the Chat view', () => {
  let opened: OpenedSluice;

  suiteSetup(async () => {
    const settings = {
      'chat.utilityModel': 'sluice/sluice-auto',
      'chat.utilitySmallModel': 'sluice/sluice-auto',
    };
    opened = await openPackagedSluice({ prepare: withChanges, settings });
  });
  suiteTeardown(() => opened?.close());
  teardown(async function () {
    if (this.currentTest?.state === 'failed') await keepPicture(opened.workbench, this.currentTest);
  });

  const text = async (selector: string) =>
    (await opened.workbench.page.locator(selector).allTextContents()).join('\n').replaceAll('\u00a0', ' ');
  const lens = (title: string) =>
    opened.workbench.page.locator('.codelens-decoration a', { hasText: title }).first();
  const select = async (name: string) => {
    await opened.workbench.openFile('cart.ts');
    await opened.workbench.selectLines(await linesOf(name, 'cart.ts'));
  };

  /** The focus in the code, at the change. */
  const intoTheCode = async () => {
    await opened.workbench.runCommand('View: Focus Active Editor Group');
    await opened.workbench.page.locator('.editor-instance > .monaco-editor.focused').first().waitFor();
  };

  test('Document proposes a change at the place; a click on its lens accepts it, one undo takes it back', async () => {
    const { page } = opened.workbench;
    await select('bestDiscount');

    await opened.workbench.runCommand('Sluice: Document');
    await lens('Accept').waitFor();
    const proposed = await text('.view-lines');
    await lens('Accept').click();
    await until(within('the lens to go'), async () => (await lens('Accept').count()) === 0);
    await opened.workbench.runCommand('View: Focus Active Editor Group');
    await page.keyboard.press('Control+z');

    assert.match(proposed, /simulated description/);
    await until(within('the change to be undone'), async () =>
      /simulated description/.test(await text('.editor-instance .view-lines')) ? undefined : true,
    );
  });

  test('a review leaves comments at the lines, which are resolved and cleared', async () => {
    const { page } = opened.workbench;
    await select('total');

    await opened.workbench.runCommand('Sluice: Review Selection');
    const finding = page.locator('.review-widget', { hasText: 'is not checked' });
    await finding.waitFor();

    assert.match((await finding.textContent()) ?? '', /simulated/);
    await opened.workbench.runCommand('Sluice: Clear Review Comments');
    await finding.waitFor({ state: 'detached' });
  });

  test('tests are written into a new file beside, named after the file', async () => {
    const { page } = opened.workbench;
    await select('total');

    await opened.workbench.runCommand('Sluice: Write Tests');

    await page.locator('.tab[data-resource-name="cart.test.ts"]').waitFor();
    await lens('Ask Stronger').waitFor();
  });

  test('the keys of a change reject it, and accept it', async () => {
    const { page } = opened.workbench;
    await select('bestDiscount');
    await opened.workbench.runCommand('Sluice: Document');
    await lens('Reject').waitFor();
    await intoTheCode();
    await page.keyboard.press('Control+k');
    await page.keyboard.press('Shift+N');
    await until(within('the lens to go'), async () => (await lens('Reject').count()) === 0);
    const rejected = await text('.editor-instance .view-lines');

    await opened.workbench.runCommand('Sluice: Simplify');
    await lens('Accept').waitFor();
    await intoTheCode();
    await page.keyboard.press('Control+k');
    await page.keyboard.press('.');
    const { first } = await linesOf('bestDiscount', 'cart.ts');
    await opened.workbench.statusBarItem(
      'status.editor.selection',
      (item) => item.text === `Ln ${first}, Col 1`,
    );
    await page.keyboard.press('Control+k');
    await page.keyboard.press('y');
    await until(within('the lens to go'), async () => (await lens('Accept').count()) === 0);
    const accepted = await text('.editor-instance .view-lines');

    assert.doesNotMatch(rejected, /simulated description/);
    assert.match(accepted, /Simulated simplification/);
    await opened.workbench.runCommand('File: Revert File');
  });

  test('the lightbulb offers to fix a problem, and the change stands at it', async () => {
    const { page } = opened.workbench;
    await opened.workbench.openFile('broken.json');
    // Other files that are open have problems too.
    await page.locator('.monaco-editor[data-uri$="/broken.json"] .squiggly-error').first().waitFor();
    await opened.workbench.placeCursor(2, 10);

    await page.keyboard.press('Control+.');
    const offered = page.locator('.action-widget').getByText('Fix with Sluice', { exact: true });
    await offered.click();
    await lens('Accept').waitFor();

    assert.match(await text('.editor-instance .view-lines'), /Simulated fix/);
    await opened.workbench.runCommand('Sluice: Reject All Changes in This File');
    await until(within('the lens to go'), async () => (await lens('Accept').count()) === 0);
  });

  test('a name is picked from those that are proposed, and the language server renames', async () => {
    const { page } = opened.workbench;
    await opened.workbench.openFile('cart.ts');
    const { first } = await linesOf('bestDiscount', 'cart.ts');
    await opened.workbench.placeCursor(first, 'export function best'.length + 1);

    await opened.workbench.runCommand('Sluice: Propose Names…');
    const name = page.locator('.quick-input-list .monaco-list-row').first();
    await name.getByText('computeBestDiscount', { exact: true }).waitFor();
    const receipt = await quickInput(page).getAttribute('placeholder');
    await page.keyboard.press('Enter');

    await until(within('the new name'), async () =>
      /function computeBestDiscount\(/.test(await text('.editor-instance .view-lines')),
    );
    await opened.workbench.placeCursor((await linesOf('total', 'cart.ts')).first);
    await until(within('the new name where it is called'), async () =>
      /\* computeBestDiscount\(/.test(await text('.editor-instance .view-lines')),
    );
    assert.match(receipt ?? '', /simulated/);
    await opened.workbench.runCommand('File: Revert File');
  });

  test('a commit message stands in the box of the source control view', async () => {
    const { page } = opened.workbench;
    await page.locator('.activitybar .badge[aria-label^="Source Control"]').click();
    await page.locator('.scm-editor').first().waitFor();

    await opened.workbench.runCommand('Sluice: Write Commit Message');

    await until(within('the message'), async () => /chore: /.test(await text('.scm-editor .view-line')));
  });

  const chat = (): Locator => opened.workbench.page.locator('.interactive-session').first();
  /** Types it where a person would; the suggestions that come up are closed before it is sent. */
  const say = async (words: string): Promise<void> => {
    const { page } = opened.workbench;
    await chat().locator('.chat-editor-container .monaco-editor').first().click();
    await page.keyboard.type(words);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Enter');
  };
  const answered = (pattern: RegExp): Promise<string> =>
    until(within(`${pattern} in the chat`), async () => {
      const shown = await chat().innerText();
      return pattern.test(shown) ? shown : undefined;
    });

  test('@sluice answers a question with its receipt, and says what is left of the limits', async () => {
    await opened.workbench.runCommand('Chat: Open Chat');
    await say('@sluice what is a monad? ');
    await answered(/Simulated answer[\s\S]*\(simulated\) · \$/);

    await say('@sluice /quota ');
    // Which limit is the tightest, and so the first, changes from second to second.
    for (const limit of ['requests', 'tokens'])
      await answered(
        new RegExp(
          `is left of the tightest limit[\\s\\S]*${limit}\\s+Used: [\\s\\S]*Left: [\\s\\S]*Source: `,
        ),
      );
  });

  test("once VS Code's own chat is turned on, Sluice Auto answers it, and its helpers are shown as such", async () => {
    const { workbench } = opened;
    await workbench.runCommand("Sluice: Enable VS Code's Chat");
    await workbench.page.getByRole('button', { name: 'Turn On' }).click();
    await workbench.page.getByRole('button', { name: 'Open Chat' }).first().click();

    await say('What does the word idempotent mean?');
    await answered(/idempotent mean\? A real model would answer it here/);

    const view = await dashboard(workbench, 'ready');
    const decisions = await until(within('a helper among the decisions'), async () => {
      const shown = await sectionText(view, 'decisions');
      return shown.includes('VS Code helper') ? shown : undefined;
    });
    assert.match(decisions, /VS Code helper: (title of a chat|progress message)/);
  });
});

/** Something to commit, and a file that does not parse. */
function withChanges(folder: string): void {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: folder });
  git('init', '-q');
  git('add', '.');
  git('-c', 'user.name=a', '-c', 'user.email=a@b.c', 'commit', '-q', '-m', 'first');
  appendFileSync(join(folder, 'README.md'), '\nOpen every day but Monday.\n');
  appendFileSync(join(folder, 'broken.json'), '{\n  "open": tru,\n  "books": 3\n}\n');
}
