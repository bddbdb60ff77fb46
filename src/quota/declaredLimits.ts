/**
 * Limits that a person declares in `sluice.limits`, because no platform reports them. Read from whatever a settings file
 * may hold: a row that cannot be used is named, and the others are kept. Units: the limit's own, milliseconds.
 */
import { LIMIT_UNITS, type LimitUnit } from './limitReading.ts';

export interface DeclaredLimit {
  /** Kind or id of a platform; `*`: every platform that has no limit of this unit declared for itself. */
  readonly platform: string;
  readonly model?: string;
  readonly unit: LimitUnit;
  /** As reported windows are named: `5h`, `7d`, `1d`. */
  readonly window?: string;
  readonly windowMs?: number;
  /** What is used comes back when it is as old as the window, instead of all at once. */
  readonly sliding?: boolean;
  readonly size: number;
  readonly refillPerMs?: number;
  /** Below this level only `critical` and `high` requests pass. */
  readonly threshold?: number;
}

/** `row` counts from 1; `field` names what is wrong with it, empty when it is no object. */
export interface BadLimit {
  readonly row: number;
  readonly field: string;
}

/** What a row of `units` means that says no more than a platform's name. */
const UNIT_BUCKETS: Readonly<Record<string, { size: number; refillPerHour: number; threshold: number }>> = {
  'claude-code': { size: 5_000, refillPerHour: 100, threshold: 3_000 },
  sonnet: { size: 10_000, refillPerHour: 200, threshold: 7_000 },
  '*': { size: 5_000, refillPerHour: 100, threshold: 0 },
};
const FIELDS = [
  'platform',
  'model',
  'unit',
  'size',
  'refillPerHour',
  'window',
  'sliding',
  'threshold',
] as const;
const MOST_ROWS = 100;
const LONGEST_NAME = 200;
const MOST = 1e12;
const MS_PER_HOUR = 3_600_000;
const WINDOW_MS: Readonly<Record<string, number>> = { m: 60_000, h: MS_PER_HOUR, d: 24 * MS_PER_HOUR };
const LONGEST_WINDOW_MS = 31 * 24 * MS_PER_HOUR;

type Field = (typeof FIELDS)[number];
type Row = Readonly<Record<string, unknown>>;

/** `undefined` when `raw` is no list. */
export function parseDeclaredLimits(
  raw: unknown,
): { readonly limits: readonly DeclaredLimit[]; readonly bad: readonly BadLimit[] } | undefined {
  if (!Array.isArray(raw)) return undefined;
  const limits: DeclaredLimit[] = [];
  const bad: BadLimit[] = [];
  for (const [index, one] of raw.slice(0, MOST_ROWS).entries()) {
    const parsed = parseRow(one);
    if (typeof parsed === 'string') bad.push({ row: index + 1, field: parsed });
    else limits.push(parsed);
  }
  if (raw.length > MOST_ROWS) bad.push({ row: MOST_ROWS + 1, field: '' });
  return { limits, bad };
}

/** The limits that concern a platform, given its id and the kind that it is of. */
export function limitsOf(limits: readonly DeclaredLimit[], id: string, kind: string): DeclaredLimit[] {
  const own = limits.filter(({ platform }) => platform === id || platform === kind);
  const others = limits.filter(
    ({ platform, unit }) => platform === '*' && own.every((limit) => limit.unit !== unit),
  );
  return [...own, ...others];
}

/** The limit, or the name of the field that is missing, unknown or not usable. */
function parseRow(raw: unknown): DeclaredLimit | string {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return '';
  const row = raw as Row;
  const unknown = Object.keys(row).find((key) => !FIELDS.some((field) => field === key));
  if (unknown !== undefined) return unknown.slice(0, LONGEST_NAME);
  const wrong = FIELDS.find((field) => row[field] !== undefined && !READ[field](row[field]));
  if (wrong !== undefined) return wrong;
  const { model, sliding, window } = row as { model?: string; sliding?: boolean; window?: string };
  const unit = LIMIT_UNITS.find((known) => known === row.unit);
  if (typeof row.platform !== 'string') return 'platform';
  if (unit === undefined || unit === 'share') return 'unit';
  const platform = row.platform.trim();
  const usual = unit === 'units' ? UNIT_BUCKETS[platform.replaceAll('_', '-')] : undefined;
  const { size = usual?.size, threshold = usual?.threshold } = row as { size?: number; threshold?: number };
  const refillPerHour =
    (row.refillPerHour as number | undefined) ?? (window === undefined ? usual?.refillPerHour : undefined);
  if (size === undefined) return 'size';
  if ((refillPerHour === undefined) === (window === undefined)) return 'refillPerHour';
  if (threshold !== undefined && threshold > size) return 'threshold';
  if (sliding && window === undefined) return 'window';
  return {
    platform: platform.replaceAll('_', '-'),
    unit,
    size,
    ...(model === undefined ? {} : { model: model.trim() }),
    ...(refillPerHour === undefined ? {} : { refillPerMs: refillPerHour / MS_PER_HOUR }),
    ...(window === undefined ? {} : { window: window.trim(), windowMs: windowMs(window) ?? 0 }),
    ...(sliding === undefined ? {} : { sliding }),
    ...(threshold === undefined || threshold === 0 ? {} : { threshold }),
  };
}

const name = (raw: unknown): boolean =>
  typeof raw === 'string' && raw.trim() !== '' && raw.length <= LONGEST_NAME;
const amount = (raw: unknown): boolean => typeof raw === 'number' && raw > 0 && raw <= MOST;

const READ: Readonly<Record<Field, (raw: unknown) => boolean>> = {
  platform: name,
  model: name,
  unit: (raw) => LIMIT_UNITS.some((unit) => unit === raw && unit !== 'share'),
  size: amount,
  refillPerHour: amount,
  window: (raw) => typeof raw === 'string' && windowMs(raw) !== undefined,
  sliding: (raw) => typeof raw === 'boolean',
  threshold: (raw) => typeof raw === 'number' && raw >= 0 && raw <= MOST,
};

/** `5h`, `7d`, `1m`; undefined when it is none, or longer than a month. */
function windowMs(raw: string): number | undefined {
  const [, count = '', unit = ''] = /^\s*(\d{1,5})([mhd])\s*$/.exec(raw) ?? [];
  const ms = Number(count) * (WINDOW_MS[unit] ?? 0);
  return ms > 0 && ms <= LONGEST_WINDOW_MS ? ms : undefined;
}
