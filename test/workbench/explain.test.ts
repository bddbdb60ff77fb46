/** The main way through Sluice, as a person goes it: select, explain, read the receipt, ask again. */
import assert from 'node:assert/strict';
import { suite, suiteSetup, suiteTeardown, teardown, test } from 'mocha';
import { type OpenedSluice, openPackagedSluice } from '../support/packagedSluice.ts';
import { keepPicture } from '../support/pictures.ts';
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
import { until } from '../support/until.ts';

suite('explaining a selection', () => {
  let opened: OpenedSluice;
  let first: Answer;

  suiteSetup(async () => {
    opened = await openPackagedSluice();
  });
  suiteTeardown(() => opened?.close());
  teardown(async function () {
    if (this.currentTest?.state === 'failed') await keepPicture(opened.workbench, this.currentTest);
  });

  test('without a key, an answer streams in whose receipt names a simulated model', async () => {
    const { workbench } = opened;
    await workbench.openFile('cart.ts');
    await workbench.selectLines(await linesOf('bestDiscount', 'cart.ts'));

    first = await explainSelection(workbench);

    assert.match(first.text, /bestDiscount/);
    assert.match(first.receipt.get('Model') ?? '', /simulated/i);
    assert.equal(isMemoryHit(first.receipt), false);
    for (const label of ['Why', 'Tokens', 'Cost', 'Time']) assert.ok(first.receipt.get(label), label);
  });

  test('the meter in the status bar has a level, and says that it is simulated', async () => {
    const { label, text } = await meter(opened.workbench, (item) => /\d %|\d%/.test(item.text));

    assert.match(`${text} ${label}`, /simulated/i);
  });

  test('the dashboard counts the request', async () => {
    const view = await dashboard(opened.workbench, 'ready');

    assert.equal((await figures(view, 'today')).get('Requests'), '1');
    assert.equal((await levelFigures(view, 'memory')).get('Misses'), '1');
    assert.match(await sectionText(view, 'decisions'), /explain/i);
  });

  test('the same question again comes from the cache, and the dashboard shows the hit', async () => {
    const { workbench } = opened;

    const second = await explainSelection(workbench, first);

    assert.ok(isMemoryHit(second.receipt), JSON.stringify([...second.receipt]));
    const view = await dashboard(workbench, 'ready');
    await until({ what: 'the dashboard to show the hit', timeoutMs: 45_000 }, async () => {
      const caches = await levelFigures(view, 'memory');
      return caches.get('Hits') === '1' && caches.get('Misses') === '1';
    });
    assert.equal((await figures(view, 'today')).get('Requests'), '2');
  });
});
