/** One question with its answer view: sends it, streams the answer, and lets it be asked again in other ways. */
import * as vscode from 'vscode';
import { isCancellation, SluiceError } from '../base/errors.ts';
import type { AnswerAction, AnswerFound, AnswerState } from '../flow/messages.ts';
import type { Outcomes } from '../flow/outcomes.ts';
import type { Pipeline } from '../flow/pipeline.ts';
import type { Answer, AnswerEvent, Receipt, RouteRequest } from '../flow/request.ts';
import { roomInMs } from '../flow/retry.ts';
import {
  CONNECT,
  CONNECT_HELPS,
  doneWith,
  ended,
  failWords,
  QUEUE,
  STARTED,
  stopWords,
  strongerThan,
  waitWords,
} from './answerEndings.ts';
import { AnswerPanel, type AnswerPanelDeps } from './answerPanel.ts';
import { errorWords } from './errorWords.ts';
import type { Question } from './question.ts';
import { receiptRows } from './receiptRows.ts';
import { clockTime } from './words.ts';

const t = vscode.l10n.t;

export interface AnswerSessionDeps {
  readonly pipeline: Pipeline;
  readonly panel: Pick<AnswerPanelDeps, 'extension' | 'clock'>;
  readonly labelOf: (platform: string) => string;
  readonly outcomes: Outcomes;
  /** Actions that are not the session's own: the decision, the dashboard, connecting. */
  readonly onOtherAction: (
    action: 'decision' | 'dashboard' | 'connect',
    receipt: Receipt | undefined,
  ) => void;
  /** Asks later; false when that cannot be. Absent: there is no queue. */
  readonly onQueue?: (question: Question, dueAtMs: number) => Promise<boolean>;
  readonly onClosed: (session: AnswerSession) => void;
  /** What checks find wrong with an answer that is shown; absent: nothing is checked. */
  readonly check?: (request: RouteRequest, answer: Answer) => Promise<string | undefined>;
}

export class AnswerSession {
  readonly #deps: AnswerSessionDeps;
  readonly #panel: AnswerPanel;
  #question: Question;
  #state: AnswerState;
  #abort: AbortController | undefined;
  #receipt: Receipt | undefined;
  /** When the limit that refused has room again: wall clock. */
  #roomAtMs: number | undefined;
  /** The answer that another try must not lose before it has one of its own. */
  #kept: { readonly question: Question; readonly state: AnswerState; readonly receipt: Receipt } | undefined;

  constructor(deps: AnswerSessionDeps, question: Question) {
    this.#deps = deps;
    this.#question = question;
    this.#state = this.#begin(question);
    this.#panel = new AnswerPanel(
      {
        ...deps.panel,
        onAction: (action) => this.act(action),
        onClosed: () => {
          this.cancel();
          deps.onClosed(this);
        },
      },
      question.title,
    );
  }

  get running(): boolean {
    return this.#abort !== undefined;
  }

  get active(): boolean {
    return this.#panel.active;
  }

  get receipt(): Receipt | undefined {
    return this.#receipt;
  }

  /** Resolves with the receipt, or without one when it failed or was cancelled: the view has told why. */
  ask(question: Question): Promise<Receipt | undefined> {
    this.cancel();
    this.#kept = undefined;
    return this.#ask(question);
  }

  async #ask(question: Question): Promise<Receipt | undefined> {
    this.#question = question;
    const abort = new AbortController();
    this.#abort = abort;
    this.#receipt = undefined;
    this.#show(this.#begin(question));
    this.#panel.reveal();
    const hear = (event: AnswerEvent) => {
      if (this.#abort === abort) this.#hear(event);
    };
    try {
      const answer = await this.#deps.pipeline.run(question.request, hear, abort.signal);
      if (this.#abort !== abort) return answer.receipt;
      this.#abort = undefined;
      this.#finish(answer);
      if (answer.receipt.stop === 'complete') question.onAnswer?.(answer);
      void this.#check(question, answer);
      return answer.receipt;
    } catch (error) {
      if (this.#abort === abort) {
        this.#abort = undefined;
        this.#fail(error, abort.signal);
      } else if (!isCancellation(error, abort.signal) && !SluiceError.any(error)) throw error;
      return undefined;
    }
  }

  cancel(): void {
    const abort = this.#abort;
    if (abort === undefined) return;
    this.#abort = undefined;
    abort.abort(new DOMException('cancelled by the person', 'AbortError'));
    if (this.#state.markdown === '' && this.#restore(t('Cancelled'))) return;
    this.#show({
      ...this.#state,
      phase: 'cancelled',
      status: t('Cancelled'),
      actions: ended(this.#state.markdown),
    });
  }

  dispose(): void {
    this.#panel.dispose();
  }

  act(action: AnswerAction): void {
    const { request } = this.#question;
    switch (action) {
      case 'copy':
        void vscode.env.clipboard.writeText(this.#state.markdown);
        this.#note('copied');
        return;
      case 'cancel':
        this.cancel();
        return;
      case 'again':
        this.#note('asked-again');
        this.#reask({ ...request, freshness: 'cached' });
        return;
      case 'fresh':
      case 'anyway':
        this.#note('asked-fresh');
        this.#reask({ ...request, freshness: 'fresh' });
        return;
      case 'stronger':
        this.#note('asked-stronger');
        this.#reask({ ...request, freshness: 'cached', ...strongerThan(this.#receipt) });
        return;
      case 'good':
      case 'bad':
        this.#find(action);
        return;
      case 'decision':
      case 'dashboard':
      case 'connect':
        this.#deps.onOtherAction(action, this.#receipt);
        return;
      case 'queue':
        void this.#queue();
    }
  }

  /** What the person does with an answer says how good it was. */
  #note(kind: 'copied' | 'asked-again' | 'asked-fresh' | 'asked-stronger'): void {
    if (this.#receipt) this.#deps.outcomes.happened(this.#receipt, { kind });
  }

  /** The person's own word; the last one counts. */
  #find(found: AnswerFound): void {
    if (this.#receipt === undefined || this.running || this.#state.found === found) return;
    this.#deps.outcomes.happened(this.#receipt, { kind: 'thumbs', up: found === 'good' });
    this.#show({ ...this.#state, found });
  }

  async #queue(): Promise<void> {
    const [question, roomAtMs] = [this.#question, this.#roomAtMs];
    if (roomAtMs === undefined || this.#deps.onQueue === undefined) return;
    this.#roomAtMs = undefined;
    if (!(await this.#deps.onQueue(question, roomAtMs)) || this.running) return;
    this.#show({
      ...this.#state,
      phase: 'cancelled',
      status: t('Queued'),
      problem: t(
        'Queued: it is asked by itself at {0}. Sluice: Show Queued Tasks… lists it.',
        clockTime(roomAtMs, this.#deps.panel.clock.now()),
      ),
      actions: ['again'],
    });
  }

  #reask(request: RouteRequest): void {
    const [question, state, receipt] = [this.#question, this.#state, this.#receipt];
    if (receipt) this.#kept = { question, state, receipt };
    this.cancel();
    void this.#ask({ ...question, request });
  }

  /** Shows the earlier answer again, if there is one, with what became of the new try. */
  #restore(status: string, problem?: string): boolean {
    const kept = this.#kept;
    if (kept === undefined) return false;
    this.#question = kept.question;
    this.#receipt = kept.receipt;
    const told = problem === undefined ? {} : { problem: `${problem} ${t('The earlier answer is kept.')}` };
    this.#show({ ...kept.state, status, ...told });
    return true;
  }

  async #check({ request }: Question, answer: Answer): Promise<void> {
    const problem = await this.#deps.check?.(request, answer);
    if (problem === undefined || this.running || this.#receipt !== answer.receipt) return;
    this.#show({ problem, ...this.#state });
  }

  #begin({ title, subtitle, notices }: Question): AnswerState {
    return { ...STARTED, title, subtitle, notices, status: t('Choosing a model…'), actions: ['cancel'] };
  }

  #hear(event: AnswerEvent): void {
    const { phase, markdown } = this.#state;
    switch (event.kind) {
      case 'routed': {
        const { label, simulated } = event.decision.chosen;
        this.#show({ ...this.#state, simulated, status: t('Waiting for {0}…', label) });
        return;
      }
      case 'waiting':
      case 'held':
      case 'went-up':
        this.#show({ ...this.#state, status: waitWords(event, this.#deps.labelOf) });
        return;
      case 'text': {
        const status = phase === 'streaming' ? this.#state.status : t('Answering…');
        const text = markdown + event.text;
        const change = { status, markdown: text, actions: ['cancel', 'copy'] } as const;
        this.#show({ ...this.#state, ...change, phase: 'streaming' });
      }
    }
  }

  #finish({ text, receipt, failure }: Answer): void {
    this.#receipt = receipt;
    const kept = t('What came before is kept; the answer is not complete.');
    const words = failure && `${errorWords(failure, this.#deps.labelOf)} ${kept}`;
    const problem = words ?? stopWords(receipt.stop);
    this.#show({
      ...this.#state,
      phase: failure ? 'failed' : 'done',
      status: failure ? t('Broken off') : t('Done'),
      markdown: text,
      simulated: receipt.simulated,
      receipt: receiptRows(receipt),
      ...doneWith(receipt, this.#state.notices),
      ...(problem === undefined ? {} : { problem }),
    });
  }

  #fail(error: unknown, signal: AbortSignal): void {
    if (isCancellation(error, signal)) return;
    const known = SluiceError.any(error);
    const nowMs = this.#deps.panel.clock.now();
    const waitMs = known ? roomInMs(error) : undefined;
    this.#roomAtMs = waitMs === undefined ? undefined : nowMs + waitMs;
    const problem = failWords(error, this.#deps.labelOf, { nowMs, waitMs });
    if (this.#restore(t('Failed'), problem)) {
      if (!known) throw error;
      return;
    }
    const queueable = waitMs !== undefined && this.#deps.onQueue !== undefined;
    const connect = known && CONNECT_HELPS.has(error.code);
    this.#show({
      ...this.#state,
      phase: 'failed',
      status: t('Failed'),
      problem,
      actions: ['again', ...(queueable ? QUEUE : []), ...(connect ? CONNECT : [])],
    });
    if (!known) throw error;
  }

  #show(state: AnswerState): void {
    this.#state = state;
    this.#panel.show(state);
  }
}
