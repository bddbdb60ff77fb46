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

/** What the rules look at: colours are a theme's, all else is the same in each. */
export type Looking = 'everything' | 'colours' | 'all but colours';

const COLOURS = ['color-contrast', 'link-in-text-block'];
const RULES: Readonly<Record<Looking, object>> = {
  everything: {},
  colours: { runOnly: { type: 'rule', values: COLOURS } },
  'all but colours': { rules: Object.fromEntries(COLOURS.map((id) => [id, { enabled: false }])) },
};

/** The rules that axe runs by itself, best practices too. Empty when nothing is wrong. */
export async function faultsIn(page: Page | Frame, looking: Looking = 'everything'): Promise<string[]> {
  if (await page.evaluate('globalThis.axe === undefined')) await page.evaluate(AXE);
  const options = { resultTypes: ['violations'], preload: false, ...RULES[looking] };
  const faults: Fault[] = await page.evaluate(
    `globalThis.axe.run(document, ${JSON.stringify(options)}).then(({ violations }) => violations)`,
  );
  return faults.map(({ id, impact, nodes }) => {
    const [first] = nodes;
    const why = first?.failureSummary.replaceAll(/\s+/g, ' ') ?? '';
    return `${impact} ${id}, ${nodes.length} times: ${why} ${first?.html.slice(0, 200) ?? ''}`;
  });
}
