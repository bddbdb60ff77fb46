/** Runs in the page of the benchmark: the dashboard's own tree, drawn in place or by replacing everything. */
import type { PanelTexts } from '../../src/flow/messages.ts';
import type { Snapshot } from '../../src/flow/snapshot.ts';
import { type DashboardState, dashboardTree } from '../../src/panel/dashboardView.ts';
import { draw } from '../../src/panel/dom.ts';
import { Format } from '../../src/panel/format.ts';
import { Words } from '../../src/panel/words.ts';

const main = document.querySelector('main') ?? document.body;
let states: readonly DashboardState[] = [];

function prepare(snapshots: readonly Snapshot[], texts: PanelTexts): void {
  const format = new Format(new Words(texts, 'en'));
  const list = { expanded: true, heldAtId: undefined };
  states = snapshots.map((snapshot) => ({
    format,
    snapshot,
    failure: undefined,
    overdueMs: undefined,
    list,
    // The details of one platform.
    open: new Set(snapshot.buckets.slice(0, 4).map(({ id }) => id)),
  }));
}

/** How long each update kept the script busy, in milliseconds. */
function measure(way: 'patch' | 'replace', times: number): number[] {
  const taken: number[] = [];
  for (let index = 0; index < times; index++) {
    const state = states[index % states.length];
    if (!state) throw new Error('Nothing was prepared.');
    const startedMs = performance.now();
    if (way === 'replace') main.replaceChildren();
    draw(main, dashboardTree(state));
    taken.push(performance.now() - startedMs);
  }
  return taken;
}

Object.assign(globalThis, { prepare, measure });
