/** Sluice as a user installs it: the package alone, in an editor that never saw the sources. */
import assert from 'node:assert/strict';
import { globSync, lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, suiteSetup, suiteTeardown, teardown, test } from 'mocha';
import { type OpenedSluice, openPackagedSluice } from '../support/packagedSluice.ts';
import { keepPicture } from '../support/pictures.ts';
import { linesOf } from '../support/sampleWorkspace.ts';
import { dashboard, explainSelection, figures } from '../support/sluiceViews.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporaryFolder.ts';
import { until } from '../support/until.ts';
import type { WebviewPage } from '../support/webviews.ts';

suite('the installed package', () => {
  let data: TemporaryFolder;
  let opened: OpenedSluice;
  const found = (pattern: string) =>
    globSync(pattern, { cwd: data.path }).map((file) => join(data.path, file));

  suiteSetup(async () => {
    data = await temporaryFolder();
    opened = await openPackagedSluice({ dataFolder: data.path });
  });
  suiteTeardown(async () => {
    await opened?.close();
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

  test('a file is opened and a function explained', async () => {
    const { workbench } = opened;
    await workbench.openFile('cart.ts');
    await workbench.selectLines(await linesOf('bestDiscount', 'cart.ts'));

    const { view, text, receipt } = await explainSelection(workbench);
    const { size, padding } = await style(view);

    assert.match(text, /bestDiscount/);
    assert.match(receipt.get('Model') ?? '', /simulated/i);
    assert.deepEqual([size, padding], ['0.923em', '20px']);
  });

  test('the dashboard shows it, and the history is on disk', async () => {
    const view = await dashboard(opened.workbench, 'ready');
    const { size, padding } = await style(view);

    assert.equal((await figures(view, 'today')).get('Requests'), '1');
    assert.deepEqual([size, padding], ['0.923em', '12px']);
    await until({ what: 'the history', timeoutMs: 45_000 }, () =>
      found('user/User/globalStorage/sluice.sluice/*.db').some((file) => lstatSync(file).size > 0),
    );
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

/** From both of its style sheets: `panel.css` declares the size, the view's own one the padding of `main`. */
async function style({ root }: WebviewPage): Promise<{ size: string; padding: string }> {
  return root.evaluate((main) => {
    const { defaultView } = main.ownerDocument;
    const computed = defaultView.getComputedStyle(main);
    return { size: computed.getPropertyValue('--small'), padding: computed.paddingLeft };
  });
}
