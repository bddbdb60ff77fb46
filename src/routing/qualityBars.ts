/** How sure a model must be, by type of task and priority: the person's rows, the first that fits. Chances in [0, 1]. */
import { PRIORITIES, type Priority, TASK_TYPES, type TaskType } from '../base/task.ts';

export interface QualityBar {
  /** Absent: any. */
  readonly task?: TaskType;
  readonly priority?: Priority;
  readonly bar: number;
}

export function barFor(
  bars: readonly QualityBar[],
  task: TaskType,
  priority: Priority,
  otherwise: number,
): number {
  const row = bars.find(
    (one) =>
      (one.task === undefined || one.task === task) &&
      (one.priority === undefined || one.priority === priority),
  );
  return row?.bar ?? otherwise;
}

/** `undefined` when it is no list of such rows. */
export function parseQualityBars(raw: unknown): readonly QualityBar[] | undefined {
  if (!Array.isArray(raw)) return undefined;
  const rows = raw.map(parseBar);
  return rows.every((row) => row !== undefined) ? rows : undefined;
}

function parseBar(raw: unknown): QualityBar | undefined {
  if (typeof raw !== 'object' || raw === null) return undefined;
  const { task, priority, bar } = raw as Record<string, unknown>;
  const type = TASK_TYPES.find((one) => one === task);
  const rank = PRIORITIES.find((one) => one === priority);
  if (typeof bar !== 'number' || !(bar >= 0 && bar <= 1)) return undefined;
  if ((task !== undefined && type === undefined) || (priority !== undefined && rank === undefined))
    return undefined;
  return {
    bar,
    ...(type === undefined ? {} : { task: type }),
    ...(rank === undefined ? {} : { priority: rank }),
  };
}
