/**
 * How often each simulated model fails at which task, and how: answers that do not parse, stop in the middle, leave code
 * out, are words only, or are plainly wrong. Rates are shares in [0, 1]; the same seed, model and prompt fail alike.
 */
import * as v from 'valibot';
import { TASK_TYPES, type TaskType } from '../base/task.ts';
import { fenced } from './simulatedEdit.ts';
import type { SimulatedStop } from './simulatedWire.ts';

export const FLAWS = [
  /** A bracket is missing. */
  'unparsable',
  /** The platform says that the length limit was reached. */
  'cut',
  /** The platform says that it is whole, and its block was never closed. */
  'half',
  /** A comment stands for lines, so that nobody can tell which. */
  'left-out',
  /** Words where code, names or a message was asked for. */
  'words-only',
  /** It looks right: only running it, or a person, tells. */
  'wrong',
  'refused',
] as const;

export type Flaw = (typeof FLAWS)[number];

const SkillSchema = v.object({
  model: v.optional(v.string()),
  task: v.optional(v.picklist(TASK_TYPES)),
  fails: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
  /** One of them, each as often as the others; absent: any but a refusal. */
  how: v.optional(v.pipe(v.array(v.picklist(FLAWS)), v.minLength(1))),
});

/** The first row that fits counts; absent `model` or `task`: each. */
export interface SimulatedSkill {
  readonly model?: string;
  readonly task?: TaskType;
  readonly fails: number;
  readonly how?: readonly Flaw[];
}

const USUAL = FLAWS.filter((flaw) => flaw !== 'refused');

/** Throws valibot's error when `json` is not a list of skills. */
export function parseSkills(json: unknown): readonly SimulatedSkill[] {
  return v.parse(v.array(SkillSchema), json).map(({ model, task, fails, how }) => ({
    fails,
    ...(model === undefined ? {} : { model }),
    ...(task === undefined ? {} : { task }),
    ...(how === undefined ? {} : { how }),
  }));
}

export class SimulatedSkills {
  #rows: readonly SimulatedSkill[] = [];

  /** Replaces those before; none: no model fails by itself. */
  load(rows: readonly SimulatedSkill[]): void {
    this.#rows = parseSkills(rows);
  }

  /** What is wrong with this model's answer; undefined: nothing. `chance` and `which` are in [0, 1). */
  flaw(model: string, task: TaskType, { chance, which }: Draw): Flaw | undefined {
    const row = this.#rows.find((one) => (one.model ?? model) === model && (one.task ?? task) === task);
    if (row === undefined || chance >= row.fails) return undefined;
    const how = row.how ?? USUAL;
    return how[Math.floor(which * how.length)];
  }
}

export interface Draw {
  readonly chance: number;
  readonly which: number;
}

/** Two numbers in [0, 1) that go with a text: MurmurHash3's last mixing, twice, over FNV-1a. */
export function drawOf(text: string): Draw {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  const first = mixed(value);
  return { chance: first / 2 ** 32, which: mixed(first ^ 0x9e3779b9) / 2 ** 32 };
}

function mixed(value: number): number {
  let bits = value;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

export interface FlawedAnswer {
  readonly text: string;
  /** Absent: it says that it is complete. */
  readonly stop?: Exclude<SimulatedStop, 'tool-use'>;
}

const BLOCK = /^(`{3,})([\w+#.-]*)\n([\s\S]*?)\n\1[ \t]*$/m;
const NOTHING = 'Simulated failure: these are words, and nothing that was asked for.';

/** Spoils an answer. One without a block of code cannot fail to parse: its end is missing instead. */
export function flawedAnswer(answer: string, flaw: Flaw): FlawedAnswer {
  if (flaw === 'refused') return { text: 'Simulated refusal: this model will not do that.', stop: 'refused' };
  const banner = answer.split('\n', 1)[0] ?? '';
  if (flaw === 'words-only') return { text: `${banner}\n\n${NOTHING}\n` };
  const [whole, , language = '', code = ''] = BLOCK.exec(answer) ?? [];
  if (flaw === 'cut') return { text: answer.slice(0, middleOf(answer, whole, code)), stop: 'length' };
  if (whole === undefined) {
    return flaw === 'wrong'
      ? { text: `${banner}\n\n${NOTHING}\n` }
      : { text: answer.slice(0, middleOf(answer)), stop: 'length' };
  }
  if (flaw === 'half') return { text: answer.slice(0, middleOf(answer, whole, code)) };
  const spoil = { unparsable: withoutBracket, 'left-out': withElision, wrong: withAnotherSense }[flaw];
  return { text: answer.replace(whole, () => fenced(spoil(code, language), language)) };
}

/** Inside the block, where there is one. */
function middleOf(answer: string, block?: string, code = ''): number {
  if (block === undefined) return Math.ceil(answer.length / 2);
  return answer.indexOf(block) + block.indexOf('\n') + 1 + Math.floor(code.length / 2);
}

function withoutBracket(code: string): string {
  const last = Math.max(code.lastIndexOf('}'), code.lastIndexOf(')'), code.lastIndexOf(']'));
  return last < 0 ? `${code} (` : code.slice(0, last) + code.slice(last + 1);
}

/** Between two lines that the code never had, nobody can tell what is meant. */
function withElision(code: string, language: string): string {
  const comment = /^(python|ruby|shellscript|yaml|r|perl)$/.test(language) ? '#' : '//';
  const [first = ''] = code.split('\n');
  const lines = [`${comment} Simulated beginning`, `${comment} ... rest of the code ...`];
  return [first, ...lines, `${comment} Simulated end`].join('\n');
}

const SWAPS: readonly (readonly [RegExp, string])[] = [
  [/ === /, ' !== '],
  [/ == /, ' != '],
  [/ \+ /, ' - '],
  [/ - /, ' + '],
  [/ \* /, ' + '],
  [/ < /, ' >= '],
  [/ > /, ' <= '],
];

/** Another operator; where there is none, without its longest line. */
function withAnotherSense(code: string): string {
  const swap = SWAPS.find(([found]) => found.test(code));
  if (swap !== undefined) return code.replace(swap[0], swap[1]);
  const lines = code.split('\n');
  const longest = lines.reduce((a, b) => (b.length > a.length ? b : a), '');
  return lines.length < 2 ? '' : lines.filter((line) => line !== longest).join('\n');
}
