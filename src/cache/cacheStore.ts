/**
 * A level below the memory: it keeps values as text, with what decides how long and for whom they may be served.
 * Units: milliseconds (wall clock, since the epoch), bytes, USD.
 */
import type { Disposable } from '../base/disposable.ts';
import type { StrategyName } from './strategies.ts';

export type LowerLevel = 'redis' | 'disk';

/** A file that a value came from, and the digest of what was used of it. */
export interface FileUse {
  /** Digest of the file's address: no path leaves the machine. */
  readonly path: string;
  readonly hash: string;
}

/** Whether something that was read somewhere is a list of them. */
export function areFiles(raw: unknown): raw is readonly FileUse[] {
  return Array.isArray(raw) && raw.every(isFile);
}

function isFile(raw: unknown): boolean {
  if (typeof raw !== 'object' || raw === null) return false;
  const { path, hash } = raw as Readonly<Record<string, unknown>>;
  return typeof path === 'string' && typeof hash === 'string';
}

export interface Kept {
  readonly text: string;
  readonly strategy: StrategyName;
  /** Names the workspace that asked; empty: none was open. */
  readonly scope: string;
  /** Key of the model that made it; empty: none did. */
  readonly model: string;
  readonly storedAtMs: number;
  /** From then on it is old, and made anew behind whoever gets it; equal to `expiresAtMs` where that is not allowed. */
  readonly staleAtMs: number;
  readonly expiresAtMs: number;
  /** What it spares each time: the higher, the longer it is kept when room runs out. */
  readonly savesUsd: number;
  readonly files: readonly FileUse[];
}

/** What is to be forgotten. */
export type Drop =
  | { readonly kind: 'all' }
  | { readonly kind: 'scope'; readonly scope: string }
  | { readonly kind: 'strategies'; readonly strategies: readonly StrategyName[] }
  | { readonly kind: 'model'; readonly model: string; readonly strategies: readonly StrategyName[] }
  /** All that came from another state of the file than `hash`; absent: the file is gone. */
  | { readonly kind: 'file'; readonly path: string; readonly hash?: string };

/** `ours`: whoever asked makes the value. A value: somebody made it meanwhile. `undefined`: this level cannot tell. */
export type LeaseAnswer = 'ours' | 'taken' | Kept | undefined;

export interface StoreFacts {
  /** Absent: the level does not tell. */
  readonly entries?: number;
  readonly bytes?: number;
  readonly maxBytes?: number;
  /** Put out to make room. */
  readonly evictions?: number;
  /** Values before and after compression, of those that were written here. */
  readonly plainBytes: number;
  readonly packedBytes: number;
  /** Asked of the filter; answered by it alone; let through for nothing. */
  readonly filter: { readonly asked: number; readonly spared: number; readonly wrong: number };
  /** Values that were not ours or not whole. */
  readonly rejected: number;
}

/** Each call may answer at once or later; whatever it throws opens the level's breaker. */
export interface CacheStore extends Disposable {
  readonly level: LowerLevel;
  get(key: string): Kept | undefined | Promise<Kept | undefined>;
  /** Whole when it resolves: whoever asks next finds it. `lease`: the writer's own, which ends with this. */
  set(key: string, kept: Kept, lease?: string): void | Promise<void>;
  delete(key: string): void | Promise<void>;
  /** For `forMs`, or longer when `holder` asks again. */
  lease(key: string, holder: string, forMs: number): LeaseAnswer | Promise<LeaseAnswer>;
  release(key: string, holder: string): void | Promise<void>;
  drop(what: Drop): void | Promise<void>;
  facts(): StoreFacts;
}

/** A clock that was set back, or another machine's that goes before, makes a value look as if it came from then. */
const MOST_AHEAD_MS = 300_000;

/** However the clock jumps, no value lives longer than it was to live, but for the small difference of two clocks. */
export function alive(kept: Pick<Kept, 'storedAtMs' | 'expiresAtMs'>, nowMs: number): boolean {
  return nowMs < kept.expiresAtMs && kept.storedAtMs <= nowMs + MOST_AHEAD_MS;
}

/** Whether one of the files is known to be another now. */
export function changed(files: readonly FileUse[], now: readonly FileUse[]): boolean {
  return files.some(({ path, hash }) => now.some((file) => file.path === path && file.hash !== hash));
}

/** Whether `what` means this value. */
export function isDropped({ strategy, scope, model, files }: DropFacts, what: Drop): boolean {
  switch (what.kind) {
    case 'all':
      return true;
    case 'scope':
      return scope === what.scope;
    case 'strategies':
      return what.strategies.includes(strategy);
    case 'model':
      return model === what.model && what.strategies.includes(strategy);
    case 'file':
      return files.some(({ path, hash }) => path === what.path && hash !== what.hash);
  }
}

export type DropFacts = Pick<Kept, 'strategy' | 'scope' | 'model' | 'files'>;
