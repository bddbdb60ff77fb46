/** Another display language: the palette, the meter, the views and the answers speak it. */
import assert from 'node:assert/strict';
import { suite, suiteSetup, suiteTeardown, teardown, test } from 'mocha';
import { addLanguage } from '../support/languagePack.ts';
import { type OpenedSluice, openPackagedSluice } from '../support/packagedSluice.ts';
import { keepPicture } from '../support/pictures.ts';
import { linesOf } from '../support/sampleWorkspace.ts';
import { type Answer, finishedAnswer, meter } from '../support/sluiceViews.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporaryFolder.ts';

suite('the installed package in Italian', () => {
  let data: TemporaryFolder;
  let opened: OpenedSluice;
  let answer: Answer;

  suiteSetup(async () => {
    data = await temporaryFolder();
    await addLanguage('it', data.path);
    opened = await openPackagedSluice({ dataFolder: data.path, locale: 'it' });
  });
  suiteTeardown(async () => {
    await opened?.close();
    await data?.remove();
  });
  teardown(async function () {
    if (this.currentTest?.state === 'failed') await keepPicture(opened.workbench, this.currentTest);
  });

  test('the meter and the empty dashboard are in Italian', async () => {
    const { text, label } = await meter(opened.workbench);
    await opened.workbench.runCommand('Sluice: Apri dashboard');
    const { root, frame } = await opened.workbench.webview('main[data-state="empty"]');

    assert.equal(text, '– · simulato');
    assert.equal(label, 'Sluice, piattaforma simulata: nessun limite ancora noto');
    assert.equal(await frame.locator('html').getAttribute('lang'), 'it');
    assert.match((await root.textContent()) ?? '', /Seleziona del codice .*Inizia con Sluice.*3 modelli/s);
  });

  test('a command goes by its Italian name, and its answer has an Italian receipt', async () => {
    const { workbench } = opened;
    await workbench.openFile('cart.ts');
    await workbench.selectLines(await linesOf('bestDiscount', 'cart.ts'));

    await workbench.runCommand('Sluice: Spiega selezione');
    answer = await finishedAnswer(workbench);

    assert.deepEqual([...answer.receipt.keys()], ['Modello', 'Motivo', 'Token', 'Costo', 'Tempo', 'Cache']);
    assert.match(answer.receipt.get('Motivo') ?? '', /Il modello più economico/);
    assert.equal(
      await answer.view.root.locator('button[data-action="again"]').textContent(),
      'Chiedi di nuovo',
    );
  });

  test('the dashboard writes numbers and times as Italian does', async () => {
    const { root } = await opened.workbench.webview('main[data-state="ready"]');

    const cost = await root.locator('[data-section="today"] .wide dd').textContent();

    assert.match(cost ?? '', /^0,0+\d+.\$$/);
    assert.match((await root.locator('[data-section="decisions"]').textContent()) ?? '', /Spiegazione/);
  });
});
