/** The dashboard as a tree: a function of the last message of each kind and of what is folded out. */
import type { Snapshot } from '../flow/snapshot.ts';
import { bucketsChart } from './bucketsChart.ts';
import { decisionsList, type ListState } from './decisionsList.ts';
import { type Content, h, type VNode } from './dom.ts';
import type { Format } from './format.ts';
import { hitRateChart } from './hitRateChart.ts';
import { latencyChart } from './latencyChart.ts';
import { failureBox, progress } from './parts.ts';
import { platformsList } from './platformsList.ts';
import { spendSummary } from './spendSummary.ts';

export interface DashboardState {
  /** Absent until the texts came. */
  readonly format: Format | undefined;
  readonly snapshot: Snapshot | undefined;
  /** Why the extension cannot send a snapshot. */
  readonly failure: string | undefined;
  readonly list: ListState;
}

export type DashboardPhase = 'loading' | 'empty' | 'ready' | 'error';

export function phaseOf({ format, snapshot, failure }: DashboardState): DashboardPhase {
  if (!format) return 'loading';
  if (failure !== undefined) return 'error';
  if (!snapshot) return 'loading';
  return isEmpty(snapshot) ? 'empty' : 'ready';
}

function isEmpty({ decisions, latencies, today, caches, running }: Snapshot): boolean {
  const asked = caches.some(({ hits, misses, joined }) => hits + misses + joined > 0);
  return decisions.length === 0 && latencies.length === 0 && today.requests === 0 && !asked && running === 0;
}

export function dashboardTree(state: DashboardState): Content {
  const { format, snapshot, failure: problem, list } = state;
  const phase = phaseOf(state);
  if (!format) return progress('Sluice');
  const { words } = format;
  if (phase === 'loading')
    return [progress(words.t('loading')), h('p', { class: 'nothing' }, words.t('loading'))];
  return [
    h('h1', { class: 'hidden', key: 'title' }, words.t('dashboard')),
    h(
      'div',
      { role: 'status', class: 'notices', key: 'notices' },
      (problem === undefined ? snapshot?.notices : [])?.map((notice) => h('p', { class: 'notice' }, notice)),
    ),
    problem !== undefined && failure(problem, snapshot, format),
    phase === 'empty' && intro(format),
    snapshot &&
      h(
        'div',
        { class: phase === 'error' ? 'sections stale' : 'sections', key: 'sections' },
        phase === 'empty'
          ? platformsList(snapshot.platforms, false, format)
          : sections(snapshot, list, format),
      ),
  ];
}

function failure(message: string, snapshot: Snapshot | undefined, format: Format): VNode {
  const { words } = format;
  return failureBox(
    h('strong', {}, words.t('failed')),
    ' ',
    message,
    snapshot && [' ', words.t('failed.stale', format.moment(snapshot.atMs, snapshot.atMs))],
  );
}

function intro({ words }: Format): VNode {
  return h(
    'div',
    { class: 'intro', key: 'intro' },
    h('p', {}, words.t('empty')),
    h('button', { class: 'button', 'data-command': 'explain' }, words.t('empty.explain')),
    h('button', { class: 'button secondary', 'data-command': 'connect' }, words.t('empty.connect')),
  );
}

function sections(snapshot: Snapshot, list: ListState, format: Format): Content {
  return [
    spendSummary(snapshot.today, snapshot.running, format),
    bucketsChart(snapshot.buckets, snapshot.platforms, format),
    hitRateChart(snapshot.caches, format),
    latencyChart(snapshot.latencies, format),
    decisionsList(snapshot.decisions, list, snapshot.atMs, format),
    platformsList(snapshot.platforms, true, format),
  ];
}
