/** What the next turn of a chat would send: the code as it is now, what is typed, the turns before, and what was chosen. */
import * as vscode from 'vscode';
import type { TaskType } from '../base/task.ts';
import type { RouteRequest, Turn } from '../flow/request.ts';
import { type ChatForm, readWords } from '../prompt/askOrEdit.ts';
import { orderOf } from '../prompt/taskPrompts.ts';
import type { ChatTarget } from './inlineChatPlace.ts';
import type { ChatTurn } from './inlineChatTurn.ts';

const t = vscode.l10n.t;

const CHARS_PER_KB = 1_024;
const MOST_TURNS = 6;
/** Of each earlier answer. */
const MOST_ANSWER_CHARS = 6_000;

/** How a request differs from the plain one. */
export type Manner = Partial<Pick<RouteRequest, 'freshness' | 'strongerThan' | 'model'>>;

export interface ReadyRequest {
  readonly request: RouteRequest;
  readonly notices: readonly string[];
  /** Why it cannot be sent. */
  readonly refused?: string;
}

export interface Asked {
  readonly target: ChatTarget;
  readonly asked: string;
  readonly form: ChatForm;
  readonly task: TaskType;
  /** Newest first. */
  readonly earlier: readonly ChatTurn[];
  readonly maxKilobytes: number;
}

export class ChatChoices {
  /** It is about what the editor reports at the place. */
  readonly fix: boolean;
  /** For the next turn; absent: the words decide. */
  form: ChatForm | undefined;
  /** For the next turn; absent: a question, an edit, or the fix that the chat was opened for. */
  task: TaskType | undefined;
  /** Key of the model that answers in this chat; absent: the router chooses. */
  model: string | undefined;

  constructor(fix: boolean) {
    this.fix = fix;
  }

  formOf(typed: string): ChatForm {
    const { form, said, text } = readWords(typed);
    if (said) return form;
    return this.form ?? (text === '' && (this.fix || this.task !== undefined) ? 'edit' : form);
  }

  taskOf(form: ChatForm): TaskType {
    if (form === 'ask') return 'question';
    return this.task ?? (this.fix ? 'fix' : 'edit');
  }

  /** Throws `nothing-to-send`. */
  request({ target, asked, form, task, earlier, maxKilobytes }: Asked, manner: Manner): ReadyRequest {
    const code = target.code(form === 'edit', maxKilobytes * CHARS_PER_KB);
    const history = turnsOf(earlier);
    const named = this.model === undefined || manner.strongerThan !== undefined ? {} : { model: this.model };
    const request: RouteRequest = {
      task,
      priority: 'high',
      instruction: asked,
      code,
      freshness: 'cached',
      ...(form === 'edit' ? { form, rest: target.rest } : {}),
      ...(history.length === 0 ? {} : { history }),
      ...named,
      ...manner,
    };
    if (code.cutChars === 0) return { request, notices: [] };
    if (form === 'ask') return { request, notices: [cutWords(code.text.length, code.cutChars)] };
    const refused = t(
      'This is too long to be changed as a whole. Select less, or raise the setting “sluice.request.maxSelectionKilobytes”.',
    );
    return { request, notices: [], refused };
  }
}

function turnsOf(turns: readonly ChatTurn[]): readonly Turn[] {
  return turns
    .filter(({ state }) => state.text !== '' && state.phase !== 'running')
    .slice(0, MOST_TURNS)
    .reverse()
    .map(({ asked, task, state }) => ({
      // No platform takes a message without words.
      asked: orderOf(task, asked),
      answer: state.text.slice(0, MOST_ANSWER_CHARS),
    }));
}

function cutWords(sent: number, cut: number): string {
  const kb = (chars: number) => Math.max(1, Math.round(chars / CHARS_PER_KB));
  return t(
    'The selection was too long: the first {0} KB were sent, {1} KB were left out (setting “sluice.request.maxSelectionKilobytes”).',
    kb(sent),
    kb(cut),
  );
}
