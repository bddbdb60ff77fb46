/** Connecting what runs on this machine, as a person does it: it is found, chosen, used and removed. */
import assert from 'node:assert/strict';
import { LLMock } from '@copilotkit/aimock';
import { suite, suiteSetup, suiteTeardown, teardown, test } from 'mocha';
import { type OpenedSluice, openPackagedSluice } from '../support/packagedSluice.ts';
import { keepPicture } from '../support/pictures.ts';
import { chooseRow, pickOption, quickInput } from '../support/quickInput.ts';
import { linesOf } from '../support/sampleWorkspace.ts';
import { type Answer, explainSelection } from '../support/sluiceViews.ts';
import { until } from '../support/until.ts';

const TOAST = { timeoutMs: 45_000 };

suite('connecting Ollama', () => {
  let mock: LLMock;
  let opened: OpenedSluice;
  let earlier: Answer | undefined;

  suiteSetup(async () => {
    mock = new LLMock({ port: 0, host: '127.0.0.1' });
    mock.onMessage(/./, { content: 'It picks the better of two discounts.' });
    await mock.start();
    opened = await openPackagedSluice({ env: { OLLAMA_HOST: `127.0.0.1:${mock.port}` } });
  });
  suiteTeardown(async () => {
    await opened?.close();
    await mock?.stop();
  });
  teardown(async function () {
    if (this.currentTest?.state === 'failed') await keepPicture(opened.workbench, this.currentTest);
  });

  const told = (what: RegExp) =>
    until({ what: `a toast like ${what}`, ...TOAST }, async () =>
      (await opened.workbench.notifications()).find((text) => what.test(text)),
    );

  test('it is marked as found, and is connected without a key', async () => {
    const { workbench } = opened;
    await workbench.openFile('cart.ts');
    await workbench.runCommand('Sluice: Connect a Platform…');
    await quickInput(workbench.page).fill('Ollama');
    const row = workbench.page.locator('.quick-input-list .monaco-list-row').first();
    await row.waitFor();
    const shown = await row.textContent();

    await pickOption(workbench.page, 'Ollama');

    assert.match(shown ?? '', /found/);
    assert.match(await told(/^Ollama is connected/), /streaming yes, usage yes/);
  });

  test('it answers, costs nothing, and the receipt names its model', async () => {
    const { workbench } = opened;
    await workbench.selectLines(await linesOf('bestDiscount', 'cart.ts'));

    const answered = await explainSelection(workbench);
    earlier = answered;
    const { text, receipt } = answered;

    assert.match(text, /the better of two discounts/);
    assert.match(receipt.get('Model') ?? '', /^(gpt|gemini|claude)-/);
    assert.equal(receipt.get('Cost'), '$0.00');
  });

  test('it is removed by hand, and the simulated platform answers again', async () => {
    const { workbench } = opened;
    await workbench.runCommand('Sluice: Manage Platforms…');
    await chooseRow(workbench.page, 'Ollama');
    await chooseRow(workbench.page, 'Remove');
    await told(/^Ollama is removed/);
    const before = mock.getRequests().length;
    await workbench.selectLines(await linesOf('bestDiscount', 'cart.ts'));

    const { receipt } = await explainSelection(workbench, earlier);

    assert.match(receipt.get('Model') ?? '', /simulated/);
    assert.equal(mock.getRequests().length, before);
  });
});
