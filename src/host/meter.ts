/** The status-bar meter: the worst limit that is fresh, never a sum, never a stale number. */
import * as vscode from 'vscode';
import type { Clock } from '../base/clock.ts';
import { type Disposable, DisposableBag } from '../base/disposable.ts';
import { type Throttled, throttle } from '../base/throttle.ts';
import type { Settings } from '../flow/settings.ts';
import type { BucketView, PlatformView } from '../flow/snapshot.ts';
import { aheadWords } from './aheadWords.ts';
import { duration, money, percent } from './words.ts';

const t = vscode.l10n.t;
const REDRAW_MS = 250;
/** A level moves while it refills; the meter follows at this pace. */
const TICK_MS = 5_000;
/** A reading older than this says nothing any more: other programs may have used the limit. */
const STALE_AFTER_MS = 3_600_000;
/** Colours, by the share that is left. */
const WARN_BELOW = 0.2;
const ALARM_BELOW = 0.05;

export interface MeterSources {
  readonly clock: Clock;
  readonly buckets: () => readonly BucketView[];
  readonly platforms: () => readonly Pick<PlatformView, 'id' | 'label' | 'simulated'>[];
  readonly running: () => number;
  readonly settings: () => Settings;
}

export class Meter implements Disposable {
  readonly #sources: MeterSources;
  readonly #bag = new DisposableBag();
  readonly #item: vscode.StatusBarItem;
  readonly #redraw: Throttled;
  #tick: Disposable | undefined;

  constructor(sources: MeterSources) {
    this.#sources = sources;
    this.#item = this.#bag.add(
      vscode.window.createStatusBarItem('sluice.meter', vscode.StatusBarAlignment.Right, 90),
    );
    this.#item.name = t('Sluice Quota');
    this.#item.command = 'sluice.openDashboard';
    this.#redraw = this.#bag.add(throttle(() => this.#draw(), REDRAW_MS, sources.clock));
    this.#bag.add({ dispose: () => this.#tick?.dispose() });
    // Not while the extension starts: nobody waits for the first drawing.
    this.#bag.add(sources.clock.after(0, () => this.changed()));
  }

  changed(): void {
    this.#redraw.request();
  }

  dispose(): void {
    this.#bag.dispose();
  }

  #draw(): void {
    const buckets = this.#sources.buckets();
    const worst = worstFresh(buckets);
    const share = worst && worst.level / worst.size;
    const show = this.#sources.settings()['statusBar.show'];
    const alarming = share !== undefined && share < WARN_BELOW;
    this.#write(worst, share, buckets);
    if (show === 'always' || (show === 'alerts' && alarming)) this.#item.show();
    else this.#item.hide();
    this.#tick?.dispose();
    // A full bucket does not move by itself.
    const moves = buckets.some((bucket) => bucket.level < bucket.size);
    this.#tick = moves ? this.#sources.clock.after(TICK_MS, () => this.changed()) : undefined;
  }

  #write(worst: BucketView | undefined, share: number | undefined, buckets: readonly BucketView[]): void {
    const icon = this.#sources.running() > 0 ? '$(loading~spin)' : '$(dashboard)';
    const simulated = this.#sources.platforms().some((platform) => platform.simulated);
    const left = share === undefined ? '–' : percent(share);
    const name = simulated ? t('{0} simulated', left) : left;
    this.#item.text = `${icon} ${name}`;
    this.#item.tooltip = this.#tooltip(buckets);
    this.#item.backgroundColor = colourOf(share);
    this.#item.accessibilityInformation = {
      label: spoken(worst && this.#unitWords(worst), share, simulated),
      role: 'button',
    };
  }

  #tooltip(buckets: readonly BucketView[]): vscode.MarkdownString {
    const markdown = new vscode.MarkdownString('', true);
    markdown.isTrusted = { enabledCommands: ['sluice.openDashboard', 'sluice.connectPlatform'] };
    const platforms = this.#sources.platforms();
    markdown.appendMarkdown('**Sluice**\n\n');
    for (const { label } of platforms) markdown.appendText(`${label}\n`);
    if (buckets.length === 0) {
      markdown.appendMarkdown(`\n${t('No limits known yet: they come with the first answer.')}\n`);
    } else {
      const head = [t('Limit'), t('Left'), t('Full in'), t('Read')].join(' | ');
      markdown.appendMarkdown(`\n| ${head} |\n|:--|--:|--:|--:|\n`);
      for (const bucket of buckets) markdown.appendMarkdown(tooltipRow(bucket, this.#unitWords(bucket)));
      for (const bucket of buckets) {
        const ahead = aheadWords(bucket, this.#sources.clock.now());
        if (ahead !== undefined) markdown.appendMarkdown(`\n${this.#unitWords(bucket)}: ${ahead}\n`);
      }
    }
    const dashboard = `[${t('Open Dashboard')}](command:sluice.openDashboard)`;
    const connect = `[${t('Connect a Platform…')}](command:sluice.connectPlatform)`;
    markdown.appendMarkdown(`\n\n${dashboard} · ${connect}`);
    return markdown;
  }

  #unitWords(bucket: BucketView): string {
    const platform = this.#sources.platforms().find(({ id }) => id === bucket.platform);
    return unitWords(platform?.label ?? bucket.platform, bucket);
  }
}

export function worstFresh(buckets: readonly BucketView[]): BucketView | undefined {
  return buckets
    .filter(
      ({ readingAgeMs, size }) => size > 0 && readingAgeMs !== undefined && readingAgeMs <= STALE_AFTER_MS,
    )
    .reduce<BucketView | undefined>((worst, bucket) => {
      return worst && worst.level / worst.size <= bucket.level / bucket.size ? worst : bucket;
    }, undefined);
}

function colourOf(share: number | undefined): vscode.ThemeColor | undefined {
  if (share === undefined || share >= WARN_BELOW) return undefined;
  return new vscode.ThemeColor(`statusBarItem.${share < ALARM_BELOW ? 'error' : 'warning'}Background`);
}

function spoken(worst: string | undefined, share: number | undefined, simulated: boolean): string {
  const kind = simulated ? t('Sluice, simulated platform') : 'Sluice';
  if (worst === undefined || share === undefined) return t('{0}: no limit known yet', kind);
  return t('{0}: {1} of {2} left', kind, percent(share), worst);
}

/** One row of a Markdown table: limit, left, full in, age of the reading. */
export function tooltipRow(bucket: BucketView, words: string): string {
  const { size, level, fullInMs, readingAgeMs } = bucket;
  const shown = (amount: number) =>
    bucket.unit === 'usd' ? money(amount, bucket.simulated) : Math.floor(amount);
  const share = percent(level / size);
  const left = bucket.unit === 'share' ? share : `${shown(level)} / ${shown(size)} (${share})`;
  const full = fullInMs === undefined ? '–' : fullInMs === 0 ? t('full') : duration(fullInMs);
  const age = readingAgeMs === undefined ? '–' : t('{0} ago', duration(readingAgeMs));
  return `| ${words} | ${left} | ${full} | ${age} |\n`;
}

/** Platform and unit; the names of platforms and models are the only texts here that come from elsewhere. */
export function unitWords(platform: string, { unit, model, window }: BucketView): string {
  const where = `${platform}${model === undefined ? '' : ` ${model}`}`.replace(/[|[\]<>`\\]/g, ' ');
  const units: Record<string, string> = {
    requests: t('requests'),
    tokens: t('tokens'),
    'input-tokens': t('input tokens'),
    'output-tokens': t('output tokens'),
    usd: t('money'),
    share: t('share'),
  };
  const name = units[unit] ?? unit;
  return `${where}, ${window === undefined ? name : unit === 'share' ? t('{0} window', window) : `${name} ${window}`}`;
}
