/** What lies ahead of a limit, in the person's language: when it runs out, and when it is back. */
import * as vscode from 'vscode';
import type { BucketView } from '../flow/snapshot.ts';
import { clockTime } from './words.ts';

const t = vscode.l10n.t;

/** Undefined when nothing needs to be said: it lasts, or too little is known. `nowMs` is the wall clock. */
export function aheadWords(bucket: BucketView, nowMs: number): string | undefined {
  const { exhaustedAtMs, exhaustedFromMs, exhaustedToMs, enoughAtMs } = bucket;
  if (enoughAtMs !== undefined) return t('room again at {0}', clockTime(enoughAtMs, nowMs));
  if (exhaustedAtMs === undefined) return undefined;
  if (bucket.level <= 0) return t('used up');
  const time = (atMs: number) => clockTime(atMs, nowMs);
  const runsOut =
    exhaustedFromMs === undefined || exhaustedToMs === undefined
      ? time(exhaustedAtMs)
      : t('{0} ({1}–{2})', time(exhaustedAtMs), time(exhaustedFromMs), time(exhaustedToMs));
  const backAtMs = bucket.refill === 'at-reset' && bucket.fullInMs ? nowMs + bucket.fullInMs : undefined;
  return backAtMs === undefined
    ? t('runs out at about {0}', runsOut)
    : t('runs out at about {0}, back at {1}', runsOut, time(backAtMs));
}
