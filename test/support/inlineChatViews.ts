/** What a person sees and does in an inline chat of a workbench. */
import type { Locator, Page } from 'playwright-core';
import { until } from './until.ts';
import type { PageElement } from './webviews.ts';
import type { Workbench } from './workbench.ts';

/** One answer, as it stands under its question. */
export interface ShownAnswer {
  /** Model, tokens, cost and time once it is there; before that, what is waited for. */
  readonly receipt: string;
  readonly text: string;
  readonly asked: string;
}

const timeoutMs = 45_000;

/** Runs in the page: the tests have no types of the DOM. */
const PALE_WORDS = `[...document.querySelectorAll('.review-widget .edit-textarea .view-line span')]
  .map((span) => getComputedStyle(span, '::after').content)
  .filter((content) => content !== 'none' && content !== 'normal')
  .map((content) => content.slice(1, -1))
  .join('')`;

/** The line of the caret in the input, from 0; the line that begins where the caret begins. */
const CARET_LINE = `(() => {
  const box = document.querySelector('.review-widget .edit-textarea');
  const top = (element) => Math.round(element.getBoundingClientRect().top);
  const caret = box?.querySelector('.cursors-layer .cursor');
  const tops = [...(box?.querySelectorAll('.view-line') ?? [])].map(top).sort((a, b) => a - b);
  return caret ? tops.indexOf(top(caret)) : -1;
})()`;

export class ChatView {
  readonly workbench: Workbench;
  readonly page: Page;

  constructor(workbench: Workbench) {
    this.workbench = workbench;
    this.page = workbench.page;
  }

  /** By its key, wherever the cursor is; resolves when one can type. */
  async openByKey(): Promise<void> {
    await this.page.keyboard.press('Alt+I');
    await this.focused();
  }

  async openByPalette(): Promise<void> {
    await this.workbench.runCommand('Sluice: Inline Chat');
    await this.focused();
  }

  get boxes(): Locator {
    return this.page.locator('.review-widget');
  }

  /** The pale words in the input: a hint, or what would become of what is typed. They are no text of the page. */
  async line(): Promise<string> {
    return this.page.evaluate<string>(PALE_WORDS);
  }

  /** What would be sent now, as it stands below the input. */
  async next(): Promise<string> {
    const row = this.boxes
      .locator('.review-comment')
      .filter({ has: this.page.getByText('Next', { exact: true }) });
    return (await row.locator('.isPending').first().textContent()) ?? '';
  }

  /** The caret has come to a line of the input, from 0. */
  async caretOnLine(line: number): Promise<void> {
    await until(
      { what: `the caret on line ${line}`, timeoutMs },
      async () => (await this.page.evaluate<number>(CARET_LINE)) === line,
    );
  }

  async title(): Promise<string> {
    const box = this.boxes.filter({ has: this.page.locator('.edit-textarea') });
    return (await box.locator('.review-title .filename').first().textContent()) ?? '';
  }

  async lineThat(holds: (line: string) => boolean): Promise<string> {
    return until({ what: 'the pale words in the input', timeoutMs }, async () => {
      const line = await this.line();
      return holds(line) ? line : undefined;
    });
  }

  /** The input has the focus. */
  async focused(): Promise<void> {
    await until({ what: 'the focus in the input', timeoutMs }, () => this.hasFocus());
  }

  async hasFocus(): Promise<boolean> {
    return (await this.boxes.locator('.edit-textarea .monaco-editor.focused').count()) === 1;
  }

  async closed(): Promise<void> {
    await until({ what: 'the chat to close', timeoutMs }, async () => (await this.boxes.count()) === 0);
  }

  /** What is typed; a hint in an empty input is none of it. */
  async typed(): Promise<string> {
    const lines = this.boxes.locator('.edit-textarea .view-line > span > span:not([class*="ced-"])');
    return (await lines.allTextContents()).join('\n').replaceAll('\u00a0', ' ');
  }

  async typedThat(text: string): Promise<void> {
    await until({ what: `“${text}” in the input`, timeoutMs }, async () => (await this.typed()) === text);
  }

  async send(text: string): Promise<void> {
    await this.page.keyboard.type(text);
    await this.typedThat(text);
    await this.page.keyboard.press('Enter');
  }

  /** Newest first. */
  async answers(): Promise<ShownAnswer[]> {
    const comments = await this.boxes.locator('.review-comment').evaluateAll((elements: PageElement[]) =>
      elements.map((element) => {
        const part = (selector: string) =>
          [...element.querySelectorAll(selector)].map(({ textContent }) => textContent ?? '').join('');
        return { author: part('.author'), label: part('.isPending'), text: part('.comment-body') };
      }),
    );
    return comments.flatMap((comment, index) =>
      comment.author === 'Sluice'
        ? [{ receipt: comment.label, text: comment.text, asked: comments[index - 1]?.text ?? '' }]
        : [],
    );
  }

  /** The newest answer, once it is as it should be. */
  async newest(what: string, holds: (answer: ShownAnswer) => boolean): Promise<ShownAnswer> {
    return until({ what, timeoutMs }, async () => {
      const [newest] = await this.answers();
      return newest !== undefined && holds(newest) ? newest : undefined;
    });
  }

  /** A button in the head of a comment or of the box. */
  button(name: string): Locator {
    return this.boxes.getByRole('button', { name, exact: true }).first();
  }
}

/** The answer has come to its end. */
export const finished = ({ receipt }: ShownAnswer): boolean => / · \S+ m?s\b/.test(receipt);
