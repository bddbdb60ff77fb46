/**
 * Watches the workbench from inside its page, frame by frame: when the focus arrives, when words are on screen, and how long
 * a key takes to show. Units: milliseconds.
 */
import type { Page } from 'playwright-core';

/** Text of the page: the bench has no types of the DOM. */
const PROBE = `
globalThis.probe = (() => {
  const epoch = () => performance.timeOrigin + performance.now();
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  let key = 0;
  addEventListener('keydown', () => { key = epoch(); }, true);
  const until = async (holds) => {
    const end = performance.now() + 20000;
    while (!holds()) { if (performance.now() > end) throw new Error('not within 20 s'); await frame(); }
    return epoch();
  };
  const inBox = () => document.activeElement?.closest('.review-widget') != null;
  const hintOf = (span) => getComputedStyle(span, '::after').content;
  const shown = (words) =>
    [...document.querySelectorAll('.review-widget .comment-body')].some((body) => body.textContent.includes(words)) ||
    [...document.querySelectorAll('.view-line span')].some((span) => hintOf(span).includes(words));
  const lines = () => document.querySelector('.editor-instance > .monaco-editor .view-lines').textContent;
  return {
    arm: () => { key = 0; },
    focus: async () => { await until(() => key > 0); const at = await until(inBox); return at - key; },
    gone: () => until(() => document.querySelector('.review-widget') == null),
    words: async (words) => { await until(() => key > 0); return { key, at: await until(() => shown(words)) }; },
    lines,
    changed: async (before) => { const at = await until(() => lines() !== before); return at - key; },
  };
})();
`;

export class InlinePage {
  readonly #page: Page;

  private constructor(page: Page) {
    this.#page = page;
  }

  static async in(page: Page): Promise<InlinePage> {
    await page.evaluate(PROBE);
    return new InlinePage(page);
  }

  /** From the key to the focus in the input of a comment. */
  async focusAfter(key: string): Promise<number> {
    await this.#page.evaluate('probe.arm()');
    const focused = this.#page.evaluate<number>('probe.focus()');
    await this.#page.keyboard.press(key);
    return focused;
  }

  async goneAfter(key: string): Promise<void> {
    await this.#page.keyboard.press(key);
    await this.#page.evaluate('probe.gone()');
  }

  /** Epoch milliseconds of the key, and of the first frame with `words` in the box. */
  async wordsAfter(key: string, words: string): Promise<{ readonly key: number; readonly at: number }> {
    await this.#page.evaluate('probe.arm()');
    const shown = this.#page.evaluate<{ key: number; at: number }>(`probe.words(${JSON.stringify(words)})`);
    await this.#page.keyboard.press(key);
    return shown;
  }

  /** From the key to the frame in which the code shows it. */
  async keyLatency(letter: string): Promise<number> {
    const before = JSON.stringify(await this.#page.evaluate<string>('probe.lines()'));
    const changed = this.#page.evaluate<number>(`probe.changed(${before})`);
    await this.#page.keyboard.press(letter);
    return changed;
  }
}
