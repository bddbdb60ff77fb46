/** The copy of code-server must refuse what a user's VS Code refuses, or say that it cannot. */
import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setup, suite, teardown, test } from 'mocha';
import { closeApiGate } from './apiGate.ts';
import { type TemporaryFolder, temporaryFolder } from './temporaryFolder.ts';

const check =
  'function a$(e,t){return!0}' +
  "function b(i,n){if(!a$(i,n))throw new Error(`Extension 'x' CANNOT use API proposal: y`)}";
const grant = 'class Q{constructor(){this._envEnablesProposedApiForAll=!0}}';
const sources: Readonly<Record<string, string>> = {
  'vs/code/browser/workbench/workbench.js': `x();${check}${grant}y()`,
  'vs/workbench/api/node/extensionHostProcess.js': check,
  'vs/workbench/api/worker/extensionHostWorkerMain.js': check,
  'server-main.js': check,
};

suite('proposed-API gate', () => {
  let folder: TemporaryFolder;

  setup(async () => {
    folder = await temporaryFolder();
    for (const [name, source] of Object.entries(sources)) await write(name, source);
  });
  teardown(() => folder.remove());

  test('it is closed in every bundle, and nothing else changes', async () => {
    await closeApiGate(folder.path);

    const workbench = await read('vs/code/browser/workbench/workbench.js');
    assert.match(
      workbench,
      /^x\(\);function a\$\(e,t\)\{return!!e\.enabledApiProposals\?\.includes\(t\)\}function b\(/,
    );
    assert.match(workbench, /_envEnablesProposedApiForAll=!1\}\}y\(\)$/);
    for (const name of Object.keys(sources))
      assert.doesNotMatch(await read(name), /return!0|ForAll=!0/, name);
  });

  test('closing it again changes nothing', async () => {
    await closeApiGate(folder.path);
    const before = await Promise.all(Object.keys(sources).map(read));

    await closeApiGate(folder.path);

    assert.deepEqual(await Promise.all(Object.keys(sources).map(read)), before);
  });

  test('a bundle in which it is not found is refused', async () => {
    await write('server-main.js', 'function allowed(e){return!0}');

    await assert.rejects(closeApiGate(folder.path), /server-main\.js, not once/);
  });

  async function write(name: string, source: string): Promise<void> {
    const file = join(folder.path, 'lib/vscode/out', name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, source);
  }

  function read(name: string): Promise<string> {
    return readFile(join(folder.path, 'lib/vscode/out', name), 'utf8');
  }
});
