/** What the status-bar meter shows, as plain data: the worst limit that is fresh, never a sum, never an old number. */
import type { BucketView, PlatformView } from '../flow/snapshot.ts';
import type { Translate } from './panelTexts.ts';

/** A reading older than this says nothing any more: other programs may have used the limit. Milliseconds. */
export const OLD_AFTER_MS = 3_600_000;
/** Colours, by the share that is left. */
const WARN_BELOW = 0.2;
const ALARM_BELOW = 0.05;
/** More would not fit on a screen; the dashboard has them all. */
const MOST_ROWS = 12;

export interface MeterFacts {
  readonly buckets: readonly BucketView[];
  readonly platforms: readonly Pick<PlatformView, 'id' | 'label' | 'simulated'>[];
  readonly running: number;
  /** Why the limits of the team cannot be shared just now. */
  readonly team?: string | undefined;
}

/** Numbers in the person's language. */
export interface MeterFormat {
  readonly percent: (share: number) => string;
  readonly duration: (ms: number) => string;
  readonly amount: (value: number, unit: string) => string;
  /** The time of day that is so many milliseconds away; with its day when that is another one. */
  readonly moment: (inMs: number) => string;
  /** The time of day of a wall-clock time, with its day when that is another one. */
  readonly time: (atMs: number) => string;
  /** When it will run out or have room again; nothing where that is far or unknown. */
  readonly ahead: (bucket: BucketView) => string | undefined;
}

export interface MeterFace {
  readonly text: string;
  /** What a screen reader says. */
  readonly label: string;
  /** Markdown, without its links. */
  readonly tooltip: string;
  readonly level: 'calm' | 'warning' | 'error';
}

/** Left of its size, 0 to 1. */
function left({ level, size }: BucketView): number {
  return level / size;
}

/** What is only declared is our own count, which is always of now. */
export function isFresh({ source, readingAgeMs }: BucketView): boolean {
  if (readingAgeMs === undefined) return source === 'declared';
  return readingAgeMs <= OLD_AFTER_MS;
}

export function worstFresh(buckets: readonly BucketView[]): BucketView | undefined {
  return worstFirst(buckets).find(isFresh);
}

function worstFirst(buckets: readonly BucketView[]): BucketView[] {
  return buckets.filter(({ size }) => size > 0).toSorted((a, b) => left(a) - left(b));
}

export function meterFace(facts: MeterFacts, format: MeterFormat, t: Translate): MeterFace {
  const { buckets, platforms, running } = facts;
  const worst = worstFresh(buckets);
  const simulated = platforms.some((platform) => platform.simulated);
  const icon = running > 0 ? '$(loading~spin)' : '$(dashboard)';
  const shown = worst ? shownLimit(worst, format, t) : shownUnknown(buckets, format, t);
  return {
    text: `${icon} ${simulated ? t('{0} · simulated', shown) : shown}`,
    label: spoken(facts, worst, simulated, format, t),
    tooltip: tooltip(facts, format, t),
    level: worst ? levelOf(left(worst)) : 'calm',
  };
}

function levelOf(share: number): MeterFace['level'] {
  if (share >= WARN_BELOW) return 'calm';
  return share < ALARM_BELOW ? 'error' : 'warning';
}

/** The time is there where a person would ask for it: when it will run out, in a window, and when little is left. */
function shownLimit(worst: BucketView, { percent, duration, time }: MeterFormat, t: Translate): string {
  const { fullInMs, refill, exhaustedAtMs, level } = worst;
  if (exhaustedAtMs !== undefined && level > 0)
    return `${percent(left(worst))} · ${t('until {0}', time(exhaustedAtMs))}`;
  const asked = refill === 'at-reset' || levelOf(left(worst)) !== 'calm';
  const share = percent(left(worst));
  return asked && fullInMs !== undefined && fullInMs > 0 ? `${share} · ${duration(fullInMs)}` : share;
}

function shownUnknown(buckets: readonly BucketView[], { duration }: MeterFormat, t: Translate): string {
  const ageMs = newestAge(buckets);
  return ageMs === undefined ? '–' : t('{0} old', duration(ageMs));
}

function newestAge(buckets: readonly BucketView[]): number | undefined {
  const ages = buckets.flatMap(({ readingAgeMs }) => (readingAgeMs === undefined ? [] : [readingAgeMs]));
  return ages.length === 0 ? undefined : Math.min(...ages);
}

function spoken(
  { buckets, platforms, running }: MeterFacts,
  worst: BucketView | undefined,
  simulated: boolean,
  format: MeterFormat,
  t: Translate,
): string {
  const name = simulated ? t('Sluice, simulated platform') : 'Sluice';
  const busy = running > 0 ? [t('A request is running')] : [];
  if (worst === undefined) {
    const ageMs = newestAge(buckets);
    const why =
      ageMs === undefined
        ? t('{0}: no limit known yet', name)
        : t('{0}: limits were last read {1} ago', name, format.duration(ageMs));
    return [why, ...busy].join('. ');
  }
  const limit = limitName(worst, platforms, t);
  const said = t('{0}: {1} of {2} left', name, format.percent(left(worst)), limit);
  const { fullInMs } = worst;
  const back = fullInMs ? [t('Full again in {0}', format.duration(fullInMs))] : [];
  return [said, ...back, ...busy].join('. ');
}

function tooltip(facts: MeterFacts, format: MeterFormat, t: Translate): string {
  const names = facts.platforms.map(({ label }) => plain(label)).join(' · ');
  const team = facts.team === undefined ? '' : `\n\n${plain(facts.team)}`;
  const heading = `**Sluice**${names === '' ? '' : ` – ${names}`}${team}`;
  if (facts.buckets.length === 0)
    return [heading, '', t('No limits known yet: they come with the first answer.')].join('\n');
  return [heading, '', ...limitTable(facts, format, t)].join('\n');
}

/** Lines of Markdown: a row for each limit, the tightest first, and what lies ahead of them. */
export function limitTable(facts: LimitFacts, format: MeterFormat, t: Translate): string[] {
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const sorted = tightestFirst(facts);
  const rows = shownRows(sorted).map((bucket) => row(cellsOf(bucket, facts.platforms, format, t)));
  return [row(headWords(t)), '|:--|--:|--:|:--|:--|', ...rows, ...belowRows(sorted, format, t)];
}

/** The same without a table, for a place that is narrow. */
export function limitList(facts: LimitFacts, format: MeterFormat, t: Translate): string[] {
  const [, ...labels] = headWords(t);
  const sorted = tightestFirst(facts);
  const rows = shownRows(sorted).map((bucket) => {
    const [name, ...cells] = cellsOf(bucket, facts.platforms, format, t);
    // That it is full says the share that is left.
    const parts = labels.flatMap((label, at) =>
      bucket.fullInMs === 0 && label === t('Full again') ? [] : [`${label}: ${cells[at]}`],
    );
    return `- **${name}**  \n  ${parts.join(' · ')}`;
  });
  return [...rows, ...belowRows(sorted, format, t)];
}

export type LimitFacts = Omit<MeterFacts, 'running'>;

function tightestFirst(facts: LimitFacts): LimitFacts {
  return { ...facts, buckets: worstFirst(facts.buckets) };
}

function shownRows({ buckets }: LimitFacts): readonly BucketView[] {
  return buckets.slice(0, MOST_ROWS);
}

function headWords(t: Translate): string[] {
  return [t('Limit'), t('Used'), t('Left'), t('Full again'), t('Source')];
}

function belowRows({ buckets, platforms }: LimitFacts, format: MeterFormat, t: Translate): string[] {
  const more = buckets.length - MOST_ROWS;
  const ahead = buckets.flatMap((bucket) => {
    const words = isFresh(bucket) ? format.ahead(bucket) : undefined;
    return words === undefined ? [] : ['', `${plain(rowName(bucket, platforms, t))}: ${plain(words)}`];
  });
  return [...(more > 0 ? ['', t('{0} more in the dashboard.', more)] : []), ...ahead.slice(0, 2 * MOST_ROWS)];
}

/** What is old stands back. */
function cellsOf(
  bucket: BucketView,
  platforms: MeterFacts['platforms'],
  format: MeterFormat,
  t: Translate,
): string[] {
  const cells = [
    rowName(bucket, platforms, t),
    usedWords(bucket, format, t),
    isFresh(bucket) ? format.percent(left(bucket)) : '–',
    backWords(bucket, format, t),
    sourceWords(bucket, format, t),
  ].map(plain);
  return isFresh(bucket) ? cells : cells.map((cell) => `*${cell}*`);
}

/** The only platform stands above the table: its rows need not name it again. */
function rowName(bucket: BucketView, platforms: MeterFacts['platforms'], t: Translate): string {
  if (platforms.length === 1 && bucket.owner === undefined)
    return [bucket.model, limitWords(bucket, t)].filter(Boolean).join(', ');
  const name = limitName(bucket, platforms, t);
  return bucket.simulated ? t('{0} (simulated)', name) : name;
}

/** Of a share nobody tells the size: its percentage says all. What is left is rounded down, so this is rounded up. */
function usedWords(bucket: BucketView, { amount, percent }: MeterFormat, t: Translate): string {
  const { unit, size, level } = bucket;
  if (unit === 'share') return percent(1 - Math.floor(left(bucket) * 100 + 1e-9) / 100);
  return t('{0} of {1}', amount(size - level, unit), amount(size, unit));
}

function backWords({ fullInMs, refill }: BucketView, format: MeterFormat, t: Translate): string {
  if (refill === 'never') return t('does not refill');
  if (fullInMs === undefined) return '–';
  if (fullInMs === 0) return t('full');
  const wait = format.duration(fullInMs);
  return refill === 'at-reset' ? t('{0}, in {1}', format.moment(fullInMs), wait) : t('in {0}', wait);
}

function sourceWords(bucket: BucketView, { duration }: MeterFormat, t: Translate): string {
  const { source, readingAgeMs } = bucket;
  if (readingAgeMs === undefined) return t('declared, no reading yet');
  const age = duration(readingAgeMs);
  if (!isFresh(bucket)) return t('old: read {0} ago', age);
  return source === 'reported' ? t('reported {0} ago', age) : t('declared, read {0} ago', age);
}

export function limitName(bucket: BucketView, platforms: MeterFacts['platforms'], t: Translate): string {
  const { platform, model } = bucket;
  const owner = bucket.owner ?? platforms.find(({ id }) => id === platform)?.label ?? platform;
  return `${[owner, model].filter(Boolean).join(' ')}, ${limitWords(bucket, t)}`;
}

/** `tokens`, `money 1d`, `5h window`. */
export function limitWords({ unit, window }: Pick<BucketView, 'unit' | 'window'>, t: Translate): string {
  const name = unitName(unit, t);
  if (window === undefined) return name;
  return unit === 'share' ? t('{0} window', window) : `${name} ${window}`;
}

function unitName(unit: string, t: Translate): string {
  const names: Record<string, string> = {
    requests: t('requests'),
    tokens: t('tokens'),
    'input-tokens': t('input tokens'),
    'output-tokens': t('output tokens'),
    usd: t('money'),
    share: t('share'),
    units: t('units'),
  };
  return names[unit] ?? unit;
}

/** Names of platforms and models come from elsewhere: nothing in them is Markdown. */
function plain(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]()#+!|<>~&$]/g, '\\$&').replaceAll(/\s+/g, ' ');
}
