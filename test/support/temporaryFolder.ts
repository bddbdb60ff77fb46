/** Temporary folders that are gone when this process is. */
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TemporaryFolder {
  readonly path: string;
  /** Earlier than at the end of the process. */
  remove(): Promise<void>;
}

const left = new Set<string>();
process.on('exit', () => {
  for (const path of left) rmSync(path, removal);
});

/** A program that is just ending may still write into its folder. */
const removal = { recursive: true, force: true, maxRetries: 3 };

/** Its path is short: it will hold Unix sockets, whose names may have 107 characters. */
export async function temporaryFolder(): Promise<TemporaryFolder> {
  const path = await mkdtemp(join(tmpdir(), 'sluice-'));
  left.add(path);
  const remove = async (): Promise<void> => {
    await rm(path, removal);
    left.delete(path);
  };
  return { path, remove };
}
