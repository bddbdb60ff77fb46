import assert from 'node:assert/strict';
import { suite, suiteSetup, suiteTeardown, test } from 'mocha';
import type { Browser } from 'playwright-core';
import type { AnswerState, ToPanel } from '../../src/flow/messages.ts';
import { launch, type PageOptions, type PanelPage, TEXTS, withPanel } from './panelPage.ts';
import { cancelledAnswer, doneAnswer, MARKDOWN, streamingAnswer, waitingAnswer } from './stateFixture.ts';

const answer = (state: AnswerState, change: Partial<AnswerState> = {}): ToPanel => ({
  kind: 'answer',
  state: { ...state, ...change },
});

suite('panel/answer while it streams', function () {
  this.timeout(90_000);
  let browser: Browser;

  suiteSetup(async () => {
    browser = await launch();
  });
  suiteTeardown(() => browser.close());

  const withPage = (options: PageOptions, run: (panel: PanelPage) => Promise<void>) =>
    withPanel(browser, 'answer', { width: 600, ...options }, run);

  test('while it streams, blocks keep their elements and a selection in them stays', () =>
    withPage({}, async (panel) => {
      await panel.send(TEXTS, answer(streamingAnswer, { markdown: MARKDOWN.slice(0, 200) }));
      await panel.page.evaluate(() => {
        for (const block of document.querySelector('article')?.children ?? [])
          block.setAttribute('data-seen', '');
        const text = document.querySelector('article strong')?.firstChild;
        if (text) document.getSelection()?.selectAllChildren(text.parentElement ?? document.body);
      });
      const seen = await panel.page.locator('[data-seen]').count();

      for (let end = 200; end <= MARKDOWN.length; end += 7) {
        await panel.send(answer(streamingAnswer, { markdown: MARKDOWN.slice(0, end) }));
      }
      await panel.send(answer(doneAnswer));

      assert.ok(seen >= 3);
      assert.equal(await panel.page.locator('[data-seen]').count(), seen);
      assert.equal(await panel.page.evaluate(() => String(document.getSelection())), 'one line');
    }));

  test('grown letter by letter it is the same page as drawn at once', () =>
    withPage({}, async (panel) => {
      const html = () =>
        panel.page.locator('article').evaluate((article) => {
          article.normalize();
          return article.innerHTML;
        });
      await panel.send(TEXTS, answer(doneAnswer));
      const once = await html();
      await panel.send(answer(doneAnswer, { markdown: '' }));

      await panel.send(
        ...Array.from(MARKDOWN, (_, end) => answer(streamingAnswer, { markdown: MARKDOWN.slice(0, end) })),
      );
      await panel.send(answer(doneAnswer));

      assert.equal(await html(), once);
    }));

  test('it follows the stream at the end, and not when the person scrolled up or selects', () =>
    withPage({ height: 500 }, async (panel) => {
      const long = (lines: number) =>
        Array.from({ length: lines }, (_, index) => `Line ${index}.`).join('\n\n');
      const gap = () =>
        panel.page.evaluate(
          () => document.documentElement.scrollHeight - window.innerHeight - window.scrollY,
        );
      await panel.send(TEXTS, answer(streamingAnswer, { markdown: long(10) }));

      await panel.send(answer(streamingAnswer, { markdown: long(60) }));
      assert.ok((await gap()) < 2);

      await panel.page.evaluate(() => window.scrollTo({ top: 120 }));
      await panel.send(answer(streamingAnswer, { markdown: long(90) }));
      assert.equal(await panel.page.evaluate(() => window.scrollY), 120);
      await panel.send(answer(doneAnswer, { markdown: long(90), notices: streamingAnswer.notices }));
      assert.equal(await panel.page.evaluate(() => window.scrollY), 120);

      await panel.page.evaluate(() => {
        window.scrollTo({ top: document.documentElement.scrollHeight });
        document.getSelection()?.selectAllChildren(document.querySelector('article p') ?? document.body);
      });
      await panel.send(answer(streamingAnswer, { markdown: long(120) }));
      assert.ok((await gap()) > 300);
    }));

  test('nothing moves under the pointer when waiting becomes streaming and done', () =>
    withPage({ width: 300 }, async (panel) => {
      await panel.send(TEXTS, answer(waitingAnswer));
      const cancel = await panel.page.locator('[data-action=cancel]').boundingBox();
      const header = await panel.page.locator('header').boundingBox();

      await panel.send(answer(streamingAnswer, { markdown: 'One.', notices: [] }));

      assert.deepEqual(await panel.page.locator('[data-action=cancel]').boundingBox(), cancel);
      await panel.send(answer(doneAnswer, { markdown: 'One.' }));
      assert.deepEqual(await panel.page.locator('header').boundingBox(), header);
    }));

  test('a focused button that goes away hands its focus to the title', () =>
    withPage({}, async (panel) => {
      await panel.send(TEXTS, answer(streamingAnswer));
      await panel.page.locator('[data-action=cancel]').focus();

      await panel.send(answer(cancelledAnswer));

      assert.equal(await panel.page.evaluate(() => document.activeElement?.tagName), 'H1');
    }));

  test('a screen reader hears the phases and not the words', () =>
    withPage({}, async (panel) => {
      await panel.send(TEXTS, answer(waitingAnswer));
      const heard = await panel.page.evaluateHandle(() => {
        const list: string[] = [];
        const speaker = document.querySelector('body > [role=status]') ?? document.body;
        const watch = () => list.push(speaker.textContent ?? '');
        new MutationObserver(watch).observe(speaker, { childList: true, characterData: true, subtree: true });
        return list;
      });

      for (let end = 50; end < 400; end += 10) {
        await panel.send(answer(streamingAnswer, { markdown: MARKDOWN.slice(0, end) }));
      }
      await panel.send(answer(doneAnswer), answer(doneAnswer));

      assert.deepEqual(await heard.jsonValue(), ['Answering…', 'Done']);
    }));
});
