/** The person's own rules: the first that fits decides, before any estimate. */
import type { TaskType } from '../base/task.ts';

export interface RoutingRule {
  /** Absent: any task. */
  readonly task?: TaskType;
  /** VS Code language id; absent: any language. */
  readonly language?: string;
  /** Key of a model, such as `anthropic/claude-haiku-4-5`. */
  readonly model: string;
}

export function matchingRule(
  rules: readonly RoutingRule[],
  task: TaskType,
  language: string,
): RoutingRule | undefined {
  return rules.find(
    (rule) =>
      (rule.task === undefined || rule.task === task) &&
      (rule.language === undefined || rule.language === language),
  );
}
