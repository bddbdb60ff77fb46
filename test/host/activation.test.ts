/** The extension is there, starts, and keeps what its manifest promises. */
import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';

interface Manifest {
  readonly contributes?: { readonly commands?: readonly { readonly command: string }[] };
}

function sluice(): vscode.Extension<unknown> {
  const extension = vscode.extensions.getExtension('sluice.sluice');
  assert.ok(extension, 'sluice.sluice is not among the extensions');
  return extension;
}

suite('activation', () => {
  test('the extension activates', async () => {
    const extension = sluice();

    await extension.activate();

    assert.equal(extension.isActive, true);
  });

  test('every command of the manifest is registered', async () => {
    const extension = sluice();
    await extension.activate();
    const manifest: Manifest = extension.packageJSON;

    const registered = new Set(await vscode.commands.getCommands(true));

    const declared = (manifest.contributes?.commands ?? []).map(({ command }) => command);
    assert.ok(declared.length > 0);
    assert.deepEqual(
      declared.filter((command) => !registered.has(command)),
      [],
    );
  });

  test('proposed API is refused here as it is to users', () => {
    const provider = { provideFileSearchResults: () => [] };
    const register: unknown = Reflect.get(vscode.workspace, 'registerFileSearchProvider');
    assert.ok(typeof register === 'function');

    assert.throws(() => register('sluice-test', provider), /CANNOT use API proposal/);
  });
});
