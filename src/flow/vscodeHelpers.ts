/**
 * Recognises what VS Code's own chat asks a model for by itself, so that it costs next to nothing: the title of a chat,
 * messages shown while one waits, the name of a branch, the summary of a long talk, the badge of a running task. The
 * openings were read in VS Code 1.139.1 (its `workbench.js` and bundled chat extension, 2026-11-21). What is not known
 * here goes the usual way: a helper that was not recognised costs more and is answered all the same. Two that look alike
 * are left out on purpose: how risky a terminal command is, which must be judged well, and messages for a commit, which
 * a person asked for.
 */
import type { TaskType } from '../base/task.ts';
import type { HelperKind } from '../routing/decision.ts';
import { type Conversation, textOf } from './conversation.ts';

/** Each begins the system text, or the first message where there is none. */
const OPENINGS: readonly (readonly [HelperKind, RegExp])[] = [
  ['title', /^You are an expert in crafting (?:ultra-compact|pithy) titles for chatbot conversations\b/],
  ['branch-name', /^You are an expert in crafting pithy branch names for Git Repos\b/],
  ['progress', /^You are an expert in writing short, catchy, and encouraging progress messages\b/],
  ['summary', /^Your task is to create a comprehensive, detailed summary of the entire conversation\b/],
  ['goal', /^You summarize a user's coding request into a single short phrase\b/],
];

/** Of the kind of work that each is. */
const TASKS: Readonly<Record<HelperKind, TaskType>> = {
  title: 'name',
  'branch-name': 'name',
  progress: 'name',
  goal: 'name',
  summary: 'question',
};

/** `undefined`: a person's request, as far as can be told. One that offers tools is never a helper. */
export function helperIn({ system, messages, tools }: Conversation): HelperKind | undefined {
  if (tools.length > 0) return undefined;
  const [first] = messages;
  return helperOf(
    system.find((text) => text.trim() !== '') ?? (first === undefined ? '' : textOf(first.parts)),
  );
}

/** By the text that its prompt begins with. */
export function helperOf(prompt: string): HelperKind | undefined {
  const opening = prompt.trimStart();
  return OPENINGS.find(([, begins]) => begins.test(opening))?.[0];
}

export function helperTask(helper: HelperKind): TaskType {
  return TASKS[helper];
}
