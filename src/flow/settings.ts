/** Every setting: its default, its bounds and how it is read from whatever a settings file may hold. */
import { type DeclaredLimit, parseDeclaredLimits } from '../quota/declaredLimits.ts';
import { type PlannedEvent, parsePlannedEvents } from '../quota/plannedEvents.ts';
import { type Experiment, parseExperiments } from '../routing/experiments.ts';
import { type BadRow, type ModelOverride, parseModelOverrides } from '../routing/modelOverrides.ts';
import { parseQualityBars, type QualityBar } from '../routing/qualityBars.ts';
import { parseModelPatterns, parseRoutingRules, type RoutingRule } from '../routing/rules.ts';
import { parseRedisUrl, parseUrl } from './settingAddresses.ts';

interface NumberSetting {
  readonly type: 'number' | 'integer';
  readonly default: number;
  readonly minimum: number;
  readonly maximum: number;
}
interface ChoiceSetting<T extends string> {
  readonly type: 'string';
  readonly default: T;
  readonly choices: readonly T[];
}
interface UrlSetting {
  readonly type: 'url';
  /** Empty: the platform's own address. */
  readonly default: string;
}
/** `redis:` or `rediss:`; empty: none. */
interface RedisSetting {
  readonly type: 'redis';
  readonly default: string;
}
/** A short word that names something. */
interface NameSetting {
  readonly type: 'name';
  readonly default: string;
}
interface PathSetting {
  readonly type: 'path' | 'command';
  /** Empty: looked for on PATH; no command at all. */
  readonly default: string;
}
interface BooleanSetting {
  readonly type: 'boolean';
  readonly default: boolean;
}
interface RulesSetting {
  readonly type: 'rules';
  readonly default: readonly RoutingRule[];
}
interface BarsSetting {
  readonly type: 'bars';
  readonly default: readonly QualityBar[];
}
/** Keys of models, or patterns of them. */
interface PatternsSetting {
  readonly type: 'patterns';
  readonly default: readonly string[];
}
/** Whole percents from 1 to 100. */
interface PercentsSetting {
  readonly type: 'percents';
  readonly default: readonly number[];
}
/** Rows that are wrong are left out and named; the others count. */
interface ModelsSetting {
  readonly type: 'models';
  readonly default: readonly ModelOverride[];
}
/** As above. */
interface EventsSetting {
  readonly type: 'events';
  readonly default: readonly PlannedEvent[];
}
/** As above. */
interface LimitsSetting {
  readonly type: 'limits';
  readonly default: readonly DeclaredLimit[];
}

/** As `ModelsSetting`. */
interface ExperimentsSetting {
  readonly type: 'experiments';
  readonly default: readonly Experiment[];
}

type Setting =
  | NumberSetting
  | ChoiceSetting<string>
  | UrlSetting
  | PathSetting
  | RedisSetting
  | NameSetting
  | BooleanSetting
  | RulesSetting
  | BarsSetting
  | PatternsSetting
  | PercentsSetting
  | ModelsSetting
  | EventsSetting
  | ExperimentsSetting
  | LimitsSetting;

const choice = <T extends string>(value: T, choices: readonly T[]): ChoiceSetting<T> => ({
  type: 'string',
  default: value,
  choices,
});

/** Keys without the `sluice.` in front. Compared with `package.json` by a test. */
export const SETTINGS = {
  'statusBar.show': choice('always', ['always', 'alerts', 'off']),
  'cache.enabled': { type: 'boolean', default: true },
  'cache.maxEntries': { type: 'integer', default: 1_000, minimum: 1, maximum: 100_000 },
  'cache.maxMegabytes': { type: 'integer', default: 16, minimum: 1, maximum: 512 },
  'cache.ttlMinutes': { type: 'integer', default: 60, minimum: 1, maximum: 1_440 },
  'cache.boundTo': choice('file', ['file', 'code']),
  'cache.diskMegabytes': { type: 'integer', default: 100, minimum: 0, maximum: 10_000 },
  'cache.diskHours': { type: 'integer', default: 168, minimum: 1, maximum: 8_760 },
  'cache.redisMinutes': { type: 'integer', default: 60, minimum: 0, maximum: 120 },
  'cache.private': { type: 'boolean', default: false },
  'cache.slowAfterMilliseconds': { type: 'integer', default: 50, minimum: 5, maximum: 1_000 },
  'cache.semantic.maxWrongPercent': { type: 'number', default: 1, minimum: 0, maximum: 50 },
  'background.enabled': { type: 'boolean', default: true },
  'background.usdPerDay': { type: 'number', default: 0, minimum: 0, maximum: 100 },
  'routing.qualityBar': { type: 'number', default: 0.7, minimum: 0, maximum: 1 },
  'routing.qualityBars': { type: 'bars', default: [] },
  'routing.rules': { type: 'rules', default: [] },
  'cascade.when': choice('unseen', ['off', 'unseen', 'edits', 'always']),
  'cascade.maxAttempts': { type: 'integer', default: 3, minimum: 1, maximum: 5 },
  'cascade.worthUsd': { type: 'number', default: 0.5, minimum: 0, maximum: 1_000 },
  'checks.testCommand': { type: 'command', default: '' },
  'checks.testSeconds': { type: 'integer', default: 120, minimum: 1, maximum: 3_600 },
  'checks.judge': { type: 'boolean', default: false },
  'routing.allow': { type: 'patterns', default: [] },
  'routing.deny': { type: 'patterns', default: [] },
  'routing.localOnly': { type: 'boolean', default: false },
  'routing.maxUsd': { type: 'number', default: 0, minimum: 0, maximum: 1_000 },
  'routing.maxSeconds': { type: 'number', default: 0, minimum: 0, maximum: 3_600 },
  'routing.learn': { type: 'boolean', default: true },
  'routing.explorePercent': { type: 'integer', default: 3, minimum: 0, maximum: 20 },
  experiments: { type: 'experiments', default: [] },
  models: { type: 'models', default: [] },
  limits: { type: 'limits', default: [] },
  'quota.priorities': { type: 'boolean', default: true },
  'quota.lendShares': { type: 'boolean', default: true },
  'quota.criticalBurst': { type: 'boolean', default: true },
  'quota.penalizeOveruse': { type: 'boolean', default: true },
  'quota.adaptToPerformance': { type: 'boolean', default: true },
  'quota.adaptToCost': { type: 'boolean', default: true },
  'quota.events': { type: 'events', default: [] },
  'request.maxSelectionKilobytes': { type: 'integer', default: 100, minimum: 1, maximum: 1_000 },
  'request.confirmAboveUsd': { type: 'number', default: 0.25, minimum: 0, maximum: 1_000 },
  'request.confirmAbovePercent': { type: 'integer', default: 20, minimum: 0, maximum: 100 },
  'request.timeoutSeconds': { type: 'integer', default: 120, minimum: 5, maximum: 3_600 },
  'request.maxWaitSeconds': { type: 'integer', default: 20, minimum: 0, maximum: 600 },
  'quota.alertAtPercent': { type: 'percents', default: [80, 95] },
  'claudeCode.path': { type: 'path', default: '' },
  'anthropic.baseUrl': { type: 'url', default: '' },
  'openai.baseUrl': { type: 'url', default: '' },
  'redis.url': { type: 'redis', default: '' },
  'redis.prefix': { type: 'name', default: 'sluice' },
} as const satisfies Record<string, Setting>;

export type SettingKey = keyof typeof SETTINGS;

type ValueOf<S> = S extends { readonly choices: readonly (infer T)[] }
  ? T
  : S extends { readonly type: 'boolean' }
    ? boolean
    : S extends { readonly type: 'rules' }
      ? readonly RoutingRule[]
      : S extends { readonly type: 'bars' }
        ? readonly QualityBar[]
        : S extends { readonly type: 'patterns' }
          ? readonly string[]
          : S extends { readonly type: 'models' }
            ? readonly ModelOverride[]
            : S extends { readonly type: 'percents' }
              ? readonly number[]
              : S extends { readonly type: 'events' }
                ? readonly PlannedEvent[]
                : S extends { readonly type: 'limits' }
                  ? readonly DeclaredLimit[]
                  : S extends { readonly type: 'experiments' }
                    ? readonly Experiment[]
                    : S extends { readonly type: 'url' | 'path' | 'redis' | 'name' | 'command' }
                      ? string
                      : number;

export type Settings = { readonly [K in SettingKey]: ValueOf<(typeof SETTINGS)[K]> };

/** One row of a list that was left out. */
export interface RejectedRow extends BadRow {
  readonly key: SettingKey;
}

/**
 * `rejected` names the keys whose value was not usable: it became the default, but for the usable rows of a list that
 * `rows` tells the bad ones of.
 */
export interface ParsedSettings {
  readonly settings: Settings;
  readonly rejected: readonly SettingKey[];
  readonly rows: readonly RejectedRow[];
}

const KEYS = Object.keys(SETTINGS).filter((key): key is SettingKey => key in SETTINGS);

/** `read` gives what the settings files hold, or `undefined` where they hold nothing. */
export function parseSettings(read: (key: SettingKey) => unknown): ParsedSettings {
  const rejected: SettingKey[] = [];
  const rows: RejectedRow[] = [];
  const pick = <K extends SettingKey>(key: K): Settings[K] => {
    const raw = read(key);
    const { value: parsed, bad = [] } = raw === undefined ? {} : parseOne(SETTINGS[key], raw);
    if (raw !== undefined && (parsed === undefined || bad.length > 0)) rejected.push(key);
    rows.push(...bad.map((row) => ({ key, ...row })));
    return (parsed ?? SETTINGS[key].default) as Settings[K];
  };
  const settings = Object.fromEntries(KEYS.map((key) => [key, pick(key)])) as unknown as Settings;
  return { settings, rejected, rows };
}

export const DEFAULT_SETTINGS: Settings = parseSettings(() => undefined).settings;

interface Parsed {
  /** Absent: not usable. */
  readonly value?: unknown;
  readonly bad?: readonly BadRow[];
}

function parseOne(setting: Setting, raw: unknown): Parsed {
  if (setting.type === 'events') {
    const { events, bad } = parsePlannedEvents(raw) ?? {};
    return events === undefined ? {} : { value: events, bad: bad ?? [] };
  }
  if (setting.type === 'limits') {
    const declared = parseDeclaredLimits(raw);
    return declared === undefined ? {} : { value: declared.limits, bad: declared.bad };
  }
  if (setting.type === 'experiments') {
    const { experiments, bad } = parseExperiments(raw, readSetting) ?? {};
    return experiments === undefined ? {} : { value: experiments, bad: bad ?? [] };
  }
  if (setting.type !== 'models') return { value: parseWhole(setting, raw) };
  const parsed = parseModelOverrides(raw);
  return parsed === undefined ? {} : { value: parsed.overrides, bad: parsed.bad };
}

/** One setting as an experiment gives it: a list of which one row is bad is not usable at all. */
function readSetting(key: string, raw: unknown): unknown {
  const known = KEYS.find((one) => one === key);
  const { value, bad = [] } = known === undefined ? {} : parseOne(SETTINGS[known], raw);
  return bad.length === 0 ? value : undefined;
}

function parseWhole(
  setting: Exclude<Setting, ModelsSetting | LimitsSetting | EventsSetting | ExperimentsSetting>,
  raw: unknown,
): unknown {
  switch (setting.type) {
    case 'number':
    case 'integer':
      return parseNumber(setting, raw);
    case 'string':
      return typeof raw === 'string' && setting.choices.includes(raw) ? raw : undefined;
    case 'boolean':
      return typeof raw === 'boolean' ? raw : undefined;
    case 'command':
    case 'path':
      return typeof raw === 'string' && !raw.includes('\0') ? raw.trim() : undefined;
    case 'url':
      return parseUrl(raw);
    case 'redis':
      return parseRedisUrl(raw);
    case 'name':
      return typeof raw === 'string' && /^[\w.:-]{1,64}$/.test(raw.trim()) ? raw.trim() : undefined;
    case 'rules':
      return parseRoutingRules(raw);
    case 'bars':
      return parseQualityBars(raw);
    case 'patterns':
      return parseModelPatterns(raw);
    case 'percents':
      return parsePercents(raw);
  }
}

function parseNumber({ type, minimum, maximum }: NumberSetting, raw: unknown): number | undefined {
  if (typeof raw !== 'number' || !Number.isFinite(raw)) return undefined;
  if (type === 'integer' && !Number.isInteger(raw)) return undefined;
  return raw >= minimum && raw <= maximum ? raw : undefined;
}

function parsePercents(raw: unknown): readonly number[] | undefined {
  const fits = (value: unknown): value is number =>
    typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 100;
  return Array.isArray(raw) && raw.every(fits) ? raw : undefined;
}
