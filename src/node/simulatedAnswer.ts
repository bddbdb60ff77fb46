/** The simulated platform's words: Markdown about the code that was really sent, the same for the same seed. */
import type { TaskType, Tier } from '../base/task.ts';
import { helperOf } from '../flow/vscodeHelpers.ts';
import type { ModelRow } from '../routing/catalogue.ts';
import type { HelperKind } from '../routing/decision.ts';
import { type CodeOutline, type FoundSymbol, outlineCode } from './simulatedCode.ts';
import { counted, editCode, fenced, listed } from './simulatedEdit.ts';
import { type ReadPrompt, readPrompt } from './simulatedPrompt.ts';
import type { SimulatedRequest } from './simulatedWire.ts';

/** Everything that a paragraph can be about. */
interface Subject {
  readonly prompt: ReadPrompt;
  readonly outline: CodeOutline;
  /** How deep the model goes: 1 fast, 2 balanced, 3 powerful. */
  readonly depth: number;
  /** Picks one of several ways to say a thing. */
  readonly pick: (variants: readonly string[]) => string;
}

type Paragraph = (subject: Subject) => string;

const DEPTH: Readonly<Record<Tier, number>> = { fast: 1, balanced: 2, powerful: 3 };

export function simulatedAnswer(
  request: Pick<SimulatedRequest, 'system' | 'messages'>,
  row: Pick<ModelRow, 'name' | 'tier'>,
  seed: number,
): string {
  const helper = helperOf(request.system === '' ? (request.messages[0]?.text ?? '') : request.system);
  if (helper !== undefined) return HELPERS[helper];
  const prompt = readPrompt(request);
  const start = hash(
    `${seed}\n${row.name}\n${request.system}\n${request.messages.map(({ text }) => text).join('\n')}`,
  );
  let turn = 0;
  const subject: Subject = {
    prompt,
    outline: outlineCode(prompt.code, prompt.language),
    depth: DEPTH[row.tier],
    pick: (variants) => variants[(start + turn++) % variants.length] ?? '',
  };
  const banner = `> **Simulated answer** of \`${row.name}\`: no real model was asked. Connect a platform for real ones.`;
  const result = request.messages.at(-1)?.result;
  if (result !== undefined) return `${banner}\n\nThe tool answered:\n\n${fenced(result, '')}\n`;
  const paragraphs = (prompt.code === '' ? WITHOUT_CODE : PARAGRAPHS[prompt.task]).map((write) =>
    write(subject),
  );
  return `${[banner, ...paragraphs].filter((text) => text !== '').join('\n\n')}\n`;
}

/** These are shown by VS Code as they are, in places with room for a few words. */
const HELPERS: Readonly<Record<HelperKind, string>> = {
  title: 'Simulated chat',
  'branch-name': 'simulated-branch',
  progress: '["Simulating an answer"]',
  summary: 'Simulated summary: no real model read this talk.',
  goal: 'Simulated task',
};

const overview: Paragraph = ({ prompt, outline, pick }) => {
  const { symbols, lines } = outline;
  const code = `${counted(lines, 'line')}${prompt.language === '' ? '' : ` of ${prompt.language}`}`;
  const opening = pick([`This is ${code}`, `What you selected is ${code}`, `I was given ${code}`]);
  if (symbols.length === 0) return `${opening}, without a function or class that I can make out.`;
  return `${opening}. It declares ${listed(symbols.slice(0, 4).map(described))}${symbols.length > 4 ? `, and ${symbols.length - 4} more` : ''}.`;
};

const structure: Paragraph = ({ outline, depth }) => {
  if (depth < 2) return '';
  const facts = [
    outline.imports.length > 0 ? `It uses ${listed(outline.imports.map(quoted))}.` : '',
    outline.calls.length > 0 ? `It calls ${listed(outline.calls.slice(0, depth * 2).map(quoted))}.` : '',
    outline.isAsync ? 'Parts of it run asynchronously, so its results come later.' : '',
    outline.loops > 0 ? `It loops in ${places(outline.loops)}.` : 'It has no loop.',
    outline.branches > 0
      ? `It decides in ${places(outline.branches)}.`
      : 'It has no branch: every line runs.',
    outline.catches ? 'It handles errors itself.' : '',
  ];
  return `### How it is built\n\n${bullets(facts)}`;
};

const walk: Paragraph = ({ outline, depth }) => {
  if (depth < 3) return '';
  const declared = outline.symbols.map((symbol) => ({ line: symbol.line, text: declaration(symbol) }));
  const named = new Set(declared.map(({ line }) => line));
  const turns = outline.turns
    .filter(({ line }) => !named.has(line))
    .map(({ line, kind }) => ({ line, text: TURN_WORDS[kind] }));
  const steps = [...declared, ...turns].sort((a, b) => a.line - b.line).slice(0, MAX_STEPS);
  const items = steps.map(({ line, text }) => `Line ${line + 1} ${text}.`);
  return items.length === 0 ? '' : `### Step by step\n\n${bullets(items)}`;
};

const MAX_STEPS = 14;

const TURN_WORDS = {
  loop: 'repeats what is below it',
  branch: 'decides which way to go on',
  return: 'hands a result back',
  throw: 'gives up with an error',
  wait: 'waits for something asynchronous',
} as const;

function declaration({ kind, name, parameters }: FoundSymbol): string {
  const takes =
    kind === 'class' || kind === 'type' || parameters.length === 0
      ? ''
      : `, which takes ${listed(parameters.map(quoted))}`;
  return `begins the ${kind} ${quoted(name)}${takes}`;
}

const remarks: Paragraph = ({ prompt, outline, depth }) => {
  const todos = outline.todos.slice(0, 3 * depth).map((line) => `Line ${line + 1} has an open TODO.`);
  const found = [
    ...prompt.problems.slice(0, 3 * depth).map((problem) => `The editor reports: ${problem}`),
    ...todos,
    outline.trailingBlanks > 0 ? `${counted(outline.trailingBlanks, 'line')} with blanks at the end.` : '',
    outline.isAsync && !outline.catches ? 'Nothing catches what an asynchronous call may throw.' : '',
    outline.lines > 60 ? 'It is long; taking parts out would make it easier to read.' : '',
  ].filter((text) => text !== '');
  return found.length === 0 ? '' : `### Worth a look\n\n${bullets(found)}`;
};

/** What a review is asked for: bullets that begin with the lines they are about. */
const findings: Paragraph = ({ prompt, outline, depth }) => {
  const found = [
    ...prompt.problems.flatMap((problem) => {
      const [, line, text] = /^line (\d+): (.*)$/.exec(problem) ?? [];
      return line === undefined ? [] : [`Line ${line}: the editor reports “${text}”.`];
    }),
    ...outline.todos.map((line) => `Line ${line + 1}: an open TODO.`),
    ...outline.symbols
      .slice(0, 1)
      .map(({ line, name }) => `Line ${line + 1}: what ${quoted(name)} takes is not checked.`),
  ];
  return bullets(found.slice(0, 3 * depth));
};

const question: Paragraph = ({ prompt, pick }) => {
  if (prompt.words === '') return '';
  const opening = pick(['You asked', 'The question was', 'To your question']);
  return `${opening}: *${prompt.words.replace(/[*\n]/g, ' ')}* A real model would answer it here.`;
};

const verdict: Paragraph = ({ outline, prompt, pick }) => {
  const count = prompt.problems.length + outline.todos.length;
  if (count === 0) return pick(['I see nothing that must change.', 'Nothing here stands out as wrong.']);
  return `${count} ${count === 1 ? 'thing needs' : 'things need'} attention.`;
};

const edit: Paragraph = ({ prompt, outline, depth }) => {
  const { code, done } = editCode(prompt.task, prompt.code, outline, depth === 3 ? 20 : depth);
  return `I ${listed(done)}; the code does what it did before.\n\n${fenced(code, prompt.language)}`;
};

const tests: Paragraph = ({ prompt, outline, depth }) => {
  const names = outline.symbols.filter(({ kind }) => kind !== 'type').slice(0, depth * 2);
  const cases = (names.length === 0 ? [{ name: 'the selection' }] : names).map(({ name }) => name);
  const body = cases.map((name) =>
    outline.comment === '#'
      ? `def test_${name.replace(/\W+/g, '_')}():\n    assert True  # simulated: call ${name} here`
      : `test('${name} does what it says', () => {\n  // simulated: call ${name} here\n});`,
  );
  return `A beginning with one test for each of ${listed(cases.map(quoted))}:\n\n${fenced(body.join('\n\n'), prompt.language)}`;
};

const names: Paragraph = ({ outline, depth }) => {
  const suggestions = outline.symbols.slice(0, 1).flatMap(({ name }) =>
    NEW_NAMES.slice(0, depth + 1).map((verb) => {
      const proposed = `${verb}${name.charAt(0).toUpperCase()}${name.slice(1)}`;
      return `${quoted(proposed)} — a simulated proposal in place of ${quoted(name)}`;
    }),
  );
  return suggestions.length === 0 ? 'I found nothing to name.' : bullets(suggestions);
};

const NEW_NAMES = ['compute', 'find', 'make', 'named'];

const commitMessage: Paragraph = ({ outline, prompt }) => {
  const touched = outline.symbols.slice(0, 3).map(({ name }) => name);
  const subject = touched.length === 0 ? 'change the selected lines' : `change ${listed(touched)}`;
  return fenced(
    `chore: ${subject}\n\nSimulated message about ${outline.lines} lines of ${prompt.language || 'text'}.`,
    '',
  );
};

const noCode: Paragraph = ({ pick }) =>
  pick(['There was no code with the request.', 'The request came without code.']);

const WITHOUT_CODE: readonly Paragraph[] = [question, noCode];

const PARAGRAPHS: Readonly<Record<TaskType, readonly Paragraph[]>> = {
  question: [question, overview, structure, walk],
  explain: [overview, structure, walk, remarks],
  review: [verdict, findings, overview, structure],
  edit: [edit],
  fix: [remarks, edit],
  refactor: [edit, structure],
  document: [edit],
  translate: [edit],
  simplify: [edit, structure],
  tests: [tests, remarks],
  name: [names],
  'commit-message': [commitMessage],
};

function described({ kind, name, parameters }: FoundSymbol): string {
  return parameters.length === 0 || kind === 'class'
    ? `the ${kind} ${quoted(name)}`
    : `the ${kind} ${quoted(`${name}(${parameters.join(', ')})`)}`;
}

function quoted(name: string): string {
  return `\`${name.replaceAll('`', "'")}\``;
}

function bullets(items: readonly string[]): string {
  return items
    .filter((item) => item !== '')
    .map((item) => `- ${item}`)
    .join('\n');
}

function places(count: number): string {
  return count === 1 ? 'one place' : `${count} places`;
}

/** FNV-1a, 32 bits (www.isthe.com/chongo/tech/comp/fnv). */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return value >>> 0;
}
