/** What is known before anything is sent: which model would answer, why, and for how much. */
import * as vscode from 'vscode';
import { SluiceError } from '../base/errors.ts';
import type { Pipeline } from '../flow/pipeline.ts';
import type { ChatForm } from '../prompt/askOrEdit.ts';
import { errorWords } from './errorWords.ts';
import type { ChatTarget } from './inlineChatPlace.ts';

import type { Manner, ReadyRequest } from './inlineChatRequest.ts';
import { choiceWords, estimateWords, formName, previewWords } from './inlineChatWords.ts';

const t = vscode.l10n.t;

export interface PreviewDeps {
  readonly pipeline: Pipeline;
  readonly labelOf: (platform: string) => string;
}

export interface PreviewLines {
  /** Model, tokens, cost and reason; where nothing can be sent, why. */
  readonly whole: string;
  /** Form, model and cost; empty where nothing can be sent. */
  readonly short: string;
}

export function previewLines(
  { pipeline, labelOf }: PreviewDeps,
  form: ChatForm,
  draft: () => ReadyRequest,
): PreviewLines {
  try {
    const { request, refused } = draft();
    if (refused !== undefined) return { whole: refused, short: '' };
    const preview = pipeline.preview(request);
    return {
      whole: previewWords(form, preview),
      short: `→ ${choiceWords(form, preview.decision)} · ${estimateWords(preview.decision.chosen)}`,
    };
  } catch (error) {
    if (!SluiceError.any(error)) throw error;
    return { whole: `${formName(form)}: ${errorWords(error, labelOf)}`, short: '' };
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

/** `Sluice · bestDiscount in cart.ts`, and `Sluice · cart.ts:29–32` of a selection. */
export function titleWords({ document, symbol, wholeLines: { start, end } }: ChatTarget): string {
  const name = document.uri.path.slice(document.uri.path.lastIndexOf('/') + 1);
  const lines = end.line > start.line ? `${name}:${start.line + 1}–${end.line + 1}` : name;
  const place = symbol === undefined ? lines : t('{0} in {1}', symbol, name);
  return `Sluice · ${place}`;
}
