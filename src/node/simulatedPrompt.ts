/** What the simulated platform reads out of a prompt: the task, the code in its fence, and the words around it. */
import { TASK_TYPES, type TaskType } from '../base/task.ts';
import { typedIn } from '../flow/conversation.ts';
import type { SimulatedRequest } from './simulatedWire.ts';

export interface ReadPrompt {
  readonly task: TaskType;
  /** The fence's label in lower case; empty when there is none. */
  readonly language: string;
  /** Empty when the prompt has no fenced block. */
  readonly code: string;
  /** The last request's words without code and lists, on one line. */
  readonly words: string;
  readonly problems: readonly string[];
}

const FENCE = /^(`{3,}|~{3,})[ \t]*([\w+#.-]*)[^\n]*\n([\s\S]*?)^\1[`~]*[ \t]*$/m;
const EVERY_FENCE = new RegExp(FENCE, 'gm');
const TASK_LINE = /^Task:[ \t]*([\w-]+)/m;
const PROBLEMS_LINE = /^[ \t#*]*(?:problems?|diagnostics?|errors?|warnings?)\b[^\n]*:[ \t*]*$/i;
const CODE_HEADING = /^(Code\b|Lines (in front of|behind) it\b).*:$/;
const LIST_ITEM = /^[ \t]*[-*][ \t]+(.+)$/;

const MAX_WORDS = 200;

export function readPrompt({ system, messages }: Pick<SimulatedRequest, 'system' | 'messages'>): ReadPrompt {
  const asked = messages.filter(({ role }) => role === 'user').map(({ text }) => text);
  const last = asked.at(-1) ?? '';
  const withCode = asked.findLast((text) => FENCE.test(text)) ?? '';
  const fence = FENCE.exec(withCode);
  const named = TASK_LINE.exec(system)?.[1] ?? TASK_LINE.exec(last)?.[1];
  const around = typedIn(last.replace(EVERY_FENCE, ''));
  return {
    task: TASK_TYPES.find((task) => task === named?.toLowerCase()) ?? 'question',
    language: fence?.[2]?.toLowerCase() ?? '',
    code: fence?.[3]?.replace(/\n$/, '') ?? '',
    ...splitProblems(around.split('\n')),
  };
}

function splitProblems(lines: readonly string[]): Pick<ReadPrompt, 'problems' | 'words'> {
  const problems: string[] = [];
  const words: string[] = [];
  let listing = false;
  for (const line of lines) {
    if (PROBLEMS_LINE.test(line)) {
      listing = true;
      continue;
    }
    const item = listing ? LIST_ITEM.exec(line)?.[1] : undefined;
    if (item !== undefined) problems.push(item.trim());
    else if (line.trim() !== '') {
      listing = false;
      if (!TASK_LINE.test(line) && !CODE_HEADING.test(line)) words.push(line.trim());
    }
  }
  return { problems, words: words.join(' ').slice(0, MAX_WORDS) };
}
