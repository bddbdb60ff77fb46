/** A headless Chromium that speaks to nobody but the page it is given. */
import { type Browser, chromium } from 'playwright-core';
import { chromiumNeed, ensureSystem, findChromium } from './systemPackages.ts';

const quietFlags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Signals are left to the program, with which the browser ends. `signal` stops what must be installed for it. */
export async function launchBrowser(signal = new AbortController().signal): Promise<Browser> {
  await ensureSystem([chromiumNeed], signal);
  const executablePath = findChromium() ?? 'chromium';
  const handles = { handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false };
  return chromium.launch({ executablePath, headless: true, args: quietFlags, ...handles });
}

let shared: Promise<Browser> | undefined;

/** One for all windows of this process, which it ends with: to start one costs more than to open a window in it. */
export function sharedBrowser(signal: AbortSignal): Promise<Browser> {
  shared ??= launchBrowser(signal);
  return shared;
}
