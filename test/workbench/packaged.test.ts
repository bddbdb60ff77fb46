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
    const [folder = '', ...others] = found('extensions/*/').filter((path) => /sluice/.test(path));

    assert.deepEqual(others, []);
    assert.ok(lstatSync(folder).isDirectory(), `${folder} is a link`);
    assert.match(readFileSync(join(folder, 'dist/licenses.txt'), 'utf8'), /MIT/);
  });

  test('a file is opened and a function explained', async () => {
    const { workbench } = opened;
    await workbench.openFile('cart.ts');
    await workbench.selectLines(await linesOf('bestDiscount', 'cart.ts'));

    const { view, text, receipt } = await explainSelection(workbench);

    assert.match(text, /bestDiscount/);
    assert.match(receipt.get('Model') ?? '', /simulated/i);
    assert.equal(await styleSheets(view), 2);
  });

  test('the dashboard shows it, and the history is on disk', async () => {
    const view = await dashboard(opened.workbench, 'ready');

    assert.equal((await figures(view, 'today')).get('Requests'), '1');
    assert.equal(await styleSheets(view), 2);
    await until({ what: 'the history', timeoutMs: 5_000 }, () =>
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

/** Those that are in effect: a file that is missing is a sheet without rules. */
async function styleSheets({ root }: WebviewPage): Promise<unknown> {
  return root.evaluate(({ ownerDocument }) =>
    [...ownerDocument.styleSheets].map((x) => {let n: unknown; try {n=x.cssRules.length} catch(e) {n=String(e)} return [x.href,n]}),
  );
}
