/** The lines that an edit is about, as they stand in the document: written, followed as others change it, and put back. */
import * as vscode from 'vscode';
import { diffLines, type Hunk } from '../edit/hunks.ts';
import { type LineChange, smallestChange, type TextChange } from '../edit/lines.ts';
import { movedLine, PlacedHunks } from '../edit/placedHunks.ts';
import { LiveEditWriter, linesFrom } from './liveEditWriter.ts';

/** Others change the document between our look and our write: each time we look anew. */
const MOST_TRIES = 20;

/**
 * What a change by others means: it was elsewhere, it touched lines of ours, or everything is as it was before the edit.
 */
export type OthersChange = 'elsewhere' | 'touched' | 'undone';

export class LiveEditText {
  readonly document: vscode.TextDocument;
  /** What was sent of these lines. */
  readonly asked: readonly string[];
  readonly #before: readonly string[];
  /** Text of the first and the last line that was not sent. */
  readonly #prefix: string;
  readonly #suffix: string;
  readonly #writer: LiveEditWriter;
  readonly #onOthers: (change: OthersChange) => void;
  #first: number;
  /** What of our lines the document holds while they grow. */
  #current: readonly string[];
  /** None while the lines grow. */
  #hunks: PlacedHunks | undefined;
  /** One undo may lead to something else than the text before: it was another in between, or a save has ended a step. */
  #severalSteps = false;

  constructor(document: vscode.TextDocument, range: vscode.Range, onOthers: (change: OthersChange) => void) {
    const { start, end } = range;
    // A last line of which nothing was sent does not count.
    const above = end.character === 0 && end.line > start.line;
    const last = above ? document.lineAt(end.line - 1).range.end : end;
    this.document = document;
    this.#before = linesFrom(document, start.line, last.line - start.line + 1);
    this.#prefix = unlessBlank((this.#before[0] ?? '').slice(0, start.character));
    this.#suffix = unlessBlank((this.#before.at(-1) ?? '').slice(last.character));
    this.#first = start.line;
    this.#current = this.#before;
    this.#onOthers = onOthers;
    this.#writer = new LiveEditWriter(document, (changes) => this.#follow(changes));
    this.asked = sentOf(this.#before, this.#prefix.length, this.#suffix.length);
  }

  get first(): number {
    return this.#first;
  }

  /** The last line is included. */
  get last(): number {
    return this.#first + this.#current.length - 1;
  }

  /** An editor shows the document, so that writing is no undo step of its own. */
  get visible(): boolean {
    return this.#writer.visible;
  }

  get hunks(): PlacedHunks {
    return this.#hunks ?? new PlacedHunks([], 0);
  }

  changed(event: vscode.TextDocumentChangeEvent): void {
    this.#writer.changed(event);
  }

  /** VS Code ends an undo step with each save: what we write afterwards is another one. */
  saved(): void {
    if (this.#writer.hasWritten) this.#severalSteps = true;
  }

  /** Resolves with false when the document takes nothing. */
  show(lines: readonly string[]): Promise<boolean> {
    const whole = this.#withEnds(lines);
    this.#clearSelections();
    const plan = () => {
      const change = this.#hunks === undefined ? smallestChange(this.#current, whole) : undefined;
      return change === undefined ? [] : [this.#placed(change)];
    };
    return this.#write(plan, () => {
      this.#current = whole;
    });
  }

  /** The hunks that the new lines make. */
  differences(lines: readonly string[]): {
    readonly lines: readonly string[];
    readonly hunks: readonly Hunk[];
  } {
    return diffLines(this.#before, this.#withEnds(lines));
  }

  /** Resolves with false when the document takes nothing. `lines` and `hunks` are those of `differences`. */
  async propose(lines: readonly string[], hunks: readonly Hunk[]): Promise<boolean> {
    this.#clearSelections();
    const stand = () => {
      this.#current = lines;
      this.#hunks = new PlacedHunks(hunks, this.#first);
    };
    const plan = () => (this.#hunks === undefined ? this.#changesTo(lines, hunks) : []);
    const taken = await this.#write(plan, stand);
    // All of it was there already.
    if (taken && this.#hunks === undefined) stand();
    return taken;
  }

  async reject(id: number): Promise<void> {
    const plan = () => [this.hunks.rejection(id)].filter((change) => change !== undefined);
    await this.#write(plan, () => this.hunks.reject(id));
  }

  /**
   * The lines are as they were, and may grow anew; in the undo of all this is one step with what comes then. Resolves with
   * false, and nothing is changed, once `mayStill` does not hold, or when the document takes nothing.
   */
  async takeBack(mayStill: () => boolean, commit: () => void): Promise<boolean> {
    const { hunks } = this;
    let back = false;
    const plan = () => (mayStill() ? hunks.open.flatMap(({ hunk }) => hunks.rejection(hunk.id) ?? []) : []);
    await this.#write(plan, () => {
      this.#hunks = undefined;
      this.#current = this.#before;
      this.#severalSteps = true;
      back = true;
      commit();
    });
    return back;
  }

  /** Everything of ours that is undecided goes back; what others have written stays. */
  async restore(): Promise<void> {
    this.#hunks ??= this.#standing();
    if (this.hunks.accepted + this.hunks.rejected === 0) await this.#undo();
    const { hunks } = this;
    const plan = () => hunks.open.flatMap(({ hunk }) => hunks.rejection(hunk.id) ?? []);
    await this.#write(plan, () => {
      for (const { hunk } of hunks.open) hunks.reject(hunk.id);
    });
  }

  /** What stands in the document while the answer comes, as hunks that can be taken back. */
  #standing(): PlacedHunks {
    return new PlacedHunks(diffLines(this.#before, this.#current, true).hunks, this.#first);
  }

  /**
   * VS Code's own undo also brings back that the document was saved. It undoes what the focus is on, so it is asked only
   * when that is this document, and when all of ours is the last step.
   */
  async #undo(): Promise<void> {
    const { hasWritten, othersWrote } = this.#writer;
    if (!hasWritten || othersWrote || this.#severalSteps || this.hunks.open.length === 0) return;
    if (vscode.window.activeTextEditor?.document !== this.document) return;
    await vscode.commands.executeCommand('undo');
  }

  #follow(changes: readonly TextChange[]): void {
    const lost = this.hunks.lost;
    let touched = false;
    for (const change of changes) touched = !this.#followOne(change) || touched;
    if (touched && this.#isAsBefore()) {
      this.hunks.undone(lost);
      this.#onOthers('undone');
    } else {
      this.#onOthers(touched ? 'touched' : 'elsewhere');
    }
  }

  /** Whether it was elsewhere. */
  #followOne(change: TextChange): boolean {
    if (this.#hunks === undefined) {
      const moved = movedLine({ line: this.#first, lines: this.#current }, change);
      if (moved !== undefined) {
        this.#first = moved;
        return true;
      }
      this.#hunks = this.#standing();
      this.#hunks.rebase(change);
      return false;
    }
    const { lost } = this.#hunks;
    this.#hunks.rebase(change);
    this.#first = movedLine({ line: this.#first, lines: [] }, change) ?? this.#first;
    return this.#hunks.lost === lost;
  }

  /** By VS Code's undo, or by hand. */
  #isAsBefore(): boolean {
    const before = this.#before;
    return linesFrom(this.document, this.#first, before.length).join('\n') === before.join('\n');
  }

  /** Whether the document has what `plan` asks for; plans anew as long as others change it in between. */
  async #write(plan: () => readonly LineChange[], commit: () => void): Promise<boolean> {
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const changes = plan();
      if (changes.length === 0) return true;
      const written = await this.#writer.write(changes, commit);
      if (written !== 'moved') return written === 'written';
    }
    return false;
  }

  /** Many small changes: folds, breakpoints and other people's marks between them stay where they are. */
  #changesTo(lines: readonly string[], hunks: readonly Hunk[]): LineChange[] {
    const changes = this.#current === this.#before ? hunks : diffLines(this.#current, lines, true).hunks;
    return changes.map(({ oldLine, oldLines, newLines }) =>
      this.#placed({ from: oldLine, to: oldLine + oldLines.length, lines: newLines }),
    );
  }

  #placed({ from, to, lines }: LineChange): LineChange {
    return { from: from + this.#first, to: to + this.#first, lines };
  }

  /** The answer speaks of what was sent only. */
  #withEnds(lines: readonly string[]): string[] {
    const whole = [...lines];
    whole[0] = this.#prefix + (whole[0] ?? '');
    whole[whole.length - 1] = (whole.at(-1) ?? '') + this.#suffix;
    return whole;
  }

  /** A selection grows over what is inserted at its edge: it becomes a cursor. */
  #clearSelections(): void {
    const touches = (one: vscode.Selection) =>
      !one.isEmpty && one.start.line <= this.last && one.end.line >= this.#first;
    for (const editor of vscode.window.visibleTextEditors) {
      if (editor.document !== this.document || !editor.selections.some(touches)) continue;
      editor.selections = editor.selections.map((one) =>
        touches(one) ? new vscode.Selection(one.active, one.active) : one,
      );
    }
  }
}

/** Blanks in front of the first line and behind the last one belong to what was sent. */
const unlessBlank = (text: string): string => (text.trim() === '' ? '' : text);

function sentOf(lines: readonly string[], prefix: number, suffix: number): string[] {
  const sent = [...lines];
  const last = sent.at(-1) ?? '';
  sent[sent.length - 1] = last.slice(0, last.length - suffix);
  sent[0] = (sent[0] ?? '').slice(prefix);
  return sent;
}
