/** The view beside the editor in which an answer streams; draws whole states, sends back what was pressed. */
import * as vscode from 'vscode';
import type { Clock } from '../base/clock.ts';
import { DisposableBag } from '../base/disposable.ts';
import { type Throttled, throttle } from '../base/throttle.ts';
import { ANSWER_ACTIONS, type AnswerAction, type AnswerState, type ToPanel } from '../flow/messages.ts';
import { panelTexts } from './panelTexts.ts';
import { webviewHtml, webviewRoots } from './webviewHtml.ts';

export const ANSWER_VIEW = 'sluice.answer';
/** Fluent to the eye, and seldom enough for a webview to keep up. */
const REDRAW_MS = 60;

export interface AnswerPanelDeps {
  readonly extension: vscode.Uri;
  readonly clock: Clock;
  readonly onAction: (action: AnswerAction) => void;
  readonly onClosed: () => void;
}

export class AnswerPanel {
  readonly #panel: vscode.WebviewPanel;
  readonly #bag = new DisposableBag();
  readonly #redraw: Throttled;
  #state: AnswerState | undefined;
  #ready = false;

  constructor(deps: AnswerPanelDeps, title: string) {
    const { extension, clock } = deps;
    const place = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
    this.#panel = vscode.window.createWebviewPanel(ANSWER_VIEW, title, place, {
      enableScripts: true,
      localResourceRoots: webviewRoots(extension),
      // Without it a hidden answer would be drawn anew and lose the place that was read.
      retainContextWhenHidden: true,
    });
    const icon = (name: string) => vscode.Uri.joinPath(extension, 'media', name);
    this.#panel.iconPath = { light: icon('sluiceLight.svg'), dark: icon('sluiceDark.svg') };
    this.#redraw = this.#bag.add(throttle(() => this.#post(), REDRAW_MS, clock));
    this.#bag.add(this.#panel.webview.onDidReceiveMessage((message: unknown) => this.#hear(message, deps)));
    this.#bag.add(
      this.#panel.onDidDispose(() => {
        this.#bag.dispose();
        deps.onClosed();
      }),
    );
    this.#panel.webview.html = webviewHtml(this.#panel.webview, extension, 'answer', crypto.randomUUID());
  }

  get active(): boolean {
    return this.#panel.active;
  }

  get visible(): boolean {
    return this.#panel.visible;
  }

  show(state: AnswerState): void {
    this.#state = state;
    if (this.#panel.title !== state.title) this.#panel.title = state.title;
    this.#redraw.request();
  }

  reveal(): void {
    this.#panel.reveal(undefined, true);
  }

  dispose(): void {
    this.#panel.dispose();
  }

  #hear(message: unknown, deps: AnswerPanelDeps): void {
    if (typeof message !== 'object' || message === null || !('kind' in message)) return;
    if (message.kind === 'ready') {
      this.#ready = true;
      this.#send({ kind: 'texts', texts: panelTexts(vscode.l10n.t), locale: vscode.env.language });
      this.#post();
    }
    if (message.kind === 'answer-action' && 'action' in message) {
      const action = ANSWER_ACTIONS.find((known) => known === message.action);
      if (action) deps.onAction(action);
    }
  }

  #post(): void {
    if (this.#ready && this.#state) this.#send({ kind: 'answer', state: this.#state });
  }

  #send(message: ToPanel): void {
    void this.#panel.webview.postMessage(message);
  }
}
