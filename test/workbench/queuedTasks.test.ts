/** A question whose limit is used up: queued with one click, there after a reload, asked and shown. */
import assert from 'node:assert/strict';
import { suite, suiteSetup, suiteTeardown, teardown, test } from 'mocha';
import { systemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { type SimulatedPlatform, startSimulatedPlatform } from '../../src/node/simulatedPlatform.ts';
import { catalogueOf } from '../../src/routing/catalogueData.ts';
import { startCodeServer } from '../support/codeServer.ts';
import { repoRoot } from '../support/paths.ts';
import { keepPicture } from '../support/pictures.ts';
import { answer, chooseOption } from '../support/quickInput.ts';
import { copySample, linesOf } from '../support/sampleWorkspace.ts';
import { explainSelection, finishedAnswer, meter } from '../support/sluiceViews.ts';
import { until } from '../support/until.ts';
import { Workbench } from '../support/workbench.ts';

const never = new AbortController().signal;
const within = (what: string) => ({ what, timeoutMs: 45_000 });

suite('queued tasks', () => {
  const cleanUp: (() => unknown)[] = [];
  let workbench: Workbench;
  let platform: SimulatedPlatform;

  suiteSetup(async () => {
    const models = catalogueOf('anthropic');
    platform = await startSimulatedPlatform({
      seed: 1,
      clock: systemClock,
      log: silentLog,
      latencyScale: 0,
      models,
    });
    cleanUp.push(() => platform.dispose());
    const sample = await copySample();
    cleanUp.push(() => sample.remove());
    const settings = { 'sluice.anthropic.baseUrl': platform.url };
    const server = await startCodeServer({ name: 'queued', extensionFolders: [repoRoot], settings }, never);
    cleanUp.push(() => server.stop());
    workbench = await Workbench.open(server, { folder: sample.folder }, never);
    cleanUp.push(() => workbench.close());
    await meter(workbench);
    await connect();
  });
  suiteTeardown(async () => {
    for (const end of cleanUp.splice(0).reverse()) await end();
  });
  teardown(async function () {
    if (this.currentTest?.state === 'failed') await keepPicture(workbench, this.currentTest);
  });

  async function connect(): Promise<void> {
    await workbench.runCommand('Sluice: Connect a Platform…');
    await chooseOption(workbench.page, 'Anthropic API');
    await workbench.page.getByPlaceholder('sk-ant-…').waitFor();
    await answer(workbench.page, platform.token);
    await meter(workbench, ({ text }) => !text.includes('simulated'));
  }

  test('a refused question says when there is room again, and is queued until then', async () => {
    await workbench.openFile('cart.ts');
    await workbench.selectLines(await linesOf('bestDiscount', 'cart.ts'));
    platform.script([{ fault: { kind: 'rate-limited', retryAfterS: 3_600 }, times: 'always' }]);

    await workbench.runCommand('Sluice: Explain Selection');
    const view = await until(within('a refusal'), async () => {
      const found = await workbench.webview('main[data-phase="failed"]', 1_000).catch(() => undefined);
      return found;
    });
    const refusal = (await view.root.textContent()) ?? '';
    await view.root.getByRole('button', { name: 'Queue Until Then' }).click();
    const queued = await until(within('the view to say that it is queued'), async () => {
      const text = (await (await workbench.webview('main[data-phase]')).root.textContent()) ?? '';
      return text.includes('it is asked by itself at') ? text : undefined;
    });

    assert.match(refusal, /Room again at (\p{L}+ )?\d/u, 'tomorrow has its day');
    assert.doesNotMatch(queued, /Queue Until Then/);
  });

  test('it is there after a reload; run now, its answer is shown', async () => {
    const { page } = workbench;
    platform.script([]);
    const loaded = page.waitForEvent('load');
    await workbench.runCommand('Developer: Reload Window');
    await loaded;
    await meter(workbench, ({ text }) => !text.includes('simulated'));

    await workbench.runCommand('Sluice: Show Queued Tasks…');
    const row = page.locator('.quick-input-list .monaco-list-row').first();
    await row.waitFor();
    const listed = (await row.textContent()) ?? '';
    await page.keyboard.press('Enter');
    await page.locator('.quick-input-list').getByText('Run Now').waitFor();
    await page.keyboard.press('Enter');
    // Where it stays: a toast goes by itself after some seconds.
    await workbench.runCommand('Notifications: Show Notifications');
    await page.locator('.notifications-center').getByRole('button', { name: 'Show Answer' }).click();
    const shown = await finishedAnswer(workbench);

    assert.match(listed, /Explain/);
    assert.match(listed, /at .*\d/);
    assert.match(shown.text, /bestDiscount/);
    assert.match(shown.receipt.get('Cache') ?? '', /memory/i, 'what was shown had been answered already');
  });

  test('then the queue is empty, and a new question goes its usual way', async () => {
    await workbench.runCommand('Sluice: Show Queued Tasks…');
    const none = await until(within('the word that nothing is queued'), async () =>
      (await workbench.notifications()).find((text) => text.includes('No task is queued')),
    );
    // The answer that is shown goes, so that the next one is not taken for it.
    await workbench.runCommand('View: Close All Editors');
    await workbench.openFile('cart.ts');
    await workbench.selectLines(await linesOf('bestDiscount', 'cart.ts'));
    const { text } = await explainSelection(workbench);

    assert.ok(none);
    assert.match(text, /bestDiscount/);
  });
});
