/** axe over the real webviews, with VS Code's own styles around ours. */
import assert from 'node:assert/strict';
import { suite, suiteSetup, suiteTeardown, teardown, test } from 'mocha';
import type { Frame } from 'playwright-core';
import { faultsIn } from '../panel/axe.ts';
import { type Theme, themes } from '../support/editorSettings.ts';
import { type OpenedSluice, openPackagedSluice } from '../support/packagedSluice.ts';
import { keepPicture } from '../support/pictures.ts';
import { linesOf } from '../support/sampleWorkspace.ts';
import { dashboard, explainSelection, meter } from '../support/sluiceViews.ts';
import type { WebviewPage } from '../support/webviews.ts';

suite('accessibility in the workbench', () => {
  let opened: OpenedSluice;

  suiteSetup(async () => {
    opened = await openPackagedSluice();
  });
  suiteTeardown(() => opened?.close());
  teardown(async function () {
    if (this.currentTest?.state === 'failed') await keepPicture(opened.workbench, this.currentTest);
  });

  test('the empty dashboard and the meter have names, and axe finds no fault', async () => {
    const { label } = await meter(opened.workbench);
    const { frame } = await dashboard(opened.workbench, 'empty');
    await paintSideBar(frame);

    assert.equal(label, 'Sluice, simulated platform: no limit known yet');
    assert.deepEqual(await faultsIn(frame), []);
  });

  test('the answer and the dashboard have no fault that axe finds, in each theme', async () => {
    const { workbench } = opened;
    await workbench.openFile('cart.ts');
    await workbench.selectLines(await linesOf('bestDiscount', 'cart.ts'));
    const { view } = await explainSelection(workbench);
    const views: readonly WebviewPage[] = [view, await dashboard(workbench, 'ready')];
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
});

/** A view is transparent, so that it fits wherever it is moved; axe does not see what VS Code paints behind the frame. */
async function paintSideBar(frame: Frame): Promise<void> {
  await frame.evaluate("document.documentElement.style.background = 'var(--vscode-sideBar-background)'");
}
