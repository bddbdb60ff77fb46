/** The box at the top of the workbench: palette, files, lines, and whatever a command asks. */
import type { Locator, Page } from 'playwright-core';
import { until } from './until.ts';

const pickTimeoutMs = 45_000;
const listTimeoutMs = 5_000;

/**
 * Runs the command whose row reads exactly `title`; what it asks next may be on screen already. The palette
 * lists what is there when it opens, so it is opened again while the extension is still starting.
 */
export async function pickCommand(page: Page, title: string): Promise<void> {
  const typed = `>${title}`;
  await until({ what: `the command ${title}`, timeoutMs: pickTimeoutMs }, async () => {
    await page.keyboard.press('F1');
    await quickInput(page).fill(typed);
    const listed = row(page, title).click({ timeout: listTimeoutMs });
    return listed.then(
      () => true,
      () => page.keyboard.press('Escape').then(() => false),
    );
  });
  await until({ what: `the palette to run ${title}`, timeoutMs: pickTimeoutMs }, async () => {
    return (await typedText(page)) !== typed;
  });
}

/** Absent while the box is closed, or the page itself is going, as after a reload of the window. */
async function typedText(page: Page): Promise<string | undefined> {
  const box = quickInput(page);
  if (!(await box.isVisible().catch(() => false))) return undefined;
  return box.inputValue({ timeout: listTimeoutMs }).catch(() => undefined);
}

export async function pickFile(page: Page, name: string): Promise<void> {
  await page.keyboard.press('ControlOrMeta+P');
  await pickOption(page, name);
}

/** Lines and columns count from 1. */
export async function pickLine(page: Page, line: number, column: number): Promise<void> {
  await page.keyboard.press('Control+G');
  await answer(page, `:${line}:${column}`);
}

/** Chooses from the list that a command has opened. */
export async function pickOption(page: Page, label: string): Promise<void> {
  await chooseOption(page, label);
  await quickInput(page).waitFor({ state: 'hidden' });
}

/** As `pickOption`, where a command asks something else at once. */
export async function chooseOption(page: Page, label: string): Promise<void> {
  await quickInput(page).fill(label);
  await chooseRow(page, label);
}

/** Chooses from a list without narrowing it first. */
export async function chooseRow(page: Page, label: string): Promise<void> {
  await row(page, label).click();
}

/** Answers the question that a command has asked. */
export async function answer(page: Page, text: string): Promise<void> {
  await quickInput(page).fill(text);
  await quickInput(page).press('Enter');
  await quickInput(page).waitFor({ state: 'hidden' });
}

export function quickInput(page: Page): Locator {
  return page.locator('.quick-input-widget .quick-input-box input');
}

function row(page: Page, label: string): Locator {
  const name = page.locator('.label-name').getByText(label, { exact: true });
  return page.locator('.quick-input-list .monaco-list-row').filter({ has: name }).first();
}
