/** axe-core in a page: what it finds wrong, as one line for each kind of fault. */
import { readFileSync } from 'node:fs';
import type { Frame, Page } from 'playwright-core';

const AXE = readFileSync(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');

/** As much of a result as is told. */
interface Fault {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** Every rule that axe runs by itself, best practices too. Empty when nothing is wrong. */
export async function faultsIn(page: Page | Frame): Promise<string[]> {
  await page.evaluate(`globalThis.axe ?? (() => { ${AXE} })()`);
  const faults: Fault[] = await page.evaluate(
    "globalThis.axe.run(document, { resultTypes: ['violations'], preload: false }).then(({ violations }) => violations)",
  );
  return faults.map(({ id, impact, nodes }) => {
    const [first] = nodes;
    const why = first?.failureSummary.replaceAll(/\s+/g, ' ') ?? '';
    return `${impact} ${id}, ${nodes.length} times: ${why} ${first?.html.slice(0, 200) ?? ''}`;
  });
}
