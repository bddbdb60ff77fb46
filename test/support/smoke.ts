/** `npm start -- --smoke`: the first thing that a person would try, without a person, with pictures. */
import { join } from 'node:path';
import { startCodeServer } from './codeServer.ts';
import { themes } from './editorSettings.ts';
import { repoRoot } from './paths.ts';
import { copySample, linesOf } from './sampleWorkspace.ts';
import {
  type Answer,
  dashboard,
  explainSelection,
  isMemoryHit,
  meter,
  type ReceiptRows,
} from './sluiceViews.ts';
import { Workbench } from './workbench.ts';

/** Pixels; the narrowest side bar in which the dashboard must work. */
const narrow = 300;
const wide = 360;
const window = { width: 1440, height: 860, scale: 2 };

/** The exit code: 0 only if the second of two equal questions was answered from memory. */
export async function runSmoke(outFolder: string, signal: AbortSignal): Promise<number> {
  const sample = await copySample();
  const server = await startCodeServer({ name: 'smoke', extensionFolders: [repoRoot] }, signal);
  try {
    const workbench = await Workbench.open(server, { ...window, folder: sample.folder }, signal);
    try {
      return await tryOut(workbench, outFolder);
    } catch (error) {
      await workbench.screenshot(join(outFolder, 'failure.png')).catch(() => undefined);
      throw error;
    } finally {
      await workbench.close();
    }
  } finally {
    await server.stop();
    await sample.remove();
  }
}

async function tryOut(workbench: Workbench, outFolder: string): Promise<number> {
  await workbench.openFile('cart.ts');
  await workbench.selectLines(await linesOf('bestDiscount', 'cart.ts'));
  const first = await explainSelection(workbench);
  printReceipt('First answer', first.receipt);
  const second = await explainSelection(workbench, first);
  printReceipt('Second answer', second.receipt);
  const view = await dashboard(workbench, 'ready');
  for (const theme of ['dark', 'light', 'highContrast'] as const) {
    await workbench.setTheme(theme);
    const repainted = `body.${themes[theme].webviewMarker}`;
    await Promise.all([view, second.view].map(({ frame }) => frame.locator(repainted).waitFor()));
    await takePictures(workbench, second, join(outFolder, theme));
  }
  console.log(`\nPictures: ${outFolder}`);
  const passed = !isMemoryHit(first.receipt) && isMemoryHit(second.receipt);
  if (!passed) console.error('Expected a miss, then a hit in memory.');
  return passed ? 0 : 1;
}

async function takePictures(workbench: Workbench, answer: Answer, folder: string): Promise<void> {
  await meter(workbench);
  await workbench.setSideBarWidth(narrow);
  await workbench.screenshot(join(folder, 'dashboard-narrow.png'), workbench.part('sidebar'));
  await workbench.setSideBarWidth(wide);
  await workbench.screenshot(join(folder, 'dashboard.png'), workbench.part('sidebar'));
  await workbench.screenshot(join(folder, 'editor.png'));
  await workbench.screenshot(join(folder, 'status-bar.png'), workbench.part('statusbar'));
  await workbench.screenshot(join(folder, 'answer.png'), answer.view.root);
}

function printReceipt(title: string, receipt: ReceiptRows): void {
  console.log(`\n${title}`);
  for (const [label, value] of receipt) console.log(`  ${label.padEnd(8)} ${value.replaceAll('\n', ' ')}`);
}
