/** Rows of the cache on disk and what they are worth. Units: milliseconds (wall clock), bytes, USD. */
import { areFiles, type FileUse, type Kept } from '../cache/cacheStore.ts';
import { isStrategyName } from '../cache/strategies.ts';

type Row = Readonly<Record<string, unknown>>;

/** Key, head and indexes of an entry beside its text (measured 2026-11-27 over 200,000 of them). */
const ROW_BYTES = 400;
/** After so long without a use an entry is worth half. */
const HALF_LIFE_MS = 86_400_000;
/** Even what is free to ask takes somebody's time. */
const LEAST_USD = 1e-6;

export function bytesOf(text: string | Uint8Array, { files }: Kept): number {
  return text.length + ROW_BYTES + files.length * 2 * 64;
}

/** See `CACHE_SCHEMA`. */
export function rankOf(entry: {
  readonly savesUsd: number;
  readonly bytes: number;
  readonly usedMs: number;
}): number {
  return Math.log2(Math.max(LEAST_USD, entry.savesUsd) / entry.bytes) + entry.usedMs / HALF_LIFE_MS;
}

export function rowOf(kept: Kept, text: string | Uint8Array, rank: number, bytes: number) {
  const { strategy, scope, model, storedAtMs, staleAtMs, expiresAtMs, savesUsd, files } = kept;
  const uses = files.length === 0 ? '' : JSON.stringify(files);
  return [
    strategy,
    scope,
    model,
    storedAtMs,
    staleAtMs,
    expiresAtMs,
    savesUsd,
    uses,
    rank,
    bytes,
    text,
  ] as const;
}

export interface ReadRow {
  readonly id: number;
  readonly bytes: number;
  /** `undefined`: not written by us. */
  readonly kept: Kept | undefined;
}

export function readRow(row: Row, unpack: (text: string | Uint8Array) => string | undefined): ReadRow {
  const head = JSON.parse(String(row.head)) as Head;
  const [id, bytes, strategy, scope, model, storedAtMs, staleAtMs, expiresAtMs, savesUsd, uses] = head;
  const raw = row.text;
  const text = typeof raw === 'string' || raw instanceof Uint8Array ? unpack(raw) : undefined;
  if (!isStrategyName(strategy) || text === undefined) return { id, bytes, kept: undefined };
  const files = uses === '' ? NONE : filesOf(uses);
  if (files === undefined) return { id, bytes, kept: undefined };
  const times = { storedAtMs, staleAtMs, expiresAtMs };
  return { id, bytes, kept: { text, strategy, scope, model, ...times, savesUsd, files } };
}

/** As the columns of a STRICT table hold it. */
type Head = [
  id: number,
  bytes: number,
  strategy: string,
  scope: string,
  model: string,
  storedMs: number,
  staleMs: number,
  expiresMs: number,
  savesUsd: number,
  files: string,
];

const NONE: readonly FileUse[] = [];

function filesOf(text: string): readonly FileUse[] | undefined {
  try {
    const files: unknown = JSON.parse(text);
    return areFiles(files) ? files : undefined;
  } catch {
    // Not written by us.
    return undefined;
  }
}
