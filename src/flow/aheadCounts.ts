/** What asking ahead has cost and how much of it was used, as plain data. Units: milliseconds on the wall clock, USD. */
import { TASK_TYPES, type TaskType } from '../base/task.ts';
import { record } from '../base/unknown.ts';
import type { AheadKind } from './background.ts';

export interface AheadRow {
  readonly kind: AheadKind;
  readonly key: string;
  readonly task: TaskType;
  readonly model: string;
  readonly simulated: boolean;
  readonly usd: number;
  readonly atMs: number;
  readonly used?: boolean;
}

export interface KindCounts {
  readonly sent: number;
  readonly used: number;
  readonly usd: number;
  /** Of those of which it is known since the last start of the count. */
  readonly judged: { readonly used: number; readonly unused: number };
  /** Until then nothing is asked; absent: it is on. */
  readonly offUntilMs?: number;
}

export interface AheadState {
  readonly kinds: Readonly<Record<AheadKind, KindCounts>>;
  readonly spent: { readonly day: string; readonly usd: number };
  /** Newest first. */
  readonly newest: readonly AheadRow[];
}

/** Not used until then, it was asked for nothing. */
const USED_WITHIN_MS = 3_600_000;
const MOST_ROWS = 50;
/** With so many judged, fewer used than this: it stops, for a week. */
const ENOUGH_JUDGED = 20;
const LEAST_USED = 0.1;
const OFF_MS = 7 * 86_400_000;

export const KINDS: readonly AheadKind[] = ['warming', 'prefetch'];
const NONE: KindCounts = { sent: 0, used: 0, usd: 0, judged: { used: 0, unused: 0 } };

export function emptyAhead(): AheadState {
  return { kinds: { warming: NONE, prefetch: NONE }, spent: { day: '', usd: 0 }, newest: [] };
}

export function spentOn({ spent }: AheadState, day: string): number {
  return spent.day === day ? spent.usd : 0;
}

export function switchedOff({ kinds }: AheadState, kind: AheadKind, nowMs: number): boolean {
  return (kinds[kind].offUntilMs ?? Number.NEGATIVE_INFINITY) > nowMs;
}

export function noteSent(state: AheadState, row: AheadRow, day: string): AheadState {
  const counts = state.kinds[row.kind];
  return {
    kinds: { ...state.kinds, [row.kind]: { ...counts, sent: counts.sent + 1, usd: counts.usd + row.usd } },
    spent: { day, usd: spentOn(state, day) + row.usd },
    newest: [row, ...state.newest.filter(({ key }) => key !== row.key)].slice(0, MOST_ROWS),
  };
}

/** It was stopped before its end, for which `usd` may have been charged. */
export function noteStopped(state: AheadState, kind: AheadKind, usd: number, day: string): AheadState {
  const counts = state.kinds[kind];
  return {
    ...state,
    kinds: { ...state.kinds, [kind]: { ...counts, usd: counts.usd + usd } },
    spent: { day, usd: spentOn(state, day) + usd },
  };
}

/** The person has asked for what is there already. Counts once. */
export function noteUsed(state: AheadState, key: string): AheadState {
  const row = state.newest.find((one) => one.key === key && one.used === undefined);
  return row === undefined ? state : settle(state, row, true);
}

/** What nobody has asked for in time was for nothing; may switch a kind off. */
export function judged(state: AheadState, nowMs: number): AheadState {
  const late = state.newest.filter(({ used, atMs }) => used === undefined && nowMs - atMs > USED_WITHIN_MS);
  const settled = late.reduce((now, row) => settle(now, row, false), state);
  const kinds = {
    warming: ended(settled.kinds.warming, nowMs),
    prefetch: ended(settled.kinds.prefetch, nowMs),
  };
  return { ...settled, kinds };
}

function settle(state: AheadState, row: AheadRow, used: boolean): AheadState {
  const counts = state.kinds[row.kind];
  const { judged: before } = counts;
  const after = used ? { ...before, used: before.used + 1 } : { ...before, unused: before.unused + 1 };
  return {
    ...state,
    kinds: {
      ...state.kinds,
      [row.kind]: { ...counts, used: counts.used + (used ? 1 : 0), judged: after },
    },
    newest: state.newest.map((one) => (one === row ? { ...one, used } : one)),
  };
}

function ended(counts: KindCounts, nowMs: number): KindCounts {
  const { offUntilMs, ...rest } = counts;
  const { used, unused } = counts.judged;
  if (offUntilMs !== undefined) return offUntilMs > nowMs ? counts : { ...rest, judged: NONE.judged };
  const poor = used + unused >= ENOUGH_JUDGED && used / (used + unused) < LEAST_USED;
  return poor ? { ...counts, offUntilMs: nowMs + OFF_MS } : counts;
}

/** Undefined when it is not what was kept. */
export function parseAhead(raw: unknown): AheadState | undefined {
  const { kinds, spent, newest } = record(raw);
  const { warming, prefetch } = record(kinds);
  const { day, usd } = record(spent);
  const [a, b] = [parseCounts(warming), parseCounts(prefetch)];
  if (a === undefined || b === undefined || typeof day !== 'string' || !isAmount(usd)) return undefined;
  const rows = (Array.isArray(newest) ? newest : []).flatMap((row) => parseRow(row) ?? []);
  return { kinds: { warming: a, prefetch: b }, spent: { day, usd }, newest: rows.slice(0, MOST_ROWS) };
}

function parseCounts(raw: unknown): KindCounts | undefined {
  const { sent, used, usd, judged: known, offUntilMs } = record(raw);
  const { used: right, unused } = record(known);
  if (!isAmount(sent) || !isAmount(used) || !isAmount(usd) || !isAmount(right) || !isAmount(unused))
    return undefined;
  const counts = { sent, used, usd, judged: { used: right, unused } };
  return isAmount(offUntilMs) ? { ...counts, offUntilMs } : counts;
}

function parseRow(raw: unknown): AheadRow | undefined {
  const { kind: which, key, task, model, simulated, usd, atMs, used } = record(raw);
  const kind = KINDS.find((one) => one === which);
  const known = TASK_TYPES.find((type) => type === task);
  if (kind === undefined || typeof key !== 'string' || known === undefined) return undefined;
  if (typeof model !== 'string' || !isAmount(usd) || !isAmount(atMs)) return undefined;
  const row = { kind, key, task: known, model, simulated: simulated === true, usd, atMs };
  return typeof used === 'boolean' ? { ...row, used } : row;
}

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
