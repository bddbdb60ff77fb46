/** Working without a mouse, with other colours, larger, and while everything is redrawn. */
import assert from 'node:assert/strict';
import { suite, suiteSetup, suiteTeardown, test } from 'mocha';
import type { Browser } from 'playwright-core';
import type { ToPanel } from '../../src/flow/messages.ts';
import { ANSWER_ACTIONS } from '../../src/flow/messages.ts';
import { launch, type PageOptions, type PanelPage, TEXTS, type View, withPanel } from './panelPage.ts';
import { answerStates, dashboardStates, doneAnswer, fullSnapshot } from './stateFixture.ts';
import { THEMES, type ThemeName } from './themeFixture.ts';

const SNAPSHOT: ToPanel = { kind: 'snapshot', snapshot: { ...fullSnapshot, notices: [] } };
const ANSWER: ToPanel = { kind: 'answer', state: { ...doneAnswer, actions: ANSWER_ACTIONS } };
const FULL: Readonly<Record<View, ToPanel>> = { dashboard: SNAPSHOT, answer: ANSWER };
const THEME_NAMES = Object.keys(THEMES) as ThemeName[];

suite('panel operation', function () {
  this.timeout(90_000);
  let browser: Browser;

  suiteSetup(async () => {
    browser = await launch();
  });
  suiteTeardown(() => browser.close());

  const withView = (view: View, options: PageOptions, run: (panel: PanelPage) => Promise<void>) =>
    withPanel(browser, view, options, run);

  for (const view of ['dashboard', 'answer'] as const) {
    test(`Tab goes through every control of the ${view} once, from top to bottom, and ends`, () =>
      withView(view, { width: 600 }, async (panel) => {
        await panel.send(TEXTS, FULL[view]);

        const order = await tabOrder(panel);

        assert.equal(
          order.length,
          await panel.page.locator('button, summary, a[href], [tabindex="0"]').count(),
        );
        assert.ok(order.length >= 8);
        const tops = order.map(({ place }) => place);
        assert.deepEqual(
          tops,
          tops.toSorted((a, b) => a - b),
        );
        assert.deepEqual(
          order.filter(({ name }) => name === ''),
          [],
        );
      }));

    for (const theme of THEME_NAMES) {
      test(`where the focus is can be seen at each control of the ${view} (${theme})`, () =>
        withView(view, { theme, width: 600 }, async (panel) => {
          await panel.send(TEXTS, FULL[view]);

          const unseen = (await tabOrder(panel)).filter(({ outline }) => !/^[1-9].* solid /.test(outline));

          assert.deepEqual(unseen, []);
        }));
    }

    test(`the ${view} at 300 px and 200 % has all its words inside the window`, () =>
      withView(view, { width: 300, zoom: 2 }, async (panel) => {
        for (const messages of statesOf(view)) {
          await panel.send(TEXTS, ...messages);

          assert.ok((await panel.overflow()) <= 0);
          assert.deepEqual(await cutWords(panel), []);
        }
      }));
  }

  test('in the system’s own high contrast the charts have the system’s colours', () =>
    withView('dashboard', { forcedColors: true }, async (panel) => {
      await panel.send(TEXTS, SNAPSHOT);

      const system = await panel.page.evaluate(() => {
        const probe = document.body.appendChild(document.createElement('i'));
        return ['Highlight', 'GrayText', 'CanvasText'].map((name) => {
          probe.style.color = name;
          return getComputedStyle(probe).color;
        });
      });
      const used = await panel.page
        .locator('rect, path, polygon, line, polyline')
        .evaluateAll((all) =>
          all.map((shape) => getComputedStyle(shape)[/line$/.test(shape.tagName) ? 'stroke' : 'fill']),
        );

      assert.ok(used.length > 20);
      assert.deepEqual(
        used.filter((colour) => !system.includes(colour)),
        [],
      );
    }));

  test('with reduced motion nothing moves by itself, with or without VS Code’s own setting', async () => {
    for (const reducedMotion of [true, false]) {
      await withView('answer', { reducedMotion }, async (panel) => {
        await panel.send(TEXTS, { kind: 'answer', state: answerStates.waiting });
        await panel.page.evaluate(
          (own) => document.body.classList.toggle('vscode-reduce-motion', own),
          !reducedMotion,
        );

        const running = await panel.page.evaluate(
          () => document.getAnimations().filter(({ playState }) => playState === 'running').length,
        );

        assert.equal(running, 0);
      });
    }
  });

  test('a snapshot that cannot be drawn is told with a way to the log, and the next one ends it', async () => {
    const panel = await openBroken();
    try {
      assert.equal(await panel.page.locator('main').getAttribute('data-state'), 'error');
      assert.match((await panel.page.getByRole('alert').textContent()) ?? '', /cannot be brought up to date/);
      await panel.page.getByRole('button', { name: 'Show Log' }).click();
      assert.deepEqual((await panel.posted()).at(-1), { kind: 'command', command: 'log' });
      assert.equal(panel.errors.length, 1);
      await panel.send(SNAPSHOT);
      assert.equal(await panel.page.locator('main').getAttribute('data-state'), 'ready');
    } finally {
      await panel.close();
    }
  });

  test('when the extension falls silent the figures are marked with their age, nothing moves, and news ends it', () =>
    withView('dashboard', { stopClock: true, height: 3000 }, async (panel) => {
      const state = () => panel.page.locator('main').getAttribute('data-state');
      await panel.send(TEXTS, SNAPSHOT);
      const row = panel.page.locator('[data-id="d998"]');
      const before = await row.boundingBox();

      await panel.page.clock.runFor(9_900);
      assert.equal(await state(), 'ready');
      await panel.page.clock.runFor(100);

      assert.equal(await state(), 'stale');
      assert.deepEqual(await row.boundingBox(), before);
      const told = panel.page.locator('.staleness [role=status]');
      assert.match((await told.textContent()) ?? '', /stopped sending/);
      const age = panel.page.locator('.staleness .aside');
      assert.match((await age.textContent()) ?? '', /10 s ago/);
      const spoken = await told.evaluateHandle((element) => {
        const list: string[] = [];
        new MutationObserver(() => list.push(element.textContent ?? '')).observe(element, {
          childList: true,
          characterData: true,
          subtree: true,
        });
        return list;
      });
      await panel.page.clock.runFor(60_000);
      assert.match((await age.textContent()) ?? '', /1 min ago/);
      assert.deepEqual(await spoken.jsonValue(), []);
      await panel.send(SNAPSHOT);
      assert.equal(await state(), 'ready');
      assert.equal(await age.count(), 0);
    }));

  test('a host that never sends is told too', () =>
    withView('dashboard', { stopClock: true }, async (panel) => {
      await panel.send(TEXTS);
      assert.equal(await panel.page.locator('.nothing').textContent(), 'Loading…');

      await panel.page.clock.runFor(30_000);

      assert.match((await panel.page.locator('.nothing').textContent()) ?? '', /not answered for 30 s/);
    }));

  test('updates that change nothing say nothing to a screen reader', () =>
    withView('dashboard', {}, async (panel) => {
      await panel.send(TEXTS, ...dashboardStates.notices);
      const changes = await panel.page.evaluateHandle(() => {
        const list: string[] = [];
        for (const region of document.querySelectorAll('[role=status], [role=alert], [aria-live]')) {
          const watch = () => list.push(region.textContent ?? '');
          const all = { childList: true, characterData: true, subtree: true, attributes: true };
          new MutationObserver(watch).observe(region, all);
        }
        return list;
      });

      for (let running = 0; running < 20; running++) {
        await panel.send({ kind: 'snapshot', snapshot: { ...fullSnapshot, running, atMs: running } });
      }

      assert.deepEqual(await changes.jsonValue(), []);
    }));

  async function openBroken(): Promise<PanelPage> {
    const { PanelPage } = await import('./panelPage.ts');
    const panel = await PanelPage.open(browser, 'dashboard');
    const broken: unknown = { ...fullSnapshot, buckets: null };
    await panel.send(TEXTS, SNAPSHOT, { kind: 'snapshot', snapshot: broken as typeof fullSnapshot });
    return panel;
  }
});

function statesOf(view: View): readonly (readonly ToPanel[])[] {
  if (view === 'dashboard') return Object.values(dashboardStates);
  return Object.values(answerStates).map((state) => [{ kind: 'answer', state }]);
}

interface Stop {
  readonly name: string;
  /** Its distance from the top of the page; the header's button stands in the header. Pixels. */
  readonly place: number;
  readonly outline: string;
}

/** What Tab reaches, one after the other, until it leaves the page. */
async function tabOrder({ page }: PanelPage): Promise<Stop[]> {
  const stops: Stop[] = [];
  for (;;) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate(() => {
      const { activeElement: element } = document;
      if (!element || element === document.body || element.hasAttribute('data-stopped')) return undefined;
      element.setAttribute('data-stopped', '');
      const { outlineWidth, outlineStyle, outlineColor } = getComputedStyle(element);
      const all = [...document.querySelectorAll('button, a[href], [tabindex]')];
      return {
        name: element.getAttribute('aria-label') ?? element.textContent ?? '',
        place: all.indexOf(element),
        outline: `${outlineWidth} ${outlineStyle} ${outlineColor}`,
      };
    });
    if (stop === undefined) return stops;
    stops.push(stop);
  }
}

/** Texts that their own box does not show whole; what scrolls by itself and what is for the ear only is left out. */
function cutWords({ page }: PanelPage): Promise<string[]> {
  return page.evaluate(() => {
    const cut = [...document.querySelectorAll('main *')].filter((element) => {
      const { overflowX, overflowY } = getComputedStyle(element);
      if (overflowX !== 'hidden' && overflowY !== 'hidden') return false;
      if (element.matches('.hidden, .hidden *, .bar, .bar *, .progress, .why')) return false;
      return element.scrollWidth > element.clientWidth || element.scrollHeight > element.clientHeight + 1;
    });
    return cut.map((element) => element.outerHTML.slice(0, 120));
  });
}
