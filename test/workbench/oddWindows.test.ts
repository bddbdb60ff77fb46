/** Windows that are not as they should be: nothing is lost, nothing is trusted, and the person is told. */
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, teardown, test } from 'mocha';
import { systemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { startSimulatedPlatform } from '../../src/node/simulatedPlatform.ts';
import { catalogueOf } from '../../src/routing/catalogueData.ts';
import { type CodeServerOptions, startCodeServer } from '../support/codeServer.ts';
import { profileIn } from '../support/editorProfile.ts';
import { repoRoot } from '../support/paths.ts';
import { keepPicture } from '../support/pictures.ts';
import { answer, chooseOption } from '../support/quickInput.ts';
import { copySample, linesOf } from '../support/sampleWorkspace.ts';
import { dashboard, explainSelection, figures, finishedAnswer, meter } from '../support/sluiceViews.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { until } from '../support/until.ts';
import { writeVirtualExtension } from '../support/virtualFiles.ts';
import { Workbench } from '../support/workbench.ts';

const never = new AbortController().signal;
const within = (what: string) => ({ what, timeoutMs: 45_000 });

suite('windows that are not as they should be', () => {
  const cleanUp: (() => unknown)[] = [];
  let workbench: Workbench;

  /** Sluice from its sources, in a window on `folder`, or on none. */
  async function open(
    folder: string | undefined,
    options: Partial<CodeServerOptions> = {},
  ): Promise<Workbench> {
    const server = await startCodeServer(
      { name: 'odd-windows', extensionFolders: [repoRoot], ...options },
      never,
    );
    cleanUp.push(() => server.stop());
    workbench = await Workbench.open(server, folder === undefined ? {} : { folder }, never);
    cleanUp.push(() => workbench.close());
    // The palette lists what is there when it opens.
    await meter(workbench);
    return workbench;
  }

  async function sampleFolder(): Promise<string> {
    const sample = await copySample();
    cleanUp.push(() => sample.remove());
    return sample.folder;
  }

  /** An extension that brings a file system of its own, with one file. */
  async function virtualWorkspaces(): Promise<string> {
    const { path, remove } = await temporaryFolder();
    cleanUp.push(remove);
    await writeVirtualExtension(path);
    return path;
  }

  async function selectFunction(): Promise<void> {
    await workbench.openFile('cart.ts');
    await workbench.selectLines(await linesOf('bestDiscount', 'cart.ts'));
  }

  teardown(async function () {
    if (this.currentTest?.state === 'failed') await keepPicture(workbench, this.currentTest);
    for (const end of cleanUp.splice(0).reverse()) await end();
  });

  test('without a folder and without any file, the dashboard says what to do and the command what is missing; then an unsaved file is explained, and one that is nowhere on a disk', async () => {
    const virtual = await virtualWorkspaces();
    const { page } = await open(undefined, { extensionFolders: [repoRoot, virtual] });

    const { root } = await dashboard(workbench, 'empty');
    await root.getByRole('button', { name: 'Explain Selection' }).click();
    const told = await until(within('a notification'), async () =>
      (await workbench.notifications()).find((text) => text.includes('text file')),
    );
    const shown = (await root.textContent()) ?? '';
    await workbench.runCommand('File: New Untitled Text File');
    await page.keyboard.type('function half(value) { return value / 2; }');
    const unsaved = await explainSelection(workbench);
    await workbench.runCommand('Virtual: Open Folder');
    await page.getByText('cart.virtual.ts').first().dblclick();
    await page.locator('.tab.active[data-resource-name="cart.virtual.ts"]').waitFor();
    await page.locator('.monaco-editor[data-uri$="cart.virtual.ts"] .view-line').first().waitFor();
    await workbench.runCommand('Select All');
    const ofNoDisk = await explainSelection(workbench, unsaved);
    const view = await dashboard(workbench, 'ready');

    assert.match(told, /Open a text file and select some code first/);
    assert.match(shown, /Select some code and ask about it/);
    assert.match(unsaved.text, /half/);
    assert.match(ofNoDisk.text, /virtually/);
    for (const { receipt } of [unsaved, ofNoDisk]) assert.match(receipt.get('Model') ?? '', /simulated/);
    assert.equal((await figures(view, 'today')).get('Requests'), '2');
  });

  test('a rule and an address of a workspace count only when it is trusted; a stronger model that is not there keeps the answer that is', async () => {
    const folder = await sampleFolder();
    await mkdir(join(folder, '.vscode'));
    const settings = {
      'sluice.routing.rules': [{ task: 'explain', model: 'simulated/sim-powerful' }],
      'sluice.anthropic.baseUrl': 'http://127.0.0.1:9/stolen',
    };
    await writeFile(join(folder, '.vscode/settings.json'), JSON.stringify(settings));
    await open(folder, {
      askForTrust: true,
      settings: { 'security.workspace.trust.startupPrompt': 'never' },
    });
    await selectFunction();

    const restricted = await explainSelection(workbench);
    await workbench.runCommand('Workspaces: Manage Workspace Trust');
    await trustFolder(workbench);
    await workbench.runCommand('Sluice: Ask Again Without the Cache');
    const trusted = await until(within('an answer by the rule'), async () => {
      const view = await workbench.webview('main[data-phase="done"]');
      const text = (await view.root.textContent()) ?? '';
      return text.includes('sim-powerful') ? text : undefined;
    });
    await workbench.runCommand('Sluice: Ask a Stronger Model');
    const refused = await until(within('the refusal'), async () => {
      const text = (await restricted.view.root.textContent()) ?? '';
      return text.includes('no stronger model') ? text : undefined;
    });

    assert.match(restricted.receipt.get('Model') ?? '', /sim-fast/);
    assert.match(trusted, /Your routing rule names/);
    assert.match(refused, /The earlier answer is kept/);
    assert.match(refused, /bestDiscount/);
    assert.match(refused, /sim-powerful/);
  });

  test('a storage folder that cannot be written is told once, and requests work', async () => {
    const data = await temporaryFolder();
    cleanUp.push(() => data.remove());
    const storage = join(profileIn(data.path).userDataFolder, 'User/globalStorage');
    await mkdir(storage, { recursive: true });
    await writeFile(join(storage, 'sluice.sluice'), 'a file where the folder should be');
    await open(await sampleFolder(), { dataFolder: data.path });
    await selectFunction();

    const { receipt } = await explainSelection(workbench);
    const told = await until(within('a notification'), async () =>
      (await workbench.notifications()).find((text) => text.includes('usage history')),
    );
    const view = await dashboard(workbench, 'ready');
    const shown = await view.root.textContent();

    assert.ok(receipt.get('Model'));
    assert.match(told, /cannot be written/);
    assert.match(shown ?? '', /usage history cannot be written/);
  });

  test('a key is refused with a clear message and not kept; a good one connects; a costly request is asked about; closing the window ends the call', async () => {
    const options = {
      seed: 1,
      clock: systemClock,
      log: silentLog,
      latencyScale: 0,
      models: catalogueOf('anthropic'),
    };
    const platform = await startSimulatedPlatform(options);
    cleanUp.push(() => platform.dispose());
    const settings = { 'sluice.anthropic.baseUrl': platform.url, 'sluice.request.confirmAboveUsd': 0 };
    const { page } = await open(await sampleFolder(), { settings });
    const question = page.locator('.monaco-dialog-box');
    const send = question.getByRole('button', { name: 'Send', exact: true });
    const typeKey = async (key: string) => {
      await page.getByPlaceholder('sk-ant-…').waitFor();
      await answer(page, key);
    };

    await workbench.runCommand('Sluice: Connect a Platform…');
    await chooseOption(page, 'Anthropic API');
    await typeKey('not-the-key');
    const refusal = await until(within('a refusal'), async () =>
      (await workbench.notifications()).find((text) => text.includes('refused the key')),
    );
    await page.getByRole('button', { name: 'Try Again' }).click();
    await typeKey(platform.token);
    await meter(workbench, ({ text }) => !text.includes('simulated'));
    await selectFunction();
    const callsBefore = platform.requests.length;
    await workbench.runCommand('Sluice: Explain Selection');
    const asked = await question.textContent();
    await question.getByRole('button', { name: 'Cancel', exact: true }).click();
    const { root } = await workbench.webview('main[data-phase="failed"]');
    const kept = (await root.textContent()) ?? '';
    const calls = platform.requests.length - callsBefore;
    await workbench.runCommand('Sluice: Explain Selection');
    await send.click();
    const { receipt } = await finishedAnswer(workbench);
    platform.script([{ fault: { kind: 'hang', afterChunks: 2 } }]);
    await workbench.runCommand('Sluice: Ask Again Without the Cache');
    await send.click();
    await until(within('a running call'), async () => platform.requests.at(-1)?.outcome === 'running');
    await workbench.runCommand('Developer: Reload Window');
    const ended = await until(within('the call to end'), async () => {
      const last = platform.requests.at(-1);
      return last?.outcome === 'running' ? undefined : last;
    });

    assert.match(refusal, /Nothing was stored/);
    assert.match(asked ?? '', /Send this to .*Haiku.*It may cost up to \$/);
    assert.equal(calls, 0);
    assert.match(kept, /Not sent/);
    assert.equal(receipt.get('Model'), 'claude-haiku-5-5');
    assert.equal(ended.outcome, 'cancelled');
  });
});

/** Presses the button of the trust editor, which lies over the whole window, and closes it. */
async function trustFolder({ page }: Workbench): Promise<void> {
  await page.getByRole('button', { name: 'Trust', exact: true }).click();
  const trusted = page.getByText('You trust this folder');
  await trusted.waitFor();
  await page
    .locator('.modal-editor-part .codicon-close, .monaco-modal-editor-block .codicon-close')
    .last()
    .click();
  await trusted.waitFor({ state: 'hidden' });
}
