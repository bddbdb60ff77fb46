/** What a person sees of Sluice in a workbench: the answer with its receipt, the meter, the dashboard. */
import type { Locator } from 'playwright-core';
import { until } from './until.ts';
import type { PageElement, WebviewPage } from './webviews.ts';
import type { StatusBarItem, Workbench } from './workbench.ts';

/** The rows under an answer, by the label that is shown. */
export type ReceiptRows = ReadonlyMap<string, string>;

export interface Answer {
  readonly view: WebviewPage;
  readonly text: string;
  readonly receipt: ReceiptRows;
}

export type Section = 'platforms' | 'buckets' | 'caches' | 'latencies' | 'decisions' | 'today';

const answerTimeoutMs = 60_000;

/** Asks by the palette and waits for the answer's end. A view may be used again, so `before` tells old from new. */
export async function explainSelection(workbench: Workbench, before?: Answer): Promise<Answer> {
  await workbench.runCommand('Sluice: Explain Selection');
  return finishedAnswer(workbench, before);
}

/** Throws with what the view says when no answer comes to its end in time. */
export async function finishedAnswer(workbench: Workbench, before?: Answer): Promise<Answer> {
  const what = before === undefined ? 'an answer' : 'another answer';
  const answered = until({ what, timeoutMs: answerTimeoutMs }, async () => {
    const view = await workbench.webview('main[data-phase]', answerTimeoutMs);
    const phase = await view.root.getAttribute('data-phase');
    const receipt = await labelled(view.root.locator('[data-receipt]'));
    const old = before !== undefined && String([...receipt]) === String([...before.receipt]);
    if (phase !== 'done' || receipt.size === 0 || old) return undefined;
    return { view, receipt, text: (await view.root.textContent()) ?? '' };
  });
  return answered.catch(async (cause) => {
    const seen = await workbench.webview('main[data-phase]', 0).then(
      ({ root }) => root.textContent(),
      () => 'no answer view',
    );
    throw new Error(`${what} did not come; on screen: ${seen}`, { cause });
  });
}

/** Whether the receipt says that the answer came out of memory, without any call. */
export function isMemoryHit(receipt: ReceiptRows): boolean {
  return /^hit\b.*\bmemory\b/i.test(receipt.get('Cache') ?? '');
}

export async function meter(
  workbench: Workbench,
  accept?: (item: StatusBarItem) => boolean,
): Promise<StatusBarItem> {
  return workbench.statusBarItem('sluice.meter', accept);
}

/** Opens the dashboard if it is closed; resolves when it shows the state that was asked for. */
export async function dashboard(workbench: Workbench, state: 'empty' | 'ready'): Promise<WebviewPage> {
  await workbench.runCommand('Sluice: Open Dashboard');
  return workbench.webview(`main[data-state="${state}"]`);
}

/** The figures of a section of the dashboard: what is shown under each label. */
export async function figures({ root }: WebviewPage, section: Section): Promise<ReadonlyMap<string, string>> {
  return labelled(root.locator(`section[data-section="${section}"]`));
}

/** The figures of one cache level. */
export async function levelFigures(
  { root }: WebviewPage,
  level: 'memory' | 'redis' | 'disk',
): Promise<ReadonlyMap<string, string>> {
  return labelled(root.locator(`section[data-section="caches"] [data-level="${level}"]`));
}

export async function sectionText({ root }: WebviewPage, section: Section): Promise<string> {
  return (await root.locator(`section[data-section="${section}"]`).textContent()) ?? '';
}

/** Every term of a definition list with what it says, without what only a screen reader says. */
async function labelled(list: Locator): Promise<ReadonlyMap<string, string>> {
  const pairs = await list.locator('dt, dd').evaluateAll((elements: PageElement[]) =>
    elements.map((element) => {
      const spoken = [...element.querySelectorAll('.hidden')].map(({ textContent }) => textContent ?? '');
      const shown = spoken.reduce((text, part) => text.replace(part, ''), element.textContent ?? '');
      return { term: element.tagName === 'DT', shown: shown.trim() };
    }),
  );
  const terms = pairs.filter(({ term }) => term);
  const values = pairs.filter(({ term }) => !term);
  return new Map(terms.map(({ shown }, index) => [shown, values[index]?.shown ?? '']));
}
