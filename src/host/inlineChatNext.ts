/** The row of a chat that says what would be sent next: model, tokens, cost and reason. */
import * as vscode from 'vscode';
import { rowOf } from './inlineChatBox.ts';

export class NextLine {
  readonly comment = rowOf(vscode.l10n.t('Next'), '', 'next');
  #shown = '';

  say(words: string): void {
    this.comment.label = words;
  }

  /** It is being drawn as it is. */
  shown(): void {
    this.#shown = this.comment.label ?? '';
  }

  get stale(): boolean {
    return this.#shown !== this.comment.label;
  }
}
