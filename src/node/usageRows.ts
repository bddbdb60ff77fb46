/** Reads the whole usage history of this machine, for an export. */
import { existsSync } from 'node:fs';
import { SluiceError } from '../base/errors.ts';
import type { UsageRecord } from '../metrics/usageLedger.ts';

const CACHES = ['none', 'joined', 'memory', 'redis', 'disk', 'similar'] as const;
const SELECT = `
  SELECT at_ms AS atMs, day, task, model, simulated, cache, stop, input_tokens AS inputTokens,
    output_tokens AS outputTokens, cost_usd AS costUsd, total_ms AS totalMs
  FROM usage ORDER BY at_ms, id`;

/** Oldest first; none when there is no history yet. Throws `storage-unusable`. */
export async function readUsage(file: string): Promise<UsageRecord[]> {
  if (!existsSync(file)) return [];
  const { DatabaseSync } = await import('node:sqlite');
  try {
    const db = new DatabaseSync(file, { readOnly: true });
    try {
      return db.prepare(SELECT).all().map(recordOf);
    } finally {
      db.close();
    }
  } catch (error) {
    const detail = error instanceof Error ? error.message : '';
    throw new SluiceError('storage-unusable', { why: 'corrupt', detail }, { cause: error });
  }
}

function recordOf(row: Readonly<Record<string, unknown>>): UsageRecord {
  const { inputTokens, outputTokens, costUsd } = row;
  return {
    atMs: Number(row.atMs),
    day: String(row.day),
    task: String(row.task),
    modelKey: String(row.model),
    simulated: row.simulated === 1,
    cache: CACHES.find((cache) => cache === row.cache) ?? 'none',
    stop: String(row.stop),
    ...(typeof inputTokens === 'number' ? { inputTokens } : {}),
    ...(typeof outputTokens === 'number' ? { outputTokens } : {}),
    ...(typeof costUsd === 'number' ? { costUsd } : {}),
    totalMs: Number(row.totalMs),
  };
}
