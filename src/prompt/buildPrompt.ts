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
}

export interface Prompt {
  readonly system: string;
  readonly user: string;
}

export function buildPrompt(input: PromptInput): Prompt {
  const parts = [orderOf(input.task, input.instruction)];
  if (input.code !== '') {
    const fence = fenceFor(input.code);
    parts.push(`${heading(input)}\n${fence}${input.language}\n${input.code}\n${fence}`);
  }
  if (input.problems.length > 0) {
    parts.push(`Problems reported by the editor:\n${input.problems.map((text) => `- ${text}`).join('\n')}`);
  }
  return { system: systemPrompt(input.task), user: parts.join('\n\n') };
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
