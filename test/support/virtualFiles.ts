/** An extension with a file system in memory, for windows whose workspace is virtual: no path of theirs is on a disk. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const MANIFEST = {
  name: 'virtual',
  publisher: 'tests',
  version: '1.0.0',
  engines: { vscode: '^1.104.0' },
  main: './main.js',
  activationEvents: ['onFileSystem:virtual', 'onStartupFinished'],
  capabilities: { virtualWorkspaces: true, untrustedWorkspaces: { supported: true } },
  contributes: { commands: [{ command: 'virtual.open', category: 'Virtual', title: 'Open Folder' }] },
};

const MAIN = `
const vscode = require('vscode');
const text = new TextEncoder().encode('export function virtually(value) {\\n  return value * 2;\\n}\\n');
const file = { type: 1, ctime: 0, mtime: 0, size: text.length };
const folder = { type: 2, ctime: 0, mtime: 0, size: 0 };
const isFile = (uri) => uri.path.endsWith('/cart.virtual.ts');
const missing = (uri) => { throw vscode.FileSystemError.FileNotFound(uri); };
exports.activate = (context) => {
  const changes = new vscode.EventEmitter();
  const files = {
    onDidChangeFile: changes.event,
    watch: () => ({ dispose() {} }),
    stat: (uri) => (isFile(uri) ? file : uri.path === '/' || uri.path === '' ? folder : missing(uri)),
    readDirectory: () => [['cart.virtual.ts', 1]],
    readFile: (uri) => (isFile(uri) ? text : missing(uri)),
    writeFile: missing, createDirectory: missing, delete: missing, rename: missing,
  };
  context.subscriptions.push(
    vscode.workspace.registerFileSystemProvider('virtual', files, { isReadonly: true }),
    vscode.commands.registerCommand('virtual.open', () =>
      vscode.commands.executeCommand('vscode.openFolder', vscode.Uri.parse('virtual:/'))),
  );
};
`;

export async function writeVirtualExtension(folder: string): Promise<void> {
  await writeFile(join(folder, 'package.json'), JSON.stringify(MANIFEST));
  await writeFile(join(folder, 'main.js'), MAIN);
}
