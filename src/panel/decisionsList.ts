/** The last decisions, newest first; each row opens its whole reason. */
import type { DecisionView, FateView, Snapshot } from '../flow/snapshot.ts';
import { type Content, h, type VNode } from './dom.ts';
import type { Format } from './format.ts';
import { keptNodes } from './kept.ts';
import { around, facts, nothing, section, simulatedBadge, unknown } from './parts.ts';

/** So many rows are shown before the person asks for all. */
const SHORT_LIST = 8;

export interface ListState {
  readonly expanded: boolean;
  /** While the pointer is over the list: the newest row it showed when it came. Newer ones wait. */
  readonly heldAtId: string | undefined;
}

export function decisionsList(
  {
    decisions,
    fates,
    escalations,
    atMs: nowMs,
  }: Pick<Snapshot, 'decisions' | 'fates' | 'escalations' | 'atMs'>,
  list: ListState,
  format: Format,
): VNode {
  const { words } = format;
  const waiting = Math.max(
    0,
    decisions.findIndex(({ id }) => id === list.heldAtId),
  );
  const settled = decisions.slice(waiting);
  const shown = list.expanded ? settled : settled.slice(0, SHORT_LIST);
  return section(
    'decisions',
    words.t('decisions'),
    waiting > 0 && words.count('decisions.newer', waiting, format.count(waiting)),
    decisions.length === 0 && nothing(words.t('decisions.none')),
    h(
      'ol',
      { class: 'decisions', key: 'list', 'data-hold': true },
      keptNodes(shown, { format, kind: 'decisions', context: new Date(nowMs).toDateString() }, (decision) =>
        row(decision, nowMs, format),
      ),
    ),
    settled.length > SHORT_LIST &&
      h(
        'button',
        { class: 'link', key: 'expand', 'data-local': 'expand', 'aria-expanded': String(list.expanded) },
        list.expanded ? words.t('decisions.less') : words.t('decisions.all', format.count(settled.length)),
      ),
    // Below the list: no row moves when the first outcome comes.
    fates && h('p', { class: 'detail', key: 'fates' }, fateWords(fates, decisions.length, format)),
    escalations &&
      h(
        'p',
        { class: 'detail', key: 'escalations' },
        words.t('decisions.escalations', format.count(escalations.checked), format.count(escalations.wentUp)),
      ),
  );
}

function fateWords({ known, accepted, undone }: FateView, answers: number, format: Format): string {
  return format.words.t(
    'decisions.fates',
    ...[answers, known, accepted, undone].map((count) => format.count(count)),
  );
}

function row(decision: DecisionView, nowMs: number, format: Format): VNode {
  const { words } = format;
  return h(
    'li',
    { key: decision.id },
    h(
      'button',
      { class: 'row', 'data-command': 'decision', 'data-id': decision.id, title: words.t('decision.open') },
      h(
        'span',
        { class: 'line' },
        h(
          'span',
          { class: 'name' },
          h('span', { class: 'task' }, words.t(`task.${decision.task}`)),
          ' ',
          h('span', { class: 'model', title: decision.modelKey }, decision.model),
          decision.simulated && [' ', simulatedBadge(words)],
        ),
        h('span', { class: 'aside' }, format.moment(decision.atMs, nowMs)),
      ),
      h('span', { class: 'why' }, decision.why),
      facts('span', details(decision, format)),
    ),
  );
}

function details(decision: DecisionView, format: Format): Content {
  const { words } = format;
  const { tokens, costUsd } = decision;
  return [
    decision.problem !== undefined &&
      h('span', { class: 'problem', key: 'problem' }, words.t(`problem.${decision.problem}`)),
    decision.cache !== 'none' &&
      h('span', { class: 'cached', key: 'cache' }, words.t(`decision.${decision.cache}`)),
    decision.outcome !== undefined && h('span', { class: 'outcome', key: 'outcome' }, decision.outcome),
    h(
      'span',
      { key: 'tokens' },
      tokens === undefined
        ? around(words, 'decision.noTokens', unknown(words.t('tokens.unknown')))
        : words.count('decision.tokens', tokens, format.tokens(tokens)),
    ),
    h(
      'span',
      { key: 'cost' },
      decision.billing === 'subscription'
        ? words.t('decision.subscription')
        : costUsd === undefined
          ? around(words, 'decision.noCost', unknown(words.t('cost.unknown')))
          : format.usd(costUsd),
    ),
    h('span', { key: 'time' }, format.duration(decision.totalMs)),
  ];
}
