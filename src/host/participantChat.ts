/** What `@sluice` answers: questions about code through the pipeline, what is left, and why a model was chosen. */
import * as vscode from 'vscode';
import type { Clock } from '../base/clock.ts';
import { isCancellation, SluiceError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { TaskType, Tier } from '../base/task.ts';
import type { Outcomes } from '../flow/outcomes.ts';
import type { Pipeline } from '../flow/pipeline.ts';
import type { Platforms } from '../flow/platforms.ts';
import type { Answer, AnswerEvent, Receipt } from '../flow/request.ts';
import type { Settings } from '../flow/settings.ts';
import type { BucketView } from '../flow/snapshot.ts';
import { errorWords } from './errorWords.ts';
import { OFFERED } from './languageModelInfo.ts';
import { VENDOR } from './languageModels.ts';
import { quotaWords } from './limitWords.ts';
import { chatRequest } from './participantContext.ts';
import { decisionDocument, decisionTitle } from './receiptRows.ts';
import { cacheWords, duration, money, whyWords } from './words.ts';

const t = vscode.l10n.t;

export interface ParticipantDeps {
  readonly pipeline: Pipeline;
  readonly platforms: Platforms;
  readonly buckets: () => readonly BucketView[];
  readonly settings: () => Settings;
  readonly clock: Clock;
  readonly log: Log;
  readonly outcomes: Pick<Outcomes, 'happened'>;
}

/** One turn, as VS Code hands it over. */
export interface ChatTurn {
  readonly request: vscode.ChatRequest;
  readonly context: vscode.ChatContext;
  readonly stream: vscode.ChatResponseStream;
  readonly token: vscode.CancellationToken;
}

/** Slash commands that ask about code; any other text is a question. */
const TASKS: Readonly<Record<string, TaskType>> = {
  explain: 'explain',
  fix: 'fix',
  tests: 'tests',
  review: 'review',
};

export class ParticipantChat {
  readonly #deps: ParticipantDeps;

  constructor(deps: ParticipantDeps) {
    this.#deps = deps;
  }

  async answer(turn: ChatTurn): Promise<vscode.ChatResult> {
    const { command = '' } = turn.request;
    if (command === 'quota') return this.#quota(turn.stream);
    if (command === 'why') return this.#why(turn.stream);
    const abort = new AbortController();
    const cancel = () => abort.abort(new DOMException('cancelled by the person', 'AbortError'));
    const listening = turn.token.onCancellationRequested(cancel);
    try {
      return await this.#ask(turn, TASKS[command] ?? 'question', abort.signal);
    } catch (error) {
      return this.#failed(error, abort.signal);
    } finally {
      listening.dispose();
    }
  }

  followups({ metadata }: vscode.ChatResult): vscode.ChatFollowup[] {
    const { task } = { task: undefined, ...metadata };
    const why = { prompt: '', command: 'why', label: t('Why this model?') };
    const tests = { prompt: '', command: 'tests', label: t('Write tests for it') };
    if (task === 'explain' || task === 'review') return [tests, why];
    return task === undefined ? [] : [why];
  }

  /** The thumbs below an answer. Of an answer of an earlier window nothing is known any more but its id. */
  found({ result, kind }: vscode.ChatResultFeedback): void {
    const { receiptId } = { receiptId: undefined, ...result.metadata };
    const receipt = this.#deps.pipeline.recent.find(({ id }) => id === receiptId);
    if (receipt === undefined) return;
    const up = kind === vscode.ChatResultFeedbackKind.Helpful;
    this.#deps.outcomes.happened(receipt, { kind: 'thumbs', up });
  }

  async #ask(
    { request, context, stream }: ChatTurn,
    task: TaskType,
    signal: AbortSignal,
  ): Promise<vscode.ChatResult> {
    const { pipeline, settings, clock } = this.#deps;
    const asked = await chatRequest({ request, context, task, settings: settings(), clock }, signal);
    for (const notice of asked.notices) stream.markdown(`> ${notice}\n\n`);
    stream.progress(t('Choosing a model…'));
    const tiers = tiersOf(request.model);
    const whole = { ...asked.request, ...(tiers === undefined ? {} : { tiers }) };
    const answer = await pipeline.run(whole, (event) => this.#hear(event, stream), signal);
    this.#finish(answer, stream);
    const { localOnly } = asked.request;
    const metadata = { task, receiptId: answer.receipt.id, localOnly };
    return { metadata, ...this.#problemOf(answer) };
  }

  #hear(event: AnswerEvent, stream: vscode.ChatResponseStream): void {
    if (event.kind === 'text') stream.markdown(event.text);
    else if (event.kind === 'routed') stream.progress(t('Waiting for {0}…', event.decision.chosen.label));
    else if (event.kind === 'waiting') {
      stream.progress(
        t('{0} asks to wait {1}…', this.#deps.platforms.labelOf(event.platform), duration(event.waitMs)),
      );
    }
  }

  #finish({ receipt }: Answer, stream: vscode.ChatResponseStream): void {
    stream.markdown(`\n\n---\n*${receiptLine(receipt)}*`);
    const title = t('Why This Model');
    stream.button({ command: 'sluice.showLastDecision', title, arguments: [receipt.id] });
    if (receipt.answeredFor === undefined) return;
    stream.button({ command: 'sluice.askAnyway', title: t('Ask Anyway'), arguments: [receipt.id] });
  }

  #problemOf({ failure, receipt }: Answer): vscode.ChatResult {
    if (failure !== undefined) {
      const kept = t('What came before is kept; the answer is not complete.');
      return { errorDetails: { message: `${errorWords(failure, this.#deps.platforms.labelOf)} ${kept}` } };
    }
    if (receipt.stop !== 'length') return {};
    return { errorDetails: { message: t('The answer reached the length limit and is not complete.') } };
  }

  #failed(error: unknown, signal: AbortSignal): vscode.ChatResult {
    if (isCancellation(error, signal)) return {};
    if (SluiceError.any(error)) {
      return { errorDetails: { message: errorWords(error, this.#deps.platforms.labelOf) } };
    }
    this.#deps.log.error('@sluice failed', { name: error instanceof Error ? error.name : typeof error });
    return { errorDetails: { message: t('Something in Sluice failed. Its log says more.') } };
  }

  #quota(stream: vscode.ChatResponseStream): vscode.ChatResult {
    const { buckets, platforms, clock } = this.#deps;
    stream.markdown(quotaWords({ buckets: buckets(), platforms: platforms.list }, clock, true));
    stream.button({ command: 'sluice.openDashboard', title: t('Open Dashboard') });
    return {};
  }

  #why(stream: vscode.ChatResponseStream): vscode.ChatResult {
    const [receipt] = this.#deps.pipeline.recent;
    if (receipt === undefined) {
      stream.markdown(t('Nothing has been asked in this window yet.'));
      return {};
    }
    stream.markdown(
      `**${decisionTitle(receipt)}**\n\n${whyWords(receipt.decision)}.\n\n${decisionDocument(receipt)}`,
    );
    stream.button({
      command: 'sluice.showLastDecision',
      title: t('Open in an Editor'),
      arguments: [receipt.id],
    });
    return {};
  }
}

/** The person picked 'Sluice Fast' or 'Sluice Strong' below the input. */
function tiersOf(model: vscode.LanguageModelChat | undefined): readonly Tier[] | undefined {
  if (model?.vendor !== VENDOR) return undefined;
  return OFFERED.find(({ id }) => id === model.id)?.tiers;
}

function receiptLine(receipt: Receipt): string {
  const model = receipt.simulated ? t('{0} (simulated)', receipt.model) : receipt.model;
  const cost =
    receipt.billing === 'subscription'
      ? t('in your subscription')
      : money(receipt.costUsd, receipt.simulated);
  const cached = receipt.cache === 'none' ? [] : [cacheWords(receipt)];
  return [model, cost, duration(receipt.totalMs), ...cached].join(' · ');
}
