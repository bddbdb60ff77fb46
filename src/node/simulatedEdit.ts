/** Small real edits that the simulated platform makes: they never change what the code does. */
import type { TaskType } from '../base/task.ts';
import type { CodeOutline, FoundSymbol } from './simulatedCode.ts';

export interface Edit {
  readonly code: string;
  /** What was done, as items of a list. */
  readonly done: readonly string[];
}

/** `documented` is how many symbols get a doc comment when the task asks for documentation. */
export function editCode(task: TaskType, code: string, outline: CodeOutline, documented: number): Edit {
  const comments = new Map<number, string>();
  const targets = outline.symbols.filter(({ kind }) => kind !== 'type');
  if (task === 'document')
    for (const symbol of targets.slice(0, documented)) comments.set(symbol.line, docOf(symbol, outline));
  else comments.set(targets[0]?.line ?? 0, `${outline.comment} ${NOTES[task] ?? NOTES.fix}`);
  const lines = code.split('\n').flatMap((line, index) => {
    const comment = comments.get(index);
    const clean = line.replace(/(\S)[ \t]+$/, '$1');
    return comment === undefined ? [clean] : [`${/^\s*/.exec(line)?.[0] ?? ''}${comment}`, clean];
  });
  const done = [`added ${counted(comments.size, 'comment')}`];
  if (outline.trailingBlanks > 0)
    done.push(`removed the blanks at the end of ${counted(outline.trailingBlanks, 'line')}`);
  return { code: lines.join('\n'), done };
}

const NOTES: Partial<Record<TaskType, string>> & { readonly fix: string } = {
  edit: 'Simulated edit: this is where the change would go.',
  fix: 'Simulated fix: check the inputs here before they are used.',
  refactor: 'Simulated refactoring: this is where a part could be taken out.',
  simplify: 'Simulated simplification: fewer branches would do here.',
  translate: 'Simulated translation: the code is kept as it was.',
};

function docOf({ name, kind, parameters }: FoundSymbol, { comment }: CodeOutline): string {
  const takes = parameters.length === 0 ? '' : ` Takes ${listed(parameters)}.`;
  const text = `\`${name}\`: a ${kind} (simulated description).${takes}`;
  return comment === '//' ? `/** ${text} */` : `${comment} ${text}`;
}

/** `1 line`, `2 lines`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}

/** A fence that is longer than any run of backticks in `code`. */
export function fenced(code: string, language: string): string {
  const longest = Math.max(2, ...(code.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${code}\n${fence}`;
}
