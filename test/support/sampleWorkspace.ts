/** The workspace that tests and `npm start` open: a copy, so that nobody edits the original. */
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LineRange } from './workbench.ts';

const sampleFolder = join(import.meta.dirname, 'sample');

export interface SampleWorkspace {
  readonly folder: string;
  remove(): Promise<void>;
}

/** Below `parent`, replacing an earlier copy; below a new temporary folder without. */
export async function copySample(parent?: string): Promise<SampleWorkspace> {
  const above = parent ?? (await mkdtemp(join(tmpdir(), 'sluice-')));
  const folder = join(above, 'bookshop');
  await rm(folder, { recursive: true, force: true });
  await cp(sampleFolder, folder, { recursive: true });
  return {
    folder,
    remove: () => rm(parent === undefined ? above : folder, { recursive: true, force: true }),
  };
}

/** The lines of a function in a brace language whose body ends with a brace in the first column. */
export async function linesOf(name: string, file: string): Promise<LineRange> {
  const lines = (await readFile(join(sampleFolder, file), 'utf8')).split('\n');
  const start = lines.findIndex((line) => line.includes(`function ${name}(`));
  const length = lines.slice(start).indexOf('}');
  if (start < 0 || length < 0) throw new Error(`No function ${name} in ${file}.`);
  return { first: start + 1, last: start + 1 + length };
}
