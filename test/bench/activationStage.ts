/** The extensions that the activation bench starts, in a folder of their own: two empty ones, and Sluice as packaged. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export interface Stage {
  readonly first: StagedExtension;
  readonly empty: StagedExtension;
  readonly sluice: StagedExtension;
}

export interface StagedExtension {
  readonly id: string;
  readonly folder: string;
}

/** `packaged`: what the .vsix holds, by path. */
export async function stageExtensions(parent: string, packaged: ReadonlyMap<string, Buffer>): Promise<Stage> {
  return {
    first: await stageEmpty(parent, 'first'),
    empty: await stageEmpty(parent, 'empty'),
    sluice: await stageSluice(parent, packaged),
  };
}

async function stageEmpty(parent: string, name: string): Promise<StagedExtension> {
  const manifest = {
    name,
    publisher: 'sluice-bench',
    version: '1.0.0',
    engines: { vscode: '^1.104.0' },
    main: './extension.cjs',
    activationEvents: [],
  };
  const folder = join(parent, name);
  await put(join(folder, 'package.json'), JSON.stringify(manifest));
  await put(join(folder, 'extension.cjs'), '"use strict";exports.activate=()=>{};');
  return { id: `sluice-bench.${name}`, folder };
}

/** The same in everything but one thing: the bench decides when it is activated. */
async function stageSluice(parent: string, packaged: ReadonlyMap<string, Buffer>): Promise<StagedExtension> {
  const folder = join(parent, 'sluice');
  for (const [path, content] of packaged) {
    if (path.startsWith(root)) await put(join(folder, path.slice(root.length)), content);
  }
  const manifest = JSON.parse(String(packaged.get(`${root}package.json`)));
  await put(join(folder, 'package.json'), JSON.stringify({ ...manifest, activationEvents: [] }));
  return { id: `${manifest.publisher}.${manifest.name}`, folder };
}

/** Where a package keeps the extension. */
const root = 'extension/';

async function put(file: string, content: string | Buffer): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
}
