/** The fenced blocks of a Markdown answer, whole or still growing. */
import { indentOf, isBlank, linesOf } from './lines.ts';

export interface AnswerBlock {
  /** What stands behind the opening fence. */
  readonly info: string;
  readonly lines: readonly string[];
  /** Whether its fence was closed. */
  readonly closed: boolean;
}

export interface AnswerParts {
  readonly blocks: readonly AnswerBlock[];
  /** What is outside of the blocks. */
  readonly prose: readonly string[];
}

/**
 * A fence inside a block is its text when it is shorter or deeper than the block's own, as CommonMark has it, and also when
 * it names a language: then it and the next bare one belong together. `ended`: nothing more will come, so that a pair
 * without an end was none.
 */
export function answerParts(answer: string, ended: boolean): AnswerParts {
  const lines = linesOf(answer);
  const scan = new Scan(lines, true);
  return ended && scan.open && scan.sawPairs ? new Scan(lines, false) : scan;
}

interface Fence {
  readonly mark: string;
  readonly info: string;
  readonly indent: number;
}

class Scan implements AnswerParts {
  readonly blocks: AnswerBlock[] = [];
  readonly prose: string[] = [];
  sawPairs = false;
  #fence: Fence | undefined;
  #lines: string[] = [];
  #depth = 0;

  constructor(lines: readonly string[], pairs: boolean) {
    for (const line of lines) this.#read(line, pairs);
    if (this.#fence !== undefined) this.#push(this.#fence, false);
  }

  get open(): boolean {
    return this.blocks.at(-1)?.closed === false;
  }

  #read(line: string, pairs: boolean): void {
    const fence = fenceOf(line);
    if (this.#fence === undefined) {
      if (fence === undefined) this.prose.push(line);
      this.#fence = fence;
    } else if (fence !== undefined && isLevelWith(fence, this.#fence)) {
      this.#readFence(line, fence, this.#fence, pairs);
    } else {
      this.#lines.push(line);
    }
  }

  #readFence(line: string, { info }: Fence, open: Fence, pairs: boolean): void {
    if (info === '' && this.#depth === 0) {
      this.#push(open, true);
      this.#fence = undefined;
      return;
    }
    if (pairs) {
      this.sawPairs = true;
      this.#depth += info === '' ? -1 : 1;
    }
    this.#lines.push(line);
  }

  #push({ info, indent }: Fence, closed: boolean): void {
    this.blocks.push({ info, lines: dedented(this.#lines, indent), closed });
    this.#lines = [];
  }
}

function fenceOf(line: string): Fence | undefined {
  const [, indent = '', mark = '', info = ''] = /^([ \t]*)(`{3,}|~{3,})(.*)$/.exec(line) ?? [];
  if (mark === '' || (mark.startsWith('`') && info.includes('`'))) return undefined;
  return { mark, info: info.trim(), indent: indent.length };
}

/** Could close `open`, as CommonMark has it: the same mark, at least as long, hardly deeper. */
function isLevelWith(fence: Fence, open: Fence): boolean {
  return fence.mark.startsWith(open.mark) && fence.indent <= open.indent + 3;
}

/** A block inside a list has the list's indentation. */
function dedented(lines: readonly string[], indent: number): string[] {
  if (indent === 0) return [...lines];
  return lines.map((line) => (isBlank(line) ? '' : line.slice(Math.min(indent, indentOf(line).length))));
}
