/** What is to be forgotten when something happens in the world. */
import type { Drop } from './cacheStore.ts';
import { droppedOn } from './strategies.ts';

export type CacheHappening =
  | { readonly kind: 'model_update'; readonly model: string }
  /** `hash`: of what is in the file now; absent: the file is gone. */
  | { readonly kind: 'file_change'; readonly path: string; readonly hash?: string };

/** `undefined`: no kind of value depends on it. */
export function dropFor(happened: CacheHappening): Drop | undefined {
  const strategies = droppedOn(happened.kind);
  if (strategies.length === 0) return undefined;
  if (happened.kind === 'model_update') return { kind: 'model', model: happened.model, strategies };
  const { path, hash } = happened;
  return { kind: 'file', path, ...(hash === undefined ? {} : { hash }) };
}
