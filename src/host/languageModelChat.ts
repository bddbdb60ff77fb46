/** Answers requests of VS Code's chat and of other extensions through the pipeline. Unit: tokens. */
import * as vscode from 'vscode';
import { type AnySluiceError, isCancellation, SluiceError } from '../base/errors.ts';
import { messageTokens } from '../flow/conversation.ts';
import type { Answer, AnswerEvent, RouteRequest } from '../flow/request.ts';
import { TokenCounts } from '../flow/tokenCounts.ts';
import { helperIn, helperTask } from '../flow/vscodeHelpers.ts';
import { errorWords } from './errorWords.ts';
import { behind, informationOf, OFFERED, type OfferedModel } from './languageModelInfo.ts';
import { type ChatInput, conversationOf, partsOf } from './languageModelParts.ts';
import type { LanguageModelDeps } from './languageModels.ts';
import { localOnlySomewhere } from './localOnly.ts';

const t = vscode.l10n.t;

type Part = vscode.LanguageModelResponsePart;

export class LanguageModelChat {
  readonly #deps: LanguageModelDeps;
  readonly #counts: TokenCounts;
  #given: string | undefined;

  constructor(deps: LanguageModelDeps) {
    this.#deps = deps;
    this.#counts = new TokenCounts(deps);
  }

  information(): vscode.LanguageModelChatInformation[] {
    const given = informationOf(this.#deps.platforms.models, this.#deps.buckets());
    this.#given = JSON.stringify(given);
    return given;
  }

  /** Something else would be said now than what was said last. */
  outdated(): boolean {
    const now = informationOf(this.#deps.platforms.models, this.#deps.buckets());
    return this.#given !== undefined && this.#given !== JSON.stringify(now);
  }

  /** Rejects with a `LanguageModelError` in words, or a `CancellationError`. */
  async respond(
    id: string,
    input: ChatInput,
    progress: vscode.Progress<Part>,
    token: vscode.CancellationToken,
  ): Promise<void> {
    const abort = new AbortController();
    const cancel = () => abort.abort(new DOMException('cancelled by the asker', 'AbortError'));
    const listening = token.onCancellationRequested(cancel);
    if (token.isCancellationRequested) cancel();
    const emit = (event: AnswerEvent) => {
      const part = partOf(event);
      if (part !== undefined) progress.report(part);
    };
    try {
      check(await this.#deps.pipeline.run(requestOf(offeredBy(id), input), emit, abort.signal));
    } catch (error) {
      throw this.#told(error, abort.signal);
    } finally {
      listening.dispose();
    }
  }

  /**
   * By the model behind that counts most: what fits by it fits. An estimate until the tokenizer has counted the text,
   * which it does behind the caller; whoever holds a talk has its earlier messages counted with every turn.
   */
  count(id: string, text: string | vscode.LanguageModelChatRequestMessage): number {
    const { estimator, platforms } = this.#deps;
    const factors = behind(offeredBy(id), platforms.models).map(({ key, tokenFactor }) =>
      estimator.factor(key, tokenFactor),
    );
    const parts = typeof text === 'string' ? [{ kind: 'text', text } as const] : partsOf(text.content);
    const counting = { estimate: (plain: string, language: string) => this.#tokensOf(plain, language) };
    const tokens = typeof text === 'string' ? this.#tokensOf(text, '') : messageTokens(parts, counting);
    return Math.ceil(tokens * Math.max(1, ...factors));
  }

  #tokensOf(text: string, language: string): number {
    return this.#counts.known(text) ?? this.#deps.estimator.estimate(text, language);
  }

  #told(error: unknown, signal: AbortSignal): unknown {
    if (isCancellation(error, signal)) return new vscode.CancellationError();
    if (!SluiceError.any(error)) {
      this.#deps.log.error('a request of the chat failed', {
        name: error instanceof Error ? error.name : typeof error,
      });
      return error;
    }
    const labels = new Map(this.#deps.platforms.list.map(({ id, label }) => [id, label]));
    return modelError(
      error,
      errorWords(error, (platform) => labels.get(platform) ?? platform),
    );
  }
}

/** VS Code may still name one that is no longer offered: then any model may answer. */
function offeredBy(id: string): OfferedModel {
  return OFFERED.find((offered) => offered.id === id) ?? { id, name: id };
}

/** What VS Code asks for by itself goes to the cheapest model, whichever was picked, and after everything else. */
function requestOf({ tiers }: OfferedModel, input: ChatInput): RouteRequest {
  const conversation = conversationOf(input);
  const helper = helperIn(conversation);
  const shared = { instruction: '', freshness: 'cached', conversation, ...localOnlySomewhere() } as const;
  if (helper !== undefined) return { ...shared, task: helperTask(helper), priority: 'low', helper };
  return { ...shared, task: 'question', priority: 'medium', ...(tiers === undefined ? {} : { tiers }) };
}

function partOf(event: AnswerEvent): Part | undefined {
  if (event.kind === 'text') return new vscode.LanguageModelTextPart(event.text);
  if (event.kind !== 'tool-call') return undefined;
  return new vscode.LanguageModelToolCallPart(event.id, event.name, event.input);
}

/** Throws what cut the answer: what came before was shown already. */
function check({ failure, receipt, text, toolCalls }: Answer): void {
  if (failure !== undefined) throw failure;
  if (receipt.stop === 'refused' && text === '' && toolCalls === undefined) {
    throw new SluiceError('refused', { platform: receipt.platform });
  }
}

function modelError(error: AnySluiceError, words: string): vscode.LanguageModelError {
  switch (error.code) {
    case 'no-model':
    case 'model-not-found':
      return vscode.LanguageModelError.NotFound(words);
    case 'invalid-key':
    case 'not-logged-in':
    case 'program-missing':
      return vscode.LanguageModelError.NoPermissions(words);
    case 'refused':
    case 'quota-exhausted':
    case 'billing':
      return vscode.LanguageModelError.Blocked(words);
    default:
      return new vscode.LanguageModelError(t('Sluice: {0}', words));
  }
}
