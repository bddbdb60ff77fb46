/** The commands that do something to the code, as a person drives them: palette, lenses, comments, keys. */
import assert from 'node:assert/strict';
import { suite, suiteSetup, suiteTeardown, teardown, test } from 'mocha';
import { type OpenedSluice, openPackagedSluice } from '../support/packagedSluice.ts';
import { keepPicture } from '../support/pictures.ts';
import { linesOf } from '../support/sampleWorkspace.ts';
import { until } from '../support/until.ts';

const within = (what: string) => ({ what, timeoutMs: 20_000 });

suite('commands on the code', () => {
  let opened: OpenedSluice;

  suiteSetup(async () => {
    opened = await openPackagedSluice();
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
});
