/** One question with its answer, as the two comments that show them. */
import * as vscode from 'vscode';
import type { TaskType } from '../base/task.ts';
import type { AnswerFound } from '../flow/messages.ts';
import type { Outcomes } from '../flow/outcomes.ts';
import type { Receipt } from '../flow/request.ts';
import type { ChatForm } from '../prompt/askOrEdit.ts';
import {
  commandUri,
  decisionLink,
  editWords,
  modelMarkdown,
  taskWords,
  verdictWords,
} from './inlineChatWords.ts';
import type { EditResult, EditVerdict, LiveEdit } from './liveEdit.ts';
import { receiptLine } from './receiptRows.ts';

const t = vscode.l10n.t;

export interface TurnState {
  readonly phase: 'running' | 'done' | 'failed' | 'cancelled';
  /** While running: what is waited for. */
  readonly status: string;
  readonly text: string;
  /** What went wrong, what was kept, what can be done. */
  readonly problem: string;
  /** A command that helps, such as connecting a platform. */
  readonly help: string;
  readonly notices: readonly string[];
  readonly receipt?: Receipt;
  readonly edit?: EditResult;
  readonly verdict?: EditVerdict;
  /** What was accepted was undone. */
  readonly undone?: boolean;
  /** What the person has said of the answer. */
  readonly found?: AnswerFound;
}

const STARTED: TurnState = { phase: 'running', status: '', text: '', problem: '', help: '', notices: [] };

export class ChatTurn {
  readonly asked: string;
  readonly form: ChatForm;
  readonly task: TaskType;
  readonly question: vscode.Comment;
  readonly answer: vscode.Comment;
  /** Hunks that stand in the file, undecided. */
  live: LiveEdit | undefined;
  #state: TurnState = STARTED;
  /** The answer that another try must not lose before it has one of its own. */
  #kept: TurnState | undefined;

  constructor(asked: string, form: ChatForm, task: TaskType) {
    this.asked = asked;
    this.form = form;
    this.task = task;
    this.question = {
      author: { name: t('You') },
      body: asked === '' ? taskWords(task) : asked,
      mode: vscode.CommentMode.Preview,
      contextValue: 'question',
      label: form === 'edit' ? t('edit') : t('ask'),
    };
    this.answer = { author: { name: 'Sluice' }, body: '', mode: vscode.CommentMode.Preview };
    this.#draw();
  }

  get state(): TurnState {
    return this.#state;
  }

  restart(status: string): void {
    if (this.#state.receipt !== undefined) this.#kept = this.#state;
    this.#state = { ...STARTED, status };
    this.#draw();
  }

  update(change: Partial<TurnState>): void {
    this.#state = { ...this.#state, ...change };
    if (change.receipt !== undefined) this.#kept = undefined;
    this.#draw();
  }

  /** The person's own word of the answer; the last one counts. */
  find(found: AnswerFound, outcomes: Outcomes): void {
    const { receipt, found: before } = this.#state;
    if (receipt === undefined || found === before) return;
    outcomes.happened(receipt, { kind: 'thumbs', up: found === 'good' });
    this.update({ found });
  }

  /** Shows the earlier answer again, if there is one, with what became of the new try. */
  restore(problem: string): boolean {
    if (this.#kept === undefined) return false;
    this.#state = { ...this.#kept, problem: `${problem} ${t('The earlier answer is kept.')}` };
    this.#kept = undefined;
    this.#draw();
    return true;
  }

  #draw(): void {
    this.answer.body = bodyOf(this);
    this.answer.label = labelOf(this.#state);
    this.answer.contextValue = actionsOf(this.#state, this.live !== undefined).join(' ');
  }
}

/** Words that the menus of an answer look for. */
function actionsOf(
  { phase, text, receipt, edit, verdict, found }: TurnState,
  live: boolean,
): readonly string[] {
  if (phase === 'running') return ['answer', 'stop'];
  const open = live && edit?.kind === 'edited' && verdict === undefined;
  return [
    'answer',
    ...(text === '' ? [] : ['copy']),
    ...(open ? ['decide'] : []),
    'again',
    ...(receipt === undefined
      ? []
      : ['stronger', 'fresh', found === 'good' ? '' : 'good', found === 'bad' ? '' : 'bad']),
  ];
}

function labelOf({ phase, status, receipt }: TurnState): string {
  if (phase === 'running') return status;
  if (receipt !== undefined) return receiptLine(receipt);
  return phase === 'cancelled' ? t('Cancelled') : t('Failed');
}

function bodyOf({ state, form }: ChatTurn): vscode.MarkdownString {
  const { receipt, phase, edit } = state;
  if (edit?.kind === 'edited' || edit?.kind === 'unchanged') return editBody(state, edit);
  const hidden = form === 'edit' && (phase === 'running' || phase === 'cancelled');
  const told = edit === undefined ? '' : editWords(edit);
  const footer = [
    ...state.notices,
    told === '' ? '' : `$(info) ${told}`,
    state.problem === '' ? '' : `$(warning) ${state.problem}`,
    state.help,
    foundWords(state),
    receipt === undefined ? '' : decisionLink(receipt),
  ].filter((part) => part !== '');
  const markdown = modelMarkdown(hidden ? progressOf(state) : state.text, footer.join('\n\n'));
  markdown.supportThemeIcons = true;
  if (state.help !== '')
    markdown.isTrusted = { enabledCommands: ['sluice.showLastDecision', 'sluice.connectPlatform'] };
  return markdown;
}

function foundWords({ found }: TurnState): string {
  if (found === undefined) return '';
  return found === 'good'
    ? `$(thumbsup) ${t('You found this answer good.')}`
    : `$(thumbsdown) ${t('You found this answer bad.')}`;
}

/** Of an edit the thread shows how far it is, not the code a second time. */
function progressOf({ phase, text }: TurnState): string {
  if (phase !== 'running' || text === '') return '';
  const lines = text.split('\n').length;
  return lines === 1 ? t('Writing into the file: 1 line…') : t('Writing into the file: {0} lines…', lines);
}

/** Only our own words: here the two commands may be alive. */
function editBody(state: TurnState, edit: EditResult): vscode.MarkdownString {
  const { verdict, undone = false, receipt, problem, notices } = state;
  const open = edit.kind === 'edited' && verdict === undefined && receipt !== undefined;
  const decided = verdict === undefined ? '' : verdictWords(verdict, undone);
  const first = [
    `**${editWords(edit)}**`,
    ...(open
      ? [
          `[${t('Accept All')}](${commandUri('sluice.inlineChatAccept', receipt.id)})`,
          `[${t('Reject All')}](${commandUri('sluice.inlineChatReject', receipt.id)})`,
        ]
      : []),
    ...(decided === '' ? [] : [decided]),
  ].join(' · ');
  const rest = [
    ...notices.map((notice) => `$(info) ${notice}`),
    problem === '' ? '' : `$(warning) ${problem}`,
    foundWords(state),
    receipt === undefined ? '' : decisionLink(receipt),
  ];
  const markdown = new vscode.MarkdownString(
    [first, ...rest].filter((part) => part !== '').join('\n\n'),
    true,
  );
  const enabledCommands = ['sluice.showLastDecision', 'sluice.inlineChatAccept', 'sluice.inlineChatReject'];
  markdown.isTrusted = { enabledCommands };
  return markdown;
}
