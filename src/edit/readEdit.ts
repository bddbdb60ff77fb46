/** What a model's answer says about a piece of code: the whole new code, or why it cannot be taken as that. */
import { type AnswerBlock, answerParts } from './answerBlocks.ts';
import { elisionsIn, fillElisions, isElision } from './elision.ts';
import { keepFormatting } from './formatting.ts';
import { isBlank } from './lines.ts';
import { namedFile, withoutFileName } from './namedFile.ts';
import { resemblance } from './resemblance.ts';

export interface Asked {
  /** The whole lines that were sent to be changed. */
  readonly before: readonly string[];
  /** VS Code's id of the language. */
  readonly language: string;
  /** Path or name of the file; unknown for an unsaved one. */
  readonly fileName?: string;
}

export type Reading =
  | { readonly kind: 'code'; readonly lines: readonly string[] }
  | { readonly kind: 'no-code' }
  | { readonly kind: 'refused'; readonly why: 'elision' | 'several-blocks' | 'wrong-file' | 'half' };

/** Output and commands, not code to take over, unless the file itself is such. */
const NOT_CODE =
  /^(?:sh|bash|zsh|shell|shellscript|console|terminal|powershell|ps1|cmd|bat|te?xt|plaintext|output|log)$/i;
const PATCH = /^(?:diff|patch|udiff)$/i;
/** Measured on nothing: between a renamed variable (0.9) and another function (0.2). */
const LIKE = 0.4;
/** By how much the best of several blocks must be ahead. */
const AHEAD = 0.15;

/** `complete`: the platform said that the answer came to its end. */
export function readEdit(answer: string, asked: Asked, complete: boolean): Reading {
  const { blocks, prose } = answerParts(answer, true);
  const whole = blocks.filter((block) => isCode(block, asked));
  if (whole.length === 0) return blocks.length === 0 ? readUnfenced(prose, asked, complete) : NO_CODE;
  const here = whole.filter((block) => !isOfOtherFile(block, asked));
  if (here.length === 0) return refused('wrong-file');
  const chosen = here.length === 1 ? here[0] : mostAlike(here, asked.before);
  if (chosen === undefined) return refused('several-blocks');
  if (!chosen.closed && !endsWithBlock(chosen, complete)) return refused('half');
  return filled(withoutFileName(chosen.lines, asked), asked);
}

/** What the answer gives so far, to be shown while it grows: whole lines only, and nothing behind an elision. */
export function readGrowing(answer: string, asked: Asked): readonly string[] | undefined {
  const wholeLines = answer.slice(0, answer.lastIndexOf('\n') + 1);
  const block = answerParts(wholeLines, false).blocks.find(
    (one) => isCode(one, asked) && !isOfOtherFile(one, asked),
  );
  if (block === undefined) return undefined;
  // The piece behind the last line end is empty, and no line of the answer.
  const lines = block.closed ? block.lines : block.lines.slice(0, -1);
  const said = withoutFileName(lines, asked);
  const elided = said.findIndex((line) => isElision(line, isPython(asked)));
  return keepFormatting(asked.before, elided < 0 ? said : said.slice(0, elided), false);
}

const NO_CODE = { kind: 'no-code' } as const;

function refused(why: 'elision' | 'several-blocks' | 'wrong-file' | 'half'): Reading {
  return { kind: 'refused', why };
}

const isPython = ({ language }: Asked): boolean => language === 'python';

/** A model that forgets the closing fence has still said everything when its answer is complete. */
function endsWithBlock({ lines }: AnswerBlock, complete: boolean): boolean {
  return complete && lines.some((line) => !isBlank(line));
}

function isCode({ info, lines }: AnswerBlock, { language, before }: Asked): boolean {
  if (lines.every(isBlank)) return false;
  const named = /^[\w+#.-]*/.exec(info)?.[0] ?? '';
  if (named === language) return true;
  if (PATCH.test(named)) return false;
  return !NOT_CODE.test(named) || resemblance(before, lines) >= LIKE;
}

function isOfOtherFile(block: AnswerBlock, asked: Asked): boolean {
  return namedFile(block, asked) === 'other';
}

function mostAlike(blocks: readonly AnswerBlock[], before: readonly string[]): AnswerBlock | undefined {
  const scored = blocks
    .map((block) => ({ block, score: resemblance(before, block.lines) }))
    .toSorted((one, other) => other.score - one.score);
  const [best, second] = scored;
  if (best === undefined || best.score < LIKE || best.score - (second?.score ?? 0) < AHEAD) return undefined;
  return best.block;
}

/** Nothing is fenced: code without a word around it is taken, anything else is an answer in words. */
function readUnfenced(lines: readonly string[], asked: Asked, complete: boolean): Reading {
  if (lines.every(isBlank) || resemblance(asked.before, lines) < LIKE) return NO_CODE;
  return complete ? filled(withoutFileName(lines, asked), asked) : refused('half');
}

function filled(lines: readonly string[], asked: Asked): Reading {
  const formatted = keepFormatting(asked.before, lines, true);
  const elisions = elisionsIn(asked.before, formatted, isPython(asked));
  if (elisions.length === 0) return { kind: 'code', lines: formatted };
  const whole = fillElisions(asked.before, formatted, elisions);
  return whole === undefined ? refused('elision') : { kind: 'code', lines: whole };
}
