/** What is known before anything is sent: which model would answer, why, and for how much. */
import * as vscode from 'vscode';
import { SluiceError } from '../base/errors.ts';
import type { Pipeline } from '../flow/pipeline.ts';
import type { ChatForm } from '../prompt/askOrEdit.ts';
import { errorWords } from './errorWords.ts';
import type { ChatTarget } from './inlineChatPlace.ts';
import type { ChatChoices, Manner, ReadyRequest } from './inlineChatRequest.ts';
import { formName, previewWords } from './inlineChatWords.ts';

const t = vscode.l10n.t;

export interface PreviewDeps {
  readonly pipeline: Pipeline;
  readonly labelOf: (platform: string) => string;
}

/** One line; where nothing can be sent, it says why. */
export function previewLine(
  { pipeline, labelOf }: PreviewDeps,
  form: ChatForm,
  draft: () => ReadyRequest,
): string {
  try {
    const { request, refused } = draft();
    return refused ?? previewWords(form, pipeline.preview(request));
  } catch (error) {
    if (!SluiceError.any(error)) throw error;
    return `${formName(form)}: ${errorWords(error, labelOf)}`;
  }
}

/** Than the model that would answer. Where none can be chosen, sending says why. */
export function strongerThan(pipeline: Pipeline, draft: () => ReadyRequest): Manner {
  try {
    return { strongerThan: pipeline.preview(draft().request).decision.chosen.modelKey };
  } catch (error) {
    if (!SluiceError.any(error)) throw error;
    return {};
  }
}

/** `Sluice · bestDiscount in cart.ts · Edit · anthropic/claude-haiku-5-5`. */
export function titleWords({ document, symbol }: ChatTarget, { form, model }: ChatChoices): string {
  const name = document.uri.path.slice(document.uri.path.lastIndexOf('/') + 1);
  const place = symbol === undefined ? name : t('{0} in {1}', symbol, name);
  const chosen = [...(form === undefined ? [] : [formName(form)]), ...(model === undefined ? [] : [model])];
  return ['Sluice', place, ...chosen].join(' · ');
}
