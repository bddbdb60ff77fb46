/** For each task how good each model's answers are expected to be, from how much evidence, and what they take. */
import type { ModelChangeView, TaskModelsView } from '../flow/modelViews.ts';
import type { Snapshot } from '../flow/snapshot.ts';
import { h, type VNode } from './dom.ts';
import type { Format } from './format.ts';
import { nothing, section, simulatedBadge, unknown } from './parts.ts';
import { smallTable } from './smallTable.ts';

export function modelsTable(
  { models: tasks = [], modelChanges: changes = [], atMs }: Snapshot,
  open: ReadonlySet<string>,
  format: Format,
): VNode {
  const { words } = format;
  return section(
    'models',
    words.t('models'),
    undefined,
    changes.length > 0 &&
      h(
        'ul',
        { class: 'detail', key: 'changes', 'aria-label': words.t('models.changes') },
        changes.map((change) => changed(change, atMs, format)),
      ),
    tasks.length === 0 && nothing(words.t('models.none')),
    tasks.map((each) => one(each, open.has(foldOf(each)), format)),
    tasks.length > 0 && h('p', { class: 'detail', key: 'about' }, words.t('models.about')),
  );
}

function changed(
  { modelKey, label, simulated, atMs, change }: ModelChangeView,
  nowMs: number,
  format: Format,
): VNode {
  const { words } = format;
  return h(
    'li',
    { key: `${change.kind} ${modelKey}`, title: modelKey },
    `${label}: ${changeText(change, format)} `,
    words.t('models.changedAt', format.moment(atMs, nowMs)),
    simulated && [' ', simulatedBadge(words)],
  );
}

function changeText(change: ModelChangeView['change'], format: Format): string {
  const { words } = format;
  if (change.kind === 'quality') return words.t(change.better ? 'models.better' : 'models.worse');
  const { kind, beforeMs, afterMs } = change;
  const speed = afterMs > beforeMs ? 'slower' : 'faster';
  if (kind === 'first-token')
    return words.t(`models.firstToken.${speed}`, format.duration(afterMs), format.duration(beforeMs));
  return words.t(`models.token.${speed}`, perSecond(afterMs, format), perSecond(beforeMs, format));
}

function perSecond(tokenMs: number, format: Format): string {
  return format.count(1_000 / tokenMs);
}

function foldOf({ task }: TaskModelsView): string {
  return `models ${task}`;
}

function one(view: TaskModelsView, open: boolean, format: Format): VNode {
  const { words } = format;
  const task = words.t(`task.${view.task}`);
  return h(
    'details',
    { key: view.task, open, 'data-kept': foldOf(view), 'data-task': view.task },
    h('summary', { class: 'link' }, task),
    smallTable({
      key: 'table',
      caption: words.t('models.caption', task),
      columns: ['chance', 'evidence', 'cost', 'time'].map((key) => ({
        label: words.t(`models.${key}`),
        title: words.t(`models.${key}.title`),
      })),
      rows: view.models.map(({ modelKey, label, simulated, chance, evidence, costUsd, timeMs }) => ({
        key: modelKey,
        head: h('span', { title: modelKey }, label, simulated && [' ', simulatedBadge(words)]),
        cells: [
          format.percent(chance),
          format.count(evidence),
          costUsd === undefined ? unknown(words.t('cost.unknown')) : format.usd(costUsd),
          timeMs === undefined ? unknown(words.t('models.noTime')) : format.duration(timeMs),
        ],
      })),
    }),
  );
}
