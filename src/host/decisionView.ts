/** `Sluice: Show Last Routing Decision`: the whole decision as a read-only document in a view of its own. */
import * as vscode from 'vscode';
import type { Receipt } from '../flow/request.ts';
import { AnswerPanel, type AnswerPanelDeps } from './answerPanel.ts';
import { decisionDocument, decisionTitle, receiptRows } from './receiptRows.ts';

const t = vscode.l10n.t;

export class DecisionView {
  readonly #deps: Pick<AnswerPanelDeps, 'extension' | 'clock'>;
  #panel: AnswerPanel | undefined;

  constructor(deps: Pick<AnswerPanelDeps, 'extension' | 'clock'>) {
    this.#deps = deps;
  }

  /** Says so when there is none yet. */
  show(receipt: Receipt | undefined): Receipt | undefined {
    if (receipt === undefined) {
      void vscode.window.showInformationMessage(t('No request was sent in this window yet.'));
      return undefined;
    }
    const title = t('Sluice: Routing Decision');
    this.#panel ??= new AnswerPanel(
      {
        ...this.#deps,
        onAction: (action) => {
          if (action === 'dashboard') void vscode.commands.executeCommand('sluice.openDashboard');
        },
        onClosed: () => {
          this.#panel = undefined;
        },
      },
      title,
    );
    this.#panel.show({
      title,
      subtitle: decisionTitle(receipt),
      phase: 'done',
      status: '',
      markdown: decisionDocument(receipt),
      simulated: receipt.simulated,
      notices: [],
      receipt: receiptRows(receipt),
      actions: ['dashboard'],
    });
    this.#panel.reveal();
    return receipt;
  }

  dispose(): void {
    this.#panel?.dispose();
  }
}
