import assert from 'node:assert/strict';
import { suite, suiteSetup, suiteTeardown, test } from 'mocha';
import type { Browser } from 'playwright-core';
import { ANSWER_ACTIONS, type AnswerState, type ToPanel } from '../../src/flow/messages.ts';
import { launch, type PageOptions, type PanelPage, TEXTS, withPanel } from './panelPage.ts';
import {
  cancelledAnswer,
  documentAnswer,
  doneAnswer,
  failedAnswer,
  judgedAnswer,
  MARKDOWN,
  streamingAnswer,
  waitingAnswer,
} from './stateFixture.ts';
import { THEMES, type ThemeName } from './themeFixture.ts';

const answer = (state: AnswerState, change: Partial<AnswerState> = {}): ToPanel => ({
  kind: 'answer',
  state: { ...state, ...change },
});

suite('panel/answer in Chromium', function () {
  this.timeout(90_000);
  let browser: Browser;

  suiteSetup(async () => {
    browser = await launch();
  });
  suiteTeardown(() => browser.close());

  const withPage = (options: PageOptions, run: (panel: PanelPage) => Promise<void>) =>
    withPanel(browser, 'answer', { width: 600, ...options }, run);

  test('before the texts came it says ready and shows that it loads', () =>
    withPage({}, async (panel) => {
      await panel.send(answer(doneAnswer));

      assert.deepEqual(await panel.posted(), [{ kind: 'ready' }]);
      assert.equal(await panel.page.locator('main').textContent(), 'Sluice');
      assert.equal(await panel.page.getByRole('progressbar').count(), 1);
      await panel.send(TEXTS);
      assert.equal(await panel.page.getByRole('heading', { level: 1 }).textContent(), 'Explain Selection');
    }));

  test('each phase is on the page and only the running ones show progress', () =>
    withPage({}, async (panel) => {
      await panel.send(TEXTS);
      for (const state of [waitingAnswer, streamingAnswer, doneAnswer, failedAnswer, cancelledAnswer]) {
        await panel.send(answer(state));

        assert.equal(await panel.page.locator('main').getAttribute('data-phase'), state.phase);
        const running = state.phase === 'waiting' || state.phase === 'streaming';
        assert.equal(await panel.page.getByRole('progressbar').count(), running ? 1 : 0);
        assert.equal(await panel.page.getByRole('alert').count(), state.problem === undefined ? 0 : 1);
        assert.equal(await panel.page.locator('.badge').count(), state.simulated ? 1 : 0);
      }
    }));

  test('each action is a named button that posts itself, and none is there that was not sent', () =>
    withPage({}, async (panel) => {
      await panel.send(TEXTS, answer(doneAnswer, { actions: ANSWER_ACTIONS }));

      for (const action of ANSWER_ACTIONS) {
        const button = panel.page.locator(`button[data-action=${action}]`);
        assert.notEqual((await button.textContent())?.trim(), '');
        await button.focus();
        await panel.page.keyboard.press('Enter');
      }

      const posted = (await panel.posted()).slice(1);
      assert.deepEqual(
        posted,
        ANSWER_ACTIONS.map((action) => ({ kind: 'answer-action', action })),
      );
      await panel.send(answer(doneAnswer, { actions: ['copy'] }));
      assert.equal(await panel.page.locator('button[data-action]').count(), 1);
    }));

  test('what was said of the answer is a button that stays pressed, keeps the focus, and can be said otherwise', () =>
    withPage({}, async (panel) => {
      const { found: _said, ...open } = judgedAnswer;
      await panel.send(TEXTS, answer(open));
      const button = (name: string, pressed: boolean) => panel.page.getByRole('button', { name, pressed });
      assert.equal(await button('Good Answer', false).count(), 1);

      await button('Bad Answer', false).focus();
      await panel.page.keyboard.press('Space');
      await panel.send(answer(judgedAnswer));

      assert.deepEqual((await panel.posted()).at(-1), { kind: 'answer-action', action: 'bad' });
      assert.equal(await button('Bad Answer', true).count(), 1);
      assert.equal(await panel.page.evaluate(() => document.activeElement?.textContent), 'Bad Answer');
      assert.equal(await button('Good Answer', false).count(), 1);
      await panel.send(answer({ ...open, found: 'good' }));
      assert.equal(await button('Bad Answer', true).count(), 0);
      assert.equal(await button('Good Answer', true).count(), 1);
    }));

  test('a text without actions, status and receipt is a plain document', () =>
    withPage({}, async (panel) => {
      await panel.send(TEXTS, answer(documentAnswer));

      assert.equal(await panel.page.locator('button').count(), 0);
      assert.equal(await panel.page.locator('[data-receipt]').count(), 0);
      assert.equal(await panel.page.getByText('Done').count(), 0);
      await panel.send(answer(documentAnswer, { markdown: '' }));
      assert.equal(await panel.page.locator('article').isVisible(), false);
    }));

  test('the receipt is a list of pairs and says why a value is a dash', () =>
    withPage({}, async (panel) => {
      await panel.send(TEXTS, answer(doneAnswer));

      const rows = panel.page.locator('dl[data-receipt] > .figure');
      assert.equal(await rows.count(), doneAnswer.receipt.length);
      const cache = rows.filter({ hasText: 'Cache' }).locator('dd');
      assert.equal(await cache.getAttribute('title'), 'The platform did not report its cache.');
      assert.equal(await cache.textContent(), '– (The platform did not report its cache.)');
    }));

  test('rows with the same label are all shown, also after an update', () =>
    withPage({}, async (panel) => {
      const receipt = ['a', 'b', 'c'].map((value) => ({ label: 'Model', value }));
      await panel.send(
        TEXTS,
        answer(doneAnswer, { receipt }),
        answer(doneAnswer, { receipt: receipt.toReversed() }),
      );

      assert.deepEqual(await panel.page.locator('[data-receipt] dd').allTextContents(), ['c', 'b', 'a']);
    }));

  test('hostile Markdown stays text: no element, no request, no address but http', () =>
    withPage({}, async (panel) => {
      const markdown = [
        '<script>window.hit = 1</script><img src=x onerror="window.hit = 1">',
        '[a](javascript:window.hit=1) [b](command:workbench.action.quit) [c](data:text/html,x)',
        '![pic](https://example.com/p.png) <style>*{display:none}</style> <a href="javascript:x">x</a>',
        '```html\n<iframe src="https://example.com"></iframe>\n```',
        '[d][r]\n\n[r]: javascript:window.hit=1',
        '[e](https://example.com "a\\" onclick=\\"window.hit=1")',
      ].join('\n\n');
      await panel.send(TEXTS, answer(doneAnswer, { markdown }));

      assert.equal(
        await panel.page.locator('article :is(script, img, style, iframe, [style], [onclick])').count(),
        0,
      );
      const links = await panel.page
        .locator('article a')
        .evaluateAll((all) => all.map((a) => a.getAttribute('href')));
      assert.deepEqual(links, ['https://example.com']);
      for (const word of await panel.page.locator('.no-link').all()) await word.click();
      assert.equal(await panel.page.evaluate(() => 'hit' in window), false);
      assert.match(
        (await panel.page.locator('article').textContent()) ?? '',
        /<script>window\.hit = 1<\/script>/,
      );
    }));

  for (const clipboard of ['granted', 'refused'] as const) {
    test(`a code block is copied to the letter where the clipboard is ${clipboard}`, () =>
      withPage({}, async (panel) => {
        await panel.page.evaluate((mode) => {
          const refused = () => Promise.reject(new DOMException('no', 'NotAllowedError'));
          const granted = async (text: string) => Object.assign(window, { copied: text });
          const value = { writeText: mode === 'granted' ? granted : refused };
          Object.defineProperty(navigator, 'clipboard', { value });
          const set = DataTransfer.prototype.setData;
          DataTransfer.prototype.setData = function (format, text) {
            Object.assign(window, { copied: text });
            set.call(this, format, text);
          };
        }, clipboard);
        await panel.send(TEXTS, answer(doneAnswer, { markdown: '```js\nlet a = "<b>";\n\n\tb();\n```' }));

        const button = panel.page.getByRole('button', { name: 'Copy code js' });
        await button.click();

        await panel.page.locator('[data-copied]').waitFor();
        const copied = await panel.page.evaluate(() => Reflect.get(window, 'copied'));
        assert.equal(copied, 'let a = "<b>";\n\n\tb();');
        await panel.send(answer(doneAnswer, { markdown: '```js\nlet a = "<b>";\n\n\tb();\n```\n\nmore' }));
        assert.equal(await panel.page.locator('[data-copied]').count(), 1);
        await panel.page.locator('h1').hover();
        assert.equal(await panel.page.locator('[data-copied]').count(), 0);
      }));
  }

  test('a failure of the extension is shown in place of the answer until the next state', () =>
    withPage({}, async (panel) => {
      await panel.send(TEXTS, { kind: 'failed', message: 'The answer is gone: the window was reloaded.' });

      assert.equal(await panel.page.locator('main').getAttribute('data-phase'), 'failed');
      assert.match((await panel.page.getByRole('alert').textContent()) ?? '', /was reloaded/);
      await panel.send(answer(doneAnswer));
      assert.equal(await panel.page.getByRole('alert').count(), 0);
    }));

  for (const theme of Object.keys(THEMES) as ThemeName[]) {
    for (const width of [150, 300, 600, 900]) {
      test(`nothing is wider than a window of ${width} px (${theme})`, () =>
        withPage({ width, theme }, async (panel) => {
          const wide = `${'x'.repeat(300)} \`${'y'.repeat(300)}\` https://example.com/${'z'.repeat(300)}`;
          await panel.send(TEXTS, answer(doneAnswer, { title: wide, markdown: `${MARKDOWN}\n\n${wide}` }));
          assert.ok((await panel.overflow()) <= 0);
          await panel.send(answer(failedAnswer, { problem: wide, notices: [wide] }));
          assert.ok((await panel.overflow()) <= 0);
        }));
    }
  }
});
