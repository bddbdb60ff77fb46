/** How an inline chat is asked for, by a key binding, a code action or another part of Sluice. */
import * as vscode from 'vscode';
import { TASK_TYPES, type TaskType } from '../base/task.ts';
import type { Receipt } from '../flow/request.ts';
import type { ChatForm } from '../prompt/askOrEdit.ts';
import type { ChatPlace } from './inlineChatPlace.ts';

export interface ChatOpening {
  /** Absent: the selection of the active editor. */
  readonly place?: ChatPlace;
  readonly instruction?: string;
  /** Absent: the words decide. */
  readonly form?: ChatForm;
  /** What the next turn is; absent: the words decide between a question and an edit. */
  readonly task?: TaskType;
  /** Sent at once, instead of waiting in the input. */
  readonly send?: boolean;
}

/** Loads the chat when it is the first; resolves with the receipt when it was sent and answered. */
export function openInlineChat(
  place: ChatPlace | undefined,
  opening: Omit<ChatOpening, 'place'> = {},
): Thenable<Receipt | undefined> {
  return vscode.commands.executeCommand('sluice.inlineChat', {
    ...opening,
    ...(place === undefined ? {} : { place }),
  });
}

/** Menus give the address of a file instead, and settings may hold anything: what does not fit is left out. */
export function parseOpening(argument: unknown): ChatOpening {
  if (typeof argument !== 'object' || argument === null) return {};
  const { place, instruction, form, task, send } = argument as Record<string, unknown>;
  const known = TASK_TYPES.find((type) => type === task);
  return {
    ...(isPlace(place) ? { place } : {}),
    ...(typeof instruction === 'string' ? { instruction } : {}),
    ...(form === 'ask' || form === 'edit' ? { form } : {}),
    ...(known === undefined ? {} : { task: known }),
    ...(typeof send === 'boolean' ? { send } : {}),
  };
}

function isPlace(value: unknown): value is ChatPlace {
  if (typeof value !== 'object' || value === null || !('uri' in value) || !('range' in value)) return false;
  return value.uri instanceof vscode.Uri && value.range instanceof vscode.Range;
}
