/** The person's own rules: the first that fits decides, before any estimate. */
import { TASK_TYPES, type TaskType } from '../base/task.ts';

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

/** `undefined` when it is no list of such rules. */
export function parseRoutingRules(raw: unknown): readonly RoutingRule[] | undefined {
  if (!Array.isArray(raw)) return undefined;
  const rules = raw.map(parseRule);
  return rules.every((rule) => rule !== undefined) ? rules : undefined;
}

function parseRule(raw: unknown): RoutingRule | undefined {
  if (typeof raw !== 'object' || raw === null) return undefined;
  const { task, language, model } = raw as Record<string, unknown>;
  const known = TASK_TYPES.find((type) => type === task);
  if (typeof model !== 'string' || model === '') return undefined;
  if (task !== undefined && known === undefined) return undefined;
  if (language !== undefined && typeof language !== 'string') return undefined;
  return { model, ...(known ? { task: known } : {}), ...(language === undefined ? {} : { language }) };
}

const MOST_PATTERN_CHARS = 200;

/** Keys of models, or patterns of them with `*`; `undefined` when it is no such list. */
export function parseModelPatterns(raw: unknown): readonly string[] | undefined {
  const fits = (value: unknown): value is string =>
    typeof value === 'string' && value.trim() !== '' && value.length <= MOST_PATTERN_CHARS;
  return Array.isArray(raw) && raw.every(fits) ? raw.map((value) => value.trim()) : undefined;
}
