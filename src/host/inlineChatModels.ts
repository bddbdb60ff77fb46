/** `Choose Model…` of an inline chat: every connected model with its price, its chance and its room. */
import * as vscode from 'vscode';
import { SluiceError } from '../base/errors.ts';
import type { Pipeline } from '../flow/pipeline.ts';
import type { Platforms } from '../flow/platforms.ts';
import type { Quota } from '../quota/quota.ts';
import type { ModelInfo } from '../routing/catalogue.ts';
import { errorWords } from './errorWords.ts';
import type { ChatSession } from './inlineChatSession.ts';
import { estimateWords } from './inlineChatWords.ts';
import { duration, percent, whyWords } from './words.ts';

const t = vscode.l10n.t;

export interface ChooseDeps {
  readonly pipeline: Pipeline;
  readonly platforms: Platforms;
  readonly quota: Quota;
}

interface ModelItem extends vscode.QuickPickItem {
  /** Absent: the router chooses. */
  readonly key?: string;
}

/** What is chosen answers in this chat until something else is chosen. */
export async function chooseModel(deps: ChooseDeps, session: ChatSession): Promise<void> {
  const items = [
    automaticItem(deps, session),
    ...deps.platforms.models.map((model) => itemOf(deps, session, model)),
  ];
  const picked = await vscode.window.showQuickPick(items, {
    title: t('Model for this chat'),
    placeHolder: t('The chance is that of a good answer to what is typed now'),
    matchOnDescription: true,
  });
  if (picked === undefined) return;
  session.choices.model = picked.key;
  session.chosen();
}

function automaticItem({ pipeline }: ChooseDeps, session: ChatSession): ModelItem {
  const label = `$(sparkle) ${t('Automatic')}`;
  const description = session.choices.model === undefined ? t('as now') : '';
  return preview(
    () => {
      const { decision } = pipeline.preview(withoutModel(session));
      return { label, description, detail: `${decision.chosen.label}: ${whyWords(decision)}` };
    },
    (words) => ({ label, description, detail: words }),
  );
}

function itemOf(
  { pipeline, quota, platforms }: ChooseDeps,
  session: ChatSession,
  model: ModelInfo,
): ModelItem {
  const label = model.label;
  const description = [
    session.choices.model === model.key ? t('as now') : '',
    platformLabel(platforms, model),
  ]
    .filter((part) => part !== '')
    .join(' · ');
  const item = { key: model.key, label, description };
  return preview(
    () => {
      const { decision } = pipeline.preview({ ...withoutModel(session), model: model.key });
      const { chosen, estimatedInputTokens: inputTokens, estimatedOutputTokens: outputTokens } = decision;
      const usd = chosen.estimatedUsd;
      const demand = { inputTokens, outputTokens, ...(usd === undefined ? {} : { usd }) };
      const { limit, waitMs } = quota.room(model.platform, model.name, demand);
      const cost = estimateWords(chosen);
      const room =
        limit === undefined ? t('has room') : t('limit “{0}”: room in {1}', limit, duration(waitMs));
      return { ...item, detail: [cost, t('chance {0}', percent(chosen.chance)), room].join(' · ') };
    },
    (words) => ({ ...item, detail: words }),
  );
}

function withoutModel(session: ChatSession) {
  const { model: _chosen, ...request } = session.draft().request;
  return request;
}

function platformLabel({ list }: Platforms, { platform }: ModelInfo): string {
  return list.find(({ id }) => id === platform)?.label ?? platform;
}

function preview(make: () => ModelItem, failed: (words: string) => ModelItem): ModelItem {
  try {
    return make();
  } catch (error) {
    if (!SluiceError.any(error)) throw error;
    return failed(errorWords(error, String));
  }
}
