/** Asks before a costly request is sent: what it may take, of whom, and whether to go on. */
import * as vscode from 'vscode';
import type { CostlyRequest } from '../flow/costly.ts';
import { money, percent } from './words.ts';

const t = vscode.l10n.t;

/** A dialog stays when the request is cancelled meanwhile; its answer then counts for nothing. */
export async function approveCost(
  { model, platform, usd, limit }: CostlyRequest,
  labelOf: (platform: string) => string,
): Promise<boolean> {
  const send = t('Send');
  const estimates = [
    ...(usd === undefined ? [] : [t('It may cost up to {0}.', money(usd, false))]),
    ...(limit === undefined
      ? []
      : [t('It may take up to {0} of the limit “{1}”.', percent(limit.share), limit.name)]),
    t('When to ask is set by “sluice.request.confirmAboveUsd” and “sluice.request.confirmAbovePercent”.'),
  ];
  const picked = await vscode.window.showWarningMessage(
    t('Send this to {0} ({1})?', model, labelOf(platform)),
    { modal: true, detail: estimates.join('\n') },
    send,
  );
  return picked === send;
}
