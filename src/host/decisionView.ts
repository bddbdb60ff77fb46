/** `Sluice: Show Last Routing Decision`: the whole decision as a read-only document in a view of its own. */
import * as vscode from 'vscode';
import type { Platforms } from '../flow/platforms.ts';
import type { Receipt } from '../flow/request.ts';
import { AnswerPanel, type AnswerPanelDeps } from './answerPanel.ts';
import { modelNotes } from './modelWords.ts';
import { decisionDocument, decisionTitle, receiptRows } from './receiptRows.ts';

const t = vscode.l10n.t;

export interface DecisionViewDeps extends Pick<AnswerPanelDeps, 'extension' | 'clock'> {
  readonly platforms: Pick<Platforms, 'models'>;
}

export class DecisionView {
  readonly #deps: DecisionViewDeps;
  #panel: AnswerPanel | undefined;

  constructor(deps: DecisionViewDeps) {
    this.#deps = deps;
  }

  /** Says so when there is none yet. */
  show(receipt: Receipt | undefined): Receipt | undefined {
    if (receipt === undefined) {
      void vscode.window.showInformationMessage(t('No request was sent in this window yet.'));
      return undefined;
    }
    const title = t('Sluice: Routing Decision');
    // Absent once its platform is not connected any more.
    const model = this.#deps.platforms.models.find(({ key }) => key === receipt.modelKey);
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
      notices: model === undefined ? [] : modelNotes(model),
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
