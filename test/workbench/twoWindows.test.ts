/** Two windows of one machine: what one takes the other sees. */
import assert from 'node:assert/strict';
import { suite, suiteSetup, suiteTeardown, teardown, test } from 'mocha';
import { type CodeServer, startCodeServer } from '../support/codeServer.ts';
import { repoRoot } from '../support/paths.ts';
import { keepPicture } from '../support/pictures.ts';
import { copySample, linesOf } from '../support/sampleWorkspace.ts';
import { dashboard, explainSelection, meter, sectionText } from '../support/sluiceViews.ts';
import { until } from '../support/until.ts';
import { Workbench } from '../support/workbench.ts';

const never = new AbortController().signal;

suite('two windows', () => {
  let sample: Awaited<ReturnType<typeof copySample>>;
  let server: CodeServer;
  let one: Workbench;
  let two: Workbench;

  suiteSetup(async () => {
    sample = await copySample();
    const limit = { platform: 'simulated', unit: 'requests', size: 10, window: '5h' };
    const settings = { 'sluice.limits': [limit] };
    server = await startCodeServer({ name: 'two-windows', extensionFolders: [repoRoot], settings }, never);
    one = await Workbench.open(server, { folder: sample.folder }, never);
    two = await Workbench.open(server, { folder: sample.folder }, never);
  });
  suiteTeardown(async () => {
    await one?.close();
    await two?.close();
    await server?.stop();
    await sample?.remove();
  });
  teardown(async function () {
    if (this.currentTest?.state !== 'failed') return;
    await keepPicture(two, this.currentTest);
  });

  async function explain(workbench: Workbench): Promise<void> {
    await workbench.openFile('cart.ts');
    await workbench.selectLines(await linesOf('bestDiscount', 'cart.ts'));
    await explainSelection(workbench);
  }

  test('the meter of a window that never asked shows what the other one was told', async () => {
    await meter(one);
    const before = await meter(two);

    await explain(one);
    const after = await meter(two, ({ text }) => /\d\s?%/.test(text));

    assert.doesNotMatch(before.text, /\d\s?%/);
    assert.match(after.text, /\d\s?%/);
  });

  test('a request in one lowers the level that the other shows', async () => {
    await explain(two);
    const view = await dashboard(two, 'ready');
    const shows = (free: number) =>
      until({ what: `${free} of 10 free`, timeoutMs: 45_000 }, async () =>
        new RegExp(`\\b${free} of 10\\b`).test(await sectionText(view, 'buckets')),
      );
    await shows(8);

    await one.runCommand('Sluice: Ask Again Without the Cache');

    await shows(7);
  });
});
