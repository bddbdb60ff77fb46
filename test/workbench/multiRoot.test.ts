/** A window with two folders, of which one says that nothing of it may leave this machine. */
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, suiteSetup, suiteTeardown, teardown, test } from 'mocha';
import { startCodeServer } from '../support/codeServer.ts';
import { repoRoot } from '../support/paths.ts';
import { keepPicture } from '../support/pictures.ts';
import { explainSelection, meter } from '../support/sluiceViews.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { Workbench } from '../support/workbench.ts';

const never = new AbortController().signal;

suite('a window with two folders', () => {
  const cleanUp: (() => unknown)[] = [];
  let workbench: Workbench;

  suiteSetup(async () => {
    const { path, remove } = await temporaryFolder();
    cleanUp.push(remove);
    const server = await startCodeServer({ name: 'multi-root', extensionFolders: [repoRoot] }, never);
    cleanUp.push(() => server.stop());
    workbench = await Workbench.open(server, { workspace: await writeWorkspace(path) }, never);
    cleanUp.push(() => workbench.close());
    await meter(workbench);
  });
  suiteTeardown(async () => {
    for (const end of cleanUp.splice(0).reverse()) await end();
  });
  teardown(async function () {
    if (this.currentTest?.state === 'failed') await keepPicture(workbench, this.currentTest);
  });

  test('code of the open folder is answered', async () => {
    await workbench.openFile('open.ts');
    await workbench.selectLines({ first: 1, last: 3 });

    const { receipt } = await explainSelection(workbench);

    assert.match(receipt.get('Model') ?? '', /simulated/);
  });

  test('code of the other one is asked of no model, and the view says why', async () => {
    await workbench.openFile('closed.ts');
    await workbench.selectLines({ first: 1, last: 3 });

    await workbench.runCommand('Sluice: Explain Selection');
    const { root } = await workbench.webview('main[data-phase="failed"]');

    assert.match((await root.textContent()) ?? '', /sluice\.routing\.localOnly/);
  });
});

/** Each folder has a file that is named after it. */
async function writeWorkspace(path: string): Promise<string> {
  for (const [name, settings] of [
    ['open', {}],
    ['closed', { 'sluice.routing.localOnly': true }],
  ] as const) {
    const folder = join(path, name);
    await mkdir(join(folder, '.vscode'), { recursive: true });
    await writeFile(join(folder, '.vscode/settings.json'), JSON.stringify(settings));
    const body = `  return '${name}'.length + ${name.length};`;
    await writeFile(join(folder, `${name}.ts`), `export function ${name}Length(): number {\n${body}\n}\n`);
  }
  const file = join(path, 'two.code-workspace');
  await writeFile(file, JSON.stringify({ folders: [{ path: 'open' }, { path: 'closed' }] }));
  return file;
}
