import assert from 'node:assert/strict';
import { suite, suiteSetup, suiteTeardown, test } from 'mocha';
import type { Browser } from 'playwright-core';
import type { ToPanel } from '../../src/flow/messages.ts';
import { faultsIn, type Looking } from './axe.ts';
import { launch, type PanelPage, TEXTS, withPanel } from './panelPage.ts';
import { answerStates, dashboardStates } from './stateFixture.ts';
import { THEMES, type ThemeName } from './themeFixture.ts';

interface Look {
  readonly theme: ThemeName;
  readonly width: number;
  readonly looking: Looking;
}

const THEME_NAMES = Object.keys(THEMES) as ThemeName[];
/** Colours are a theme's whatever the width, and the order and the names are a width's whatever the theme. */
const LOOKS: readonly Look[] = [
  { theme: 'dark', width: 300, looking: 'everything' },
  ...THEME_NAMES.filter((theme) => theme !== 'dark').map(
    (theme): Look => ({ theme, width: 300, looking: 'colours' }),
  ),
  { theme: 'dark', width: 600, looking: 'all but colours' },
  { theme: 'light', width: 900, looking: 'all but colours' },
];
/** More than the silence after which a snapshot is called old. Milliseconds. */
const SILENCE_MS = 20_000;

suite('panel accessibility', function () {
  this.timeout(180_000);
  let browser: Browser;

  suiteSetup(async () => {
    browser = await launch();
  });
  suiteTeardown(() => browser.close());

  for (const { theme, width, looking } of LOOKS) {
    const faultsAfter = async (panel: PanelPage, name: string, messages: readonly ToPanel[]) => {
      await panel.send(...messages);
      return (await faultsIn(panel.page, looking)).map((fault) => `${name}: ${fault}`);
    };

    test(`the dashboard in each state has no fault that axe finds (${theme}, ${width} px)`, () =>
      withPanel(browser, 'dashboard', { theme, width }, async (panel) => {
        const faults = [...(await faultsAfter(panel, 'before the texts', []))];
        faults.push(...(await faultsAfter(panel, 'loading', [TEXTS])));
        for (const [name, messages] of Object.entries(dashboardStates)) {
          faults.push(...(await faultsAfter(panel, name, messages)));
        }
        assert.deepEqual(faults, []);
      }));

    test(`the dashboard that is out of date has no fault that axe finds (${theme}, ${width} px)`, () =>
      withPanel(browser, 'dashboard', { theme, width, stopClock: true }, async (panel) => {
        await panel.send(TEXTS, ...dashboardStates.ready);
        await panel.page.clock.runFor(SILENCE_MS);
        await panel.page.clock.resume();

        assert.equal(await panel.page.locator('main').getAttribute('data-state'), 'stale');
        assert.deepEqual(await faultsAfter(panel, 'stale', []), []);
      }));

    test(`the answer in each state has no fault that axe finds (${theme}, ${width} px)`, () =>
      withPanel(browser, 'answer', { theme, width }, async (panel) => {
        const faults = [...(await faultsAfter(panel, 'before the texts', []))];
        faults.push(...(await faultsAfter(panel, 'loading', [TEXTS])));
        for (const [name, state] of Object.entries(answerStates)) {
          faults.push(...(await faultsAfter(panel, name, [{ kind: 'answer', state }])));
        }
        faults.push(...(await faultsAfter(panel, 'broken', [{ kind: 'failed', message: 'It is gone.' }])));
        assert.deepEqual(faults, []);
      }));
  }

  test('what is shown is what axe looks at: a fault that is put in is found', () =>
    withPanel(browser, 'dashboard', {}, async (panel) => {
      await panel.send(TEXTS, ...dashboardStates.ready);
      await panel.page.evaluate(() => {
        const button = document.createElement('button');
        const pale = document.createElement('p');
        pale.textContent = 'pale';
        pale.style.color = 'rgb(60, 60, 60)';
        document.querySelector('main')?.append(button, pale);
      });

      const faults = (await faultsIn(panel.page)).join('\n');

      assert.match(faults, /critical button-name/);
      assert.match(faults, /serious color-contrast/);
    }));
});
