/** The row of a chat that says what would be sent next: model, tokens, cost and reason. Units: milliseconds. */
import * as vscode from 'vscode';
import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/disposable.ts';
import { rowOf } from './inlineChatBox.ts';

/** With answers below, it is drawn when nobody types: a draw renders all of them. */
const DRAWN_AFTER_MS = 700;

export class NextLine implements Disposable {
  readonly comment = rowOf(vscode.l10n.t('Next'), '', 'next');
  readonly #clock: Clock;
  #shown = '';
  #soon: Disposable | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  say(words: string): void {
    this.comment.label = words;
  }

  /** It is being drawn as it is. */
  shown(): void {
    this.#shown = this.comment.label ?? '';
  }

  /** Has it drawn where it says something else by now. `alone`: at once. */
  refresh(alone: boolean, wanted: () => boolean, draw: () => void): void {
    this.#soon?.dispose();
    const drawn = () => {
      if (this.#shown !== this.comment.label && wanted()) draw();
    };
    if (alone) drawn();
    else this.#soon = this.#clock.after(DRAWN_AFTER_MS, drawn);
  }

  dispose(): void {
    this.#soon?.dispose();
  }
}
