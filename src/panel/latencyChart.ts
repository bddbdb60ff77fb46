/** How long whole answers took, per model: a histogram with its P50, P95 and P99. */
import type { LatencyView } from '../flow/snapshot.ts';
import { h, type VNode } from './dom.ts';
import type { Format } from './format.ts';
import { keptNodes } from './kept.ts';
import { nothing, section, simulatedBadge } from './parts.ts';

/** A bin's place on the axis: all bins are equally wide, whatever time they span. */
interface Bin {
  readonly fromMs: number;
  /** Absent for the open last one. */
  readonly upToMs: number | undefined;
  readonly count: number;
}

const BIN_WIDTH = 10;
const BIN_GAP = 1.5;
const HEIGHT = 48;

/** Fewer bins than this would make a single bar look like a wall. */
const LEAST_BINS = 8;

export function latencyChart(latencies: readonly LatencyView[], format: Format): VNode {
  const { words } = format;
  return section(
    'latencies',
    words.t('latencies'),
    undefined,
    latencies.length === 0 && nothing(words.t('latencies.none')),
    h(
      'div',
      { class: 'columns' },
      keptNodes(latencies, { format, kind: 'latencies' }, (view) => model(view, format)),
    ),
  );
}

function model(view: LatencyView, format: Format): VNode {
  const { words } = format;
  const bins = shownBins(view.bins);
  return h(
    'figure',
    { class: 'group', key: view.modelKey, 'data-model': view.modelKey },
    h(
      'figcaption',
      { class: 'line' },
      h(
        'h3',
        { class: 'name', title: view.modelKey },
        view.label,
        view.simulated && [' ', simulatedBadge(words)],
      ),
      h('span', { class: 'aside' }, words.count('latency.answers', view.count, format.count(view.count))),
    ),
    histogram(view, bins, format),
    axis(bins, format),
    h(
      'dl',
      { class: 'figures marks' },
      MARKS.map((mark) => markFigure(mark, view, format)),
    ),
    binTable(view, bins, format),
  );
}

const MARKS = [
  { key: 'p50', name: 'P50', of: (view: LatencyView) => view.p50Ms },
  { key: 'p95', name: 'P95', of: (view: LatencyView) => view.p95Ms },
  { key: 'p99', name: 'P99', of: (view: LatencyView) => view.p99Ms },
] as const;

type Mark = (typeof MARKS)[number];

function markFigure(mark: Mark, view: LatencyView, format: Format): VNode {
  return h(
    'div',
    { class: 'figure', title: format.words.t(`latency.${mark.key}`) },
    h(
      'dt',
      {},
      h(
        'svg',
        { class: 'key', viewBox: '0 0 4 12', 'aria-hidden': 'true' },
        h('line', { class: `mark ${mark.key}`, x1: 2, x2: 2, y1: 0, y2: 12 }),
      ),
      mark.name,
    ),
    h('dd', {}, format.duration(mark.of(view))),
  );
}

/** From the first bin with an answer to the last one, widened on both sides to an even number. */
export function shownBins(bins: LatencyView['bins']): Bin[] {
  const all = bins.map(({ upToMs, count }, index) => ({
    fromMs: bins[index - 1]?.upToMs ?? 0,
    upToMs: upToMs !== undefined && Number.isFinite(upToMs) ? upToMs : undefined,
    count,
  }));
  const first = all.findIndex(({ count }) => count > 0);
  if (first < 0) return [];
  const used = all.findLastIndex(({ count }) => count > 0) + 1 - first;
  const wanted = Math.min(all.length, Math.max(LEAST_BINS, used + (used % 2)));
  const start = Math.max(0, Math.min(first - Math.floor((wanted - used) / 2), all.length - wanted));
  return all.slice(start, start + wanted);
}

function histogram(view: LatencyView, bins: readonly Bin[], format: Format): VNode {
  const { words } = format;
  const most = Math.max(1, ...bins.map(({ count }) => count));
  const width = Math.max(1, bins.length) * BIN_WIDTH;
  const values = MARKS.map((mark) => format.duration(mark.of(view)));
  const label = words.t('latency.summary', view.label, format.count(view.count), ...values);
  return h(
    'svg',
    {
      class: 'histogram',
      viewBox: `0 0 ${width} ${HEIGHT}`,
      preserveAspectRatio: 'none',
      role: 'img',
      'aria-label': label,
    },
    bins.map((bin, index) => {
      const height = bin.count === 0 ? 0 : Math.max(1.5, (bin.count / most) * (HEIGHT - 4));
      return h(
        'rect',
        {
          class: 'count',
          x: index * BIN_WIDTH + BIN_GAP / 2,
          y: HEIGHT - height,
          width: BIN_WIDTH - BIN_GAP,
          height,
        },
        h('title', {}, `${binName(bin, format)}: ${format.count(bin.count)}`),
      );
    }),
    MARKS.map((mark) => {
      const x = placeOf(mark.of(view), bins);
      return (
        x !== undefined &&
        h('line', { key: mark.key, class: `mark ${mark.key}`, x1: x, x2: x, y1: 0, y2: HEIGHT })
      );
    }),
  );
}

/** Where `ms` is on the axis, or nothing when it is in none of the bins shown. */
export function placeOf(ms: number, bins: readonly Bin[]): number | undefined {
  const index = bins.findIndex(({ upToMs }) => upToMs === undefined || ms <= upToMs);
  const bin = bins[index];
  if (!bin || ms < bin.fromMs) return undefined;
  const within = bin.upToMs === undefined ? 0.5 : (ms - bin.fromMs) / (bin.upToMs - bin.fromMs);
  return Math.round((index + within) * BIN_WIDTH * 100) / 100;
}

function binName({ fromMs, upToMs }: Bin, format: Format): string {
  const { words } = format;
  return upToMs === undefined
    ? words.t('latency.over', format.duration(fromMs))
    : words.t('latency.between', format.duration(fromMs), format.duration(upToMs));
}

function axis(bins: readonly Bin[], format: Format): VNode {
  const last = bins.at(-1);
  const end =
    last && (last.upToMs === undefined ? `>${format.duration(last.fromMs)}` : format.duration(last.upToMs));
  const middle = bins.length % 2 === 0 ? bins[bins.length / 2] : undefined;
  return h(
    'div',
    { class: 'axis', 'aria-hidden': 'true' },
    h('span', {}, format.duration(bins[0]?.fromMs ?? 0)),
    h('span', {}, middle ? format.duration(middle.fromMs) : ''),
    h('span', {}, end ?? ''),
  );
}

/** The same chart for a screen reader. */
function binTable(view: LatencyView, bins: readonly Bin[], format: Format): VNode {
  const { words } = format;
  const column = (key: string) => h('th', { scope: 'col' }, words.t(key));
  const rows = bins
    .filter(({ count }) => count > 0)
    .map((bin) =>
      h('tr', {}, h('th', { scope: 'row' }, binName(bin, format)), h('td', {}, format.count(bin.count))),
    );
  return h(
    'div',
    { class: 'hidden' },
    h(
      'table',
      {},
      h('caption', {}, words.t('latency.caption', view.label)),
      h('thead', {}, h('tr', {}, column('latency.time'), column('latency.count'))),
      h('tbody', {}, rows),
    ),
  );
}
