/**
 * The hunks of one edit where they stand in a document that holds the new text: they are taken or given back one by one,
 * and move with what else changes there. A hunk whose own lines somebody changes is dropped: it is theirs now.
 * Lines and columns count from 0 in the document.
 */
import type { Hunk } from './hunks.ts';
import type { LineChange, TextChange } from './lines.ts';

export interface PlacedHunk {
  readonly hunk: Hunk;
  /** The first of its new lines; for a hunk that only removes, the line below what it removed. */
  readonly line: number;
}

export class PlacedHunks {
  #placed: readonly PlacedHunk[];
  accepted = 0;
  rejected = 0;
  /** Dropped because somebody changed their lines. */
  lost = 0;

  /** `firstLine` is where the edited text begins. */
  constructor(hunks: readonly Hunk[], firstLine: number) {
    this.#placed = hunks.map((hunk) => ({ hunk, line: firstLine + hunk.newLine }));
  }

  /** Those that nobody has decided on, from top to bottom. */
  get open(): readonly PlacedHunk[] {
    return this.#placed;
  }

  get areUntouched(): boolean {
    return this.accepted + this.rejected + this.lost === 0;
  }

  find(id: number): PlacedHunk | undefined {
    return this.#placed.find(({ hunk }) => hunk.id === id);
  }

  /** The document has its text already. */
  accept(id: number): void {
    if (this.#take(id)) this.accepted += 1;
  }

  /** What the document must do so that the old lines are back; the hunk still stands until `reject`. */
  rejection(id: number): LineChange | undefined {
    const found = this.find(id);
    if (found === undefined) return undefined;
    const { hunk, line } = found;
    return { from: line, to: line + hunk.newLines.length, lines: hunk.oldLines };
  }

  /** The document has its old lines back. */
  reject(id: number): void {
    const found = this.#take(id);
    if (found === undefined) return;
    this.rejected += 1;
    const shift = found.hunk.oldLines.length - found.hunk.newLines.length;
    this.#placed = this.#placed.map((one) => (one.hunk.id > id ? { ...one, line: one.line + shift } : one));
  }

  /** Somebody else changed the document; what no longer holds is dropped and counted as lost. */
  rebase(change: TextChange): void {
    const kept: PlacedHunk[] = [];
    for (const { hunk, line } of this.#placed) {
      const moved = movedLine({ line, lines: hunk.newLines }, change);
      if (moved === undefined) this.lost += 1;
      else kept.push({ hunk, line: moved });
    }
    this.#placed = kept;
  }

  /** The document has its former text again: all but the `lost` from before count as rejected, whatever they were. */
  undone(lost: number): void {
    this.rejected += this.accepted + this.#placed.length + this.lost - lost;
    this.accepted = 0;
    this.lost = lost;
    this.#placed = [];
  }

  /** The document is gone. */
  loseAll(): void {
    this.lost += this.#placed.length;
    this.#placed = [];
  }

  #take(id: number): PlacedHunk | undefined {
    const found = this.find(id);
    this.#placed = this.#placed.filter((one) => one !== found);
    return found;
  }
}

/** Whole lines of a document; none: the place above `line`. */
export interface LineBlock {
  readonly line: number;
  readonly lines: readonly string[];
}

/** Where the block begins after the change; none when the change touches its lines. */
export function movedLine({ line, lines }: LineBlock, change: TextChange): number | undefined {
  const { startLine, startColumn, endLine, endColumn, text } = change;
  const below = line + lines.length;
  if (startLine >= below) return line;
  const brokenAfter =
    startLine === below - 1 && startColumn === lines.at(-1)?.length && /^(\r\n|\r|\n)/.test(text);
  if (brokenAfter && startLine >= line) return line;
  const wholeLinesAbove =
    endLine === line && endColumn === 0 && (/[\r\n]$/.test(text) || (text === '' && startColumn === 0));
  if (endLine >= line && !wholeLinesAbove) return undefined;
  return line + text.split(/\r\n|\r|\n/).length - 1 - (endLine - startLine);
}
