/** Whether an answer has what a benchmark expects of it. */
import { answerParts } from '../edit/answerBlocks.ts';
import { linesOf } from '../edit/lines.ts';
import { readEdit } from '../edit/readEdit.ts';
import type { BenchTask } from './benchSuite.ts';

/** `facts` names the words that were missed, or that should not be there. */
export type BenchMiss =
  | { readonly kind: 'lacks' | 'has'; readonly text: string }
  | { readonly kind: 'differs' }
  | { readonly kind: 'no-code' };

/** Undefined: all that was expected is there. `whole`: the platform said that the answer came to its end. */
export function missIn(task: BenchTask, answer: string, whole: boolean): BenchMiss | undefined {
  const said = saidBy(task, answer, whole);
  if (said === undefined) return { kind: 'no-code' };
  const text = plain(said);
  const { contains = [], absent = [], exact } = task.expect;
  for (const wanted of contains) {
    const choices = typeof wanted === 'string' ? [wanted] : wanted;
    if (!choices.some((one) => text.includes(plain(one))))
      return { kind: 'lacks', text: choices.join(' / ') };
  }
  const unwanted = absent.find((one) => text.includes(plain(one)));
  if (unwanted !== undefined) return { kind: 'has', text: unwanted };
  return exact === undefined || sameCode(said, exact) ? undefined : { kind: 'differs' };
}

/** Of an edit the new code, of a task that asks for one thing its only block, else the whole answer. */
function saidBy(task: BenchTask, answer: string, whole: boolean): string | undefined {
  if (task.edit) {
    const reading = readEdit(answer, { before: linesOf(task.code), language: task.language }, whole);
    return reading.kind === 'code' ? reading.lines.join('\n') : undefined;
  }
  if (task.expect.exact === undefined) return answer;
  const [first, ...others] = answerParts(answer, true).blocks;
  return first !== undefined && others.length === 0 ? first.lines.join('\n') : answer;
}

function plain(text: string): string {
  return text.toLowerCase().replace(/\s+/g, ' ').trim();
}

function sameCode(one: string, other: string): boolean {
  const bare = (text: string) => text.replace(/[ \t]+$/gm, '').trim();
  return bare(one) === bare(other);
}
