/**
 * Experiments that a person declares in `sluice.experiments`: variants of settings with weights, and who gets which.
 * Read from whatever a settings file may hold; a row that cannot be used is named and the others are kept.
 */
import { TASK_TYPES, type TaskType } from '../base/task.ts';
import { isRecord } from '../base/unknown.ts';

/** What an experiment compares. `accepted` and `quality` shall rise, `cost` and `time` shall fall. */
export const EXPERIMENT_METRICS = ['accepted', 'quality', 'cost', 'time'] as const;

export type ExperimentMetric = (typeof EXPERIMENT_METRICS)[number];

/** `person`: everything asked on this installation has one variant. `request`: equal requests have one variant. */
export const EXPERIMENT_UNITS = ['person', 'request'] as const;

export type ExperimentUnit = (typeof EXPERIMENT_UNITS)[number];

export interface Variant {
  readonly name: string;
  /** Share among the weights of all variants. */
  readonly weight: number;
  /** Settings that are in force instead of the person's own, by their key without `sluice.`; already read and valid. */
  readonly settings: Readonly<Record<string, unknown>>;
}

export interface Experiment {
  readonly name: string;
  readonly per: ExperimentUnit;
  readonly metric: ExperimentMetric;
  /** Chance in (0, 0.5] that a difference is told although there is none, however often one looks. */
  readonly errorRate: number;
  /** Absent: every task. */
  readonly tasks?: readonly TaskType[];
  /** At least two; the first is what the others are compared with. */
  readonly variants: readonly Variant[];
}

/** `row` counts from 1; `field` names what is wrong, empty when it is no object. */
export interface BadExperiment {
  readonly row: number;
  readonly field: string;
}

export interface ParsedExperiments {
  readonly experiments: readonly Experiment[];
  readonly bad: readonly BadExperiment[];
}

/** What the setting is worth, or undefined where it is unknown or its value is not usable. */
export type ReadSetting = (key: string, value: unknown) => unknown;

const MOST_EXPERIMENTS = 20;
const MOST_VARIANTS = 8;
const LONGEST_NAME = 60;
const DEFAULT_ERROR_RATE = 0.05;
/** Only these may vary: who answers, what is sent and what is kept; but never whom the person allows to see their code. */
const MAY_VARY = /^(routing|prompt|cache)\.(?!(allow|deny|localOnly)$)/;
/** One cache serves all requests: its bounds cannot differ from one to the next. */
const SHARED_BY_REQUESTS = /^cache\.(max|ttl)/;
const FIELDS = new Set(['name', 'per', 'metric', 'errorRate', 'tasks', 'variants']);
const VARIANT_FIELDS = new Set(['name', 'weight', 'settings']);

/** Undefined: no list at all. Two experiments never vary the same setting: the later row is bad. */
export function parseExperiments(raw: unknown, readSetting: ReadSetting): ParsedExperiments | undefined {
  if (!Array.isArray(raw)) return undefined;
  const experiments: Experiment[] = [];
  const bad: BadExperiment[] = [];
  const taken = new Set<string>();
  for (const [index, row] of raw.slice(0, MOST_EXPERIMENTS).entries()) {
    const names = new Set(experiments.map(({ name }) => name));
    const parsed = parseRow(row, { readSetting, taken, names });
    if (typeof parsed === 'string') bad.push({ row: index + 1, field: parsed });
    else {
      experiments.push(parsed);
      for (const key of keysOf(parsed)) taken.add(key);
    }
  }
  if (raw.length > MOST_EXPERIMENTS) bad.push({ row: MOST_EXPERIMENTS + 1, field: '' });
  return { experiments, bad };
}

function keysOf({ variants }: Pick<Experiment, 'variants'>): readonly string[] {
  return variants.flatMap(({ settings }) => Object.keys(settings));
}

interface Known {
  readonly readSetting: ReadSetting;
  /** Settings that an earlier experiment varies. */
  readonly taken: ReadonlySet<string>;
  readonly names: ReadonlySet<string>;
}

function parseRow(row: unknown, known: Known): Experiment | string {
  if (!isRecord(row)) return '';
  const name = nameOf(row.name);
  if (name === undefined || known.names.has(name)) return 'name';
  const per = EXPERIMENT_UNITS.find((unit) => unit === (row.per ?? 'person'));
  if (per === undefined) return 'per';
  const metric = EXPERIMENT_METRICS.find((one) => one === (row.metric ?? 'accepted'));
  if (metric === undefined) return 'metric';
  const { errorRate = DEFAULT_ERROR_RATE } = row;
  if (typeof errorRate !== 'number' || !(errorRate > 0 && errorRate <= 0.5)) return 'errorRate';
  const tasks = tasksOf(row.tasks);
  if (tasks === undefined) return 'tasks';
  const everyRequest = per === 'person' && tasks.length === 0;
  const variants = variantsOf(row.variants, everyRequest, known);
  if (typeof variants === 'string') return variants;
  const stray = Object.keys(row).find((key) => !FIELDS.has(key));
  if (stray !== undefined) return stray.slice(0, LONGEST_NAME);
  return { name, per, metric, errorRate, ...(tasks.length === 0 ? {} : { tasks }), variants };
}

function tasksOf(raw: unknown): readonly TaskType[] | undefined {
  if (raw === undefined) return [];
  if (!Array.isArray(raw) || raw.length === 0) return undefined;
  const tasks = raw.map((one) => TASK_TYPES.find((task) => task === one));
  return tasks.every((task) => task !== undefined) ? tasks : undefined;
}

/** `everyRequest`: all that is asked here has the same variant. */
function variantsOf(raw: unknown, everyRequest: boolean, known: Known): readonly Variant[] | string {
  if (!Array.isArray(raw) || raw.length < 2 || raw.length > MOST_VARIANTS) return 'variants';
  const variants: Variant[] = [];
  for (const [index, one] of raw.entries()) {
    const parsed = parseVariant(one, everyRequest, known);
    const twice = typeof parsed !== 'string' && variants.some(({ name }) => name === parsed.name);
    if (typeof parsed === 'string' || twice)
      return `variants ${index + 1}: ${twice ? 'name' : String(parsed)}`;
    variants.push(parsed);
  }
  return variants;
}

function parseVariant(raw: unknown, everyRequest: boolean, known: Known): Variant | string {
  if (!isRecord(raw)) return '';
  const name = nameOf(raw.name);
  if (name === undefined) return 'name';
  const { weight = 1, settings: given = {} } = raw;
  if (typeof weight !== 'number' || !(weight > 0 && weight <= 1_000)) return 'weight';
  if (!isRecord(given)) return 'settings';
  const settings: Record<string, unknown> = {};
  for (const [full, value] of Object.entries(given)) {
    const key = full.replace(/^sluice\./, '');
    const allowed = MAY_VARY.test(key) && (everyRequest || !SHARED_BY_REQUESTS.test(key));
    const read = allowed && !known.taken.has(key) ? known.readSetting(key, value) : undefined;
    if (read === undefined) return full.slice(0, LONGEST_NAME);
    settings[key] = read;
  }
  const stray = Object.keys(raw).find((key) => !VARIANT_FIELDS.has(key));
  return stray?.slice(0, LONGEST_NAME) ?? { name, weight, settings };
}

function nameOf(raw: unknown): string | undefined {
  if (typeof raw !== 'string') return undefined;
  const name = raw.trim();
  return name !== '' && name.length <= LONGEST_NAME ? name : undefined;
}
