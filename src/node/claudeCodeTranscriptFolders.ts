/** Where Claude Code keeps its transcripts, and which of them changed. Units: epoch milliseconds. */
import type { BigIntStats } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** The folders that may hold transcripts: the one that the person set, else the usual ones. */
export function transcriptFolders(env: NodeJS.ProcessEnv, home: string): string[] {
  const chosen = (env.CLAUDE_CONFIG_DIR ?? '').split(',').map((folder) => folder.trim());
  const folders = chosen.filter((folder) => folder !== '');
  if (folders.length === 0) {
    folders.push(join(home, '.claude'), join(env.XDG_CONFIG_HOME || join(home, '.config'), 'claude'));
  }
  return folders.map((folder) => join(folder, 'projects'));
}

export interface FoundFile {
  readonly path: string;
  /** The file itself, by whatever name: device and inode. */
  readonly identity: string;
  /** Changes when it is written to. */
  readonly state: string;
}

export interface Found {
  readonly files: readonly FoundFile[];
  /** Folders and files that could not be looked at. */
  readonly unreadable: number;
}

/** A project, a session, its subagents; more is some loop. */
const MAX_DEPTH = 6;

/** All `.jsonl` files below, changed after `sinceMs`, each once, whatever links lead to it. */
export async function findTranscripts(
  folders: readonly string[],
  sinceMs: number,
  signal: AbortSignal,
): Promise<Found> {
  const seen = new Set<string>();
  const files: FoundFile[] = [];
  let unreadable = 0;
  const visit = async (path: string, depth: number): Promise<void> => {
    signal.throwIfAborted();
    const facts = await look(path);
    if (facts === undefined) unreadable += depth > 0 ? 1 : 0;
    const identity = `${facts?.dev} ${facts?.ino}`;
    if (facts === undefined || seen.has(identity)) return;
    seen.add(identity);
    if (facts.isDirectory()) {
      const names = depth < MAX_DEPTH ? await namesIn(path) : undefined;
      if (names === undefined) unreadable++;
      for (const name of names ?? []) await visit(join(path, name), depth + 1);
    } else if (facts.isFile() && Number(facts.mtimeMs) >= sinceMs) {
      files.push({ path, identity, state: `${facts.size} ${facts.mtimeNs}` });
    }
  };
  for (const folder of folders) await visit(folder, 0);
  return { files, unreadable };
}

async function look(path: string): Promise<BigIntStats | undefined> {
  try {
    return await stat(path, { bigint: true });
  } catch {
    return undefined;
  }
}

/** Transcripts and what may be a folder of them; other files are not even looked at. */
async function namesIn(path: string): Promise<string[] | undefined> {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    return entries
      .filter((entry) => entry.name.endsWith('.jsonl') || entry.isDirectory() || entry.isSymbolicLink())
      .map(({ name }) => name);
  } catch {
    return undefined;
  }
}
