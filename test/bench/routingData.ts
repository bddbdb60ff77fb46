/**
 * Outcomes of real models on public tasks: a folder with `tasks.json` (which models are compared on which data sets) and
 * one JSON line a task. What is judged and what is learned from are kept apart. Units: USD, scores in [0, 1].
 */
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type Random, seededRandom } from '../../src/base/random.ts';
import type { TaskType } from '../../src/base/task.ts';
import { type TaskFeatures, taskFeatures } from '../../src/routing/features.ts';

export interface Outcome {
  readonly score: number;
  readonly usd: number;
}

export interface Task {
  readonly id: string;
  readonly features: TaskFeatures;
  readonly prompt: string;
  readonly outcomes: Readonly<Record<string, Outcome>>;
}

interface Row {
  readonly id: string;
  readonly dataset: string;
  readonly task_type: string;
  readonly prompt: string;
  readonly meta: Readonly<Record<string, string>>;
  readonly outcomes: Readonly<Record<string, { readonly score: number; readonly cost_usd?: number }>>;
}

interface Tasks {
  readonly pairs: Readonly<
    Record<string, { datasets?: string[]; weak?: string; strong?: string; mix?: string[] }>
  >;
  readonly pools: Readonly<Record<string, { datasets: string[]; models: string[] }>>;
}

/** `learn` is the half that may be learned from; absent where only one folder is there: then by cross-validation. */
export interface RoutingData {
  readonly tasks: Tasks;
  readonly judged: string;
  readonly learn?: string;
}

const TYPES: Readonly<Record<string, TaskType>> = {
  codegen: 'edit',
  agentic_swe: 'fix',
  code_reasoning: 'explain',
};

export function openRoutingData(folder: string): RoutingData {
  const both = existsSync(join(folder, 'heldout')) && existsSync(join(folder, 'dev'));
  const only = existsSync(join(folder, 'dev')) ? join(folder, 'dev') : folder;
  const judged = both ? join(folder, 'heldout') : only;
  const sister = join(dirname(judged), 'dev');
  const named = [folder, dirname(judged)].map((one) => join(one, 'tasks.json')).find(existsSync);
  if (named === undefined) throw new Error(`no tasks.json in ${folder} or above it`);
  const learn = basename(judged) !== 'dev' && existsSync(sister) ? { learn: sister } : {};
  return { tasks: JSON.parse(readFileSync(named, 'utf8')), judged, ...learn };
}

/** Tasks of which every one of the models has an outcome. */
export function readTasks(folder: string, datasets: readonly string[], models: readonly string[]): Task[] {
  return datasets.flatMap((dataset) => {
    const file = join(folder, `${dataset}.jsonl`);
    const rows: Row[] = existsSync(file) ? lines(file).map((line) => JSON.parse(line)) : [];
    return rows.filter(({ outcomes }) => models.every((model) => outcomes[model])).map(taskOf(models));
  });
}

function lines(file: string): string[] {
  return readFileSync(file, 'utf8').split('\n').filter(Boolean);
}

function taskOf(models: readonly string[]): (row: Row) => Task {
  return ({ id, dataset, task_type: type, prompt, meta, outcomes }) => ({
    id,
    prompt,
    features: featuresOf(type, dataset, prompt, meta),
    outcomes: Object.fromEntries(
      models.map((model) => {
        const { score = 0, cost_usd: usd = 0 } = outcomes[model] ?? {};
        return [model, { score, usd }];
      }),
    ),
  });
}

/** What an editor would know: the kind of task, the language, the repository, and what was asked. */
export function featuresOf(
  type: string,
  dataset: string,
  prompt: string,
  meta: Readonly<Record<string, string>>,
): TaskFeatures {
  return taskFeatures({
    task: TYPES[type] ?? 'question',
    language: meta.language ?? dataset,
    instruction: prompt,
    code: '',
    problems: 0,
    inputTokens: Math.ceil(prompt.length / 4),
    ...(meta.repo === undefined ? {} : { repository: meta.repo }),
  });
}

export function shuffled<T>(items: readonly T[], seed: number): T[] {
  const random: Random = seededRandom(seed);
  const order = items.map((item) => ({ item, at: random() }));
  return order.sort((a, b) => a.at - b.at).map(({ item }) => item);
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

/** Of the mean of the values. */
export function standardError(values: readonly number[]): number {
  const usual = mean(values);
  const square = values.reduce((sum, value) => sum + (value - usual) ** 2, 0);
  return Math.sqrt(square / Math.max(1, values.length - 1) / Math.max(1, values.length));
}
