/** Turns a task and its code into the messages that a model gets. */
import type { TaskType } from '../base/task.ts';
import { orderOf, systemPrompt } from './taskPrompts.ts';

export interface PromptInput {
  readonly task: TaskType;
  readonly instruction: string;
  readonly language: string;
  readonly code: string;
  readonly fileName?: string;
  readonly symbol?: string;
  readonly problems: readonly string[];
  /** Lines around the code, for reading only. */
  readonly before?: string;
  readonly after?: string;
  readonly form?: 'edit';
}

export interface Prompt {
  readonly system: string;
  readonly user: string;
}

export function buildPrompt(input: PromptInput): Prompt {
  const parts = [orderOf(input.task, input.instruction, input.form)];
  if (input.code !== '') {
    const fence = fenceFor(input.code);
    parts.push(`${heading(input)}\n${fence}${input.language}\n${input.code}\n${fence}`);
  }
  if (input.problems.length > 0) {
    parts.push(`Problems reported by the editor:\n${input.problems.map((text) => `- ${text}`).join('\n')}`);
  }
  parts.push(...around('Lines in front of it, for reading only', input.before));
  parts.push(...around('Lines behind it, for reading only', input.after));
  return { system: systemPrompt(input.task), user: parts.join('\n\n') };
}

function around(title: string, text: string | undefined): string[] {
  if (text === undefined || text.trim() === '') return [];
  const fence = fenceFor(text);
  return [`${title}:\n${fence}\n${text}\n${fence}`];
}

function heading({ fileName, symbol }: PromptInput): string {
  const file = fileName === undefined ? 'Code' : `Code from ${fileName}`;
  return symbol === undefined ? `${file}:` : `${file}, ${symbol}:`;
}

/** A fence longer than any run of backticks inside, so that code cannot end its own block. */
function fenceFor(code: string): string {
  const longest = (code.match(/`+/g) ?? []).reduce((most, run) => Math.max(most, run.length), 2);
  return '`'.repeat(longest + 1);
}
