/** Which answers are not shown before their end, so that they can be checked first. */
import type { TaskType } from '../base/task.ts';
import type { RouteRequest } from './request.ts';
import type { Settings } from './settings.ts';

/** Nobody reads along: they go into a box, a list or a new file. */
const UNSEEN: ReadonlySet<TaskType> = new Set(['commit-message', 'name', 'tests']);

/** Another program's talk is its own to check. */
export function isHeld(request: RouteRequest, when: Settings['cascade.when']): boolean {
  const { task, form, conversation, helper } = request;
  if (when === 'off' || conversation !== undefined || helper !== undefined) return false;
  if (when === 'always' || UNSEEN.has(task)) return true;
  return when === 'edits' && (form === 'edit' || task === 'translate');
}
