/** A lock between processes that the operating system frees when its owner dies. Units: milliseconds. */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { until } from './until.ts';

export interface ProcessLockOptions {
  /** An SQLite database of this name is made; an exclusive transaction on it is the lock. */
  readonly file: string;
  readonly timeoutMs: number;
  /** Called once when another process holds the lock. */
  onWait(): void;
}

/** Runs `work` while no other process runs under the same lock. */
export async function withProcessLock<T>(
  { file, timeoutMs, onWait }: ProcessLockOptions,
  work: () => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  mkdirSync(dirname(file), { recursive: true });
  const database = new DatabaseSync(file);
  try {
    let waiting = false;
    const take = (): boolean => {
      const taken = tryLock(database);
      if (!taken && !waiting) onWait();
      waiting = !taken;
      return taken;
    };
    await until({ what: `another process to release ${file}`, timeoutMs }, take, signal);
    return await work();
  } finally {
    database.close();
  }
}

function tryLock(database: DatabaseSync): boolean {
  try {
    database.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (error) {
    if (error instanceof Error && /locked/.test(error.message)) return false;
    throw error;
  }
}
