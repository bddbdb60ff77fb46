/** The dashboard as a tree: a function of the last message of each kind and of what is folded out. */
import type { Snapshot } from '../flow/snapshot.ts';
import { backgroundSummary } from './backgroundSummary.ts';
import { bucketsChart } from './bucketsChart.ts';
import { decisionsList, type ListState } from './decisionsList.ts';
import { type Content, h, type VNode } from './dom.ts';
import { experimentsList } from './experimentsList.ts';
import type { Format } from './format.ts';
import { hitRateChart } from './hitRateChart.ts';
import { latencyChart } from './latencyChart.ts';
import { modelsTable } from './modelsTable.ts';
import { failureBox, nothing, progress } from './parts.ts';
import { platformsList } from './platformsList.ts';
import { predictionsSummary } from './predictionsSummary.ts';
import { savingsSummary } from './savingsSummary.ts';
import { similarSummary } from './similarSummary.ts';
import { spendSummary } from './spendSummary.ts';

export interface DashboardState {
  /** Absent until the texts came. */
  readonly format: Format | undefined;
  readonly snapshot: Snapshot | undefined;
  /** Why the extension cannot send a snapshot. */
  readonly failure: string | undefined;
  /** How old the last snapshot is, once the next one is overdue. Milliseconds. */
  readonly overdueMs: number | undefined;
  readonly list: ListState;
  /** Ids of the limits whose details are folded out. */
  readonly open: ReadonlySet<string>;
}

export type DashboardPhase = 'loading' | 'empty' | 'ready' | 'stale' | 'error';

export function phaseOf({ format, snapshot, failure, overdueMs }: DashboardState): DashboardPhase {
  if (!format) return 'loading';
  if (failure !== undefined) return 'error';
  if (!snapshot) return 'loading';
  if (overdueMs !== undefined) return 'stale';
  return isEmpty(snapshot) ? 'empty' : 'ready';
}

function isEmpty({ decisions, latencies, today, caches, running }: Snapshot): boolean {
  const asked = caches.some(({ hits, misses, joined }) => hits + misses + (joined ?? 0) > 0);
  return decisions.length === 0 && latencies.length === 0 && today.requests === 0 && !asked && running === 0;
}

export function dashboardTree(state: DashboardState): Content {
  const { format, snapshot, failure: problem, overdueMs } = state;
  const phase = phaseOf(state);
  if (!format) return [title('Sluice'), progress('Sluice')];
  const { words } = format;
  if (phase === 'loading') return loading(overdueMs, format);
  const unused = snapshot !== undefined && isEmpty(snapshot);
  const old = phase === 'error' || phase === 'stale';
  return [
    title(words.t('dashboard')),
    h(
      'div',
      { role: 'status', class: 'notices', key: 'notices' },
      (problem === undefined ? snapshot?.notices : [])?.map((notice) => h('p', { class: 'notice' }, notice)),
    ),
    problem !== undefined && failure(problem, snapshot, format),
    unused && intro(snapshot, format),
    snapshot &&
      h(
        'div',
        { class: old ? 'sections stale' : 'sections', key: 'sections' },
        unused ? platformsList(snapshot.platforms, false, format) : sections(snapshot, state, format),
      ),
    staleness(phase === 'stale' ? overdueMs : undefined, format),
  ];
}

/** What is left to show when the tree itself cannot be made. */
export function brokenTree({ format }: DashboardState): Content {
  return format && [title(format.words.t('dashboard')), failure('', undefined, format)];
}

/** VS Code shows the view's title above; this one is for those who go by headings. */
function title(text: string): VNode {
  return h('h1', { class: 'hidden', key: 'title' }, text);
}

function loading(overdueMs: number | undefined, format: Format): Content {
  const { words } = format;
  const text =
    overdueMs === undefined ? words.t('loading') : words.t('loading.slow', format.duration(overdueMs));
  return [title(words.t('dashboard')), progress(words.t('loading')), nothing(text)];
}

function failure(message: string, snapshot: Snapshot | undefined, format: Format): VNode {
  const { words } = format;
  return failureBox(
    h(
      'p',
      {},
      h('strong', {}, words.t('failed')),
      message !== '' && [' ', message],
      snapshot && [' ', words.t('failed.stale', format.moment(snapshot.atMs, snapshot.atMs))],
    ),
    h('button', { class: 'link', 'data-command': 'log' }, words.t('failed.log')),
  );
}

/** At the lower edge, where it moves nothing. That it happened is said aloud once, its age is only shown. */
function staleness(overdueMs: number | undefined, format: Format): VNode {
  const { words } = format;
  return h(
    'div',
    { class: 'staleness', key: 'staleness' },
    h('p', { role: 'status' }, overdueMs !== undefined && words.t('stale')),
    overdueMs !== undefined &&
      h('p', { class: 'aside', key: 'age' }, words.t('stale.age', format.duration(overdueMs))),
  );
}

function intro({ platforms }: Snapshot, { words }: Format): VNode {
  const simulatedOnly = platforms.length > 0 && platforms.every(({ simulated }) => simulated);
  return h(
    'div',
    { class: 'intro', key: 'intro' },
    h('p', {}, words.t('empty')),
    h('button', { class: 'button', 'data-command': 'explain' }, words.t('empty.explain')),
    h('button', { class: 'button secondary', 'data-command': 'connect' }, words.t('empty.connect')),
    h(
      'p',
      { class: 'detail' },
      simulatedOnly && [words.t('empty.simulated'), ' '],
      h('button', { class: 'link', 'data-command': 'walkthrough' }, words.t('empty.walkthrough')),
    ),
  );
}

function sections(snapshot: Snapshot, { list, open }: DashboardState, format: Format): Content {
  return [
    spendSummary(snapshot.today, snapshot.running, format),
    bucketsChart(snapshot, open, format),
    hitRateChart(snapshot.caches, snapshot.cacheStrategies ?? [], format),
    similarSummary(snapshot.similar, format),
    backgroundSummary(snapshot.background, snapshot.atMs, format),
    predictionsSummary(snapshot.predictions, format),
    modelsTable(snapshot, open, format),
    savingsSummary(snapshot.savings, format),
    latencyChart(snapshot.latencies, format),
    decisionsList(snapshot, list, format),
    experimentsList(snapshot.experiments, format),
    platformsList(snapshot.platforms, true, format),
  ];
}
