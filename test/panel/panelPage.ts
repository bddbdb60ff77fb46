/** A page in Chromium that holds one webview as its host would: real bundle, real styles, real policy. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import type { FromPanel, ToPanel } from '../../src/flow/messages.ts';
import { panelTexts } from '../../src/host/panelTexts.ts';
import { launchBrowser } from '../support/browser.ts';
import { THEMES, type ThemeName, themeCss } from './themeFixture.ts';

export type View = 'dashboard' | 'answer';

const ORIGIN = 'http://panel.test';
const ROOT = new URL('../../', import.meta.url);
const NONCE = 'c2x1aWNl';
const POLICY = `default-src 'none'; style-src ${ORIGIN}; script-src 'nonce-${NONCE}'`;

/** When a stopped clock begins: any time will do. */
const STOPPED_MS = Date.UTC(2026, 2, 4, 14, 5);

export const TEXTS: ToPanel = { kind: 'texts', texts: panelTexts((message) => message), locale: 'en' };

declare global {
  interface Window {
    posted: FromPanel[];
    violations: string[];
    /** What the view asked its host to keep. */
    kept: unknown;
  }
}

export interface PageOptions {
  readonly width?: number;
  readonly height?: number;
  readonly theme?: ThemeName;
  readonly reducedMotion?: boolean;
  /** High contrast of the system instead of a theme's. */
  readonly forcedColors?: boolean;
  /** Time stands still until the test moves it. */
  readonly stopClock?: boolean;
  /** CSS pixels are so many times larger, as with a person's zoom. */
  readonly zoom?: number;
}

export function launch(): Promise<Browser> {
  return launchBrowser();
}

const bundles = new Map<View, Promise<string>>();

/** The minified bundle, as it is shipped. */
export function bundle(view: View): Promise<string> {
  const made = bundles.get(view) ?? buildBundle(view);
  bundles.set(view, made);
  return made;
}

async function buildBundle(view: View): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [new URL(`src/panel/${view}.ts`, ROOT).pathname],
    bundle: true,
    minify: true,
    format: 'iife',
    platform: 'browser',
    target: 'es2024',
    write: false,
  });
  return outputFiles[0]?.text ?? '';
}

export class PanelPage {
  readonly page: Page;
  /** Errors on the console and uncaught ones. */
  readonly errors: string[] = [];

  private constructor(page: Page) {
    this.page = page;
    page.on('pageerror', (error) => this.errors.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') this.errors.push(message.text());
    });
  }

  static async open(browser: Browser, view: View, options: PageOptions = {}): Promise<PanelPage> {
    const { width = 300, height = 800, theme = 'dark', reducedMotion = true, zoom = 1 } = options;
    const page = await browser.newPage({
      viewport: { width: width / zoom, height: height / zoom },
      deviceScaleFactor: zoom,
      forcedColors: options.forcedColors ? 'active' : 'none',
      reducedMotion: reducedMotion ? 'reduce' : 'no-preference',
      locale: 'en-US',
      timezoneId: 'UTC',
    });
    if (options.stopClock) {
      await page.clock.install({ time: STOPPED_MS - 1_000 });
      await page.clock.pauseAt(STOPPED_MS);
    }
    const panel = new PanelPage(page);
    await page.addInitScript(installHost);
    await page.route('**/*', async (route) => {
      const { pathname } = new URL(route.request().url());
      const file = await serve(pathname, view, theme);
      return file ? route.fulfill(file) : route.abort();
    });
    await page.goto(`${ORIGIN}/`);
    return panel;
  }

  async send(...messages: readonly ToPanel[]): Promise<void> {
    await this.page.evaluate((list) => {
      for (const data of list) window.dispatchEvent(new MessageEvent('message', { data }));
    }, messages);
  }

  posted(): Promise<FromPanel[]> {
    return this.page.evaluate(() => window.posted);
  }

  violations(): Promise<string[]> {
    return this.page.evaluate(() => window.violations);
  }

  /** How many pixels the page is wider than its window. */
  overflow(): Promise<number> {
    return this.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  }

  close(): Promise<void> {
    return this.page.close();
  }
}

/** Opens a page for `run`, which must leave neither an error nor a breach of the policy. */
export async function withPanel(
  browser: Browser,
  view: View,
  options: PageOptions,
  run: (panel: PanelPage) => Promise<void>,
): Promise<void> {
  const panel = await PanelPage.open(browser, view, options);
  try {
    await run(panel);
    assert.deepEqual(await panel.violations(), []);
    assert.deepEqual(panel.errors, []);
  } finally {
    await panel.close();
  }
}

/** Runs in the page before its scripts. */
function installHost(): void {
  window.posted = [];
  window.violations = [];
  document.addEventListener('securitypolicyviolation', (event) => {
    window.violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
  });
  Object.assign(window, {
    acquireVsCodeApi: () => ({
      postMessage: (message: FromPanel) => window.posted.push(message),
      getState: () => window.kept,
      setState: (state: unknown) => {
        window.kept = state;
      },
    }),
  });
}

async function serve(pathname: string, view: View, theme: ThemeName) {
  if (pathname === '/') {
    return {
      contentType: 'text/html',
      headers: { 'content-security-policy': POLICY },
      body: html(view, theme),
    };
  }
  if (pathname === '/theme.css') {
    return { contentType: 'text/css', body: themeCss(theme, view === 'dashboard' ? 'sideBar' : 'editor') };
  }
  if (pathname === '/view.js') return { contentType: 'text/javascript', body: await bundle(view) };
  const style = /^\/(panel|dashboard|answer)\.css$/.exec(pathname)?.[1];
  if (style === undefined) return undefined;
  return { contentType: 'text/css', body: await readFile(new URL(`media/${style}.css`, ROOT), 'utf8') };
}

function html(view: View, theme: ThemeName): string {
  const styles = ['theme', 'panel', view]
    .map((name) => `<link rel="stylesheet" href="/${name}.css">`)
    .join('');
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Sluice</title>${styles}</head>
    <body class="${THEMES[theme].bodyClass}"><main></main><script nonce="${NONCE}" src="/view.js"></script></body></html>`;
}
