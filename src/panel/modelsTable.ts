/** For each task how good each model's answers are expected to be, from how much evidence, and what they take. */
import type { TaskModelsView } from '../flow/snapshot.ts';
import { h, type VNode } from './dom.ts';
import type { Format } from './format.ts';
import { nothing, section, simulatedBadge, unknown } from './parts.ts';
import { smallTable } from './smallTable.ts';

export function modelsTable(
  tasks: readonly TaskModelsView[] = [],
  open: ReadonlySet<string>,
  format: Format,
): VNode {
  const { words } = format;
  return section(
    'models',
    words.t('models'),
    undefined,
    tasks.length === 0 && nothing(words.t('models.none')),
    tasks.map((each) => one(each, open.has(foldOf(each)), format)),
    tasks.length > 0 && h('p', { class: 'detail', key: 'about' }, words.t('models.about')),
  );
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
