/** The sidebar dashboard: sends whole snapshots while it is visible, at most four a second. */
import * as vscode from 'vscode';
import type { Clock } from '../base/clock.ts';
import { type Disposable, DisposableBag } from '../base/disposable.ts';
import { type Throttled, throttle } from '../base/throttle.ts';
import { buildSnapshot, type SnapshotSources } from '../flow/buildSnapshot.ts';
import { PANEL_COMMANDS, type PanelCommand, SNAPSHOT_EVERY_MS, type ToPanel } from '../flow/messages.ts';
import { outcomeWords } from './outcomeWords.ts';
import { panelTexts } from './panelTexts.ts';
import { webviewHtml, webviewRoots } from './webviewHtml.ts';
import { percent, whyWords } from './words.ts';

/** Buckets refill and ages grow without any event. */
const TICK_MS = 1_000;

const TARGETS = {
  connect: 'sluice.connectPlatform',
  explain: 'sluice.explainSelection',
  decision: 'sluice.showLastDecision',
  log: 'sluice.showLog',
  walkthrough: 'workbench.action.openWalkthrough',
} as const satisfies Record<PanelCommand, string>;
/** `publisher.name#id`, as in `package.json`. */
const WALKTHROUGH = 'sluice.sluice#start';

export interface DashboardDeps {
  readonly extension: vscode.Uri;
  readonly clock: Clock;
  readonly sources: SnapshotSources;
  readonly notices: () => readonly string[];
  /** A snapshot is about to be made: what it needs may be loaded for the next one. */
  readonly onLook: () => void;
  /** A snapshot could not be made; called once until one can. */
  readonly onBug: (error: unknown) => void;
}

/** Provides one view, loaded when it is first opened. */
export class DashboardView implements vscode.WebviewViewProvider, Disposable {
  readonly #deps: DashboardDeps;
  readonly #redraw: Throttled;
  #view: vscode.WebviewView | undefined;
  #ready = false;
  #failing = false;
  #tick: Disposable | undefined;

  constructor(deps: DashboardDeps) {
    this.#deps = deps;
    this.#redraw = throttle(() => this.#post(), SNAPSHOT_EVERY_MS, deps.clock);
  }

  /** Something that the dashboard shows has changed. */
  changed(): void {
    if (this.#view?.visible && this.#ready) this.#redraw.request();
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    const { extension } = this.#deps;
    this.#view = view;
    this.#ready = false;
    view.webview.options = { enableScripts: true, localResourceRoots: webviewRoots(extension) };
    const bag = new DisposableBag();
    bag.add(view.webview.onDidReceiveMessage((message: unknown) => this.#hear(message)));
    bag.add(view.onDidChangeVisibility(() => this.#restartTicking()));
    bag.add(
      view.onDidDispose(() => {
        bag.dispose();
        this.#view = undefined;
        this.#restartTicking();
      }),
    );
    view.webview.html = webviewHtml(view.webview, extension, 'dashboard', crypto.randomUUID());
  }

  dispose(): void {
    this.#tick?.dispose();
    this.#redraw.dispose();
  }

  #hear(message: unknown): void {
    if (typeof message !== 'object' || message === null || !('kind' in message)) return;
    if (message.kind === 'ready') this.#begin();
    if (message.kind === 'command' && 'command' in message) {
      const command = PANEL_COMMANDS.find((known) => known === message.command);
      const id = 'id' in message && typeof message.id === 'string' ? message.id : undefined;
      if (command) void vscode.commands.executeCommand(TARGETS[command], argumentOf(command, id));
    }
  }

  #begin(): void {
    this.#ready = true;
    this.#send({ kind: 'texts', texts: panelTexts(vscode.l10n.t), locale: vscode.env.language });
    this.#restartTicking();
  }

  #restartTicking(): void {
    this.#tick?.dispose();
    this.#tick = undefined;
    if (!this.#view?.visible || !this.#ready) return;
    this.#redraw.request();
    this.#tick = this.#deps.clock.after(TICK_MS, () => this.#restartTicking());
  }

  #post(): void {
    if (this.#view?.visible) this.#send(this.#snapshot());
  }

  /** A fault of ours is told in the view; it would otherwise go on showing old figures. */
  #snapshot(): ToPanel {
    try {
      const { sources, notices, onLook } = this.#deps;
      onLook();
      const snapshot = buildSnapshot(sources, {
        why: ({ decision }) => whyWords(decision),
        notices,
        outcome: (facts) => outcomeWords(facts, percent, vscode.l10n.t),
      });
      this.#failing = false;
      return { kind: 'snapshot', snapshot };
    } catch (error) {
      if (!this.#failing) this.#deps.onBug(error);
      this.#failing = true;
      return { kind: 'failed', message: vscode.l10n.t('Something in Sluice failed. Its log says more.') };
    }
  }

  #send(message: ToPanel): void {
    void this.#view?.webview.postMessage(message);
  }
}

function argumentOf(command: PanelCommand, id: string | undefined): string | undefined {
  return command === 'walkthrough' ? WALKTHROUGH : id;
}
