/** Two windows of one machine: what one takes the other sees. */
import assert from 'node:assert/strict';
import { suite, suiteSetup, suiteTeardown, teardown, test } from 'mocha';
import { type CodeServer, startCodeServer } from '../support/codeServer.ts';
import { repoRoot } from '../support/paths.ts';
import { keepPicture } from '../support/pictures.ts';
import { copySample, linesOf } from '../support/sampleWorkspace.ts';
import { type Answer, dashboard, explainSelection, meter, sectionText } from '../support/sluiceViews.ts';
import { until } from '../support/until.ts';
import { Workbench } from '../support/workbench.ts';

const never = new AbortController().signal;

suite('two windows', () => {
  let sample: Awaited<ReturnType<typeof copySample>>;
  let server: CodeServer;
  let one: Workbench;
  let two: Workbench;
  let lastOfOne: Answer;
  let lastOfTwo: Answer;

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

  async function explain(workbench: Workbench, name: string, before?: Answer): Promise<Answer> {
    await workbench.openFile('cart.ts');
    await workbench.selectLines(await linesOf(name, 'cart.ts'));
    return explainSelection(workbench, before);
  }

  test('the meter of a window that never asked shows what the other one was told', async () => {
    await meter(one);
    const before = await meter(two);

    lastOfOne = await explain(one, 'bestDiscount');
    const after = await meter(two, ({ text }) => /\d\s?%/.test(text));

    assert.doesNotMatch(before.text, /\d\s?%/);
    assert.match(after.text, /\d\s?%/);
  });

  test('a request in one lowers the level that the other shows', async () => {
    lastOfTwo = await explain(two, 'subtotal');
    const view = await dashboard(two, 'ready');
    const shows = (free: number) =>
      until({ what: `${free} of 10 free`, timeoutMs: 45_000 }, async () =>
        new RegExp(`\\b${free} of 10\\b`).test(await sectionText(view, 'buckets')),
      );
    await shows(8);

    await one.runCommand('Sluice: Ask Again Without the Cache');

    await shows(7);
  });

  test('what one was answered, the other has from the disk, and no level falls', async () => {
    lastOfTwo = await explain(two, 'bestDiscount', lastOfTwo);
    const { receipt } = lastOfTwo;

    const view = await dashboard(two, 'ready');

    assert.match(receipt.get('Cache') ?? '', /Hit on disk/);
    assert.match(await sectionText(view, 'buckets'), /\b7 of 10\b/);
  });

  test('both answer at the same time, and neither loses what it writes', async () => {
    const answers = await Promise.all([explain(one, 'total', lastOfOne), explain(two, 'total', lastOfTwo)]);

    for (const { receipt } of answers) assert.match(receipt.get('Model') ?? '', /simulated/);
    for (const window of [one, two]) {
      const { root } = await dashboard(window, 'ready');
      const shown = (await root.textContent()) ?? '';
      assert.match(shown, /Explain/);
      assert.doesNotMatch(shown, /cannot be written/);
    }
  });
});
