/** Drives a workbench in the browser the way a person would: keys, palette, views. Units: milliseconds, pixels. */
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { sharedBrowser } from './browser.ts';
import type { CodeServer } from './codeServer.ts';
import { type Theme, themes } from './editorSettings.ts';
import { pickCommand, pickFile, pickLine, pickOption } from './quickInput.ts';
import { until } from './until.ts';
import { findWebview, type PageElement, type WebviewPage } from './webviews.ts';

export interface WorkbenchOptions {
  readonly folder?: string;
  /** Instead of `folder`: a `.code-workspace` file, whose folders are opened together. */
  readonly workspace?: string;
  readonly width?: number;
  readonly height?: number;
  /** Device pixels for each pixel: 2 for pictures that are to be looked at. */
  readonly scale?: number;
  /** Spinners turn and bars run, as a person sees them; to draw them takes a third of the time of a test. */
  readonly animated?: boolean;
  /** VS Code's own start parameters, such as a development path. */
  readonly payload?: readonly (readonly [string, string])[];
  /** A chance to prepare the page before the workbench loads. */
  beforeLoad?(page: Page): Promise<void>;
}

export interface StatusBarItem {
  readonly id: string;
  readonly text: string;
  readonly label: string;
}

/** Lines count from 1, as the editor shows them; both ends are included. */
export interface LineRange {
  readonly first: number;
  readonly last: number;
}

const loadTimeoutMs = 60_000;
export const stepTimeoutMs = 45_000;

export class Workbench {
  readonly page: Page;

  private constructor(page: Page) {
    this.page = page;
  }

  /** Resolves when the workbench has been restored; extensions may still be starting. */
  static async open(server: CodeServer, options: WorkbenchOptions, signal: AbortSignal): Promise<Workbench> {
    const browser = await sharedBrowser(signal);
    signal.throwIfAborted();
    const { width = 1280, height = 800, scale = 1 } = options;
    const page = await browser.newPage({ viewport: { width, height }, deviceScaleFactor: scale });
    const close = (): void => void page.close();
    signal.addEventListener('abort', close, { once: true });
    try {
      await load(page, server, options);
      return new Workbench(page);
    } catch (error) {
      await page.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.page.close();
  }

  /** Opens a file of the workspace by its name and waits for its text. */
  async openFile(name: string): Promise<void> {
    await pickFile(this.page, name);
    await this.page.locator(`.tab.active[data-resource-name="${name}"]`).waitFor();
    const shown = this.page.locator(`.editor-instance .monaco-editor[data-uri$="/${name}"]`);
    await shown.locator('.view-line').first().waitFor();
  }

  async placeCursor(line: number, column = 1): Promise<void> {
    await pickLine(this.page, line, column);
    await this.#waitForStatus('status.editor.selection', (text) => text === `Ln ${line}, Col ${column}`);
  }

  /** Selects whole lines, without the last line break. */
  async selectLines({ first, last }: LineRange): Promise<void> {
    await this.placeCursor(first);
    for (let line = first; line < last; line++) await this.page.keyboard.press('Shift+ArrowDown');
    await this.page.keyboard.press('Shift+End');
    await this.#waitForStatus('status.editor.selection', (text) => /selected/.test(text));
  }

  /** Runs a command by the title that the palette shows, category included. */
  async runCommand(title: string): Promise<void> {
    await pickCommand(this.page, title);
  }

  async statusBarItems(): Promise<StatusBarItem[]> {
    return this.page.locator('.statusbar-item').evaluateAll((items: PageElement[]) =>
      items.map((item) => ({
        id: item.id,
        text: (item.textContent ?? '').trim(),
        label: item.getAttribute('aria-label') ?? '',
      })),
    );
  }

  /** The first item whose id contains `idPart` and that `accept` accepts, once there is one. */
  async statusBarItem(
    idPart: string,
    accept: (item: StatusBarItem) => boolean = () => true,
  ): Promise<StatusBarItem> {
    return until({ what: `a status bar item ${idPart}`, timeoutMs: stepTimeoutMs }, async () =>
      (await this.statusBarItems()).find((item) => item.id.includes(idPart) && accept(item)),
    );
  }

  /** The visible webview that contains `selector`, however deep VS Code has nested it. */
  async webview(selector: string, timeoutMs = stepTimeoutMs): Promise<WebviewPage> {
    return findWebview(this.page, selector, timeoutMs);
  }

  /** By the palette: the settings file of a running code-server is not watched. */
  async setTheme(theme: Theme): Promise<void> {
    const { label, marker } = themes[theme];
    await this.runCommand('Preferences: Color Theme');
    await pickOption(this.page, label);
    await this.page.locator(`.monaco-workbench.${marker}`).waitFor();
  }

  async setSize(width: number, height: number): Promise<void> {
    await this.page.setViewportSize({ width, height });
  }

  /** Drags the edge of the side bar until it is as wide as asked, give or take a pixel. */
  async setSideBarWidth(width: number): Promise<void> {
    const bar = await this.part('sidebar').boundingBox();
    if (bar === null) throw new Error('The side bar is closed.');
    const middle = bar.y + bar.height / 2;
    await this.page.mouse.move(bar.x + bar.width, middle);
    await this.page.mouse.down();
    await this.page.mouse.move(bar.x + width, middle, { steps: 4 });
    await this.page.mouse.up();
    await this.page.mouse.move(2, 2);
    await until({ what: `a side bar of ${width} px`, timeoutMs: stepTimeoutMs }, async () => {
      const now = await this.part('sidebar').boundingBox();
      return now !== null && Math.abs(now.width - width) <= 1;
    });
  }

  part(name: 'sidebar' | 'statusbar' | 'editor' | 'panel'): Locator {
    return this.page.locator(`.part.${name}`).first();
  }

  /** The texts of the toasts on screen; a server with the test driver shows none. */
  async notifications(): Promise<string[]> {
    return this.page.locator('.notifications-toasts .notification-list-item-message').allTextContents();
  }

  /** A picture of the window, or of one part of it. */
  async screenshot(file: string, of?: Locator): Promise<void> {
    await mkdir(dirname(file), { recursive: true });
    await (of ?? this.page).screenshot({ path: file });
  }

  async #waitForStatus(id: string, accept: (text: string) => boolean): Promise<void> {
    await this.statusBarItem(id, (item) => accept(item.text));
  }
}

async function load(page: Page, server: CodeServer, options: WorkbenchOptions): Promise<void> {
  page.setDefaultTimeout(stepTimeoutMs);
  if (options.animated !== true) await stand(page);
  await options.beforeLoad?.(page);
  await page.goto(address(server, options), { timeout: loadTimeoutMs });
  await page.locator('.monaco-workbench .statusbar-item').first().waitFor({ timeout: loadTimeoutMs });
}

/** Nothing moves by itself, in the workbench and in its webviews, whose policies allow no element of style. */
async function stand(page: Page): Promise<void> {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.addInitScript({ content: STAND });
}

const STAND = `{
  const still = new CSSStyleSheet();
  still.replaceSync('*, ::before, ::after { animation: none !important; transition: none !important }');
  document.adoptedStyleSheets.push(still);
}`;

function address(server: CodeServer, { folder, workspace, payload }: WorkbenchOptions): string {
  const url = new URL(server.origin);
  if (folder !== undefined) url.searchParams.set('folder', folder);
  if (workspace !== undefined) url.searchParams.set('workspace', workspace);
  if (payload !== undefined) url.searchParams.set('payload', JSON.stringify(payload));
  return url.href;
}
