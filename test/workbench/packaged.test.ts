/** Sluice as a user installs it, and the main way through it: select, explain, read the receipt, ask again. */
import assert from 'node:assert/strict';
import { globSync, lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LLMock } from '@copilotkit/aimock';
import { suite, suiteSetup, suiteTeardown, teardown, test } from 'mocha';
import type { Frame } from 'playwright-core';
import { faultsIn } from '../panel/axe.ts';
import { type Theme, themes } from '../support/editorSettings.ts';
import { type OpenedSluice, openPackagedSluice } from '../support/packagedSluice.ts';
import { keepPicture } from '../support/pictures.ts';
import { chooseRow, pickOption, quickInput } from '../support/quickInput.ts';
import { linesOf } from '../support/sampleWorkspace.ts';
import {
  type Answer,
  dashboard,
  explainSelection,
  figures,
  isMemoryHit,
  levelFigures,
  meter,
  sectionText,
} from '../support/sluiceViews.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporaryFolder.ts';
import { until } from '../support/until.ts';
import type { WebviewPage } from '../support/webviews.ts';

const timeoutMs = 45_000;

suite('the installed package', () => {
  let data: TemporaryFolder;
  let mock: LLMock;
  let opened: OpenedSluice;
  let last: Answer;
  const found = (pattern: string) =>
    globSync(pattern, { cwd: data.path }).map((file) => join(data.path, file));
  const told = (what: RegExp) =>
    until({ what: `a toast like ${what}`, timeoutMs }, async () =>
      (await opened.workbench.notifications()).find((text) => what.test(text)),
    );

  suiteSetup(async () => {
    data = await temporaryFolder();
    mock = new LLMock({ port: 0, host: '127.0.0.1' });
    mock.onMessage(/./, { content: 'It picks the better of two discounts.' });
    await mock.start();
    const env = { OLLAMA_HOST: `127.0.0.1:${mock.port}` };
    opened = await openPackagedSluice({ dataFolder: data.path, env });
  });
  suiteTeardown(async () => {
    await opened?.close();
    await mock?.stop();
    await data?.remove();
  });
  teardown(async function () {
    if (this.currentTest?.state === 'failed') await keepPicture(opened.workbench, this.currentTest);
  });

  test('it is a folder of its own, with the licences of what it was built from', () => {
    const [folder = '', ...others] = found('extensions/sluice.*');

    assert.deepEqual(others, []);
    assert.ok(lstatSync(folder).isDirectory(), `${folder} is a link`);
    assert.match(readFileSync(join(folder, 'dist/licenses.txt'), 'utf8'), /MIT/);
  });

  test('the empty dashboard and the meter have names, and axe finds no fault', async () => {
    const { label } = await meter(opened.workbench);
    const { frame } = await dashboard(opened.workbench, 'empty');
    await paintSideBar(frame);

    assert.equal(label, 'Sluice, simulated platform: no limit known yet');
    assert.deepEqual(await faultsIn(frame), []);
  });

  test('without a key, an answer streams in whose receipt names a simulated model', async () => {
    const { workbench } = opened;
    await workbench.openFile('cart.ts');
    await workbench.selectLines(await linesOf('bestDiscount', 'cart.ts'));

    last = await explainSelection(workbench);

    assert.match(last.text, /bestDiscount/);
    assert.match(last.receipt.get('Model') ?? '', /simulated/i);
    assert.equal(isMemoryHit(last.receipt), false);
    for (const label of ['Why', 'Tokens', 'Cost', 'Time']) assert.ok(last.receipt.get(label), label);
    assert.deepEqual(await style(last.view), { size: '0.923em', padding: '20px' });
  });

  test('the meter in the status bar has a level, and says that it is simulated', async () => {
    const { label, text } = await meter(opened.workbench, (item) => /\d %|\d%/.test(item.text));

    assert.match(`${text} ${label}`, /simulated/i);
  });

  test('the dashboard counts the request, and the history is on disk', async () => {
    const view = await dashboard(opened.workbench, 'ready');

    assert.equal((await figures(view, 'today')).get('Requests'), '1');
    assert.equal((await levelFigures(view, 'memory')).get('Misses'), '1');
    assert.match(await sectionText(view, 'decisions'), /explain/i);
    assert.deepEqual(await style(view), { size: '0.923em', padding: '12px' });
    await until({ what: 'the history', timeoutMs }, () =>
      found('user/User/globalStorage/sluice.sluice/*.db').some((file) => lstatSync(file).size > 0),
    );
  });

  test('the same question again comes from the cache, and the dashboard shows the hit', async () => {
    const { workbench } = opened;

    last = await explainSelection(workbench, last);

    assert.ok(isMemoryHit(last.receipt), JSON.stringify([...last.receipt]));
    const view = await dashboard(workbench, 'ready');
    await until({ what: 'the dashboard to show the hit', timeoutMs }, async () => {
      const caches = await levelFigures(view, 'memory');
      return caches.get('Hits') === '1' && caches.get('Misses') === '1';
    });
    assert.equal((await figures(view, 'today')).get('Requests'), '2');
  });

  test('the answer and the dashboard have no fault that axe finds, in each theme', async () => {
    const { workbench } = opened;
    const views: readonly WebviewPage[] = [last.view, await dashboard(workbench, 'ready')];
    const faults: string[] = [];
    for (const { frame } of views) await paintSideBar(frame);

    for (const theme of Object.keys(themes) as Theme[]) {
      await workbench.setTheme(theme);
      for (const { frame } of views) {
        await frame.locator(`body.${themes[theme].webviewMarker}`).waitFor();
        faults.push(...(await faultsIn(frame)).map((fault) => `${theme}: ${fault}`));
      }
    }

    assert.deepEqual(faults, []);
  });

  test('Ollama is marked as found, and is connected without a key', async () => {
    const { workbench } = opened;
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
    await workbench.selectLines(await linesOf('subtotal', 'cart.ts'));

    last = await explainSelection(workbench, last);

    assert.match(last.text, /the better of two discounts/);
    assert.match(last.receipt.get('Model') ?? '', /^(gpt|gemini|claude)-/);
    assert.equal(last.receipt.get('Cost'), '$0.00');
  });

  test('it is removed by hand, and the simulated platform answers again', async () => {
    const { workbench } = opened;
    await workbench.runCommand('Sluice: Manage Platforms…');
    await chooseRow(workbench.page, 'Ollama');
    await chooseRow(workbench.page, 'Remove');
    await told(/^Ollama is removed/);
    const before = mock.getRequests().length;
    await workbench.selectLines(await linesOf('total', 'cart.ts'));

    const { receipt } = await explainSelection(workbench, last);

    assert.match(receipt.get('Model') ?? '', /simulated/);
    assert.equal(mock.getRequests().length, before);
  });

  test('nothing of it failed on the way', () => {
    const logs = found('user/logs/**/*.log').map((file) => readFileSync(file, 'utf8'));
    const lines = logs.flatMap((text) => text.split('\n'));

    const failures = lines.filter((line) => /\[(error|warning)\]/.test(line) && /sluice/i.test(line));

    assert.ok(
      lines.some((line) => /sluice\.sluice/.test(line)),
      'no log names the extension',
    );
    assert.deepEqual(failures, []);
  });
});

/** A view is transparent, so that it fits wherever it is moved; axe does not see what VS Code paints behind the frame. */
async function paintSideBar(frame: Frame): Promise<void> {
  await frame.evaluate("document.documentElement.style.background = 'var(--vscode-sideBar-background)'");
}

/** From both of its style sheets: `panel.css` declares the size, the view's own one the padding of `main`. */
async function style({ root }: WebviewPage): Promise<{ size: string; padding: string }> {
  return root.evaluate((main) => {
    const { defaultView } = main.ownerDocument;
    const computed = defaultView.getComputedStyle(main);
    return { size: computed.getPropertyValue('--small'), padding: computed.paddingLeft };
  });
}
