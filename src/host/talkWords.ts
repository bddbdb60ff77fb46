/** Words about other programs' talks: tiers, VS Code's own helpers, what a model cannot take. */
import * as vscode from 'vscode';
import type { Tier } from '../base/task.ts';
import type { HelperKind, Reason } from '../routing/decision.ts';

const t = vscode.l10n.t;

export function tierName(tier: Tier): string {
  const names: Record<Tier, string> = { fast: t('fast'), balanced: t('balanced'), powerful: t('powerful') };
  return names[tier];
}

/** What VS Code's own chat wants for itself. */
export function helperName(helper: HelperKind): string {
  const names: Record<HelperKind, string> = {
    title: t('title of a chat'),
    progress: t('progress message'),
    'branch-name': t('name of a branch'),
    summary: t('summary of a chat'),
    goal: t('badge of a chat'),
  };
  return names[helper];
}

export function cannotWords({ model, lacks, sure }: Reason & { kind: 'skipped-cannot' }): string {
  if (lacks === 'images') {
    return sure
      ? t('{0} was left out: it takes no pictures', model)
      : t('{0} was left out: it is not known to take pictures', model);
  }
  return sure
    ? t('{0} was left out: it cannot call tools', model)
    : t('{0} was left out: it is not known to call tools', model);
}
