/** Rows of the cache on disk and what they are worth. Units: milliseconds (wall clock), bytes, USD. */
import type { FileUse, Kept } from '../cache/cacheStore.ts';
import { STRATEGY_NAMES } from '../cache/strategies.ts';

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

/** `undefined`: not written by us. */
export function keptOf(
  row: Row,
  unpack: (text: string | Uint8Array) => string | undefined,
): Kept | undefined {
  const { text: raw, strategy: name } = row;
  const strategy = STRATEGY_NAMES.find((known) => known === name);
  const text = typeof raw === 'string' || raw instanceof Uint8Array ? unpack(raw) : undefined;
  if (strategy === undefined || text === undefined) return undefined;
  return {
    text,
    strategy,
    scope: String(row.scope),
    model: String(row.model),
    storedAtMs: Number(row.storedMs),
    staleAtMs: Number(row.staleMs),
    expiresAtMs: Number(row.expiresMs),
    savesUsd: Number(row.savesUsd),
    files: row.files === '' ? NONE : filesOf(String(row.files)),
  };
}

const NONE: readonly FileUse[] = [];

function filesOf(text: string): readonly FileUse[] {
  return JSON.parse(text) as readonly FileUse[];
}
