/**
 * What a person has planned, such as a release on Friday afternoon: from when to when, and how many times the usual
 * demand to expect. Times are the local ones of this machine; minutes count from midnight.
 */
export const WEEKDAYS = [
  'sunday',
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
] as const;

export interface PlannedEvent {
  readonly name: string;
  /** A day of the week, or one date `YYYY-MM-DD`. */
  readonly day: string;
  readonly fromMinute: number;
  /** At most `fromMinute`: it ends on the next day. */
  readonly toMinute: number;
  /** Times the usual demand, 0…10. */
  readonly weight: number;
}

/** Counts rows from 1, as a person does. */
export interface BadEventRow {
  readonly row: number;
  readonly field: string;
}

export interface ParsedEvents {
  readonly events: readonly PlannedEvent[];
  readonly bad: readonly BadEventRow[];
}

export const USUAL_WEIGHT = 2;
export const WEIGHT_BOUNDS = { least: 0, most: 10 };
export const LONGEST_NAME = 100;
const MINUTES_PER_DAY = 1_440;

/** Undefined: no list at all. Rows that cannot be used are left out and named by their first bad field. */
export function parsePlannedEvents(raw: unknown): ParsedEvents | undefined {
  if (!Array.isArray(raw)) return undefined;
  const events: PlannedEvent[] = [];
  const bad: BadEventRow[] = [];
  for (const [index, row] of raw.entries()) {
    const parsed = parseRow(row);
    if (typeof parsed === 'string') bad.push({ row: index + 1, field: parsed });
    else events.push(parsed);
  }
  return { events, bad };
}

function parseRow(raw: unknown): PlannedEvent | string {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return 'row';
  const row = raw as Readonly<Record<string, unknown>>;
  const { name, day, from, to, weight = USUAL_WEIGHT } = row;
  if (typeof name !== 'string' || name.trim() === '' || name.length > LONGEST_NAME) return 'name';
  if (typeof day !== 'string' || !isDay(day)) return 'day';
  const [fromMinute, toMinute] = [minuteOf(from), minuteOf(to)];
  if (fromMinute === undefined) return 'from';
  if (toMinute === undefined) return 'to';
  if (typeof weight !== 'number' || !(weight >= WEIGHT_BOUNDS.least && weight <= WEIGHT_BOUNDS.most)) {
    return 'weight';
  }
  const stray = Object.keys(row).find((key) => !FIELDS.has(key));
  return stray ?? { name: name.trim(), day: day.toLowerCase(), fromMinute, toMinute, weight };
}

const FIELDS = new Set(['name', 'day', 'from', 'to', 'weight']);

/** A weekday's English name, or a date that exists. */
export function isDay(text: string): boolean {
  const lower = text.toLowerCase();
  if (WEEKDAYS.some((day) => day === lower)) return true;
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

/** `9:30` or `09:30`, up to `24:00`. */
export function minuteOf(text: unknown): number | undefined {
  const [, hours, minutes] = /^(\d{1,2}):(\d{2})$/.exec(typeof text === 'string' ? text.trim() : '') ?? [];
  if (hours === undefined || Number(minutes) > 59) return undefined;
  const minute = Number(hours) * 60 + Number(minutes);
  return minute <= MINUTES_PER_DAY ? minute : undefined;
}

/** How many times the usual demand is planned for this moment; of several events the heaviest counts. 1: no event. */
export function eventWeight(events: readonly PlannedEvent[], atMs: number): number {
  if (events.length === 0) return 1;
  const [today, yesterday] = [localMoment(atMs), localMoment(atMs, -1)];
  const running = events.filter((event) => runs(event, today, yesterday));
  return running.length === 0 ? 1 : Math.max(...running.map(({ weight }) => weight));
}

interface Moment {
  readonly weekday: string;
  readonly date: string;
  readonly minute: number;
}

function runs({ day, fromMinute, toMinute }: PlannedEvent, today: Moment, yesterday: Moment): boolean {
  const isOn = ({ weekday, date }: Moment) => day === weekday || day === date;
  const { minute } = today;
  if (fromMinute < toMinute) return isOn(today) && minute >= fromMinute && minute < toMinute;
  return (isOn(today) && minute >= fromMinute) || (isOn(yesterday) && minute < toMinute);
}

function localMoment(atMs: number, addDays = 0): Moment {
  const date = new Date(atMs);
  const minute = date.getHours() * 60 + date.getMinutes();
  date.setDate(date.getDate() + addDays);
  const two = (value: number) => String(value).padStart(2, '0');
  return {
    weekday: WEEKDAYS[date.getDay()] ?? '',
    date: `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`,
    minute,
  };
}
