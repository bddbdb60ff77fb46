/** What is asked before the person does: how much of it was used, what it cost, and each of it. */
import type { BackgroundView } from '../flow/reuseViews.ts';
import { type Content, h, type VNode } from './dom.ts';
import type { Format } from './format.ts';
import { facts, figure, nothing, section, simulatedBadge, unknown } from './parts.ts';

const MOST_SHOWN = 10;

/** `undefined`: not loaded yet. */
export function backgroundSummary(view: BackgroundView | undefined, atMs: number, format: Format): Content {
  if (view === undefined) return undefined;
  const { words } = format;
  const sent = view.kinds.some((kind) => kind.sent > 0);
  return section(
    'background',
    words.t('background'),
    view.on
      ? words.t('background.spent', format.usd(view.spentTodayUsd), format.usd(view.budgetUsd))
      : words.t('similar.off'),
    !sent && nothing(words.t(view.budgetUsd > 0 ? 'background.none' : 'background.noBudget')),
    sent && view.kinds.map((kind) => kindRow(kind, format)),
    sent && newest(view, atMs, format),
  );
}

function kindRow(kind: BackgroundView['kinds'][number], format: Format): VNode {
  const { words } = format;
  const { sent, used } = kind;
  return h(
    'div',
    { class: 'group', key: kind.kind, 'data-kind': kind.kind },
    h(
      'div',
      { class: 'line' },
      h('h3', { class: 'name' }, words.t(`background.${kind.kind}`)),
      h(
        'span',
        { class: 'value' },
        sent === 0
          ? unknown(words.t('background.none'))
          : words.t('background.used', format.percent(used / sent)),
      ),
    ),
    h(
      'dl',
      { class: 'figures' },
      figure(words.t('background.sent'), format.count(sent)),
      figure(words.t('background.hits'), format.count(used)),
      figure(words.t('background.cost'), format.usd(kind.usd)),
    ),
    kind.off && h('p', { class: 'detail', key: 'off' }, words.t('background.off')),
  );
}

function newest(view: BackgroundView, atMs: number, format: Format): VNode {
  const { words } = format;
  return h(
    'ul',
    { class: 'plain', key: 'newest', 'aria-label': words.t('background.newest') },
    view.newest
      .slice(0, MOST_SHOWN)
      .map((row) =>
        h(
          'li',
          { key: `${row.atMs} ${row.task} ${row.kind}` },
          facts(
            'p',
            h('span', {}, words.t(`background.${row.kind}`)),
            h('span', {}, words.t(`task.${row.task}`)),
            h('span', {}, row.model, row.simulated && [' ', simulatedBadge(words)]),
            h('span', {}, format.usd(row.usd)),
            h('span', {}, words.t('background.age', format.duration(Math.max(0, atMs - row.atMs)))),
            h('span', {}, words.t(usedWord(row.used))),
          ),
        ),
      ),
  );
}

function usedWord(used: boolean | undefined): string {
  if (used === undefined) return 'background.waiting';
  return used ? 'background.wasUsed' : 'background.unused';
}
