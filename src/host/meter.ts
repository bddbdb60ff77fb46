/** The status-bar meter: draws its face, and draws it again while it moves or ages. Units: milliseconds. */
import * as vscode from 'vscode';
import type { Clock } from '../base/clock.ts';
import { type Disposable, DisposableBag } from '../base/disposable.ts';
import { type Throttled, throttle } from '../base/throttle.ts';
import type { Settings } from '../flow/settings.ts';
import type { BucketView } from '../flow/snapshot.ts';
import { type MeterFace, type MeterFacts, type MeterFormat, meterFace } from './meterFace.ts';
import { meterFormat } from './meterFormat.ts';

const t = vscode.l10n.t;
const REDRAW_MS = 250;
/** A level moves while it refills; the meter follows at this pace. */
const MOVING_TICK_MS = 5_000;
/** A full limit does not move, but its reading ages. */
const AGING_TICK_MS = 30_000;

export interface MeterSources {
  readonly clock: Clock;
  readonly buckets: () => MeterFacts['buckets'];
  readonly platforms: () => MeterFacts['platforms'];
  readonly running: () => number;
  readonly team: () => MeterFacts['team'];
  readonly settings: () => Settings;
}

export class Meter implements Disposable {
  readonly #sources: MeterSources;
  readonly #format: MeterFormat;
  readonly #bag = new DisposableBag();
  readonly #item: vscode.StatusBarItem;
  readonly #redraw: Throttled;
  #tick: Disposable | undefined;

  constructor(sources: MeterSources) {
    this.#sources = sources;
    this.#format = meterFormat(sources.clock);
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
    const { buckets, platforms, running, team, settings, clock } = this.#sources;
    const facts = { buckets: buckets(), platforms: platforms(), running: running(), team: team() };
    const face = meterFace(facts, this.#format, t);
    const show = settings()['statusBar.show'];
    this.#write(face);
    if (show === 'always' || (show === 'alerts' && face.level !== 'calm')) this.#item.show();
    else this.#item.hide();
    this.#tick?.dispose();
    const pace = paceOf(facts.buckets);
    this.#tick = pace === undefined ? undefined : clock.after(pace, () => this.changed());
  }

  #write({ text, label, tooltip, level }: MeterFace): void {
    this.#item.text = text;
    this.#item.tooltip = markdown(tooltip);
    this.#item.backgroundColor =
      level === 'calm' ? undefined : new vscode.ThemeColor(`statusBarItem.${level}Background`);
    this.#item.accessibilityInformation = { label, role: 'button' };
  }
}

function paceOf(buckets: readonly BucketView[]): number | undefined {
  if (buckets.length === 0) return undefined;
  return buckets.some(({ level, size }) => level < size) ? MOVING_TICK_MS : AGING_TICK_MS;
}

/** Only our own two commands can be clicked in it. */
function markdown(tooltip: string): vscode.MarkdownString {
  // VS Code sets the columns of a table in a hover without a gap.
  const spaced = tooltip.replaceAll(/^\| .*$/gm, (row) => row.replaceAll(' | ', ' | &nbsp;&nbsp;'));
  const text = new vscode.MarkdownString(spaced);
  text.isTrusted = { enabledCommands: ['sluice.openDashboard', 'sluice.connectPlatform'] };
  const dashboard = `[${t('Open Dashboard')}](command:sluice.openDashboard)`;
  const connect = `[${t('Connect a Platform…')}](command:sluice.connectPlatform)`;
  text.appendMarkdown(`\n\n${dashboard} · ${connect}`);
  return text;
}
