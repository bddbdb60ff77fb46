/**
 * Limits that a person declares in `sluice.limits`, because no platform reports them. Read from whatever a settings file
 * may hold: a row that cannot be used is named, and the others are kept. Units: the limit's own, milliseconds.
 */
import { LIMIT_UNITS, type LimitUnit } from './limitReading.ts';

export interface DeclaredLimit {
  /**
   * Kind or id of a platform; `*`: every platform that has no limit of this unit declared for itself. Of a shared one:
   * the key of its bucket.
   */
  readonly platform: string;
  /** Present: one bucket that all of these, kinds or ids, charge together. */
  readonly shared?: SharedBy;
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

export interface SharedBy {
  /** As the person calls it; absent: its platforms name it. */
  readonly name?: string;
  readonly platforms: readonly string[];
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
  'name',
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
const LONGEST_SHARED_NAME = 60;
const MOST_PLATFORMS = 20;
/** In front of the key of a shared bucket: no platform has a colon in its id. */
const SHARED = 'shared:';
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
    const read = parseRow(one);
    const parsed = typeof read === 'string' ? read : (clashOf(read, limits) ?? read);
    if (typeof parsed === 'string') bad.push({ row: index + 1, field: parsed });
    else limits.push(parsed);
  }
  if (raw.length > MOST_ROWS) bad.push({ row: MOST_ROWS + 1, field: '' });
  return { limits, bad };
}

/** The limits that a platform has to itself, given its id and the kind that it is of. */
export function limitsOf(limits: readonly DeclaredLimit[], id: string, kind: string): DeclaredLimit[] {
  const very = limits.filter(({ platform }) => platform === id);
  const own = limits.filter(
    (limit) => limit.platform === id || (limit.platform === kind && !very.some((one) => isSame(one, limit))),
  );
  const named = [...own, ...limits.filter(({ shared }) => shared && covers(shared, id, kind))];
  const others = limits.filter(
    ({ platform, unit }) => platform === '*' && named.every((limit) => limit.unit !== unit),
  );
  return [...own, ...others];
}

/** One bucket of several platforms, with all its limits. */
export interface SharedBucket {
  readonly key: string;
  readonly name?: string;
  /** Ids, of those in use. */
  readonly platforms: readonly string[];
  readonly limits: readonly DeclaredLimit[];
}

/** The shared buckets that the platforms in use charge; `kindOf` tells the kind of a platform by its id. */
export function sharedBuckets(
  limits: readonly DeclaredLimit[],
  ids: readonly string[],
  kindOf: (id: string) => string,
): SharedBucket[] {
  const keys = new Set(limits.flatMap(({ platform, shared }) => (shared ? [platform] : [])));
  return [...keys].flatMap((key) => {
    const rows = limits.filter(({ platform }) => platform === key);
    const shared = rows[0]?.shared;
    const platforms = ids.filter((id) => shared && covers(shared, id, kindOf(id)));
    if (shared === undefined || platforms.length === 0) return [];
    return [{ key, ...(shared.name === undefined ? {} : { name: shared.name }), platforms, limits: rows }];
  });
}

export function isSharedKey(key: string): boolean {
  return key.startsWith(SHARED);
}

function covers({ platforms }: SharedBy, id: string, kind: string): boolean {
  return platforms.includes(id) || platforms.includes(kind);
}

/**
 * The field by which a row cannot stand beside those before it: one name for two lists of platforms says not which of
 * them is meant, and a limit is kept once.
 */
function clashOf(row: DeclaredLimit, limits: readonly DeclaredLimit[]): 'name' | 'unit' | undefined {
  const same = limits.filter(({ platform }) => platform === row.platform);
  const other = same.find(({ shared }) => shared?.platforms.join() !== row.shared?.platforms.join());
  if (other) return 'name';
  return same.some((limit) => isSame(limit, row)) ? 'unit' : undefined;
}

function isSame(a: DeclaredLimit, b: DeclaredLimit): boolean {
  return a.unit === b.unit && a.window === b.window && a.model === b.model;
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
  if (row.platform === undefined) return 'platform';
  if (row.name !== undefined && !Array.isArray(row.platform)) return 'name';
  if (unit === undefined || unit === 'share') return 'unit';
  const owner = ownerOf(row.platform, row.name);
  const usual = unit === 'units' ? UNIT_BUCKETS[owner.shared ? '*' : owner.platform] : undefined;
  const { size = usual?.size, threshold = usual?.threshold } = row as { size?: number; threshold?: number };
  const refillPerHour =
    (row.refillPerHour as number | undefined) ?? (window === undefined ? usual?.refillPerHour : undefined);
  if (size === undefined) return 'size';
  if ((refillPerHour === undefined) === (window === undefined)) return 'refillPerHour';
  if (threshold !== undefined && threshold > size) return 'threshold';
  if (sliding && window === undefined) return 'window';
  return {
    ...owner,
    unit,
    size,
    ...(model === undefined ? {} : { model: model.trim() }),
    ...(refillPerHour === undefined ? {} : { refillPerMs: refillPerHour / MS_PER_HOUR }),
    ...(window === undefined ? {} : { window: window.trim(), windowMs: windowMs(window) ?? 0 }),
    ...(sliding === undefined ? {} : { sliding }),
    ...(threshold === undefined || threshold === 0 ? {} : { threshold }),
  };
}

/** Whose limit it is; a list is one bucket, in whatever order it names its platforms. */
function ownerOf(platform: unknown, name: unknown): Pick<DeclaredLimit, 'platform' | 'shared'> {
  const idOf = (raw: unknown) =>
    String(raw)
      .trim()
      .toLowerCase()
      .replaceAll(/[\s_]+/g, '-');
  if (!Array.isArray(platform)) return { platform: idOf(platform) };
  const platforms = [...new Set(platform.map(idOf))].toSorted();
  const called = typeof name === 'string' ? name.trim() : undefined;
  return {
    platform: `${SHARED}${called ?? platforms.join('+')}`,
    shared: { platforms, ...(called === undefined ? {} : { name: called }) },
  };
}

const name = (raw: unknown): boolean =>
  typeof raw === 'string' && raw.trim() !== '' && raw.length <= LONGEST_NAME;
const amount = (raw: unknown): boolean => typeof raw === 'number' && raw > 0 && raw <= MOST;

const READ: Readonly<Record<Field, (raw: unknown) => boolean>> = {
  platform: (raw) => (Array.isArray(raw) ? severalOf(raw) : name(raw)),
  name: (raw) => name(raw) && String(raw).length <= LONGEST_SHARED_NAME,
  model: name,
  unit: (raw) => LIMIT_UNITS.some((unit) => unit === raw && unit !== 'share'),
  size: amount,
  refillPerHour: amount,
  window: (raw) => typeof raw === 'string' && windowMs(raw) !== undefined,
  sliding: (raw) => typeof raw === 'boolean',
  threshold: (raw) => typeof raw === 'number' && raw >= 0 && raw <= MOST,
};

/** `*` is each platform for itself, and so belongs in no list. */
function severalOf(raw: readonly unknown[]): boolean {
  const fits = (one: unknown) => name(one) && String(one).trim() !== '*';
  return raw.length > 0 && raw.length <= MOST_PLATFORMS && raw.every(fits);
}

/** `5h`, `7d`, `1m`; undefined when it is none, or longer than a month. */
function windowMs(raw: string): number | undefined {
  const [, count = '', unit = ''] = /^\s*(\d{1,5})([mhd])\s*$/.exec(raw) ?? [];
  const ms = Number(count) * (WINDOW_MS[unit] ?? 0);
  return ms > 0 && ms <= LONGEST_WINDOW_MS ? ms : undefined;
}
