/** Finding the document of a webview: VS Code puts it two frames deep, and says nothing of the view's type outside. */
import type { Frame, Locator, Page } from 'playwright-core';
import { until } from './until.ts';

/** As much of an element as functions need that run inside the page, in one go, while it is being redrawn. */
export interface PageElement {
  readonly id: string;
  readonly tagName: string;
  readonly textContent: string | null;
  getAttribute(name: string): string | null;
  querySelectorAll(selector: string): Iterable<PageElement>;
}

/** The inner document of one webview. */
export interface WebviewPage {
  readonly frame: Frame;
  /** The element that was asked for. */
  readonly root: Locator;
}

/** The last visible webview that contains `selector`, once there is one. */
export async function findWebview(page: Page, selector: string, timeoutMs: number): Promise<WebviewPage> {
  return until({ what: `a webview with ${selector}`, timeoutMs }, async () => {
    const found: WebviewPage[] = [];
    for (const frame of page.frames().filter(isWebviewDocument)) {
      const root = frame.locator(selector).first();
      if (await root.isVisible().catch(() => false)) found.push({ frame, root });
    }
    return found.at(-1);
  });
}

/** The outer frame is VS Code's own page; ours is its child. */
function isWebviewDocument(frame: Frame): boolean {
  return frame.parentFrame()?.url().includes('/webview/browser/pre/') === true && !frame.isDetached();
}
