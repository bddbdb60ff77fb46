/** The workspace that tests and `npm start` open: a copy, so that nobody edits the original. */
import { cp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from './temporaryFolder.ts';
import type { LineRange } from './workbench.ts';

const sampleFolder = join(import.meta.dirname, 'sample');

export interface SampleWorkspace {
  readonly folder: string;
  remove(): Promise<void>;
}

/** In a temporary folder of its own. */
export async function copySample(): Promise<SampleWorkspace> {
  const { path, remove } = await temporaryFolder();
  return { folder: await copySampleInto(path), remove };
}

/** Replaces an earlier copy; returns the folder to open. */
export async function copySampleInto(parent: string): Promise<string> {
  const folder = join(parent, 'bookshop');
  await rm(folder, { recursive: true, force: true });
  await cp(sampleFolder, folder, { recursive: true });
  return folder;
}

/** The lines of a function in a brace language whose body ends with a brace in the first column. */
export async function linesOf(name: string, file: string): Promise<LineRange> {
  const lines = (await readFile(join(sampleFolder, file), 'utf8')).split('\n');
  const start = lines.findIndex((line) => line.includes(`function ${name}(`));
  const length = lines.slice(start).indexOf('}');
  if (start < 0 || length < 0) throw new Error(`No function ${name} in ${file}.`);
  return { first: start + 1, last: start + 1 + length };
}
