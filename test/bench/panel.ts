/**
 * Scripting of one dashboard update with everything in it, in Chromium: 10 platforms, 40 limits, 50 decisions. The peer
 * is the same tree drawn by replacing the whole document. Units: milliseconds, bytes.
 */
import { build } from 'esbuild';
import type { CDPSession, Page } from 'playwright-core';
import { throttle } from '../../src/base/throttle.ts';
import { SNAPSHOT_EVERY_MS } from '../../src/flow/messages.ts';
import type { Snapshot } from '../../src/flow/snapshot.ts';
import { panelTexts } from '../../src/host/panelTexts.ts';
import { launchBrowser } from '../support/browser.ts';
import { FakeClock } from '../support/fakeClock.ts';
import { repoRoot } from '../support/paths.ts';
import { largeSnapshot } from './panelSnapshot.ts';
import { type Bench, check, quantile, round } from './report.ts';

const WARM_UP = 100;
const UPDATES = 1_000;
/** So many snapshots take turns: each differs from the one before in everything that moves. */
const VARIANTS = 20;
/** What 1,000 updates may leave behind after a collection. */
const MOST_GROWTH = 500_000;

export const panel: Bench = async ({ say }) => {
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 300, height: 800 } });
    await page.setContent('<!doctype html><html lang="en"><body><main></main></body></html>');
    await page.addScriptTag({ content: await harness() });
    const snapshots = Array.from({ length: VARIANTS }, (_, step) => largeSnapshot(step));
    await page.evaluate(([list, texts]) => Reflect.get(globalThis, 'prepare')(list, texts), [
      snapshots,
      panelTexts((message) => message),
    ] as const);
    const session = await page.context().newCDPSession(page);
    await session.send('Performance.enable');
    await update(page, 'patch', WARM_UP);
    await update(page, 'replace', WARM_UP);
    await update(page, 'patch', WARM_UP);
    const before = await heap(session);
    say(`${UPDATES} updates in place`);
    const patched = await update(page, 'patch', UPDATES);
    const grown = (await heap(session)) - before;
    say(`${UPDATES} updates that replace everything`);
    const replaced = await update(page, 'replace', UPDATES);
    return report(patched, replaced, grown, snapshots[0]);
  } finally {
    await browser.close();
  }
};

/** The panel's own tree and patcher, and the peer, in one script. */
async function harness(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [`${repoRoot}/test/panel/benchHarness.ts`],
    bundle: true,
    minify: true,
    format: 'iife',
    platform: 'browser',
    target: 'es2023',
    write: false,
  });
  return outputFiles[0]?.text ?? '';
}

function update(page: Page, way: 'patch' | 'replace', times: number): Promise<number[]> {
  return page.evaluate(([name, count]) => Reflect.get(globalThis, 'measure')(name, count), [
    way,
    times,
  ] as const);
}

/** Used by scripts, after everything that can be collected was. */
async function heap(session: CDPSession): Promise<number> {
  await session.send('HeapProfiler.collectGarbage');
  const { metrics } = await session.send('Performance.getMetrics');
  return metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? Number.NaN;
}

function report(
  patched: readonly number[],
  replaced: readonly number[],
  grown: number,
  snapshot: Snapshot | undefined,
) {
  const most = mostInASecond();
  const figures = (taken: readonly number[]) => ({
    p50: round(quantile(taken, 0.5)),
    p95: round(quantile(taken, 0.95)),
    p99: round(quantile(taken, 0.99)),
    n: taken.length,
  });
  return {
    results: {
      updateMs: figures(patched),
      replaceWholeTreeMs: figures(replaced),
      heapGrowthBytes: grown,
      updatesInASecond: most,
      snapshot: {
        platforms: snapshot?.platforms.length,
        limits: snapshot?.buckets.length,
        decisions: snapshot?.decisions.length,
      },
      note: 'scripting alone, list of decisions unfolded; both ways build the same tree and differ in drawing it',
    },
    checks: [
      check('scripting of an update, P95', quantile(patched, 0.95), '<=', 8, 'ms'),
      check('updates in a second when 1,000 are asked for', most, '<=', 4, 'updates'),
      check(`heap after ${UPDATES} updates, growth`, grown, '<=', MOST_GROWTH, 'bytes'),
    ],
  };
}

/** The most sends in any second while the host asks each millisecond for ten seconds. */
function mostInASecond(): number {
  const clock = new FakeClock();
  const sent: number[] = [];
  const throttled = throttle(() => sent.push(clock.monotonic()), SNAPSHOT_EVERY_MS, clock);
  for (let ms = 0; ms < 10_000; ms += 1) {
    throttled.request();
    clock.advance(1);
  }
  throttled.dispose();
  return Math.max(...sent.map((from) => sent.filter((at) => at >= from && at < from + 1_000).length));
}
