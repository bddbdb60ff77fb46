/** What lies ahead of a limit, in the person's language: when it runs out, and when it is back. */
import * as vscode from 'vscode';
import type { BucketView } from '../flow/snapshot.ts';
import { clockTime } from './words.ts';

const t = vscode.l10n.t;

/** Undefined when nothing needs to be said: it lasts, or too little is known. `nowMs` is the wall clock. */
export function aheadWords(bucket: BucketView, nowMs: number): string | undefined {
  const { exhaustedAtMs, enoughAtMs } = bucket;
  if (enoughAtMs !== undefined) return t('room again at {0}', clockTime(enoughAtMs, nowMs));
  if (exhaustedAtMs === undefined) return undefined;
  const runsOut = clockTime(exhaustedAtMs, nowMs);
  const backAtMs = bucket.refill === 'at-reset' && bucket.fullInMs ? nowMs + bucket.fullInMs : undefined;
  return backAtMs === undefined
    ? t('runs out at about {0}', runsOut)
    : t('runs out at about {0}, back at {1}', runsOut, clockTime(backAtMs, nowMs));
}
